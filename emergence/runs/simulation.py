"""One simulation from its first step to its last: an engine, its record, its crossings."""

from __future__ import annotations

import time
from concurrent.futures import Executor

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.engines.base import DivergedError
from emergence.experiment import Experiment
from emergence.runs.limits import Limits
from emergence.runs.plan import make_plan
from emergence.runs.record import Record, Row
from emergence.words import plural, short

BLOWN_UP, LEFT_BLOWN_UP = 1000.0, 10.0
"""A run has diverged when its loss is more than this many times its first loss, and that of a
student that knows nothing: the first factor counts on its way, the second at its end. Of 1,250 runs
of all kinds with step sizes up to far too large, none that learned had exceeded 211 times on its
way."""


class Simulation:
    """Advances an experiment along its plan's schedule. One thread at a time may call `work`.

    Parameters
    ----------
    pool : threads that share the work of a large flow
    limits : of what it may take, the server's by default
    rows : whether all rows are kept (see `Record`)

    Attributes
    ----------
    record : the snapshots so far
    crossing : time (eta * steps) at which max_k u_kp was first seen above 1/2, shape (P,), NaN
        where it has not been; looked for at moments 0.5 % apart
    diverged : why the run stopped early, or None
    seconds : time spent in the engine's steps so far, without planning and measuring
    """

    def __init__(
        self, experiment: Experiment, pool: Executor | None = None,
        limits: Limits | None = None, rows: bool = True,
    ) -> None:  # fmt: skip
        self.plan = plan = make_plan(experiment, limits)
        self.engine = engines.build(plan.experiment, plan.overlaps, plan.iota, pool)
        self.record = Record(plan, rows)
        self.crossing: Array = np.full(experiment.P, np.nan)
        self.diverged: str | None = None
        self._next = 0
        self._look()
        self.record.append(0.0, self.engine.measure())
        self.seconds = 0.0

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to compute."""
        return self.diverged is not None or self._next == len(self.plan.checkpoints)

    def work(self, seconds: float, until: float = np.inf) -> None:
        """Compute for about `seconds`, not beyond the first checkpoint at or after `until`."""
        deadline = time.perf_counter() + seconds
        while not self.finished and self.engine.tau < until:
            started = time.perf_counter()
            if started >= deadline:
                break
            target = float(self.plan.checkpoints[self._next])
            try:
                self.engine.advance(target, deadline - started)
            except DivergedError:
                self.diverged = self._explain("the students' norms left every bound")
                break
            finally:
                self.seconds += time.perf_counter() - started
            # A discrete engine's own eta * step may differ from the target in the last digit.
            if self.engine.tau < target * (1 - 1e-12):
                continue
            self._next += 1
            self._look()
            if target == self.plan.snapshots[self.record.count]:
                self._keep()

    def _keep(self) -> None:
        """Take a snapshot, and look whether the loss has blown up."""
        measurement = self.engine.measure()
        self.record.append(self.engine.tau, measurement)
        nothing = self.plan.top * float(self.plan.a @ self.plan.a)
        times = measurement.mse / max(float(self.record.mse[0]), nothing)
        last = self._next == len(self.plan.checkpoints)
        if not times <= (LEFT_BLOWN_UP if last else BLOWN_UP):
            self.diverged = self._explain(_grown(times))

    def tip(self) -> Row | None:
        """A row of the present moment, or None where it is the last snapshot's or has diverged."""
        if self.diverged or self.engine.tau <= self.record.tau[self.record.count - 1]:
            return None
        return self.record.row(self.engine.tau, self.engine.measure())

    def _look(self) -> None:
        left = np.isnan(self.crossing)
        if left.any():
            self.crossing[left & self.engine.emerged()] = self.engine.tau

    def _explain(self, what: str) -> str:
        e = self.plan.experiment
        step = round(self.engine.tau / e.eta)
        return (
            f"the run diverged after {plural(step, 'step')}, {what}: the step size "
            f"η = {short(e.eta)} (c = {short(e.c)}) is too large for the noise of batches "
            f"of {e.B}. {self.plan.remedy}"
        )


def _grown(times: float) -> str:
    """How much the loss has grown, in words."""
    if not np.isfinite(times):
        return "the loss is no number any more"
    shown = f"{times:,.0f}" if times < 1e6 else f"{times:.0e}"
    return f"the loss is {shown} times that of the start"
