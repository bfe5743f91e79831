"""L(m, t) measured: students of several widths under population gradient flow (Model 2.2, 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.lessons.scaling_law.model import Student, Widths, doubling, gather, moments
from emergence.runs.plan import Plan, make_plan
from emergence.runs.slices import measured
from emergence.serving.study import Partial
from emergence.theory.risk import contributions
from emergence.theory.scaling import tail
from emergence.theory.thresholds import CAPTURED

P = 32
DIMENSIONS = {4: 4096, 6: 128}
"""d by J. The search takes d^(J/2-1), the growth of the norms as long at any d. At small d a second
neuron may therefore reach a direction before the first has grown, unlike iota says."""
S0 = 0.01


@dataclass(frozen=True, eq=False)
class Measured:
    """Students of all widths from the seeds so far.

    Attributes
    ----------
    predicted : by the decoupled equations of the pairs that iota matches
    flow : by the coupled flow from the same starts; of the first seed the widths that are
        through, None before the first of them
    """

    predicted: Widths
    flow: Widths | None


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
        """The first seed's predictions, then seed after seed; None until something is known."""
        work = np.cumsum([0, *(1.0 + (m / 8) ** 2 for m in self.widths)])
        flow: list[list[Student]] = []
        predicted: list[list[Student]] = []
        result: Measured | None = None
        for seed in range(1, self.seeds + 1):
            experiments = [self.experiment(m, seed) for m in self.widths]
            matched: list[Student] = []
            for experiment in experiments:
                matched.append(self._predicted(make_plan(experiment)))
                yield Partial((seed - 1) / self.seeds, result)
            predicted = [*predicted, matched]
            result = result or Measured(self._gather(predicted), None)
            students: list[Student] = []
            for i, experiment in enumerate(experiments):
                for done in integrate(make_plan(experiment), self._tau):
                    if isinstance(done, Student):
                        students.append(done)
                        continue
                    within = work[i] + done * (work[i + 1] - work[i])
                    yield Partial(float(seed - 1 + within / work[-1]) / self.seeds, result)
                if not flow:
                    result = Measured(result.predicted, self._gather([students]))
            flow = [*flow, students]
            result = Measured(self._gather(predicted), self._gather(flow))
            yield Partial(seed / self.seeds, result)

    @property
    def _tau(self) -> Array:
        unit = float(DIMENSIONS[self.J]) ** (self.J / 2 - 1)
        return np.asarray(moments(P, self.beta, self.J) * unit)

    def _gather(self, students: list[list[Student]]) -> Widths:
        return gather(P, self.beta, self.J, self.widths[: len(students[0])], students)

    def _predicted(self, plan: Plan) -> Student:
        loss = plan.decoupled(self._tau) + tail(plan.a, self.beta)
        return Student(plan.T / DIMENSIONS[self.J] ** (self.J / 2 - 1), plan.iota >= 0, loss)


def integrate(plan: Plan, tau: Array) -> Iterator[float | Student]:
    """The coupled flow of one student at given times; yields the share that is through, last it."""
    engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
    loss: list[float] = []
    for state in measured(engine, tau):
        if state is not None:
            loss.append(state.mse + tail(plan.a, plan.experiment.beta))
            last = state
        yield len(loss) / len(tau)
    capture = contributions(last.overlaps, last.n2, plan.a, plan.link).sum(axis=0)
    unit = plan.experiment.d ** (plan.experiment.J / 2 - 1)
    yield Student(plan.T / unit, capture > CAPTURED, np.array(loss))
