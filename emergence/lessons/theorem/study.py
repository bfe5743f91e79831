"""Emergence over growing d: many starts, each run for as long as its plan says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emergence import engines
from emergence.arrays import Array, IntArray
from emergence.engines.base import DivergedError, Engine
from emergence.experiment import Experiment, ExperimentError
from emergence.recent import Recent
from emergence.runs.plan import Plan, make_plan
from emergence.runs.slices import advanced
from emergence.serving.study import Partial
from emergence.theory.quantiles import quantiles
from emergence.theory.thresholds import EMERGED

RESOLUTION = 1e-3
"""Relative spacing of the moments at which a crossing of u = 1/2 is looked for."""
FIRST_LOOK = 0.2
"""First look, in units of the earliest T_p."""
LONGEST = 4e6
"""Runs with a longer end (in units of tau) are left out: they take hours of flow."""
MOST_STEPS = 2e7
"""Runs of SGD that would take more steps are left out."""
SMALL_START = 0.06
"""A constant is measured from overlaps o below this: it is off by order o^2."""
RECENT = 4096
"""Runs whose outcome is kept."""


@dataclass(frozen=True, eq=False)
class Emergence:
    """When one run's directions emerged; times are in units of tau = eta * steps.

    Attributes
    ----------
    T, iota : predicted from the start alone, shape (P,)
    crossing : time at which max_k u_kp exceeds 1/2, to 0.1 %, NaN where never, shape (P,)
    winner : neuron with the largest u_kp at that time, -1 where never, shape (P,)
    start : overlap |<vbar_k, w_p>| of iota's neuron at the start, NaN where none, shape (P,)
    unused_norm : |v_k| at the end of the neurons that iota leaves out, infinite where the run
        diverged, shape (m - matched,)
    end : time of the end: that of the plan, or of the divergence
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
        """crossing / T_p, infinite where it was never seen, shape (P,); the theorem: 1 +- o(1).

        NaN where theory names no time: a direction without a neuron.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(np.isfinite(self.T), self._seen / self.T, np.nan)

    @property
    def _seen(self) -> Array:
        """The crossings, infinite where never, shape (P,)."""
        return np.where(np.isnan(self.crossing), np.inf, self.crossing)

    @property
    def constant(self) -> Array:
        """1 / (a_p o^(J-2) crossing), shape (P,): J (J-2) where T_p is exact, 0 where never."""
        power = self.experiment.J - 2
        return np.asarray(1 / (self.a * self.start**power * self._seen))


_recent: Recent[Experiment, Emergence] = Recent(RECENT)


def emergence(experiment: Experiment) -> Iterator[float | Emergence]:
    """Run to the plan's end and yield the share that is done; last the `Emergence`.

    Crossings are looked for until every direction that has a neuron has emerged.
    """
    plan = make_plan(experiment)
    engine = engines.build(experiment, plan.overlaps, plan.iota)
    crossing: Array = np.full(experiment.P, np.nan)
    winner: IntArray = np.full(experiment.P, -1)
    met = plan.iota >= 0
    first = min(FIRST_LOOK * max(float(plan.T[met].min()), 0.01 * plan.end), plan.end)
    looks = np.geomspace(first, plan.end, 2 + int(np.log(plan.end / first) / RESOLUTION))
    diverged = False
    try:
        for look in looks:
            for tau in advanced(engine, float(look)):
                yield min(tau / plan.end, 1.0)
            _look(engine, crossing, winner)
            if not np.isnan(crossing[met]).any():
                break
        for tau in advanced(engine, plan.end):
            yield min(tau / plan.end, 1.0)
    except DivergedError:
        diverged = True
    yield _outcome(plan, engine, crossing, winner, diverged)


def _look(engine: Engine, crossing: Array, winner: IntArray) -> None:
    u = engine.overlaps() ** 2
    new = np.isnan(crossing) & (u.max(axis=0) > EMERGED)
    crossing[new] = engine.tau
    winner[new] = np.argmax(u, axis=0)[new]


def _outcome(
    plan: Plan, engine: Engine, crossing: Array, winner: IntArray, diverged: bool
) -> Emergence:
    directions = np.arange(plan.experiment.P)
    start = np.where(plan.iota >= 0, np.abs(plan.overlaps[plan.iota, directions]), np.nan)
    norms = np.full(plan.experiment.m, np.inf) if diverged else np.sqrt(engine.measure().n2)
    return Emergence(
        experiment=plan.experiment, a=plan.a, T=plan.T, iota=plan.iota, crossing=crossing,
        winner=winner, start=start, unused_norm=norms[plan.unused], end=engine.tau,
        diverged=diverged,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Runs so far, and the experiments that were not run, each with the reason."""

    runs: tuple[Emergence, ...] = ()
    left_out: tuple[tuple[Experiment, str], ...] = ()


@dataclass(frozen=True)
class EmergenceTimes:
    """Several experiments, one after the other: `Outcomes` that grow.

    Those that would last too long (LONGEST, MOST_STEPS) or are refused are left out; those that
    another such study has run are not run again.
    """

    experiments: tuple[Experiment, ...]

    def results(self) -> Iterator[Partial[Outcomes]]:
        """The outcomes so far, in the order of `experiments`."""
        outcomes = Outcomes()
        for number, experiment in enumerate(self.experiments):
            run = _recent.get(experiment)
            reason = "" if run else why_not(experiment)
            if not run and not reason:
                for piece in emergence(experiment):
                    if isinstance(piece, Emergence):
                        run = piece
                        _recent.put(experiment, run)
                    else:
                        yield Partial((number + piece) / len(self.experiments), outcomes)
            if run:
                outcomes = Outcomes((*outcomes.runs, run), outcomes.left_out)
            else:
                outcomes = Outcomes(outcomes.runs, (*outcomes.left_out, (experiment, reason)))
            yield Partial((number + 1) / len(self.experiments), outcomes)


def why_not(experiment: Experiment) -> str:
    """Why an experiment is not run, refused or expected to last too long; empty if it is run."""
    try:
        end = make_plan(experiment).end
    except ExperimentError as error:
        return str(error)
    short = end <= (MOST_STEPS * experiment.eta if experiment.is_sgd else LONGEST)
    return "" if short else "it would take too long"


@dataclass(frozen=True)
class Spread:
    """Quantiles of the ratio crossing / T_p over the runs of one dimension.

    low, median, high : 10, 50 and 90 % of the ratio
    within : 80 % of |ratio - 1|

    Of all `named` directions, those that theory names a time for; the `never` of them that did not
    emerge before the run ended count as infinitely late, so that a quantile may be infinite.
    """

    d: int
    low: float
    median: float
    high: float
    within: float
    named: int
    never: int


def spreads(runs: Sequence[Emergence]) -> tuple[Spread, ...]:
    """The quantiles of each dimension, in the order of d."""
    rows = []
    for d in sorted({each.experiment.d for each in runs}):
        ratio = np.concatenate([each.ratio for each in runs if each.experiment.d == d])
        ratio = ratio[~np.isnan(ratio)]
        if ratio.size:
            low, median, high = quantiles(ratio, [0.1, 0.5, 0.9]).tolist()
            # The least that at least 80 % keep within: nothing between two of them.
            within = float(np.quantile(np.abs(ratio - 1), 0.8, method="inverted_cdf"))
            never = int(np.isinf(ratio).sum())
            rows.append(Spread(d, low, median, high, within, len(ratio), never))
    return tuple(rows)


def agreement(runs: Sequence[Emergence]) -> tuple[int, int]:
    """How many directions were first found by the neuron that iota names, and how many there are.

    A direction that was never found, or that iota names no neuron for, does not agree.
    """
    agree = sum(int(np.sum((each.winner == each.iota) & (each.iota >= 0))) for each in runs)
    return agree, sum(len(each.iota) for each in runs)


def median_ends(runs: Sequence[Emergence]) -> tuple[Array, Array]:
    """The dimensions of the runs, increasing, and the median time at which those of each end."""
    d = sorted({each.experiment.d for each in runs})
    ends = [np.median([each.end for each in runs if each.experiment.d == one]) for one in d]
    return np.array(d, dtype=float), np.array(ends)


def unseen(runs: Sequence[Emergence]) -> int:
    """How many of all directions did not emerge before their run ended."""
    return sum(int(np.isnan(each.crossing).sum()) for each in runs)


@dataclass(frozen=True)
class Unused:
    """Neurons that iota leaves out at the end of their runs, norms in units of s0.

    `grown` of the `count` are larger than at the start; `largest` is 0 where there are none.
    """

    count: int
    grown: int
    largest: float


def unused(runs: Sequence[Emergence]) -> Unused:
    """The neurons that iota leaves out in all these runs."""
    norms = np.concatenate([np.zeros(0), *(run.unused_norm / run.experiment.s0 for run in runs)])
    return Unused(len(norms), int((norms > 1).sum()), float(norms.max(initial=0.0)))


def constants(runs: Sequence[Emergence], J: int) -> Array:
    """1 / (a_p o^(J-2) crossing) of all starts with overlap below SMALL_START, 0 where never."""
    each = [run.constant[run.start < SMALL_START] for run in runs if run.experiment.J == J]
    return np.concatenate([*each, np.zeros(0)])


def constant(runs: Sequence[Emergence], J: int) -> float | None:
    """Median of `constants`; None where there is none."""
    values = constants(runs, J)
    return float(np.median(values)) if values.size else None


TRIALS = tuple(range(1, 9))
"""Seeds of `diverging`."""


@lru_cache(maxsize=256)
def diverging(c: float) -> int:
    """How many of eight runs of SGD diverge until twice the last T_p: P = 4, m = 8, d = 32."""
    count = 0
    for seed in TRIALS:
        plan = make_plan(
            Experiment(P=4, m=8, d=32, c=c, s0=0.01, seed=seed, engine="sgd", horizon=2.0)
        )
        engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
        try:
            engine.advance(plan.end, np.inf)
        except DivergedError:
            count += 1
    return count
