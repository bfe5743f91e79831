"""Slopes and Student's intervals against NumPy's and SciPy's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from emergence.theory.fits import log_slope, mean_margin, slope, slopes, student_quantile


def test_slopes_are_least_squares_along_the_last_axis() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(40), rng.standard_normal((3, 5, 40))
    expected = [[np.polyfit(x, row, 1)[0] for row in rows] for rows in y]
    np.testing.assert_allclose(slopes(x, y), expected, rtol=1e-12)
    assert slope(x, y[0, 0]) == pytest.approx(stats.linregress(x, y[0, 0]).slope, rel=1e-12)


def test_a_slope_needs_two_different_points_that_are_there() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    assert slope(x, np.array([1.0, np.nan, 5.0, np.inf])) == pytest.approx(2.0)
    assert np.isnan(slope(x, np.array([np.nan, 1.0, np.nan, np.nan])))
    assert np.isnan(slope(np.zeros(4), x))


def test_a_slope_on_logarithmic_axes_leaves_out_what_has_no_logarithm() -> None:
    x = np.array([1.0, 10.0, 100.0, 1e3])
    y = 3 * x**-1.5
    assert log_slope([*x, 0.0], [*y, 7.0]) == pytest.approx(-1.5)
    assert log_slope([1, 4, 16], [2.0, -1.0, 8.0]) == pytest.approx(0.5)
    assert np.isnan(log_slope([2], [3]))


@pytest.mark.parametrize("n", [2, 3, 12])
def test_the_interval_of_a_mean_is_students(n: int) -> None:
    values = np.random.default_rng(n).standard_normal(n)
    low, high = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    assert mean_margin(values) == pytest.approx((high - low) / 2, rel=1e-9)
    assert student_quantile(n - 1) == pytest.approx(stats.t.ppf(0.975, n - 1), rel=1e-9)
    assert mean_margin(values[:1]) is None
