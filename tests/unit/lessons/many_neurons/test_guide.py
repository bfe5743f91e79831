"""The numbers of the answers, another way: neuron by neuron, and by an integrator."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence.experiment import Experiment
from emergence.lessons.many_neurons.guide import GUIDE
from emergence.runs.plan import make_plan
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def counted(seed: int) -> list[int]:
    """How many neurons each direction pulls hardest, one neuron after the other."""
    start = make_plan(Experiment(d=1024, P=8, m=32, s0=0.02, seed=seed, engine="flow")).overlaps
    counts = [0] * 8
    for o in start:
        pulls = [4 * abs(float(o[p])) ** 3 / (p + 1) for p in range(8)]
        counts[pulls.index(max(pulls))] += 1
    return counts


def test_who_is_pulled_hardest() -> None:
    first, third = counted(1), counted(3)
    check(READ, {"most_third": max(third), "first": first[0], "third": third[0]})
    assert third[0] < max(third)
    assert first[0] < 32


def growth(J: int, u0: float, until: float) -> float:
    """Of the overlap with direction 2 (a = 1/2) until the one with direction 1 is `until`."""

    def rise(_: float, u: np.ndarray) -> np.ndarray:
        return np.asarray(2 * J * np.array([1, 0.5]) * u ** (J / 2))

    def found(_: float, u: np.ndarray) -> float:
        return float(u[0] - until)

    found.terminal = True  # type: ignore[attr-defined]
    way = solve_ivp(rise, (0, 1e9), [u0, u0], events=found, rtol=1e-9, atol=1e-18)
    return float(way.y[1, -1] / u0)


def test_what_grows_meanwhile() -> None:
    check(COMPUTE, {"four": growth(4, 1e-6, 1e3), "two": growth(2, 1 / 1024, 1.0)}, rel=1e-4)
    assert growth(4, 1e-3, 1e6) == pytest.approx(growth(4, 1e-5, 1e6), rel=1e-4), "whatever d"


def test_when_the_signal_is_gone() -> None:
    """R_1 at which (1 - R_1) a_1 is a_2, a_8."""
    check(THINK, {"second": 50, "last": 87.5})
    for name, other in (("second", 1 / 2), ("last", 1 / 8)):
        assert 1 - THINK.computed[name] / 100 == pytest.approx(other)
