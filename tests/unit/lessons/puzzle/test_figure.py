"""The puzzle's picture shows the model's curves, and the loss only when it is revealed."""

from __future__ import annotations

import numpy as np

from emergence.lessons.puzzle.figure import skills_and_loss
from emergence.theory.additive import AdditiveModel
from tests.unit.traces import named, names

MODEL = AdditiveModel(P=3, beta=1.0, sharpness=16.0)


def test_every_skill_is_drawn_as_the_share_that_is_learned() -> None:
    drawn = skills_and_loss(MODEL, None, False)
    for p in range(3):
        np.testing.assert_array_equal(named(drawn, f"skill {p + 1}").y, 1 - MODEL.missing[p])


def test_the_loss_and_its_local_slope_wait_for_the_guess() -> None:
    hidden, shown = (skills_and_loss(MODEL, -0.5, revealed) for revealed in (False, True))
    assert "local slope" not in names(hidden)
    assert "your guess, slope -0.5" in names(hidden)
    np.testing.assert_array_equal(named(shown, "local slope").y, MODEL.slope)
