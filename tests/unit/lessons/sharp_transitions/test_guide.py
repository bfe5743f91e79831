"""The numbers of the answers, another way: by integrating the flows step by step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from emergence.lessons.sharp_transitions.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def flow(loss: Callable[[np.ndarray], float], learned: Callable[[np.ndarray], float],
         start: list[float], share: float) -> tuple[float, float]:  # fmt: skip
    """Time until a share is learned, and what is learned at half of it, by numerical gradients."""

    def downhill(_: float, w: np.ndarray) -> np.ndarray:
        h = 1e-5 * np.eye(len(w))
        return np.array([(loss(w - e) - loss(w + e)) / 2e-5 for e in h])

    def reached(_: float, w: np.ndarray) -> float:
        return learned(w) - share

    reached.terminal = True  # type: ignore[attr-defined]
    way = solve_ivp(downhill, (0, 1e4), start, events=reached, rtol=1e-9, atol=1e-12,
                    dense_output=True)  # fmt: skip
    return float(way.t[-1]), learned(way.sol(way.t[-1] / 2))


def power(k: int, w0: float = 0.05, share: float = 0.5) -> tuple[float, float]:
    return flow(lambda w: (1 - w[0] ** k) ** 2, lambda w: w[0] ** k, [w0], share)


def product(start: list[float], share: float) -> float:
    return flow(lambda w: (1 - np.prod(w)) ** 2, lambda w: float(np.prod(w)), start, share)[0]


def test_half_of_the_time() -> None:
    three = flow(lambda w: (1 - np.prod(w)) ** 2, lambda w: float(np.prod(w)), [0.05] * 3, 0.5)[1]
    check(READ, {"one": 100 * power(1)[1], "two": 100 * power(2)[1], "three": 100 * three,
                 "four": 100 * power(4)[1]}, rel=1e-3)  # fmt: skip


def test_the_escape() -> None:
    def integral(k: int, w0: float) -> float:
        return float(quad(lambda w: 1 / (2 * k * w ** (k - 1) * (1 - w**k)), w0, 0.5 ** (1 / k))[0])

    check(COMPUTE, {"leading": 0.05**-2 / 16, "exact": integral(4, 0.05), "longer": 100,
                    "added": integral(2, 0.005) - integral(2, 0.05)}, rel=1e-4)  # fmt: skip
    assert integral(4, 1e-4) / integral(4, 1e-3) == pytest.approx(COMPUTE.computed["longer"], 1e-3)
    assert COMPUTE.computed["added"] == pytest.approx(np.log(10) / 4, rel=2e-3)


def test_one_large_layer() -> None:
    even = [0.05] * 3
    uneven = [0.05 / 1000**0.5, 0.05, 0.05 * 1000**0.5]
    shares = [100 * product(each, 0.1) / product(each, 0.9) for each in (even, uneven)]
    sooner = product(even, 0.5) / product(uneven, 0.5)
    check(THINK, {"even": shares[0], "uneven": shares[1], "sooner": sooner}, rel=1e-3)
    assert shares[0] > 1.5 * shares[1]
