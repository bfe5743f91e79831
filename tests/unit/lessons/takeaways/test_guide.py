"""The numbers of the answers, another way: long sums, and an integral over the way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from emergence.lessons.takeaways.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def left(p: int) -> float:
    """Per cent of sum 1/q^2 that lies beyond p."""
    terms = 1 / np.arange(1.0, 2_000_001) ** 2
    return float(100 * (terms[p:].sum() + 1 / 2_000_000) / (np.pi**2 / 6))


def test_where_students_rest() -> None:
    check(READ, {f"author{p}": left(p) for p in (8, 32, 128)}, rel=2e-3)
    for p in (32, 128):
        assert left(p) == pytest.approx(600 / (np.pi**2 * p), rel=0.02)


def test_how_much_an_author_must_know() -> None:
    enough = 1
    while left(enough) > 5:
        enough += 1
    check(COMPUTE, {"enough": enough, "left": left(enough), "less": left(enough - 1)}, rel=2e-3)
    assert enough == int(np.ceil(120 / np.pi**2 - 0.5))


def test_twice_the_dimension() -> None:
    """Steps of do/dtau = 4 o^3 from 1/sqrt(d) to infinity, each of size d^-2."""

    def steps(d: float) -> float:
        return float(quad(lambda o: 1 / (4 * o**3), d**-0.5, np.inf)[0]) * d**2

    check(THINK, {"later": steps(2048) / steps(1024), "slope": -1}, rel=1e-5)
