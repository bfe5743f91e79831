"""Least-squares slopes and Student's intervals: whatever the project fits, it fits here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from emergence.arrays import Array

CONFIDENCE = 0.95
"""Of every interval, unless it says something else."""


@dataclass(frozen=True)
class Slope:
    """A fitted exponent.

    Attributes
    ----------
    value : the slope of log y against log x
    ci : its 95 % interval, None where there is none; what it covers is said by whoever makes it
    window : the fit's first and last x
    points : how many x of the data lie in the window
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


def slope(x: Array, y: Array) -> float:
    """Least-squares slope over the finite points of x, y, both (n,); NaN for fewer than two x."""
    usable = np.isfinite(x) & np.isfinite(y)
    if len(np.unique(x[usable])) < 2:
        return float("nan")
    return float(slopes(x[usable], y[usable]))


def log_slope(x: ArrayLike, y: ArrayLike) -> float:
    """`slope` of log y against log x, both (n,), over the positive, finite points."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return slope(np.log(np.asarray(x, dtype=float)), np.log(np.asarray(y, dtype=float)))


def student_quantile(freedom: int) -> float:
    """Half of the 95 % interval in units of the standard error, by degrees of freedom."""
    # From special: scipy.stats would be a third of the app's import time.
    return float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2))


def mean_margin(values: Array) -> float | None:
    """Half of the 95 % interval of a mean over independent values, shape (n,); None for one."""
    n = len(values)
    if n < 2:
        return None
    return student_quantile(n - 1) * float(values.std(ddof=1) / np.sqrt(n))
