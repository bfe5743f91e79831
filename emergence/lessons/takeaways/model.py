"""What a law loses whose tail is cut, as a share (Model 4.8)."""

from __future__ import annotations

from emergence.theory.additive import AdditiveModel

SKILLS = 512


def never_learned(skills: int) -> float:
    """Loss left at the end over that at the start, if the data show only the first `skills`.

    beta = 1; what is beyond all SKILLS counts as well.
    """
    loss = AdditiveModel(SKILLS, 1.0, 16.0).taught(skills)
    return float(loss[-1] / loss[0])
