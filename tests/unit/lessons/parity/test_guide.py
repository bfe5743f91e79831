"""The numbers of the answers, another way."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from emergence.lessons.parity.guide import GUIDE
from tests.unit.lessons.recomputed import check

RARE, BUDGET, SEEN = GUIDE.exercises


def test_rare_skills() -> None:
    """By a long sum and an integral of what is beyond it."""
    k = np.arange(1.0, 1e6)
    weights = k**-1.6
    rest = (1e6 - 0.5) ** -0.6 / 0.6
    left = (weights[10:].sum() + rest) / (weights.sum() + rest)
    check(RARE, {"later": 1 / weights[9], "left": 100 * left}, rel=1e-5)


def best(budget: float) -> tuple[float, float]:
    """Width and loss at the least of N^-alpha + (C/N)^(-alpha / (alpha + 1))."""

    def loss(log_width: float) -> float:
        width = np.exp(log_width)
        return float(width**-0.6 + (budget / width) ** -0.375)

    found = minimize_scalar(loss, (0.0, 1.0), tol=1e-12)
    return float(np.exp(found.x)), float(found.fun)


def test_the_best_use_of_a_budget() -> None:
    (small, much), (large, little) = best(1e6), best(1e9)
    check(
        BUDGET,
        {"width": large / small, "time": 1000 * small / large, "left": 100 * little / much},
        rel=1e-4,
    )


def test_what_nobody_has_asked_for() -> None:
    rng = np.random.default_rng(2)
    first = rng.geometric(0.001, 400_000)
    check(
        SEEN,
        {"unseen": 100 * float(np.mean(first > 1000)), "later": 100 * float(np.mean(first > 3000))},
        rel=0.03,
    )
