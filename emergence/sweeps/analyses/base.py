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


@dataclass(frozen=True)
class Estimate:
    """A measured exponent beside theory's.

    Attributes
    ----------
    of : the values of the swept fields it belongs to
    slope : the exponent, its interval over seeds where these are enough
    theory : what theory says
    basis : what the exponent is fitted to, in words
    x, y : the points of the fit, (x_i, y_i) on logarithmic axes; y the middle over seeds
    """

    of: Mapping[str, Any]
    slope: Slope
    theory: float
    basis: str
    x: tuple[float, ...]
    y: tuple[float, ...]

    @property
    def name(self) -> str:
        """The swept values, for a legend."""
        return named(self.of.items())


@dataclass(frozen=True)
class Fit:
    """A measured exponent.

    `theory`, where it depends on more than one experiment, goes before the analysis's own. The
    other attributes are those of `Estimate`.
    """

    slope: Slope
    basis: str
    x: Array
    y: Array
    theory: float | None = None


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
    theory : the exponent that theory says for an experiment, None where it says none
    fit : from the outcomes of one combination to its Fit, None where they are not enough
    bound : whether theory says "at most"
    """

    title: str
    law: str
    needs: str
    x: str
    y: str
    over: tuple[str, ...]
    theory: Callable[[Experiment], float | None]
    fit: Callable[[list[Outcome]], Fit | None]
    bound: bool = False

    def estimates(self, outcomes: Iterable[Outcome], swept: Sequence[str]) -> list[Estimate]:
        """The exponents that outcomes are enough for, where the fields `swept` vary.

        A function of the set of outcomes: not of the order in which they have arrived.
        """
        estimates = []
        shared = [name for name in swept if name not in self.over]
        for key, members in groups(outcomes, shared).items():
            fit = self.fit(members)
            if fit is None:
                continue
            theory = self.theory(members[0].experiment) if fit.theory is None else fit.theory
            if theory is not None:
                curve = tuple(fit.x.tolist()), tuple(fit.y.tolist())
                basis = "; ".join([fit.basis, *failures(members)])
                estimates.append(Estimate(dict(key), fit.slope, theory, basis, *curve))
        return estimates


def named(values: Iterable[tuple[str, Any]]) -> str:
    """Swept values in words, for a legend or a line of a table."""
    return ", ".join(
        f"{SYMBOLS[name]} = {_worded(value)}" for name, value in values
    ) or "all points"  # fmt: skip


def _worded(value: Any) -> str:
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
        key = tuple((name, getattr(outcome.experiment, name)) for name in fields)
        members.setdefault(key, []).append(outcome)
    return dict(sorted(members.items()))


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
