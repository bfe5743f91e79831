"""The numbers of the answers, another way: by counting on the circle, and by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from emergence.lessons.tensor_power.guide import GUIDE
from tests.unit.lessons.recomputed import check

ALONE, DEGREES, PAIR = GUIDE.exercises


def normal(z: float) -> float:
    return float(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def test_a_neuron_s_chance_on_the_circle() -> None:
    angle = (np.arange(100_000) + 0.5) * 2 * np.pi / 100_000
    u = np.cos(angle) ** 2
    for _ in range(20):
        u = u**3 / (u**3 + (1 - u) ** 3 / 256)
    p = float(np.mean(u < 0.5))
    neurons = np.interp(0.1, (1 - p) ** np.arange(40.0, -1, -1), np.arange(40.0, -1, -1))
    check(ALONE, {"p": 100 * p, "m": float(neurons)}, rel=3e-3)


def test_the_shares_of_the_degrees() -> None:
    two = 2 * quad(lambda z: z * (z**2 - 1) / np.sqrt(2) * normal(z), 0, 12)[0]
    four = 2 * quad(lambda z: z * (z**4 - 6 * z**2 + 3) / np.sqrt(24) * normal(z), 0, 12)[0]
    variance = 1 - (2 * quad(lambda z: z * normal(z), 0, 12)[0]) ** 2
    expected = {"two": two**2, "four": four**2, "share": 100 * two**2 / variance,
                "higher": 100 * four**2 / variance}  # fmt: skip
    check(DEGREES, expected)


def test_one_neuron_and_two() -> None:
    lone = quad(lambda z: (max(z, 0) - abs(z)) ** 2 * normal(z), -12, 12, points=[0])[0]
    captured = quad(lambda z: max(z, 0) * (z**4 - 6 * z**2 + 3) * normal(z), 0, 12)[0]
    whole = quad(lambda z: abs(z) * (z**4 - 6 * z**2 + 3) * normal(z), -12, 12, points=[0])[0]
    assert PAIR.computed["pair"] == pytest.approx(0, abs=1e-15)
    check(PAIR, {"lone": lone, "captured": captured / whole, "pair": 0.0, "both": 1.0})
