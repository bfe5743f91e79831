"""What analyses share: groups of outcomes, and what a fit to them says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.parameters import ETA, PARAMETERS
from emergence.sweeps.outcome import Outcome, ordered
from emergence.theory.fits import Slope
from emergence.words import plural

SYMBOLS = {each.name: each.symbol for each in (*PARAMETERS.values(), ETA)}

MOST_SEEDS_ALONE = 48
"""Seeds up to which each is looked at alone."""


@dataclass(frozen=True)
class Expected:
    """Theory's exponent, before anything is measured.

    Attributes
    ----------
    of : the values of the swept fields it belongs to
    theory : what theory says
    """

    of: Mapping[str, Any]
    theory: float

    @property
    def name(self) -> str:
        """The swept values, for a line's end."""
        return named(self.of.items())


@dataclass(frozen=True)
class Estimate(Expected):
    """A measured exponent beside theory's.

    Attributes
    ----------
    of, theory : see `Expected`
    slope : the exponent, its interval over seeds where these are enough
    basis : what the exponent is fitted to, in words
    x, y : the points of the fit, (x_i, y_i) on logarithmic axes; y the middle over seeds
    """

    slope: Slope
    basis: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Fit:
    """A measured exponent; the attributes are those of `Estimate`."""

    slope: Slope
    basis: str
    x: Array
    y: Array


@dataclass(frozen=True)
class Analysis:
    """From the outcomes of a sweep to exponents.

    Attributes
    ----------
    title : what it measures
    law : what theory says, as KaTeX
    needs : what it needs of a sweep's axes
    x, y : titles of the axes along which the exponent is a slope
    over : the swept fields it fits over; there is one estimate for each combination of the others
    theory : the exponent that theory says for the experiments of one combination, None for none
    fit : from the outcomes of one combination to its Fit, None where they are not enough
    bound : whether theory says "at most"
    """

    title: str
    law: str
    needs: str
    x: str
    y: str
    over: tuple[str, ...]
    theory: Callable[[Sequence[Experiment]], float | None]
    fit: Callable[[list[Outcome]], Fit | None]
    bound: bool = False

    def estimates(self, outcomes: Iterable[Outcome], swept: Sequence[str]) -> list[Estimate]:
        """The exponents that outcomes are enough for, where the fields `swept` vary.

        A function of the set of outcomes: not of the order in which they have arrived.
        """
        estimates = []
        for key, members in groups(outcomes, self._shared(swept)).items():
            fit = self.fit(members)
            theory = self.theory([o.experiment for o in members]) if fit else None
            if fit and theory is not None:
                curve = tuple(fit.x.tolist()), tuple(fit.y.tolist())
                basis = "; ".join([fit.basis, *failures(members)])
                estimates.append(Estimate(dict(key), theory, fit.slope, basis, *curve))
        return estimates

    def singles(self, outcomes: Iterable[Outcome], swept: Sequence[str]) -> list[Estimate]:
        """The estimates of each seed alone, seeds in increasing order; none of a cloud of seeds."""
        seeds = groups(outcomes, ["seed"]).values()
        if len(seeds) > MOST_SEEDS_ALONE:
            return []
        return [each for members in seeds for each in self.estimates(members, swept)]

    def expected(self, points: Iterable[Experiment], swept: Sequence[str]) -> list[Expected]:
        """Theory's exponent of each combination that a sweep over `swept` will measure."""
        members: dict[tuple[tuple[str, Any], ...], list[Experiment]] = {}
        for point in points:
            members.setdefault(_values(point, self._shared(swept)), []).append(point)
        theory = {key: self.theory(each) for key, each in members.items()}
        return [Expected(dict(key), t) for key, t in sorted(theory.items()) if t is not None]

    def _shared(self, swept: Sequence[str]) -> list[str]:
        return [name for name in swept if name not in self.over]


def named(values: Iterable[tuple[str, Any]]) -> str:
    """Swept values in words, for a legend or a line of a table."""
    return ", ".join(
        f"{SYMBOLS[name]} = {worded(value)}" for name, value in values
    ) or "all points"  # fmt: skip


def worded(value: Any) -> str:
    """A field's value as a sentence has it."""
    if isinstance(value, tuple):  # a mixture
        return " + ".join(f"{weight:g} He{degree}" for degree, weight in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def groups(
    outcomes: Iterable[Outcome], fields: Sequence[str]
) -> dict[tuple[tuple[str, Any], ...], list[Outcome]]:
    """Outcomes by their values of some fields, groups and members in increasing order."""
    members: dict[tuple[tuple[str, Any], ...], list[Outcome]] = {}
    for outcome in ordered(outcomes):
        members.setdefault(_values(outcome.experiment, fields), []).append(outcome)
    return dict(sorted(members.items()))


def _values(experiment: Experiment, fields: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, getattr(experiment, name)) for name in fields)


def failures(members: Sequence[Outcome]) -> list[str]:
    """How many runs diverged, in a sentence; none where none did."""
    states = Counter(outcome.state for outcome in members)
    gone = states["diverged"]
    return [f"{gone:,} of {plural(len(members), 'run')} diverged"] if gone else []


def table(
    outcomes: Sequence[Outcome], axis: str, value: Callable[[Outcome], float]
) -> tuple[Array, Array]:
    """Values by the axis and the seed: the axis (n,), and shape (n, seeds), NaN where missing."""
    xs = sorted({getattr(o.experiment, axis) for o in outcomes})
    seeds = sorted({o.experiment.seed for o in outcomes})
    values = np.full((len(xs), len(seeds)), np.nan)
    for o in outcomes:
        values[xs.index(getattr(o.experiment, axis)), seeds.index(o.experiment.seed)] = value(o)
    return np.array(xs, dtype=float), values


def counted(used: int, given: int) -> str:
    """How many seeds a fit uses, and of how many where some are left out."""
    return plural(used, "seed") if used == given else f"{used} of {plural(given, 'seed')}"


def nan_mean(values: Array) -> Array:
    """Mean over the last axis without NaN, shape (..., n) to (...); NaN where all are."""
    count = np.isfinite(values).sum(axis=-1)
    total = np.where(np.isfinite(values), values, 0.0).sum(axis=-1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
