"""The numbers of the answers, another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import huber, zeta

from emergence.lessons.budget.guide import GUIDE
from tests.unit.lessons.recomputed import check

SHORT, HUNDRED, STABLE = GUIDE.exercises


def test_the_short_range() -> None:
    """Runs written down by hand, fitted by Nelder and Mead: no slopes, no bounds."""
    m, t = [], []
    for C in np.geomspace(10, 100, 7):
        for i in range(13):
            width = C ** (1 / 1.8) * 8 ** ((i - 6) / 6)
            if width >= 1:
                m.append(width)
                t.append(C / width)
    x, y = np.log(m), np.log(t)
    log_loss = np.log(zeta(1.6, np.minimum(m, np.array(t) ** 1.25) + 1))

    def summed(q: np.ndarray) -> float:
        said = np.log(np.exp(q[0]) + np.exp(q[1] - q[2] * x) + np.exp(q[3] - q[4] * y))
        return 1e3 * float(np.sum(huber(1e-3, said - log_loss)))

    q = np.array([-1.0, 0.0, 1.0, 0.0, 1.0])
    for _ in range(12):
        q = minimize(summed, q, method="Nelder-Mead",
                     options={"xatol": 1e-7, "fatol": 1e-12, "maxfev": 4_000}).x  # fmt: skip
    independent = {"floor": float(np.exp(q[0])), "a": q[4] / (q[2] + q[4]), "true": 1 / 1.8}
    check(SHORT, independent, rel=0.01)


def test_a_hundred_times_the_budget() -> None:
    """By the least loss over a fine grid of widths, at two budgets far out."""
    best = {}
    for name, power in (("one", 1 / 0.8), ("tuned", 1 / 1.6)):
        found = []
        for C in (1e14, 1e16):
            m = np.geomspace(1, 1e10, 200_001)
            loss = zeta(1.6, np.minimum(m, (C / m) ** power) + 1)
            found.append((m[loss.argmin()], loss.min()))
        best[name] = found[1][0] / found[0][0], found[1][1] / found[0][1]
    wider, less = best["one"]
    tuned = best["tuned"][0]
    check(HUNDRED, {
        "a": np.log(wider) / np.log(100), "wider": wider, "longer": 100 / wider,
        "tuned": np.log(tuned) / np.log(100), "tuned_wider": tuned, "tuned_longer": 100 / tuned,
        "less": less,
    }, rel=1e-3)  # fmt: skip


def test_the_stable_step_size() -> None:
    """With sums term by term, and the kurtosis by quadrature."""
    z, weight = np.polynomial.hermite_e.hermegauss(40)
    slope = 2 * (z**3 - 3 * z) / np.sqrt(6)  # h_4' = 2 h_3
    two, four = (float(weight @ slope**n) / np.sqrt(2 * np.pi) for n in (2, 4))
    assert four / two**2 == pytest.approx(93)

    def inverse(p: int) -> float:
        others = sum(q**-0.8 for q in range(2, p + 1))
        return float(4096 * (four / two**2 + others) + 1)

    def budget(p: int) -> float:
        return float(p * p**0.8 * inverse(p) / inverse(1))

    p = np.arange(1, 2_000)
    logs = np.log([budget(int(q)) for q in p])
    ends = np.log(1e4) + np.array([-0.5, 0.5]) * np.log(2)
    low, high = np.interp(ends, logs, np.log(p))
    check(STABLE, {
        "limit": 0.5,
        "here": (high - low) / np.log(2),
        "share": 100 * inverse(1) / inverse(64),
    }, rel=1e-3)  # fmt: skip
