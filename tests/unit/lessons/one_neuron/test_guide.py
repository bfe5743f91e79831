"""The numbers of the answers, another way: adaptive quadrature and Gaussian moments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from emergence.lessons.one_neuron.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def time(J: int, begin: float, end: float) -> float:
    """Of du/dtau = 2 J u^(J/2) (1 - u), over x = log u."""

    def pace(x: float) -> float:
        return float(np.exp(x * (1 - J / 2)) / (2 * J * (1 - np.exp(x))))

    return float(quad(pace, np.log(begin), np.log(end), limit=200)[0])


def test_the_shares_of_the_search() -> None:
    d = 32
    check(READ, {f"J{J}": 100 * time(J, 1 / d, d**-0.5) / time(J, 1 / d, 0.5)
                 for J in (1, 2, 3, 4)}, rel=1e-5)  # fmt: skip
    shares = list(READ.computed.values())
    assert shares == sorted(shares)
    for J in (3, 4):
        large = time(J, 1e-4, 1e-2) / time(J, 1e-4, 0.5)
        assert 100 * large > READ.computed[f"J{J}"], "it grows with d as well"


def test_twice_the_dimension() -> None:
    check(COMPUTE, {"J1": 2, "J2": 2 * 11 / 10, "J3": 4, "J4": 8})
    for J in (3, 4):  # time of the flow over the step size, from 1/d, at a large d
        d = 1e8
        steps = [time(J, 1 / each, 0.5) * each ** (J / 2) for each in (d, 2 * d)]
        assert steps[1] / steps[0] == pytest.approx(COMPUTE.computed[f"J{J}"], rel=1e-3)


def test_what_noise_takes_away() -> None:
    """The mean square of a push, (h_4(z) - h_4(y)) h_4'(z), as a double integral."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    h, slope = (nodes**4 - 6 * nodes**2 + 3) / 24**0.5, (4 * nodes**3 - 12 * nodes) / 24**0.5
    pushes = float(np.sum(np.outer(weights, weights) * (h[:, None] - h) ** 2 * slope[:, None] ** 2))
    # eta push d o / 2 over 4 o^3 at o = 1/sqrt(d), eta = c / d^2
    ratio = 0.06 * pushes / 8
    steps = 4 * time(4, 1 / 64, 0.5) / time(4, 1 / 32, 0.5)
    check(THINK, {"ratio": ratio, "again": ratio, "alike": 0.06 / ratio, "steps": steps}, rel=1e-4)
