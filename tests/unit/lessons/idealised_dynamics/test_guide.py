"""The numbers of the answers, another way: by integrating the equations step by step."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence.lessons.idealised_dynamics.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def integrated(J: int, d: int, saturates: bool, end: float) -> tuple[float, float]:
    """Time until u = `end` from 1/d, and u when 90 % of it is over."""

    def rise(_: float, u: np.ndarray) -> np.ndarray:
        return np.asarray(2 * J * u ** (J / 2) * (1 - u * saturates))

    def there(_: float, u: np.ndarray) -> float:
        return float(u[0] - end)

    there.terminal = True  # type: ignore[attr-defined]
    way = solve_ivp(rise, (0, 1e5), [1 / d], events=there, rtol=1e-10, atol=1e-16,
                    dense_output=True)  # fmt: skip
    return float(way.t[-1]), float(way.sol(0.9 * way.t[-1])[0])


def test_times_are_as_late_as_strengths_are_weak() -> None:
    check(READ, {"fourth": 8, "sixteenth": 64})
    for p, name in ((4, "fourth"), (16, "sixteenth")):
        a = p**-1.5
        assert READ.computed[name] == pytest.approx(1 / a)


def test_one_pair() -> None:
    explodes, early = integrated(4, 1024, False, 1e6)
    wait, exact = integrated(4, 1024, True, 0.5)
    check(COMPUTE, {"T": explodes, "u": early, "wait": wait, "exact": exact}, rel=1e-3)


def test_without_a_sharp_transition() -> None:
    (near, half), (far, _) = (integrated(2, d, True, 0.5) for d in (1024, 4096))
    factor = integrated(4, 4096, True, 0.5)[0] / integrated(4, 1024, True, 0.5)[0]
    check(THINK, {"near": near, "far": far, "added": far - near, "factor": factor, "half": half},
          rel=1e-3)  # fmt: skip
    assert THINK.computed["near"] == pytest.approx(np.log(1023) / 4)
