"""What is predicted from T_p: the matching and the staircase against twins, the norm's growth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import solve_ivp

from emergence.theory.hermite import LinkFunction, hermite
from emergence.theory.predictions import (
    greedy_matching,
    norm_growth_delay,
    staircase,
)
from tests import naive

TIMES = arrays(
    float,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.sampled_from([0.5, 1.0, 1.0, 2.0, 3.0, np.inf]) | st.floats(0, 10),
)
"""Times (m, P) with ties and pairs that never meet, and widths below, at and above P."""


@given(TIMES)
def test_matching_is_greedy(times: np.ndarray) -> None:
    assert greedy_matching(times).tolist() == naive.greedy_matching(times)


@pytest.mark.parametrize(("m", "P"), [(3, 12), (12, 12), (40, 12)])
def test_matching_is_injective_and_as_large_as_possible(m: int, P: int) -> None:
    times = np.random.default_rng(0).exponential(size=(m, P))
    iota = greedy_matching(times)
    assert iota.tolist() == naive.greedy_matching(times)
    used = iota[iota >= 0]
    assert len(set(used.tolist())) == len(used) == min(m, P)


def test_matching_leaves_out_what_never_meets() -> None:
    assert greedy_matching(np.full((3, 2), np.inf)).tolist() == [-1, -1]


@given(
    arrays(float, 5, elements=st.sampled_from([1.0, 2.0, 2.0, np.inf]) | st.floats(0, 5)),
    arrays(float, 5, elements=st.floats(0.1, 2)),
)
def test_staircase_is_a_sum_of_indicators(T: np.ndarray, a: np.ndarray) -> None:
    tau = np.concatenate([[0.0, 1.0, 2.0, 1e9], T[np.isfinite(T)], np.linspace(0, 6, 13)])
    link = LinkFunction([(3, 0.6), (4, 0.5)])
    expected = [naive.staircase(t, T, a, naive.K(link.c, 1.0)) for t in tau]
    np.testing.assert_allclose(staircase(tau, T, a, link), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("link", [hermite(4), LinkFunction([(2, 0.5), (4, 2.0)])])
def test_norm_growth_takes_the_predicted_time(link: LinkFunction) -> None:
    """At u = 1 the norm obeys dn2/dtau = 4 K(1) n2 (a - n2): the delay is where a/n2 is about 2."""
    a, s0, top = np.array([0.9, 0.1]), 0.01, naive.K(link.c, 1.0)
    for strength, delay in zip(a, norm_growth_delay(a, s0, link), strict=True):
        solution = solve_ivp(
            lambda _, n2, a=strength: 4 * top * n2 * (a - n2), (0, delay), [s0**2],
            rtol=1e-9, atol=1e-15,
        )  # fmt: skip
        # Logistic growth: a / n2 - 1 = (a / s0^2 - 1) exp(-4 a t) = 1 - s0^2 / a.
        assert solution.y[0, -1] == pytest.approx(strength / (2 - s0**2 / strength), rel=1e-6)


def test_a_norm_that_is_already_there_needs_no_time() -> None:
    assert norm_growth_delay(np.array([0.1]), 0.5, hermite(4))[0] == 0.0
