"""The numbers of the answers, another way: by integrating the flow, and from chi-squares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from emergence.lessons.mirage.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def time(J: int, u: float, u0: float = 1e-4) -> float:
    """From u0 to u, integrated over log u."""
    return float(
        quad(lambda x: 1 / (2 * J * np.exp(x) ** (J / 2 - 1) * (1 - np.exp(x))), np.log(u0),
             np.log(u), epsrel=1e-10)[0]
    )  # fmt: skip


def test_decades() -> None:
    two, four = (np.log10(time(J, 0.9) / time(J, 0.1)) for J in (2, 4))
    check(READ, {"two": two, "four": 1e4 * four}, rel=1e-4)


def test_the_times() -> None:
    blown = np.log10((1e4 - 1 / 0.9) / (1e4 - 10))
    check(COMPUTE, {"tenth": time(2, 0.1), "most": time(2, 0.9), "blown": 1e4 * blown}, rel=1e-4)


def test_the_spread_of_the_starts() -> None:
    """Of 200 starts, against many: a standard deviation of 200 is known to some 10 %."""
    z2 = np.random.default_rng(1).chisquare(1, (20_000, 8))
    one, eight = np.log(z2[:, 0]).std(), np.log(z2.max(axis=1)).std()
    check(THINK, {"one": one, "eight": eight}, rel=0.2)
    assert THINK.computed["one"] > 3 * THINK.computed["eight"]
    assert np.log(z2[:, 0]).std() == pytest.approx(np.pi / np.sqrt(2), rel=0.03)
