"""L(m, t) measured: students of several widths under population gradient flow (SCIENCE 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import zeta

from emergence import engines
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.study import SLICE, Partial
from emergence.theory.risk import contributions
from emergence.theory.widths import Student, Widths, doubling, gather, moments

Array = NDArray[np.float64]

P = 32
DIMENSIONS = {4: 512, 6: 128}
"""d for each J: the search takes d^(J/2-1)."""
S0 = 0.01


@dataclass(frozen=True, eq=False)
class Measured:
    """Students of all widths from the seeds so far.

    Attributes
    ----------
    flow, predicted : the coupled flow and, from the same starts, the decoupled equations of the
        pairs that iota matches, seed by seed
    """

    flow: Widths
    predicted: Widths


@dataclass(frozen=True)
class FlowWidths:
    """Widths 1, 2, 4 ... 2 P of P = 32 directions, from `seeds` seeds."""

    beta: float
    J: int
    seeds: int = 6

    @property
    def widths(self) -> tuple[int, ...]:
        """1, 2, 4 ... 2 P."""
        return doubling(2 * P)

    def experiment(self, m: int, seed: int) -> Experiment:
        """One student; its length is set by `moments`, not by steps."""
        return Experiment(d=DIMENSIONS[self.J], P=P, beta=self.beta, J=self.J, m=m, s0=S0,
                          seed=seed, engine="flow", normalisation="slides")  # fmt: skip

    def results(self) -> Iterator[Partial[Measured | None]]:
        """All widths of one seed after the other; None until the first seed is through."""
        work = np.cumsum([0, *(1.0 + (m / 8) ** 2 for m in self.widths)])
        flow: list[list[Student]] = []
        predicted: list[list[Student]] = []
        known: Measured | None = None
        for seed in range(1, self.seeds + 1):
            measured, matched = [], []
            for i, m in enumerate(self.widths):
                for share, pair in self._student(self.experiment(m, seed)):
                    within = work[i] + share * (work[i + 1] - work[i])
                    done = (seed - 1 + within / work[-1]) / self.seeds
                    if pair:
                        measured.append(pair[0])
                        matched.append(pair[1])
                    yield Partial(float(done), known)
            flow, predicted = [*flow, measured], [*predicted, matched]
            both = (gather(P, self.beta, self.J, self.widths, each) for each in (flow, predicted))
            known = Measured(*both)
            yield Partial(seed / self.seeds, known)

    def _student(
        self, experiment: Experiment
    ) -> Iterator[tuple[float, tuple[Student, Student] | None]]:
        """(Share of the time, None), and last (1, (flow, predicted))."""
        plan = make_plan(experiment)
        engine = engines.build(experiment, plan.overlaps, plan.iota)
        unit = float(experiment.d) ** (self.J / 2 - 1)
        tau = moments(P, self.beta, self.J) * unit
        tail = float(zeta(2 * self.beta, P + 1))
        loss = np.empty(len(tau))
        for i, moment in enumerate(tau):
            while engine.tau < moment:
                engine.advance(float(moment), SLICE)
                yield i / len(tau), None
            state = engine.measure()
            loss[i] = state.mse + tail
        capture = contributions(state.overlaps, state.n2, plan.a, plan.link).sum(axis=0)
        T = plan.T / unit
        yield (
            1.0,
            (
                Student(T, capture > 0.5, loss),
                Student(T, plan.iota >= 0, plan.decoupled(tau) + tail),
            ),
        )
