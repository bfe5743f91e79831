"""What analyses share: groups of outcomes, slopes over them, bootstrap over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from emergence.experiment import Experiment
from emergence.sweeps.outcome import Outcome

Array = NDArray[np.float64]
Seeds = NDArray[np.int64]
"""Numbers of the seeds to use, repetitions included."""

RESAMPLES = 2_000
CONFIDENCE = 0.95
AXES = tuple(item.name for item in fields(Experiment) if item.name != "seed")


@dataclass(frozen=True)
class Estimate:
    """A measured exponent beside theory's.

    Attributes
    ----------
    of : the values of the swept fields it belongs to
    measured, ci : the exponent and its bootstrap confidence interval (95 %, over seeds); None
        where the seeds are too few
    theory : what theory says
    window : the fit's window, in words
    x, y : the points of the fit, (x_i, y_i) on logarithmic axes; y the middle over seeds
    """

    of: Mapping[str, Any]
    measured: float
    ci: tuple[float, float] | None
    theory: float
    window: str
    x: tuple[float, ...]
    y: tuple[float, ...]

    @property
    def name(self) -> str:
        """The swept values, for a legend."""
        return ", ".join(f"{key} = {value}" for key, value in self.of.items()) or "all points"


@dataclass(frozen=True)
class Fit:
    """An exponent as a function of the seeds: `statistic` of which ones, out of `seeds`.

    The other attributes are those of `Estimate`.
    """

    statistic: Callable[[Seeds], float]
    seeds: int
    theory: float
    window: str
    x: Array
    y: Array


@dataclass(frozen=True)
class Analysis:
    """From the outcomes of a sweep to exponents.

    Attributes
    ----------
    title : what it measures
    needs : what it needs of a sweep's axes
    x, y : titles of the axes along which the exponent is a slope
    over : the swept fields it fits over; there is one estimate for each combination of the others
    fit : from the outcomes of one combination to its Fit, None where they are not enough
    """

    title: str
    needs: str
    x: str
    y: str
    over: tuple[str, ...]
    fit: Callable[[list[Outcome]], Fit | None]

    def estimates(self, outcomes: Iterable[Outcome]) -> list[Estimate]:
        """The exponents that the outcomes so far are enough for."""
        found = []
        for key, members in groups(outcomes, self.over).items():
            fit = self.fit(members)
            if fit is None:
                continue
            measured = fit.statistic(np.arange(fit.seeds))
            if np.isfinite(measured):
                ci = bootstrap(fit.statistic, fit.seeds)
                curve = tuple(fit.x.tolist()), tuple(fit.y.tolist())
                found.append(Estimate(dict(key), measured, ci, fit.theory, fit.window, *curve))
        return found


def groups(
    outcomes: Iterable[Outcome], over: Sequence[str]
) -> dict[tuple[tuple[str, Any], ...], list[Outcome]]:
    """Outcomes by the swept fields but `over` and the seed, in the order they first occur."""
    outcomes = list(outcomes)
    swept = [
        name for name in AXES
        if name not in over and len({getattr(o.experiment, name) for o in outcomes}) > 1
    ]  # fmt: skip
    found: dict[tuple[tuple[str, Any], ...], list[Outcome]] = {}
    for outcome in outcomes:
        key = tuple((name, getattr(outcome.experiment, name)) for name in swept)
        found.setdefault(key, []).append(outcome)
    return found


def bootstrap(statistic: Callable[[Seeds], float], seeds: int) -> tuple[float, float] | None:
    """Bootstrap interval (95 %) of a statistic of resampled seeds; None for one seed.

    The expanded percentile interval of Hesterberg, *What teachers should know about the
    bootstrap*, The American Statistician 69 (2015): percentiles alone are too narrow for few
    seeds, so they are taken further out, to where they would match Student's interval of a mean.
    """
    if seeds < 2:
        return None
    rng = np.random.default_rng(0)
    found = np.array([statistic(rng.integers(seeds, size=seeds)) for _ in range(RESAMPLES)])
    found = found[np.isfinite(found)]
    if not found.size:
        return None
    student = special.stdtrit(seeds - 1, (1 + CONFIDENCE) / 2)
    tail = special.ndtr(-np.sqrt(seeds / (seeds - 1)) * student)
    low, high = np.quantile(found, [tail, 1 - tail])
    return float(low), float(high)


def slope(x: Array, y: Array) -> float:
    """Least-squares slope of y against x over the finite points, NaN for fewer than two x."""
    usable = np.isfinite(x) & np.isfinite(y)
    if len(np.unique(x[usable])) < 2:
        return float("nan")
    return float(np.polyfit(x[usable], y[usable], 1)[0])


def table(
    outcomes: Sequence[Outcome], axis: str, value: Callable[[Outcome], float]
) -> tuple[Array, Array]:
    """Values by the axis and the seed: the axis (n,), and shape (n, seeds), NaN where missing."""
    xs = sorted({getattr(o.experiment, axis) for o in outcomes})
    seeds = sorted({o.experiment.seed for o in outcomes})
    found = np.full((len(xs), len(seeds)), np.nan)
    for o in outcomes:
        found[xs.index(getattr(o.experiment, axis)), seeds.index(o.experiment.seed)] = value(o)
    return np.array(xs, dtype=float), found


def nan_mean(values: Array) -> Array:
    """Mean over the last axis without NaN; NaN where there is nothing else."""
    count = np.isfinite(values).sum(axis=-1)
    total = np.where(np.isfinite(values), values, 0.0).sum(axis=-1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
