"""Emergence over growing d: many starts, each run until its last direction has emerged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emergence import engines
from emergence.engines.base import DivergedError, Engine
from emergence.experiment import Experiment, ExperimentError
from emergence.runs.plan import Plan, make_plan
from emergence.runs.simulation import CROSSED
from emergence.runs.study import Partial

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

SLICE = 0.08
RESOLUTION = 1e-3
"""Relative spacing of the moments at which a crossing of u = 1/2 is looked for."""
FIRST_LOOK = 0.2
"""First look, in units of the earliest T_p."""
LONGEST = 4e6
"""Runs that theory expects to last longer (in units of tau) are left out: hours of flow."""
MOST_STEPS = 2e7
"""Runs of SGD that would take more steps are left out."""
SMALL_START = 0.06
"""Overlaps at the start below which a measured constant has settled: it is off by order o^2."""
KEPT = 4096


@dataclass(frozen=True, eq=False)
class Emergence:
    """What one run found; times are in units of tau = eta * steps.

    Attributes
    ----------
    T, iota : predicted from the start alone, shape (P,)
    crossing : time at which max_k u_kp exceeds 1/2, to 0.1 %, NaN where never, shape (P,)
    winner : neuron with the largest u_kp at that time, -1 where never, shape (P,)
    start : overlap |<vbar_k, w_p>| of iota's neuron at the start, NaN where none, shape (P,)
    unused_norm : |v_k| at the end of the neurons that iota leaves out, shape (m - matched,)
    end : time of the end, just after the last crossing
    diverged : whether SGD left every bound
    """

    experiment: Experiment
    a: Array
    T: Array
    iota: IntArray
    crossing: Array
    winner: IntArray
    start: Array
    unused_norm: Array
    end: float
    diverged: bool

    @property
    def ratio(self) -> Array:
        """crossing / T_p, shape (P,); the theorem says 1 +- o(1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(np.isfinite(self.T), self.crossing / self.T, np.nan)

    @property
    def constant(self) -> Array:
        """1 / (a_p o^(J-2) crossing), shape (P,): J (J-2) where T_p is exact."""
        power = self.experiment.J - 2
        return np.asarray(1 / (self.a * self.start**power * self.crossing))


_KNOWN: dict[Experiment, Emergence] = {}
"""What the last KEPT runs found."""


def emergence(experiment: Experiment) -> Iterator[float | Emergence]:
    """Run until the last direction that has a neuron emerges: shares done, then what was found."""
    plan = make_plan(experiment)
    engine = engines.build(experiment, plan.overlaps, plan.iota)
    crossing: Array = np.full(experiment.P, np.nan)
    winner: IntArray = np.full(experiment.P, -1)
    met = plan.iota >= 0
    first = min(FIRST_LOOK * max(float(plan.T[met].min()), 0.01 * plan.end), plan.end)
    looks = np.geomspace(first, plan.end, 2 + int(np.log(plan.end / first) / RESOLUTION))
    deadline = time.perf_counter() + SLICE
    diverged = False
    for look in looks:
        try:
            while engine.tau < look * (1 - 1e-12):
                engine.advance(float(look), deadline - time.perf_counter())
                if time.perf_counter() >= deadline:
                    yield float(np.clip(engine.tau / plan.end, 0.0, 1.0))
                    deadline = time.perf_counter() + SLICE
        except DivergedError:
            diverged = True
            break
        _look(engine, crossing, winner)
        if not np.isnan(crossing[met]).any():
            break
    yield _found(plan, engine, crossing, winner, diverged)


def _look(engine: Engine, crossing: Array, winner: IntArray) -> None:
    u = engine.overlaps() ** 2
    new = np.isnan(crossing) & (u.max(axis=0) > CROSSED)
    crossing[new] = engine.tau
    winner[new] = np.argmax(u, axis=0)[new]


def _found(
    plan: Plan, engine: Engine, crossing: Array, winner: IntArray, diverged: bool
) -> Emergence:
    directions = np.arange(plan.experiment.P)
    start = np.where(plan.iota >= 0, np.abs(plan.overlaps[plan.iota, directions]), np.nan)
    norms = np.full(plan.experiment.m, np.nan) if diverged else np.sqrt(engine.measure().n2)
    return Emergence(
        experiment=plan.experiment, a=plan.a, T=plan.T, iota=plan.iota, crossing=crossing,
        winner=winner, start=start, unused_norm=norms[plan.unused], end=engine.tau,
        diverged=diverged,
    )  # fmt: skip


@dataclass(frozen=True)
class Starts:
    """Several experiments, one after the other: a tuple of what they found that grows.

    Those that would last too long (LONGEST, MOST_STEPS) are left out; those that another such study
    has run are not run again.
    """

    experiments: tuple[Experiment, ...]

    def results(self) -> Iterator[Partial[tuple[Emergence, ...]]]:
        """What was found so far, in the order of `experiments`."""
        found: tuple[Emergence, ...] = ()
        for number, experiment in enumerate(self.experiments):
            if experiment not in _KNOWN and affordable(experiment):
                for piece in emergence(experiment):
                    if isinstance(piece, Emergence):
                        if len(_KNOWN) >= KEPT:
                            _KNOWN.clear()
                        _KNOWN[experiment] = piece
                    else:
                        yield Partial((number + piece) / len(self.experiments), found)
            if experiment in _KNOWN:
                found += (_KNOWN[experiment],)
            yield Partial((number + 1) / len(self.experiments), found)


def affordable(experiment: Experiment) -> bool:
    """Whether theory expects the run to end in reasonable time."""
    try:
        end = make_plan(experiment).end
    except ExperimentError:
        return False
    return end <= (MOST_STEPS * experiment.eta if experiment.is_sgd else LONGEST)


@dataclass(frozen=True)
class Spread:
    """Quantiles of crossing / T_p over the runs of one dimension; `within` is of |ratio - 1|."""

    d: int
    low: float
    median: float
    high: float
    within: float


def spreads(found: tuple[Emergence, ...]) -> tuple[Spread, ...]:
    """10 %, 50 % and 90 % of crossing / T_p, and 80 % of its distance to 1, in the order of d."""
    rows = []
    for d in sorted({each.experiment.d for each in found}):
        ratio = np.concatenate([each.ratio for each in found if each.experiment.d == d])
        seen = ratio[np.isfinite(ratio)]
        if seen.size:
            low, median, high = np.quantile(seen, [0.1, 0.5, 0.9])
            within = np.quantile(np.abs(seen - 1), 0.8)
            rows.append(Spread(d, float(low), float(median), float(high), float(within)))
    return tuple(rows)


def agreement(found: tuple[Emergence, ...]) -> tuple[int, int]:
    """How many directions the neuron iota names has found first, of how many it names one for."""
    agree = sum(int(np.sum((each.winner == each.iota) & (each.iota >= 0))) for each in found)
    return agree, sum(int(np.sum(each.iota >= 0)) for each in found)


def largest_unused(found: tuple[Emergence, ...]) -> float:
    """Largest norm at the end, in units of s0, of the neurons iota leaves out; 0 where none is."""
    return max(
        (float(each.unused_norm.max(initial=0.0)) / each.experiment.s0 for each in found),
        default=0.0,
    )


def constant(found: tuple[Emergence, ...], J: int) -> float | None:
    """Median of 1 / (a_p o^(J-2) crossing) over starts with overlap below SMALL_START."""
    seen = [
        each.constant[(each.start < SMALL_START) & np.isfinite(each.crossing)]
        for each in found if each.experiment.J == J
    ]  # fmt: skip
    values = np.concatenate([*seen, np.zeros(0)])
    return float(np.median(values)) if values.size else None
