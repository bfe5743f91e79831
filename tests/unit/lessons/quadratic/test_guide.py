"""The numbers of the answers, another way."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from emergence.lessons.quadratic.guide import GUIDE
from tests.unit.lessons.recomputed import check

TIMES, WIDTH, SLOPE = GUIDE.exercises
Y = 128 * 0.01**2 / 1e6


def time(a: float, low: float, high: float) -> float:
    """Of dx/dt = 4 a (1 - e^x), x = log R."""
    return float(quad(lambda x: 1 / (4 * a * (1 - np.exp(x))), np.log(low), np.log(high))[0])


def test_the_times() -> None:
    last = 32**-0.8
    times = time(1, Y, 0.5), time(last, Y / last, 0.5)
    check(TIMES, {"first": times[0], "last": times[1], "ratio": times[1] / times[0]}, rel=1e-5)


def test_the_width() -> None:
    share = time(1, 0.1, 0.9) / time(1, Y, 0.5)
    check(WIDTH, {"log": 4 * time(1, Y, 0.5), "width": share}, rel=1e-5)


def test_the_slope() -> None:
    """By differences in log p around the p at which a_p / y is 1e8, any y."""
    p = np.array([0.999, 1.001])
    log_time = np.log(p**0.8 * np.log(1e8 * p**-0.8))
    slope = -0.6 * np.diff(np.log(p)) / np.diff(log_time)
    check(SLOPE, {"law": -0.75, "slope": float(slope[0])}, rel=1e-3)
