"""The theorem's two claims, tested: decoupling, small irrelevant overlaps (Model 9.2, 9.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emergence import engines
from emergence.experiment import Experiment
from emergence.lessons.many_neurons.claims.model import Coupled
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
