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
from emergence.lessons.many_neurons.model import IrrelevantOverlaps, hardest, irrelevant, order
from emergence.runs.plan import Plan, make_plan
from emergence.runs.simulation import Simulation
from emergence.runs.slices import worked_in_turn
from emergence.serving.study import Partial
from emergence.theory.thresholds import CAPTURED, EMERGED

DRIFT = 0.8
"""The first act is the moment at this share of the time to the first jump."""
FITTED = 0.95
"""A direction is fitted when so much of it is captured."""
TURNED = 0.1
"""A neuron has turned towards a direction when its u exceeds this."""


def at_start(plan: Plan) -> IntArray:
    """`hardest` before the first step, shape (P,)."""
    return hardest(plan.overlaps**2, plan.a, plan.link)


def _irrelevant_overlaps(plan: Plan, u: Array) -> IrrelevantOverlaps:
    e, others = plan.experiment, irrelevant(u, plan.iota, plan.T, plan.experiment.d)[1]
    return IrrelevantOverlaps(e.d, e.J, float(others.max()), float(np.median(others)))


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A run of m neurons and P directions up to now; m <= 512 and P <= 64: all are recorded.

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
        first, second = order(self.plan.T)
        emerged = np.max(self.u, axis=1) > EMERGED
        events = (emerged[:, first], self.capture[:, first] > FITTED, emerged[:, second])
        reached = [int(np.argmax(event)) for event in takewhile(np.any, events)]
        if not reached:
            return ()
        drift = int(np.searchsorted(self.tau, DRIFT * self.tau[reached[0]]))
        return (drift, *reached)

    def pulled(self, moment: int) -> IntArray:
        """`hardest` at a moment, shape (P,)."""
        return hardest(self.u[moment], self.signal[moment], self.plan.link)

    def uncaptured(self, moment: int, p: int) -> float:
        """1 - R_p: the share of direction p's signal that is left at a moment."""
        return float(1 - self.capture[moment, p])

    def turned(self, moment: int) -> int:
        """Neurons turned towards the first direction (u > 0.1) besides the one iota matches."""
        first = order(self.plan.T)[0]
        others = np.arange(self.u.shape[1]) != self.plan.iota[first]
        return int(np.sum(self.u[moment, others, first] > TURNED))

    def irrelevant_overlaps(self, moment: int) -> IrrelevantOverlaps:
        """The irrelevant overlaps at a moment."""
        return _irrelevant_overlaps(self.plan, self.u[moment])

    @property
    def ended(self) -> IntArray:
        """Neurons that have u > 1/2 with each direction at the last snapshot, shape (P,)."""
        return np.asarray(np.sum(self.u[-1] > EMERGED, axis=0))

    @property
    def learned(self) -> int:
        """Directions of which more than half is captured at the last snapshot."""
        return int(np.sum(self.capture[-1] > CAPTURED))


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
        """In the order of `experiments`; all go on until all are finished.

        The last is asked about: it goes alone until its first direction is found.
        """
        simulations = [Simulation(experiment) for experiment in self.experiments]
        for _ in _asked_first(simulations):
            trajectories = tuple(_trajectory(simulation) for simulation in simulations)
            done = [min(float(run.tau[-1] / run.plan.end), 1.0) for run in trajectories]
            finished = all(run.finished for run in trajectories)
            yield Partial(1.0 if finished else sum(done) / len(done), trajectories)


def _asked_first(simulations: Sequence[Simulation]) -> Iterator[None]:
    for _ in worked_in_turn(simulations[-1:]):
        yield
        if len(_trajectory(simulations[-1]).acts) > 1:
            break
    yield from worked_in_turn(simulations)


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
class FirstCrossings:
    """Several experiments up to their first direction: a tuple of `IrrelevantOverlaps` that grows.

    One for each experiment.
    """

    experiments: tuple[Experiment, ...]

    def results(self) -> Iterator[Partial[tuple[IrrelevantOverlaps, ...]]]:
        overlaps: tuple[IrrelevantOverlaps, ...] = ()
        for number, experiment in enumerate(self.experiments, 1):
            plan = make_plan(experiment)
            first = order(plan.T)[0]
            engine = engines.build(experiment, plan.overlaps, plan.iota)
            at_crossing = IrrelevantOverlaps(experiment.d, experiment.J)
            for tau in plan.checkpoints[plan.checkpoints > plan.T[first] / 2]:
                engine.advance(float(tau), np.inf)
                u = engine.overlaps() ** 2
                if u[:, first].max() > EMERGED:
                    at_crossing = _irrelevant_overlaps(plan, u)
                    break
            overlaps += (at_crossing,)
            yield Partial(number / len(self.experiments), overlaps)
