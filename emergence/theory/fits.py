"""Least-squares slopes and their intervals: whatever the project fits, it fits here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from emergence.arrays import Array, IntArray

CONFIDENCE = 0.95
"""Of every interval, unless it says something else."""
AROUND = 4.0
"""Factor in t over which the slope around a moment is taken."""
TRAILING = 2.0
"""Factor in t over which the slope up to a moment is taken."""
LEAST_POINTS = 3
"""Points that a window must hold, be it this factor or a given one."""

Seeds = IntArray
"""Numbers of the seeds to use, repetitions included: resamples of them, shape (r, seeds)."""
RESAMPLES = 2_000
RESAMPLES_APART = 1_000
"""Resamples where every point has seeds of its own."""
OF_MEDIANS = 0.88
"""What a bootstrap's standard error of medians of few seeds is multiplied by."""
USABLE = 0.95
"""Share of the resamples that must have a value for an interval: those without are not random."""


@dataclass(frozen=True)
class Slope:
    """A fitted slope: an exponent where both axes are logarithms.

    Attributes
    ----------
    value : the slope
    ci : its 95 % interval, None where there is none; what it covers is said by whoever makes it
    window : the fit's first and last x, no logarithms
    points : how many points of the data lie in the window
    ci_reason : why there is no interval
    """

    value: float
    ci: tuple[float, float] | None
    window: tuple[float, float]
    points: int
    ci_reason: str | None = None

    def within(self, margin: float | None) -> Slope:
        """The same with the interval value - margin to value + margin; None for none."""
        ci = None if margin is None else (self.value - margin, self.value + margin)
        return replace(self, ci=ci)


def slopes(x: Array, y: Array) -> Array:
    """Least-squares slopes of y against x along the last axis, which they share; NaN where a y is.

    The shapes before it broadcast.
    """
    x = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(np.sum(x * y, axis=-1) / np.sum(x * x, axis=-1))


def fit_line(x: Array, y: Array, over: Array | None = None) -> Slope | None:
    """Least-squares slope over the finite points of x, y, both (n,); None for fewer than two x.

    `over` is what x is the logarithm of, shape (n,), for the window; None where x is itself meant.
    """
    usable = np.isfinite(x) & np.isfinite(y)
    if len(np.unique(x[usable])) < 2:
        return None
    at = (x if over is None else over)[usable]
    window = (float(at.min()), float(at.max()))
    return Slope(float(slopes(x[usable], y[usable])), None, window, len(at))


def fit_power(x: ArrayLike, y: ArrayLike) -> Slope | None:
    """`fit_line` of log y against log x, both (n,), over the positive, finite points."""
    x = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return fit_line(np.log(x), np.log(np.asarray(y, dtype=float)), over=x)


def mean_slope(x: Array, y: Array, window: tuple[float, float]) -> Slope | None:
    """Slope of log y against log x in a window, by least squares for each seed, and its mean.

    The 95 % interval of the mean is Student's over the seeds, none for a single one. None when
    fewer than three points are in the window.

    Parameters
    ----------
    x : shape (n,)
    y : one row for each seed, shape (S, n)
    """
    inside = (x >= window[0]) & (x <= window[1])
    if np.count_nonzero(inside) < LEAST_POINTS:
        return None
    each = slopes(np.log(x[inside]), np.log(y[:, inside]))
    points = int(np.count_nonzero(inside))
    return Slope(float(each.mean()), None, window, points).within(mean_margin(each))


def trailing_slope(t: Array, y: Array) -> Slope | None:
    """Exponent of y in t over the last factor 2 in t, by least squares; both (n,).

    None until that factor holds three points at which t and y are positive.
    """
    recent = (t >= t[-1] / TRAILING) & (t > 0) & (y > 0)
    if np.count_nonzero(recent) < LEAST_POINTS:
        return None
    return fit_power(t[recent], y[recent])


def secant_slopes(t: Array, y: Array) -> Array:
    """Exponents of y in t by the ends of the factor 4 in t around each moment, shape (n,).

    Near the first and the last moment the factor is what is left of it.
    """
    x, log_y = np.log(t), np.log(y)
    half = np.log(AROUND) / 2
    before, after = np.maximum(x - half, x[0]), np.minimum(x + half, x[-1])
    return np.asarray((np.interp(after, x, log_y) - np.interp(before, x, log_y)) / (after - before))


def running_slopes(t: Array, y: Array) -> Array:
    """Exponents of y in t by least squares in the factor 4 in t around each moment, shape (n,).

    The moments are evenly spaced in log t. Near the first and the last it is the fit of the
    factor 4 next to them (Savitzky and Golay).
    """
    from scipy.signal import savgol_filter  # slow to import, and one lesson needs it

    step, n = float(np.log(t[1] / t[0])), len(t)
    window = min(2 * round(np.log(AROUND) / step / 2) + 1, n - 1 + n % 2)
    return np.asarray(savgol_filter(np.log(y), window, polyorder=1, deriv=1, delta=step))


def student_quantile(freedom: int) -> float:
    """Half of the 95 % interval in units of the standard error, by degrees of freedom."""
    # From special: scipy.stats would be a third of the app's import time.
    return float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2))


def normal_quantile() -> float:
    """Half of the 95 % interval in units of a standard error that is known."""
    return float(special.ndtri((1 + CONFIDENCE) / 2))


def mean_margin(values: Array) -> float | None:
    """Half of the 95 % interval of a mean over independent values, shape (n,); None for one."""
    n = len(values)
    if n < 2:
        return None
    return student_quantile(n - 1) * float(values.std(ddof=1) / np.sqrt(n))


def median_interval(values: Array) -> tuple[float, float]:
    """The k-th smallest and k-th largest value, for the k that covers the median nearest to 95 %.

    The median lies between the k-th smallest and the k-th largest of n unless fewer than k of them
    are on one side of it: in 1 - 2 P(Binomial(n, 1/2) < k) of all samples.
    """
    n = len(values)
    k = np.arange(1, n // 2 + 1)
    outside = 2 * special.bdtr(k - 1, n, 0.5)
    best = int(np.argmin(np.abs(outside - (1 - CONFIDENCE))))
    return float(np.sort(values)[best]), float(np.sort(values)[n - 1 - best])


def bootstrap(
    statistic: Callable[[Seeds], Array], seeds: int, of_medians: bool = False
) -> float | None:
    """Half the width of the 95 % interval of a statistic of the seeds; None for one seed.

    Student's quantile times the bootstrap standard error, n/(n-1) times its variance (Hesterberg,
    *What teachers should know about the bootstrap*, The American Statistician 69, 2015).
    Percentiles of the resamples would be too narrow for few seeds: of two, every resample lies
    between them. Of medians of few seeds the bootstrap's standard error is too large, by an eighth
    for 8 to 24 seeds of several laws (`OF_MEDIANS`; `tests.benchmarks.coverage`). None, too, where
    more than 5 % of the resamples have no value.
    """
    if seeds < 2:
        return None
    values = resampled(statistic, seeds)
    if len(values) < USABLE * RESAMPLES:
        return None
    error = values.std() * (OF_MEDIANS if of_medians else np.sqrt(seeds / (seeds - 1)))
    return student_quantile(seeds - 1) * float(error)


def resampled(statistic: Callable[[Seeds], Array], seeds: int) -> Array:
    """The statistic's finite values on 2,000 resamples of the seeds, always the same; (n,)."""
    [chosen] = _resamples([seeds], RESAMPLES)
    values = statistic(chosen)
    return values[np.isfinite(values)]


def bootstrap_apart(
    statistic: Callable[[list[Seeds]], Array], seeds: Sequence[int]
) -> float | None:
    """`bootstrap` of a statistic of several points with seeds of their own, one number each.

    What `bootstrap` makes of the same seeds at all points is wrong here: the points' errors are
    independent and partly cancel. With the normal quantile, and without `OF_MEDIANS`, the slope
    through medians of 32 seeds is covered in 95 % of the cases (`tests.benchmarks.coverage`): it
    rests on all the points' seeds, more degrees of freedom than one point's. Resamples without a
    value are left out. None where a point has one seed.
    """
    n = min(seeds)
    if n < 2:
        return None
    values = statistic(_resamples(seeds, RESAMPLES_APART))
    error = values[np.isfinite(values)].std()
    return float(normal_quantile() * error * np.sqrt(n / (n - 1)))


def _resamples(seeds: Sequence[int], count: int) -> list[Seeds]:
    """`count` resamples of each number of seeds, always the same."""
    rng = np.random.default_rng(0)
    return [rng.integers(n, size=(count, n)) for n in seeds]
