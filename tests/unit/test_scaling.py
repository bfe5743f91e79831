"""Power laws: sums at whole p, the infinite limit, and slopes recovered from ideal staircases."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.theory.hermite import hermite
from emergence.theory.predictions import staircase
from emergence.theory.scaling import (
    finite_prediction,
    fit_slope,
    local_slope,
    power_law,
    reference_time,
    tail,
    time_exponent,
    window_directions,
)
from emergence.theory.teacher import strengths


def ideal(beta: float, P: int) -> tuple[Array, Array, Array]:
    """(t, loss, a) of the staircase with T_p = p^beta exactly, finely sampled past its end."""
    p = np.arange(1.0, P + 1)
    a = p**-beta / np.sqrt(np.sum(p ** (-2 * beta)))
    t = np.geomspace(0.5, 2 * P**beta, 4_000)
    return t, staircase(t, p**beta, a, hermite(4)), a


@pytest.mark.parametrize(("beta", "exponent"), [(0.8, -0.75), (1.0, -1.0), (1.5, -4 / 3)])
def test_time_exponent(beta: float, exponent: float) -> None:
    assert time_exponent(beta) == pytest.approx(exponent)


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.5])
def test_no_power_law_at_or_below_one_half(beta: float) -> None:
    t, loss, a = ideal(beta, 64)
    assert time_exponent(beta) is None
    assert fit_slope(t, loss, 1.0, a, beta, 1.0) is None
    assert tail(a, beta) == 0.0
    with pytest.raises(ValueError, match="beta > 1/2"):
        power_law(t, 1.0, a, beta)


@pytest.mark.parametrize("beta", [0.3, 0.8, 1.5])
def test_finite_prediction_at_whole_p_is_the_sum_over_the_directions_left(beta: float) -> None:
    """At p(t) = p the loss is sum_{q >= p} a_q^2 K(1), summed here one by one; then nothing."""
    a, T1, top = np.asarray(0.7 * np.arange(1, 13) ** -beta, float), 2.5, 1.7
    for p in range(1, 14):
        expected = sum(top * a[q - 1] ** 2 for q in range(p, 13))
        found = finite_prediction(np.array([T1 * p**beta]), T1, a, beta, top)[0]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    before = finite_prediction(np.array([0.01 * T1]), T1, a, beta, top)[0]
    assert before == pytest.approx(top * np.sum(a**2))


def test_finite_prediction_at_equal_strengths_is_one_jump() -> None:
    a = np.full(4, 0.5)
    t = np.array([0.5, 0.99, 1.01, 9.0])
    np.testing.assert_allclose(finite_prediction(t, 1.0, a, 0.0), [1, 1, 0, 0], atol=1e-12)


@pytest.mark.parametrize("beta", [0.6, 0.8, 1.0, 2.0])
def test_tail_is_the_sum_of_what_is_missing(beta: float) -> None:
    """The sum up to 10^6 directly, the integral from there: a relative error of 1e-6."""
    a = np.asarray(0.8 * np.arange(1, 21) ** -beta, float)
    q = np.arange(21, 10**6)
    rest = (10**6 - 0.5) ** (1 - 2 * beta) / (2 * beta - 1)
    expected = 1.3 * 0.8**2 * (np.sum(q ** (-2 * beta)) + rest)
    assert tail(a, beta, 1.3) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("beta", [0.75, 1.0, 1.5])
def test_finite_prediction_and_tail_approach_the_power_law(beta: float) -> None:
    """Euler-Maclaurin: sum_{q >= p} q^(-2 beta) is the integral times 1 + (2 beta - 1)/(2 p)."""
    a, gaps = np.asarray(np.arange(1, 5_001) ** -beta, float), []
    for p in (10, 100, 1_000):
        t = np.array([float(p) ** beta])
        whole = finite_prediction(t, 1.0, a, beta)[0] + tail(a, beta)
        gaps.append(whole / power_law(t, 1.0, a, beta)[0] - 1)
        assert gaps[-1] == pytest.approx((2 * beta - 1) / (2 * p), rel=2 / p)
    assert gaps[0] > gaps[1] > gaps[2] > 0


def test_power_law_is_a_straight_line() -> None:
    t = np.geomspace(1, 1e4, 50)
    slopes = np.diff(np.log(power_law(t, 2.0, np.ones(1), 0.8))) / np.diff(np.log(t))
    np.testing.assert_allclose(slopes, -0.75, rtol=1e-9)


@pytest.mark.parametrize(("P", "measured"), [(64, -0.744), (1024, -0.750)])
def test_tail_corrected_slope_of_the_ideal_staircase(P: int, measured: float) -> None:
    """Model 4.4: -0.744 and -0.750 where theory says -0.75; within 2 %."""
    t, loss, a = ideal(0.8, P)
    slope = fit_slope(t, loss, 1.0, a, 0.8, 1.0)
    assert slope is not None
    assert slope.value == pytest.approx(-0.75, rel=0.02)
    assert slope.value == pytest.approx(measured, rel=0.025)
    low, high = window_directions(P)
    assert slope.window == pytest.approx(((low + 0.5) ** 0.8, high**0.8))


@pytest.mark.parametrize("beta", [0.6, 1.0, 1.5])
@pytest.mark.parametrize("P", [64, 256])
def test_tail_corrected_slope_at_other_exponents(beta: float, P: int) -> None:
    """Within 2 % of (1 - 2 beta)/beta."""
    t, loss, a = ideal(beta, P)
    slope = fit_slope(t, loss, 1.0, a, beta, 1.0)
    assert slope is not None
    assert slope.value == pytest.approx((1 - 2 * beta) / beta, rel=0.02)


@pytest.mark.parametrize("P", [4, 8, 16, 32])
def test_slope_of_few_directions(P: int) -> None:
    """Few directions are within 6 %; how little a random start of them tells: `test_scatter`."""
    t, loss, a = ideal(0.8, P)
    slope = fit_slope(t, loss, 1.0, a, 0.8, 1.0)
    assert slope is not None
    assert slope.value == pytest.approx(-0.75, rel=0.06)


def test_without_the_tail_the_slope_would_be_wrong() -> None:
    """Without the tail (Model 4.3) the same window gives about -1.07 at P = 64."""
    t, loss, a = ideal(0.8, 64)
    slope = fit_slope(t, loss - tail(a, 0.8), 1.0, a, 0.8, 1.0)
    assert slope is None or slope.value < -0.9


def test_the_unit_of_time_does_not_change_the_slope() -> None:
    t, loss, a = ideal(0.8, 64)
    one, other = (fit_slope(t * unit, loss, unit, a, 0.8, 1.0) for unit in (1.0, 1e6))
    assert one is not None
    assert other is not None
    assert other.value == pytest.approx(one.value, rel=1e-9)
    assert other.window == pytest.approx(tuple(1e6 * x for x in one.window))


def test_no_slope_before_the_window_is_covered() -> None:
    t, loss, a = ideal(0.8, 64)
    short = t < 0.9 * 32**0.8
    assert fit_slope(t[short], loss[short], 1.0, a, 0.8, 1.0) is None
    assert fit_slope(t, loss, np.nan, a, 0.8, 1.0) is None
    assert fit_slope(t, loss, 1.0, a[:2], 0.8, 1.0) is None


def test_with_few_neurons_the_window_ends_before_the_plateau() -> None:
    t, loss, a = ideal(0.8, 256)
    m = 32
    stopped = np.maximum(loss, np.sum(a[m:] ** 2))
    slope = fit_slope(t, stopped, 1.0, a, 0.8, 1.0, m)
    assert slope is not None
    assert slope.value == pytest.approx(-0.75, rel=0.02)
    assert slope.window == pytest.approx((1.5**0.8, 16**0.8))
    blind = fit_slope(t, stopped, 1.0, a, 0.8, 1.0)
    assert blind is not None
    assert blind.value > -0.7, "the plateau would have made it flatter"


@pytest.mark.parametrize(
    ("P", "window"), [(1, (1, 1)), (8, (1, 4)), (64, (1, 32)), (1024, (5, 512))]
)
def test_window(P: int, window: tuple[int, int]) -> None:
    assert window_directions(P) == window


def test_reference_time_is_the_median_over_directions() -> None:
    a = np.array([1.0, 0.5, 0.25, 0.2])
    T = 3.0 / a * np.array([1.0, 0.5, 2.0, np.inf])
    assert reference_time(T, a) == pytest.approx(3.0)
    assert np.isnan(reference_time(np.full(2, np.inf), a[:2]))


def test_local_slope_of_a_power_law() -> None:
    """A loss whose corrected value is t^-0.75 exactly has that slope at every moment."""
    a = strengths(Experiment(P=64, beta=0.8))
    t = np.geomspace(1, 30, 200)
    loss = t**-0.75 - tail(a, 0.8)
    assert (loss > 0).all()
    slope = local_slope(t, loss, 0.8, a, 1.0)
    assert slope is not None
    assert slope.value == pytest.approx(-0.75, rel=1e-9)
    assert slope.window == pytest.approx((15, 30), rel=0.02)
    assert local_slope(t[:2], loss[:2], 0.8, a, 1.0) is None


def test_strengths() -> None:
    for beta in (0.0, 0.8, 3.0):
        paper = strengths(Experiment(P=16, d=16, beta=beta))
        slides = strengths(Experiment(P=16, d=16, beta=beta, normalisation="slides"))
        assert np.sum(paper**2) == pytest.approx(1, rel=1e-12)
        np.testing.assert_allclose(slides, [p**-beta for p in range(1, 17)], rtol=1e-12)
        assert paper[0] / paper[-1] == pytest.approx(16**beta)
