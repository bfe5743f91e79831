"""The same teacher with J = 2 and J = 4, by the coupled flow; J = 2 exactly as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment
from emergence.lessons.quadratic.model import Logistic, QuadraticFlow
from emergence.runs.plan import make_plan
from emergence.runs.slices import measured
from emergence.serving.study import Partial
from emergence.theory.fits import Slope, mean_slope
from emergence.theory.risk import contributions
from emergence.theory.scaling import power_tail
from emergence.theory.teacher import power_strengths

P, M, S0, SEEDS = 64, 128, 0.01, 8
MOMENTS = 120
SHOWN = (1, 2, 4, 8, 16, 32)
"""Directions whose captures are drawn."""
LOW, HIGH = 4.0, P / 2
"""Slopes are fitted from direction 4, where transitions overlap at J = 2, to half of P."""


@dataclass(frozen=True, eq=False)
class Curves:
    """One run, or several of the same teacher.

    Attributes
    ----------
    t : moments, in units of the typical time of direction 1, shape (n,)
    capture : R_p of the first run, shape (n, P)
    loss : with all directions beyond P unlearned, shape (seeds, n)
    """

    beta: float
    t: Array
    capture: Array
    loss: Array

    @property
    def slope(self) -> Slope | None:
        """In time from direction 4 to P/2; over the seeds, if there are several."""
        window = LOW**self.beta, HIGH**self.beta
        return mean_slope(self.t, self.loss, window)


def experiment(J: int, d: int, beta: float, seed: int = 1) -> Experiment:
    """One run."""
    return Experiment(d=d, P=P, beta=beta, J=J, m=M, s0=S0, seed=seed, engine="flow",
                      normalisation="slides")  # fmt: skip


def logistic(d: int, beta: float) -> Logistic:
    """Infinitely many directions alone, from the mean start."""
    return Logistic(beta, M * S0**2 / d)


def unit(d: int, beta: float) -> float:
    """The time of direction 1 at J = 2."""
    return float(logistic(d, beta).time(1.0))


def moments(beta: float) -> Array:
    """In units of direction 1's time, shape (n,)."""
    return np.geomspace(0.3, 2 * float(P) ** beta, MOMENTS)


@lru_cache(maxsize=16)
def exact(d: int, beta: float) -> Curves:
    """J = 2 in closed form, from `SEEDS` starts."""
    a, t = power_strengths(P, beta), moments(beta)
    rest = float(power_tail(P, beta))
    runs = []
    for seed in range(1, SEEDS + 1):
        V = S0 * initial_directions(experiment(2, d, beta, seed))
        flow = QuadraticFlow(V[:, :P], V[:, P:] @ V[:, P:].T, a)
        runs.append([flow.at(float(tau)) for tau in t * unit(d, beta)])
    loss = np.array([[each[1] for each in run] for run in runs]) + rest
    return Curves(beta, t, np.array([each[0] for each in runs[0]]), loss)


def losses_alone(d: int, beta: float) -> Array:
    """Loss of P logistic curves alone at `moments`, shape (n,)."""
    return logistic(d, beta).loss(moments(beta) * unit(d, beta), P)


@dataclass(frozen=True)
class BothFlows:
    """J = 2 and J = 4 by the engine, from one start."""

    d: int
    beta: float

    def results(self) -> Iterator[Partial[dict[int, Curves]]]:
        """The runs so far, by J, as far as they are."""
        done: dict[int, Curves] = {}
        t, rest = moments(self.beta), float(power_tail(P, self.beta))
        for J in (4, 2):
            plan = make_plan(experiment(J, self.d, self.beta))
            one = unit(self.d, self.beta) if J == 2 else plan.T1
            engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
            rows: list[tuple[Array, float]] = []
            for state in measured(engine, t * one):
                if state is not None:
                    each = contributions(state.overlaps, state.n2, plan.a, plan.link)
                    rows.append((each.sum(axis=0), state.mse + rest))
                if rows:
                    capture, loss = zip(*rows, strict=True)
                    run = Curves(self.beta, t[: len(rows)], np.array(capture), np.array([loss]))
                    done = {**done, J: run}
                yield Partial(((J == 2) + len(rows) / len(t)) / 2, done)
