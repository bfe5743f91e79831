"""Slopes and Student's intervals against NumPy's and SciPy's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from emergence.arrays import Array, IntArray
from emergence.theory.fits import (
    Slope,
    bootstrap,
    bootstrap_apart,
    fit_line,
    fit_power,
    mean_margin,
    normal_quantile,
    running_slopes,
    secant_slopes,
    slopes,
    student_quantile,
    trailing_slope,
)


def value(fit: Slope | None) -> float:
    """The slope of a fit that there is."""
    assert fit is not None
    return fit.value


def test_slopes_are_least_squares_along_the_last_axis() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(40), rng.standard_normal((3, 5, 40))
    expected = [[np.polyfit(x, row, 1)[0] for row in rows] for rows in y]
    np.testing.assert_allclose(slopes(x, y), expected, rtol=1e-12)
    assert value(fit_line(x, y[0, 0])) == pytest.approx(
        stats.linregress(x, y[0, 0]).slope, rel=1e-12
    )


def test_a_slope_needs_two_different_points_that_are_there() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    fit = fit_line(x, np.array([1.0, np.nan, 5.0, np.inf]))
    assert fit is not None
    assert fit.value == pytest.approx(2)
    assert (fit.ci, fit.window, fit.points) == (None, (0.0, 2.0), 2)
    assert fit_line(x, np.array([np.nan, 1.0, np.nan, np.nan])) is None
    assert fit_line(np.zeros(4), x) is None


def test_a_slope_on_logarithmic_axes_leaves_out_what_has_no_logarithm() -> None:
    x = np.array([1.0, 10.0, 100.0, 1e3])
    y = 3 * x**-1.5
    fit = fit_power([*x, 0.0], [*y, 7.0])
    assert fit is not None
    assert fit.value == pytest.approx(-1.5)
    assert (fit.window, fit.points) == ((1.0, 1e3), 4)
    assert value(fit_power([1, 4, 16], [2.0, -1.0, 8.0])) == pytest.approx(0.5)
    assert fit_power([2], [3]) is None


def test_local_slopes_of_a_power_are_its_exponent_and_differ_at_a_bend() -> None:
    t = np.geomspace(1.0, 100.0, 201)
    for local in (secant_slopes, running_slopes):
        np.testing.assert_allclose(local(t, 3 * t**-1.5), -1.5, rtol=1e-9)
    assert value(trailing_slope(t, t**-1.5)) == pytest.approx(-1.5)
    bent = np.where(t < 10, 1.0, 10 / t)
    # At the bend half of what is around a moment is flat; what trails it is flat altogether.
    middle = len(t) // 2
    assert secant_slopes(t, bent)[middle] == pytest.approx(-0.5, abs=0.01)
    assert running_slopes(t, bent)[middle] == pytest.approx(-0.5, abs=0.01)
    assert value(trailing_slope(t[: middle + 1], bent[: middle + 1])) == pytest.approx(0, abs=1e-9)
    assert trailing_slope(t[:2], bent[:2]) is None


def test_points_with_seeds_of_their_own_have_independent_errors() -> None:
    """The slope through two means: its error is that of their difference, over their distance."""
    rng = np.random.default_rng(3)
    values = rng.standard_normal((2, 40))

    def apart(seeds: list[IntArray]) -> Array:
        first, second = (v[i].mean(axis=1) for v, i in zip(values, seeds, strict=True))
        return np.asarray(second - first)

    error = np.sqrt(np.sum(values.var(axis=1, ddof=1)) / 40)
    assert bootstrap_apart(apart, (40, 40)) == pytest.approx(1.96 * error, rel=0.1)
    same = np.vstack([values[:1], values[:1]])
    paired = bootstrap(lambda i: np.asarray((same[1][i] - same[0][i]).mean(axis=1)), 40)
    assert paired == 0, "the same seeds at both points cancel"
    assert bootstrap_apart(apart, (1, 40)) is None
    assert normal_quantile() == pytest.approx(stats.norm.ppf(0.975))


@pytest.mark.parametrize("n", [2, 3, 12])
def test_the_interval_of_a_mean_is_students(n: int) -> None:
    values = np.random.default_rng(n).standard_normal(n)
    low, high = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    assert mean_margin(values) == pytest.approx((high - low) / 2, rel=1e-9)
    assert student_quantile(n - 1) == pytest.approx(stats.t.ppf(0.975, n - 1), rel=1e-9)
    assert mean_margin(values[:1]) is None
