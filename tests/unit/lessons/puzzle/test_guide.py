"""The numbers of the answers, another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import zeta

from emergence.lessons.puzzle.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def slope(beta: float, sharpness: float) -> float:
    """Fitted to the sum of 512 logistic curves in log t, and all that comes after them."""
    p = np.arange(1.0, 513)
    t = np.geomspace(1.5**beta, 512**beta, 2000)
    missing = 1 / (1 + (t[:, None] / p**beta) ** sharpness)
    loss = missing @ p ** (-2 * beta) + zeta(2 * beta, 513)
    return float(np.polyfit(np.log(t), np.log(loss), 1)[0])


def test_the_first_steps() -> None:
    check(READ, {"T1": 1, "T2": 2, "T3": 3, "first": 100 * 36 / 49})


def test_the_slopes() -> None:
    check(COMPUTE, {"theory": -4 / 3, "fitted": slope(1.5, 16), "beta": 1, "most": 512}, rel=5e-3)


def test_sharpness_is_not_seen() -> None:
    check(THINK, {"soft": slope(1, 2), "sharp": slope(1, 64), "least": 1}, rel=5e-3)
    assert abs(THINK.computed["soft"] - THINK.computed["sharp"]) < 0.05


@pytest.mark.parametrize(("sharpness", "expected"), [(0.5, -0.5), (2.0, -1.0)])
def test_curves_that_are_too_soft_are_seen(sharpness: float, expected: float) -> None:
    """Late in time, where the sum of very many is what counts."""
    p, t = np.arange(1, 200_001), np.array([1e3, 1e4])
    loss = [float(np.sum(p**-2.0 / (1 + (each / p) ** sharpness))) + 1 / p[-1] for each in t]
    assert np.log10(loss[1] / loss[0]) == pytest.approx(expected, abs=0.06)
