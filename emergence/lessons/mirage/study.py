"""The runs of the lesson: population gradient flow of one skill, P = 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment
from emergence.lessons.mirage.dip import SEEDS
from emergence.lessons.mirage.model import DEGREES, FourMeasures, time_to
from emergence.lessons.mirage.seeds import Spread, Starts
from emergence.runs.plan import make_plan
from emergence.runs.slices import measured
from emergence.serving.study import Partial

S0 = 0.01
SEED = 4
"""Of the run under four measures: its start is a typical one, d u0 near 1."""
D_OF_SEEDS = 1024
FOUND = 0.999
"""From this u on a run rests: u only grows."""
EARLY, LATE = 60, 400
"""Moments before the transition, evenly spaced in log time, and around it, evenly spaced."""
GROWN = 5.0
"""Time after u's transition in which the norm has grown, too: at the rate 4 from s0^2 = 1e-4."""


def skill(J: int, m: int, d: int, seed: int) -> Experiment:
    """One skill, strength 1."""
    return Experiment(d=d, P=1, J=J, m=m, s0=S0, seed=seed, engine="flow", normalisation="slides")


def start(experiment: Experiment) -> float:
    """Squared overlap of the best neuron at the start."""
    return float(np.max(initial_directions(experiment)[:, 0] ** 2))


@dataclass(frozen=True)
class Measures:
    """One neuron and its skill in d dimensions, once for each J."""

    d: int

    def experiment(self, J: int) -> Experiment:
        """The run."""
        return skill(J, 1, self.d, SEED)

    def results(self) -> Iterator[Partial[dict[int, FourMeasures]]]:
        """The runs so far, by J."""
        runs: dict[int, FourMeasures] = {}
        for J in DEGREES:
            experiment = self.experiment(J)
            u0 = start(experiment)
            tau = moments(u0, J)
            plan = make_plan(experiment)
            engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
            rows = []
            for state in measured(engine, tau):
                if state is None:
                    continue
                o, n2 = float(state.overlaps[0, 0]), float(state.n2[0])
                rows.append((o**2, n2 * o**J, state.mse))
                if len(rows) % 50 == 0:
                    share = (DEGREES.index(J) + len(rows) / len(tau)) / len(DEGREES)
                    yield Partial(share, runs)
            u, R, loss = np.array(rows).T
            runs = {**runs, J: FourMeasures(J, tau, u, R, loss, u0)}
        yield Partial(1.0, runs)


def moments(u0: float, J: int) -> Array:
    """Moments of a run from u0: few before its transition, many in it, shape (n,)."""
    begun, over = time_to([0.05, 0.95], u0, J)
    return np.concatenate([
        np.geomspace(begun / 1000, begun, EARLY, endpoint=False),
        np.linspace(begun, over + GROWN, LATE),
    ])  # fmt: skip


def real_starts(J: int, m: int, seeds: int = SEEDS) -> Starts:
    """The starts of the runs of `ManySeeds`."""
    each = [start(skill(J, m, D_OF_SEEDS, seed)) for seed in range(1, seeds + 1)]
    return Starts(np.array(each), J)


@dataclass(frozen=True)
class ManySeeds:
    """`SEEDS` runs that differ in their start alone, m neurons and one skill."""

    J: int
    m: int

    def results(self) -> Iterator[Partial[Spread]]:
        """The runs so far."""
        tau = real_starts(self.J, self.m).tau
        runs: list[Array] = []
        for seed in range(1, SEEDS + 1):
            plan = make_plan(skill(self.J, self.m, D_OF_SEEDS, seed))
            engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
            reached: list[float] = []
            for state in measured(engine, tau):
                if state is not None:
                    reached.append(float(np.max(state.overlaps**2)))
                    if reached[-1] > FOUND:
                        break
            rest = len(tau) - len(reached)
            runs.append(np.array(reached + reached[-1:] * rest))
            if seed % 5 == 0:
                yield Partial(seed / SEEDS, Spread(np.array(runs).T))
