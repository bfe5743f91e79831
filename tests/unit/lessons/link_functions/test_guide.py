"""The numbers of the answers, another way: integrals over the real line, and moments."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from emergence.lessons.link_functions.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def mean(of: Callable[[float], float]) -> float:
    """E of(z), z ~ N(0, 1)."""
    return float(quad(lambda z: of(z) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi), -12, 12)[0])


def test_tanh() -> None:
    first = mean(lambda z: np.tanh(z) * z)
    third = mean(lambda z: np.tanh(z) * (z**3 - 3 * z) / np.sqrt(6))
    assert mean(lambda z: np.tanh(z) * (z * z - 1)) == pytest.approx(0, abs=1e-12)
    check(READ, {"J": 1, "c1": first, "c3": third})


def test_a_square() -> None:
    """E z^2 = 1, E z^4 = 3."""
    check(COMPUTE, {"c0": 1, "c2": (3 - 1) / np.sqrt(2), "J": 2, "share": 1 / 1024})


def test_a_small_linear_term() -> None:
    """Its slope and that of h_4 as finite differences of E[sigma(w*.x) sigma(w.x)]."""

    def slope(sigma: Callable[[np.ndarray], np.ndarray], s: float) -> float:
        nodes, weights = np.polynomial.hermite_e.hermegauss(12)
        weights = weights / weights.sum()

        def correlation(s: float) -> float:
            other = s * nodes[:, None] + np.sqrt(1 - s * s) * nodes
            return float(weights @ (sigma(nodes)[:, None] * sigma(other)) @ weights)

        return (correlation(s + 1e-4) - correlation(s - 1e-4)) / 2e-4

    def fourth(z: np.ndarray) -> np.ndarray:
        return np.asarray((z**4 - 6 * z**2 + 3) / np.sqrt(24))

    def ratio(s: float) -> float:
        return slope(lambda z: 0.05 * z, s) / slope(fourth, s)

    balance = float(brentq(lambda s: ratio(s) - 1, 0.01, 0.5))
    check(THINK, {"J": 1, "ratio": ratio(1024**-0.5), "balance": balance, "d": balance**-2},
          rel=1e-4)  # fmt: skip
