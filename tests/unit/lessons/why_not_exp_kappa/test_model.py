"""The power method: iteration, closed form, tensor, flow; and how many neurons it needs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import binom

from emergence.arrays import Array
from emergence.lessons.why_not_exp_kappa.iteration import power_method
from emergence.lessons.why_not_exp_kappa.model import (
    PowerMethod,
    count_found,
    first_finders,
    win_probabilities,
)
from emergence.theory.power_method import winners
from emergence.theory.teacher import power_strengths
from tests import naive
from tests.unit.conftest import directions

J_ABOVE_2 = [3, 4, 6, 8]


def finders(P: int, beta: float, J: int, m: int, trials: int, seed: int) -> Array:
    """Sorted first finders of independent trials of m Gaussian neurons, shape (trials, P)."""
    rng = np.random.default_rng(seed)
    return np.array([
        first_finders(winners(rng.standard_normal((m, P)), power_strengths(P, beta), J), P)
        for _ in range(trials)
    ])  # fmt: skip


@pytest.mark.parametrize("J", [3, 4, 6])
def test_the_coordinates_iterate_as_the_whole_tensor_does(J: int) -> None:
    """d = 4, teachers turned away from the axes: all d^J entries contracted, round by round."""
    rng = np.random.default_rng(J)
    d, a = 4, np.array([0.9, 0.6, 0.5])
    W = np.linalg.qr(rng.standard_normal((d, d)))[0][: len(a)]
    for v in directions(rng, 20, d):
        there = v
        for rounds in range(1, 8):
            there = naive.tensor_power_step(there, W, a, J)
            here = power_method(W @ v, a, J, rounds)
            np.testing.assert_allclose(here @ W, there, atol=1e-9)
        there = naive.tensor_power_step(there, W, a, J)
        assert np.max(np.abs(W @ there)) > 0.99


@pytest.mark.parametrize("J", J_ABOVE_2)
@pytest.mark.parametrize(("P", "beta"), [(1, 1.0), (2, 0.0), (8, 1.0), (33, 2.0)])
def test_the_iteration_ends_where_the_closed_form_says(J: int, P: int, beta: float) -> None:
    start = np.random.default_rng(1).standard_normal((2_000, P))
    end = np.abs(power_method(start, power_strengths(P, beta), J))
    np.testing.assert_array_equal(
        np.argmax(end, axis=1), winners(start, power_strengths(P, beta), J)
    )
    # Neurons that are undecided between two directions take longest: nearly all have arrived.
    assert np.mean(end.max(axis=1) > 0.999) > 0.998


@pytest.mark.parametrize("J", [4, 6])
def test_population_flow_on_the_correlation_loss_ends_there_too(J: int) -> None:
    """d vbar/dtau = (I - vbar vbar^T) sum_p a_p J o_p^(J-1) w_p, by solve_ivp; see also Euler."""
    P, d, a = 5, 12, power_strengths(5, 1.0)
    start = directions(np.random.default_rng(2), 60, d)
    b = np.sort(a ** (1 / (J - 2)) * np.abs(start[:, :P]), axis=1)
    clear = start[b[:, -1] > 1.02 * b[:, -2]]  # an integrator may not decide a draw

    def field(_: float, v: Array) -> Array:
        q = np.zeros(d)
        q[:P] = a * J * v[:P] ** (J - 1)
        return q - v * (q @ v)

    for v in clear:
        end = solve_ivp(field, (0, 1e6), v, method="LSODA", rtol=1e-8, atol=1e-12).y[:, -1]
        assert end[winners(v[:P], a, J)] ** 2 == pytest.approx(1, abs=1e-4)
    assert len(clear) > 50


def test_an_expected_sgd_step_is_that_flow() -> None:
    """E of the step on -f f*, by a large sample, against a_p J o_p^(J-1): within 5 errors."""
    J, d, P, a = 4, 5, 3, power_strengths(3, 1.0)
    rng = np.random.default_rng(3)
    v, X = directions(rng, 1, d)[0], rng.standard_normal((400_000, d))
    z = X @ v
    target = sum(a[p] * naive.sigma([0] * J + [1.0], X[:, p]) for p in range(P))
    steps = (target * naive.sigma_prime([0] * J + [1.0], z))[:, None] * (X - np.outer(z, v))
    q = np.append(a * J * v[:P] ** (J - 1), np.zeros(d - P))
    error = steps.std(axis=0) / np.sqrt(len(X))
    assert np.all(np.abs(steps.mean(axis=0) - (q - v * (q @ v))) < 5 * error)


@pytest.mark.parametrize("J", J_ABOVE_2)
@pytest.mark.parametrize(("P", "beta"), [(1, 1.0), (2, 2.0), (7, 0.0), (16, 1.0), (64, 2.0)])
def test_win_probabilities(J: int, P: int, beta: float) -> None:
    """They add up to 1 and are those counted over many neurons, within 5 standard errors."""
    p = win_probabilities(P, beta, J)
    assert p.sum() == pytest.approx(1, abs=1e-9)
    n = 40_000
    ends = winners(np.random.default_rng(4).standard_normal((n, P)), power_strengths(P, beta), J)
    error = np.sqrt(np.maximum(p * (1 - p) / n, 1e-9 / n))
    counts = np.bincount(ends, minlength=P)
    assert np.all(np.abs(counts / n - p) < 5 * error + 3 / n)


def test_two_directions_analytically() -> None:
    """P(b_1 |g_1| < b_2 |g_2|) = (2/pi) arctan(b_2 / b_1): the angle of a plane Gaussian."""
    for J, beta in ((4, 1.0), (6, 3.0), (3, 2.0)):
        angle = 2 / np.pi * np.arctan(2 ** (-beta / (J - 2)))
        assert win_probabilities(2, beta, J)[1] == pytest.approx(angle, rel=1e-7)


def test_first_finders_and_coverage() -> None:
    first = first_finders(np.array([2, 2, -1, 0, 2, 0]), 4)
    assert first.tolist() == [0, 3, 6, 6]
    assert count_found(first, [0, 1, 3, 4, 6]).tolist() == [0, 1, 1, 2, 2]


def test_coverage_is_what_theory_expects() -> None:
    """Mean over 400 trials within 5 standard errors of sum_q 1 - (1 - p_q)^m."""
    P, m = 16, np.array([1, 4, 16, 64, 256])
    counts = np.array([count_found(first, m) for first in finders(P, 1.0, 4, 256, 400, seed=5)])
    error = counts.std(axis=0) / np.sqrt(400) + 1e-12
    assert np.all(np.abs(counts.mean(axis=0) - PowerMethod(P, 1.0).expected(m)) < 5 * error)


EARLIER = {(8, 1.0): 20, (16, 1.0): 200, (16, 1.5): 1300, (32, 1.0): 2200}
"""Earlier figures (Model 6.3): neurons needed, medians of 20 trials."""


@pytest.mark.parametrize(("P", "beta"), EARLIER)
def test_neurons_needed_for_all_directions(P: int, beta: float) -> None:
    """The median of 40 trials lies between the quantiles of the theory's that 5 errors span.

    The number of trials below the true median is binomial.
    """
    theory, trials = PowerMethod(P, beta), 40
    m = round(3 * theory.needed(0.99))
    needed = finders(P, beta, 4, m, trials, seed=6)[:, -1] + 1
    assert needed.max() < m
    for share in (0.1, 0.5, 0.9):
        below = np.count_nonzero(needed <= theory.needed(share))
        low, high = binom.ppf([3e-7, 1 - 3e-7], trials, share)
        assert low <= below <= high


@pytest.mark.parametrize(("P", "beta"), EARLIER)
def test_the_medians_of_science_are_those_of_the_weakest_direction(P: int, beta: float) -> None:
    """The earlier figures are not those for all P (twice as many): they fit direction P alone.

    The median of 20 exponential waiting times of mean 1/p_P is log(2)/p_P, to a standard error of
    1 / (p_P sqrt(20)); two of them are allowed. For all P, a median of 20 as low as theirs has a
    probability below 3e-4: ten trials or more among the lowest 15 %.
    """
    p = win_probabilities(P, beta, 4)[-1]
    assert abs(EARLIER[P, beta] - np.log(2) / p) < 2 / (p * np.sqrt(20))
    assert EARLIER[P, beta] < PowerMethod(P, beta).needed(0.15)


@pytest.mark.parametrize("J", [3, 4, 6])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_the_number_grows_faster_than_any_power(J: int, beta: float) -> None:
    """-log p_P against its leading order, P = 16 to 128, and the rising local power of kappa.

    They differ by less and less, by 3 to 6 % at the end.
    """
    sizes = np.array([16, 32, 64, 128])
    theories = [PowerMethod(int(P), beta, J) for P in sizes]
    rarity = np.array([-np.log(theory.probabilities[-1]) for theory in theories])
    ratio = np.array([theory.log_rarity for theory in theories]) / rarity
    assert np.all(np.diff(np.abs(ratio - 1)) < 0)
    assert abs(ratio[-1] - 1) < 0.07
    needed = np.log([theory.needed() for theory in theories])
    assert np.all(np.diff(np.diff(needed)) > 0)
    assert needed[-1] > np.log(theories[-1].enough)


def test_joint_width_does_not_know_kappa_and_the_power_method_does() -> None:
    few = [PowerMethod(16, beta).needed() for beta in (0.0, 0.5, 1.0, 1.5, 2.0)]
    assert np.all(np.diff(few) > 0)
    assert few[0] == pytest.approx(16 * np.log(16), rel=0.5)  # equal strengths: coupons
    assert few[-1] > 100 * few[0]


def test_equal_strengths_are_the_coupon_collector() -> None:
    """P(all found by m) by inclusion and exclusion, for a number of neurons that is fixed."""
    from math import comb

    P, m = 12, PowerMethod(12, 0.0).needed(0.5)
    exact = sum((-1) ** k * comb(P, k) * (1 - k / P) ** m for k in range(P + 1))
    assert exact == pytest.approx(0.5, abs=0.03)
