"""The share of time a transition takes, against an integration; which mixtures are sharp."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence.theory.hermite import LinkFunction, hermite
from emergence.theory.sharpness import transition_share, without_higher

MIXTURES = [
    ((2, 0.01), (4, 1.0)), ((2, 0.9), (4, 0.3)), ((1, 0.001), (4, 1.0)), ((2, 0.001), (6, 1.0)),
    ((1, 0.5), (2, 0.3), (3, 0.5)),
]  # fmt: skip


@pytest.mark.parametrize("start", [0.02, 0.15])
@pytest.mark.parametrize("pairs", [*MIXTURES, ((2, 1.0),), ((4, 1.0),), ((8, 0.3),)])
def test_shares_are_those_of_an_integration(
    pairs: tuple[tuple[int, float], ...], start: float
) -> None:
    """In log o, whose rate is K'(o) (1 - o^2) / o, written out term by term."""
    times = []
    for u in (0.1, 0.9):

        def arrived(_: float, y: list[float], u: float = u) -> float:
            return float(y[0] - np.log(u) / 2)

        def rate(_: float, y: list[float]) -> list[float]:
            o = np.exp(y[0])
            return [sum(i * c**2 * o ** (i - 2) for i, c in pairs) * (1 - o**2)]

        arrived.terminal = True  # type: ignore[attr-defined]
        path = solve_ivp(rate, (0, 1e25), [np.log(start)], method="LSODA", rtol=1e-10, atol=1e-12,
                         events=arrived)  # fmt: skip
        times.append(path.t[-1])
    assert transition_share(LinkFunction(pairs), start) == pytest.approx(
        1 - times[0] / times[1], rel=1e-4
    )


def test_j_2_is_not_sharp_and_j_4_is_the_sharper_the_larger_d() -> None:
    shares = {J: [transition_share(hermite(J), d**-0.5) for d in (64, 4096, 10**6)]
              for J in (1, 2, 4)}  # fmt: skip
    assert min(shares[1]) > 0.7
    assert min(shares[2]) > 0.2
    assert shares[4][0] < 0.25
    assert shares[4][1] < 0.01
    assert shares[4][2] < 1e-4


def test_the_lower_terms_alone() -> None:
    kept = without_higher(LinkFunction(MIXTURES[-1]))
    np.testing.assert_array_equal(kept.c, [0, 0.5, 0.3])
