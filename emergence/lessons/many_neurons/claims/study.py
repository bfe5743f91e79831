"""The theorem's two claims, tested: decoupling, small irrelevant overlaps (Model 9.2, 9.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.serving.study import Partial
from emergence.theory.predictions import travel_time
from emergence.theory.thresholds import EMERGED

LATE = 2.0
"""A direction counts as never found when it takes more than so many decoupled times."""
FINEST, COARSEST = 1e-5, 0.004
"""Spacing of the moments looked at, relative to the time: finest where a crossing is due."""
FIRST_LOOK = 0.5
"""First look, in units of the earliest decoupled time."""


@dataclass(frozen=True, eq=False)
class Coupled:
    """Every direction's crossing of u > 1/2 by its own neuron iota(p), coupled and decoupled.

    Attributes
    ----------
    off : |coupled / decoupled time - 1|, infinite where the coupled one is never, shape (P,)
    grown : largest irrelevant overlap u d at the coupled crossing, NaN where never, shape (P,): of
        the pairs that iota does not match, with neurons and directions that are still to come
    """

    d: int
    J: int
    off: Array
    grown: Array

    @property
    def never(self) -> int:
        """Directions that their own neuron does not find."""
        return int(np.sum(~np.isfinite(self.off)))

    @property
    def largest(self) -> float:
        """The largest `off` of those that are found, NaN if there are none."""
        finite = self.off[np.isfinite(self.off)]
        return float(finite.max()) if finite.size else float("nan")

    @property
    def median(self) -> float:
        """The median of `off`, infinite where half or more are never found."""
        return float(np.sort(self.off)[len(self.off) // 2])


@dataclass(frozen=True)
class Decoupling:
    """Coupled flows beside the decoupled dynamics of the same starts: a study of `Coupled`s."""

    experiments: tuple[Experiment, ...]

    def results(self) -> Iterator[Partial[tuple[Coupled, ...]]]:
        """One experiment after the other; each must have a pure link h_J and a neuron for all P."""
        compared: tuple[Coupled, ...] = ()
        for number, experiment in enumerate(self.experiments):
            for done in compare(experiment):
                if isinstance(done, float):
                    yield Partial((number + done) / len(self.experiments), compared)
                else:
                    compared += (done,)
            yield Partial((number + 1) / len(self.experiments), compared)


def compare(experiment: Experiment) -> Iterator[float | Coupled]:
    """Run one experiment and yield the share that is done; last the comparison."""
    plan = make_plan(experiment)
    directions = np.arange(experiment.P)
    own = (plan.iota, directions)
    alone = travel_time(experiment.J, plan.overlaps[own] ** 2, EMERGED) / plan.a
    engine = engines.build(experiment, plan.overlaps, plan.iota)
    crossing, grown = np.full((2, experiment.P), np.nan)
    last, tau, finest, number = (
        LATE * float(alone.max()),
        FIRST_LOOK * float(alone.min()),
        FINEST,
        0,
    )
    while tau < last and np.isnan(crossing).any():
        if number % 16 == 0:
            yield tau / last
        number += 1
        engine.advance(tau, np.inf)
        u = engine.overlaps() ** 2
        new = np.isnan(crossing) & (u[own] > EMERGED)
        crossing[new] = tau
        open_ = np.isnan(crossing)
        if new.any():
            finest = FINEST
            pairs = np.zeros(u.shape, dtype=bool)
            pairs[:, open_] = True
            pairs[plan.iota[~open_]] = False
            pairs[own] = False
            grown[new] = experiment.d * float(np.max(u[pairs], initial=0.0))
        if open_.any():
            # Half of the way to the next crossing that is due; further where it does not come.
            due = travel_time(experiment.J, np.minimum(u[own][open_], EMERGED), EMERGED)
            step = float(np.min(due / plan.a[open_])) / 2
            finest = min(1.3 * finest, COARSEST) if step < finest * tau else finest
            tau += min(max(step, finest * tau), COARSEST * 4 * tau)
    late = np.isnan(crossing) | (crossing > LATE * alone)
    off = np.where(late, np.inf, np.abs(crossing / alone - 1))
    yield Coupled(experiment.d, experiment.J, off, grown)


def by_dimension(coupled: Sequence[Coupled], J: int) -> tuple[Coupled, ...]:
    """The runs with this J, by d."""
    return tuple(sorted((each for each in coupled if each.J == J), key=lambda each: each.d))


@dataclass(frozen=True)
class Summary:
    """All starts at one d: see `Coupled`.

    Attributes
    ----------
    d, starts, directions : the dimension, how many starts, and their directions in all
    median : of `off` over all directions, infinite where half or more are never found
    never : how many directions their own neuron does not find
    grown : the largest irrelevant overlap u d at any crossing, NaN where there is none
    """

    d: int
    starts: int
    directions: int
    median: float
    never: int
    grown: float


def summaries(coupled: Sequence[Coupled], J: int) -> tuple[Summary, ...]:
    """The runs with this J, summed up for each d, in the order of d."""
    runs = by_dimension(coupled, J)
    rows = []
    for d in sorted({each.d for each in runs}):
        here = [each for each in runs if each.d == d]
        off = np.sort(np.concatenate([each.off for each in here]))
        grown = np.concatenate([each.grown for each in here])
        largest = float(np.nanmax(grown)) if np.isfinite(grown).any() else float("nan")
        never = sum(each.never for each in here)
        rows.append(Summary(d, len(here), len(off), float(off[len(off) // 2]), never, largest))
    return tuple(rows)
