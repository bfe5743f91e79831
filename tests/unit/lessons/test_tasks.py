"""What is asked for at a lesson's end, held against what knows nothing of how it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import polynomial
from scipy.integrate import solve_ivp
from scipy.special import factorial2, zeta

from emergence.lessons.idealised_dynamics.model import times_later
from emergence.lessons.link_functions.model import first_coefficient
from emergence.lessons.many_neurons.model import grown
from emergence.lessons.one_neuron.model import noise_over_signal
from emergence.lessons.puzzle.model import slope_of_many
from emergence.lessons.scaling_law.model import plateau_share
from emergence.lessons.sharp_transitions.model import escape_of_fourth_power
from emergence.lessons.takeaways.model import never_learned
from emergence.lessons.theorem.study import TRIALS, diverging
from emergence.lessons.why_not_exp_kappa.model import PowerMethod


@pytest.mark.parametrize("beta", [0.8, 4 / 3, 1.8])
def test_the_slope_of_many_skills_is_theory_s(beta: float) -> None:
    assert slope_of_many(beta) == pytest.approx((1 - 2 * beta) / beta, abs=0.03)


@pytest.mark.parametrize("b", [-2.0, 0.0, 2.5, 3.0])
def test_the_first_coefficient_is_that_of_the_moments(b: float) -> None:
    """E[(z^3 - b z) z] = 3 - b."""
    assert first_coefficient(b) == pytest.approx(3 - b, abs=1e-12)


def test_noise_and_signal_are_alike_where_the_moments_say() -> None:
    """The mean square of a push from Gaussian moments of h_4 = (z^4 - 6 z^2 + 3) / sqrt(24)."""

    def mean(coefficients: np.ndarray) -> float:
        return float(sum(c * factorial2(k - 1) if k else c
                         for k, c in enumerate(coefficients) if k % 2 == 0))  # fmt: skip

    h = np.array([3.0, 0, -6, 0, 1]) / np.sqrt(24)
    slope: np.ndarray = polynomial.polyder(h)
    square: np.ndarray = polynomial.polymul(h, h)
    pushes: np.ndarray = polynomial.polymul(slope, slope)
    push = mean(polynomial.polymul(square, pushes)) + mean(square) * mean(pushes)
    # eta push d o / 2 = J o^(J-1) at o = 1/sqrt(d), eta = c / d^2: no d is left.
    assert noise_over_signal(8 / push) == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("p", [1, 25, 64])
def test_a_direction_is_late_by_its_strength_alone(p: int) -> None:
    assert times_later(p) == pytest.approx(p**1.5)


@pytest.mark.parametrize("beta", [0.3, np.log2(1.5), 2.0])
def test_an_overlap_grows_as_its_equation_says(beta: float) -> None:
    u0 = 1e-5
    flow = solve_ivp(lambda _, u: 8 * 2**-beta * u**2, (0, 1 / (8 * u0)), [u0], rtol=1e-10,
                     atol=1e-16)  # fmt: skip
    assert grown(beta) == pytest.approx(flow.y[0, -1] / u0, rel=1e-5)


def test_so_often_do_that_many_neurons_find_all() -> None:
    """Neurons drawn one by one: the direction with the largest a |overlap|^2 wins (J = 4)."""
    rng = np.random.default_rng(0)
    a, m, trials = np.arange(1, 9) ** -0.5, 60, 4_000
    ends = np.argmax(a * rng.standard_normal((trials, m, 8)) ** 2, axis=-1)
    found = np.mean([len(set(each)) == 8 for each in ends.tolist()])
    assert PowerMethod(8, 0.5, 4).chance(m) == pytest.approx(found, abs=0.03)


def test_a_plateau_is_the_sum_of_what_is_left() -> None:
    q = np.arange(1, 2_000_001) ** -1.6
    beyond = 2_000_000**-0.6 / 0.6
    share = (q[40:].sum() + beyond) / (q[1:].sum() + beyond)
    assert plateau_share(40, 0.8) == pytest.approx(share, rel=1e-6)


def test_the_escape_takes_as_long_as_an_integrator_says() -> None:
    w0 = 0.02

    def half(_: float, w: np.ndarray) -> float:
        return float(w[0] ** 4 - 0.5)

    half.terminal = True  # type: ignore[attr-defined]
    flow = solve_ivp(lambda _, w: 8 * w**3 * (1 - w**4), (0, 1e6), [w0], events=half,
                     rtol=1e-10, atol=1e-14)  # fmt: skip
    assert escape_of_fourth_power(w0) == pytest.approx(flow.t[-1], rel=1e-6)


@pytest.mark.parametrize("p", [10, 60])
def test_what_is_never_learned_is_a_tail(p: int) -> None:
    assert never_learned(p) == pytest.approx(zeta(2, p + 1) / zeta(2, 1), rel=1e-3)


def test_small_steps_keep_sgd_together_and_large_ones_do_not() -> None:
    assert diverging(0.05) == 0
    assert diverging(5.0) >= len(TRIALS) - 1
