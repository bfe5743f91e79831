"""Many neurons from one start, under several link functions side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import numpy as np

from emergence import engines
from emergence.arrays import Array, IntArray
from emergence.experiment import Experiment
from emergence.runs.plan import Plan, make_plan
from emergence.runs.simulation import Simulation
from emergence.runs.slices import SLICE
from emergence.serving.study import Partial
from emergence.theory.fits import Slope, fit_power
from emergence.theory.predictions import norm_growth_delay
from emergence.theory.thresholds import CAPTURED, EMERGED

DRIFT = 0.8
"""The first act is the moment at this share of the time to the first jump."""
FITTED = 0.95
"""A direction is fitted when so much of it is captured."""
TURNED = 0.1
"""A neuron has turned towards a direction when its u exceeds this."""


def order(plan: Plan) -> tuple[int, int]:
    """The two directions that theory expects first."""
    first, second = np.argsort(plan.T, kind="stable")[:2]
    return int(first), int(second)


def irrelevant(plan: Plan, u: Array) -> tuple[Array, Array]:
    """Overlaps squared of all pairs that iota does not match, in units of 1/d.

    Those with the first direction and those with the others, each of shape (pairs,). `u` has
    shape (m, P).
    """
    free = np.ones(u.shape, dtype=bool)
    served = np.flatnonzero(plan.iota >= 0)
    free[plan.iota[served], served] = False
    first = np.arange(u.shape[1]) == order(plan)[0]
    scaled = u * plan.experiment.d
    return scaled[free & first], scaled[free & ~first]


def hardest(plan: Plan, u: Array, signal: Array) -> IntArray:
    """How many neurons each direction pulls harder than any other does, shape (P,).

    Direction p pulls the overlap of neuron k with a_p (1 - R_p) |K'(O_kp)|: its own signal as
    far as it is not fitted (Model 2.2). `u` has shape (m, P), `signal` = a_p (1 - R_p) (P,).
    """
    strongest = np.argmax(signal * np.abs(plan.link.K_prime(np.sqrt(u))), axis=1)
    return np.bincount(strongest, minlength=u.shape[1])


def at_start(plan: Plan) -> IntArray:
    """`hardest` before the first step, shape (P,)."""
    return hardest(plan, plan.overlaps**2, plan.a)


@dataclass(frozen=True)
class Moved:
    """Irrelevant overlaps u d with all directions but the first (`irrelevant`).

    NaN where the run ended before it had found a first direction.
    """

    d: int
    J: int
    largest: float
    median: float


def moved(plan: Plan, u: Array) -> Moved:
    """The largest and the median irrelevant overlap; `u` has shape (m, P)."""
    others = irrelevant(plan, u)[1]
    experiment = plan.experiment
    return Moved(experiment.d, experiment.J, float(others.max()), float(np.median(others)))


def growth_exponent(movements: Sequence[Moved], J: int) -> Slope | None:
    """Exponent of d in the largest irrelevant overlap u d over the runs with this J.

    By least squares in log-log; None for fewer than three dimensions. Runs that found no first
    direction have no such overlap: see `unfound`.
    """
    runs = [each for each in movements if each.J == J and np.isfinite(each.largest)]
    if len({each.d for each in runs}) < 3:
        return None
    return fit_power([each.d for each in runs], [each.largest for each in runs])


def unfound(movements: Sequence[Moved]) -> int:
    """How many of the runs ended before they had found a first direction."""
    return sum(bool(np.isnan(each.largest)) for each in movements)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run of m neurons and P directions up to now; m <= 256 and P <= 64: all are recorded.

    Attributes
    ----------
    tau : times, shape (n,)
    u : overlaps squared u_kp, shape (n, m, P)
    capture : R_p, shape (n, P)
    share : largest R_p that one neuron supplies, shape (n, P)
    finished : whether this is the whole run
    """

    plan: Plan
    tau: Array
    u: Array
    capture: Array
    share: Array
    finished: bool

    @property
    def signal(self) -> Array:
        """Strength a_p (1 - R_p) that is left to be learned, not below 0, shape (n, P)."""
        return np.asarray(self.plan.a * np.maximum(1 - self.capture, 0.0))

    @cached_property
    def acts(self) -> tuple[int, ...]:
        """Snapshots of the four acts, up to the first that has not been reached.

        Drift (0.8 of the time to the next); the first direction is found (some u > 1/2); it is
        fitted (R > 0.95); the second is found.
        """
        first, second = order(self.plan)
        emerged = np.max(self.u, axis=1) > EMERGED
        events = (emerged[:, first], self.capture[:, first] > FITTED, emerged[:, second])
        reached = [int(np.argmax(event)) for event in takewhile(np.any, events)]
        if not reached:
            return ()
        drift = int(np.searchsorted(self.tau, DRIFT * self.tau[reached[0]]))
        return (drift, *reached)

    def pulled(self, moment: int) -> IntArray:
        """`hardest` at a moment, shape (P,)."""
        return hardest(self.plan, self.u[moment], self.signal[moment])

    def uncaptured(self, moment: int, p: int) -> float:
        """1 - R_p: the share of direction p's signal that is left at a moment."""
        return float(1 - self.capture[moment, p])

    def turned(self, moment: int) -> int:
        """Neurons turned towards the first direction (u > 0.1) besides the one iota matches."""
        first = order(self.plan)[0]
        others = np.arange(self.u.shape[1]) != self.plan.iota[first]
        return int(np.sum(self.u[moment, others, first] > TURNED))

    def moved(self, moment: int) -> Moved:
        """The irrelevant overlaps at a moment."""
        return moved(self.plan, self.u[moment])

    @property
    def ended(self) -> IntArray:
        """Neurons that have u > 1/2 with each direction at the last snapshot, shape (P,)."""
        return np.asarray(np.sum(self.u[-1] > EMERGED, axis=0))

    @property
    def learned(self) -> int:
        """Directions of which more than half is captured at the last snapshot."""
        return int(np.sum(self.capture[-1] > CAPTURED))


def span(plan: Plan) -> float:
    """Time by which theory expects two directions to be fitted, the norms included."""
    second = order(plan)[1]
    delay = norm_growth_delay(plan.a, plan.experiment.s0, plan.link)
    return float(1.1 * (plan.T[second] + 1.6 * delay[second]))


@dataclass(frozen=True)
class Trajectories:
    """Several experiments computed side by side: a study of their trajectories up to now."""

    experiments: tuple[Experiment, ...]

    def plans(self) -> tuple[Plan, ...]:
        """What is known before the first step."""
        return tuple(make_plan(experiment) for experiment in self.experiments)

    @property
    def ratio(self) -> float:
        """a_2 / a_1."""
        a = self.plans()[0].a
        return float(a[1] / a[0])

    def results(self) -> Iterator[Partial[tuple[Trajectory, ...]]]:
        """In the order of `experiments`; all go on until all are finished."""
        simulations = [Simulation(experiment) for experiment in self.experiments]
        while True:
            for simulation in simulations:
                simulation.work(SLICE)
            trajectories = tuple(_trajectory(simulation) for simulation in simulations)
            done = [min(float(run.tau[-1] / run.plan.end), 1.0) for run in trajectories]
            finished = all(run.finished for run in trajectories)
            yield Partial(1.0 if finished else sum(done) / len(done), trajectories)
            if finished:
                return


def _trajectory(simulation: Simulation) -> Trajectory:
    record, plan = simulation.record, simulation.plan
    return Trajectory(
        plan=plan,
        tau=record.tau[: record.count].copy(),
        u=record.get("u")[:, np.argsort(plan.neurons)],
        capture=record.get("capture"),
        share=record.get("share"),
        finished=simulation.finished,
    )


@dataclass(frozen=True)
class Movements:
    """Several experiments up to their first direction: a tuple of `Moved` that grows, one each."""

    experiments: tuple[Experiment, ...]

    def results(self) -> Iterator[Partial[tuple[Moved, ...]]]:
        movements: tuple[Moved, ...] = ()
        for number, experiment in enumerate(self.experiments, 1):
            plan = make_plan(experiment)
            first = order(plan)[0]
            engine = engines.build(experiment, plan.overlaps, plan.iota)
            at_crossing = Moved(experiment.d, experiment.J, float("nan"), float("nan"))
            for tau in plan.checkpoints[plan.checkpoints > plan.T[first] / 2]:
                engine.advance(float(tau), np.inf)
                u = engine.overlaps() ** 2
                if u[:, first].max() > EMERGED:
                    at_crossing = moved(plan, u)
                    break
            movements += (at_crossing,)
            yield Partial(number / len(self.experiments), movements)
