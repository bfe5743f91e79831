"""Predicted emergence: T_p against integration, and the matching and staircase against twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad, solve_ivp

from emergence.theory.hermite import LinkFunction, hermite
from emergence.theory.predictions import (
    emergence_times,
    greedy_matching,
    norm_growth_delay,
    staircase,
)
from tests import naive


def predicted(overlap: float, a: float, link: LinkFunction) -> float:
    """T of one pair."""
    return float(emergence_times(np.array([[overlap]]), np.array([a]), link)[0, 0])


@pytest.mark.parametrize("J", [3, 4, 6, 8])
@pytest.mark.parametrize(("overlap", "a"), [(0.05, 0.7), (0.3, 0.2)])
def test_blow_up_time(J: int, overlap: float, a: float) -> None:
    """du/dtau = 2 J a u^(J/2) reaches infinity at T: integrated in log u until e^-10 T is left."""

    def nearly_there(_: float, y: np.ndarray) -> float:
        return float(y[0] - 2 * np.log(overlap) - 10 / (J / 2 - 1))

    nearly_there.terminal = True
    T = predicted(overlap, a, hermite(J))
    solution = solve_ivp(
        lambda _, y: 2 * J * a * np.exp(y * (J / 2 - 1)), (0, 2 * T), [2 * np.log(overlap)],
        events=nearly_there, rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    assert solution.t_events[0][0] == pytest.approx(T * (1 - np.exp(-10)), rel=1e-6)


@pytest.mark.parametrize(("J", "factor"), [(3, 3), (4, 8), (6, 24), (8, 48)])
def test_blow_up_constant(J: int, factor: int) -> None:
    """The closed form 1 / (J (J-2) a o^(J-2)): the 8 of the slides, and 24 for J = 6."""
    assert predicted(0.1, 0.5, hermite(J)) == pytest.approx(1 / (factor * 0.5 * 0.1 ** (J - 2)))


@pytest.mark.parametrize("J", [3, 4, 6, 8])
def test_blow_up_time_is_the_integral_of_the_pace(J: int) -> None:
    u0 = 0.01
    # By quadrature in s = u^(1 - J/2), in which the tail to infinity is finite.
    expected, _ = quad(lambda x: x**-2 / (2 * J * 0.4 * (u0 / x) ** (J / 2)) * u0, 0, 1)
    assert predicted(0.1, 0.4, hermite(J)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("J", [1, 2])
@pytest.mark.parametrize("overlap", [0.02, 0.3])
def test_half_time_without_a_blow_up(J: int, overlap: float) -> None:
    """u = 1/2 of du/dtau = 2 J a u^(J/2) (1 - u), by solve_ivp."""
    a, T = 0.6, predicted(overlap, 0.6, hermite(J))
    solution = solve_ivp(
        lambda _, u: 2 * J * a * u ** (J / 2) * (1 - u),
        (0, T),
        [overlap**2],
        rtol=1e-10,
        atol=1e-12,
    )
    assert solution.y[0, -1] == pytest.approx(0.5, abs=1e-7)


def test_half_time_from_the_wrong_side() -> None:
    """J = 1 pulls every neuron over: do/dtau = a (1 - o^2) from a negative overlap."""
    solution = solve_ivp(
        lambda _, o: 0.6 * (1 - o**2), (0, predicted(-0.4, 0.6, hermite(1))), [-0.4],
        rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    assert solution.y[0, -1] ** 2 == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("J", [2, 4, 6, 8])
def test_even_links_do_not_see_the_sign(J: int) -> None:
    assert predicted(-0.2, 0.5, hermite(J)) == predicted(0.2, 0.5, hermite(J))


def test_a_neuron_on_the_wrong_side_of_an_odd_link_never_arrives() -> None:
    assert predicted(-0.2, 0.5, hermite(3)) == np.inf
    assert predicted(0.0, 0.5, hermite(3)) == np.inf
    assert predicted(0.0, 0.5, hermite(4)) == np.inf


@pytest.mark.parametrize("J", [1, 2])
def test_a_neuron_beyond_half_way_has_arrived(J: int) -> None:
    assert predicted(0.9, 0.5, hermite(J)) == 0.0
    assert predicted(1.0, 0.5, hermite(J)) == 0.0


@pytest.mark.parametrize("J", [1, 2, 3, 4, 6, 8])
def test_a_coefficient_counts_squared(J: int) -> None:
    scaled = LinkFunction([(J, 0.5)])
    assert predicted(0.1, 0.5, scaled) == pytest.approx(4 * predicted(0.1, 0.5, hermite(J)))


def test_a_mixture_is_timed_by_its_leading_degree() -> None:
    """With the higher terms in, the true time approaches T as the start becomes small."""
    link, a, ratios = LinkFunction([(3, 0.6), (4, 0.8)]), 0.5, []
    for overlap in (1e-2, 1e-3, 1e-4):
        time, _ = quad(
            lambda y: 1 / (2 * a * link.K_prime(np.exp(y)) / np.exp(y) * (1 - np.exp(2 * y))),
            np.log(overlap), np.log(0.5) / 2, epsrel=1e-10, limit=400,
        )  # fmt: skip
        ratios.append(2 * time / predicted(overlap, a, link))
    assert abs(ratios[2] - 1) < abs(ratios[1] - 1) < abs(ratios[0] - 1)
    assert ratios[2] == pytest.approx(1, abs=5e-3)


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


def test_norm_growth_takes_the_predicted_time() -> None:
    """At u = 1 the norm obeys dn2/dtau = 4 n2 (a - n2): the delay is where a/n2 - 1 is about 1."""
    a, s0 = np.array([0.9, 0.1]), 0.01
    for strength, delay in zip(a, norm_growth_delay(a, s0), strict=True):
        solution = solve_ivp(
            lambda _, n2, a=strength: 4 * n2 * (a - n2), (0, delay), [s0**2], rtol=1e-9, atol=1e-15
        )
        # Logistic growth: a / n2 - 1 = (a / s0^2 - 1) exp(-4 a t) = 1 - s0^2 / a.
        assert solution.y[0, -1] == pytest.approx(strength / (2 - s0**2 / strength), rel=1e-6)


def test_a_norm_that_is_already_there_needs_no_time() -> None:
    assert norm_growth_delay(np.array([0.1]), 0.5)[0] == 0.0
