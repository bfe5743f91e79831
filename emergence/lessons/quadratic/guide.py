"""Scaling without emergence, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.quadratic.model import local_exponent
from emergence.lessons.quadratic.study import logistic

D, BETA = 1_000_000, 0.8


def _times() -> Mapping[str, float]:
    first, last = logistic(D, BETA).time(np.array([1.0, 32.0]))
    return {"first": first, "last": last, "ratio": last / first}


def _width() -> Mapping[str, float]:
    logarithm = -float(np.log(logistic(D, BETA).y))
    return {"log": logarithm, "width": np.log(81) / logarithm}


def _slope() -> Mapping[str, float]:
    return {"law": (1 - 2 * BETA) / BETA, "slope": local_exponent(BETA, 1e8)}


GUIDE = Guide(
    "To take apart what the lecture has joined: with $J = 2$ no skill jumps, and the loss falls by "
    "the same power law.",
    (
        Misconception(
            "A scaling law needs jumps.",
            "It needs strengths that fall like a power, and times that grow like one.",
        ),
        Misconception(
            "With $J = 2$ all directions are learned together.",
            "They come in the order of their strengths, but each takes so long that many are on "
            "their way at once.",
        ),
    ),
    (
        Exercise(
            "From $T_p = \\log(a_p/y)/(4a_p)$ with $y = 1.28 \\cdot 10^{-8}$ and $\\beta = 0.8$: "
            "when is half of direction 1 captured, when of direction 32? Find both in the picture.",
            {"guess": "none"},
            "«first:.2f» and «last:.1f»: «ratio:.1f» times as late.",
            _times,
        ),
        Exercise(
            "Direction 1 with $y = 1.28 \\cdot 10^{-8}$: which share of $T_1$ passes while it is "
            "captured from 10 % to 90 %?",
            {"guess": "none"},
            "The logit grows by $\\log 81$ at the rate 4, $T_1$ takes $\\Lambda/4$ with $\\Lambda$ "
            "= «log:.2f»: the share is «width:.2f».",
            _width,
        ),
        Exercise(
            "Why is the slope that is measured steeper than $(1-2\\beta)/\\beta$? Compute both for "
            "$\\beta = 0.8$ where $a_p/y = 10^8$.",
            {"J": "4", "guess": "none"},
            "$\\log T_p$ has a part $\\log\\log(a_p/y)$ that falls as $p$ grows: by $p$ times as "
            "much loss is gone in less time. «law:.2f» becomes «slope:.3f», the law divided by "
            "$1 - 1/\\log(a_p/y)$.",
            _slope,
        ),
    ),
)
