"""A simulation with viewers: what it should compute next, and what it has published."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import NamedTuple

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment, ExperimentError
from emergence.runs import cost
from emergence.runs.guesses import Answer, answers
from emergence.runs.outcome import Outcome, outcome_of
from emergence.runs.plan import make_plan, settled
from emergence.runs.record import Record, Row
from emergence.runs.simulation import Simulation
from emergence.runs.titles import titles_of
from emergence.serving.computation import GRACE, Computation, State

WORTH = 4.0
"""A row of the present moment is measured when the engine has worked so many times as long."""
APART = 0.1
"""Seconds from which on planning and beginning are turns of their own."""
LARGE = 1e8
"""Operations of a measurement from which on a turn may be a long one: so is a step of the flow."""


class Tip(NamedTuple):
    """A row of the moment `tau`, later than the last snapshot."""

    tau: float
    row: Row


@dataclass(frozen=True, eq=False)
class Published:
    """What viewers may read: replaced as a whole, never edited.

    Attributes
    ----------
    record : the snapshots, of which the first `count` belong to this publication
    tip : the present moment, or a recent one where measuring takes long, or None
    crossing : times of crossing, NaN where not yet, shape (P,)
    tau : time reached
    seconds : computing time so far
    titles, outcome : what the pictures of a run that is over may be called (see `runs.titles`), and
        what it has measured
    answers : what it has shown of what may be guessed
    """

    record: Record | None = None
    count: int = 0
    tip: Tip | None = None
    crossing: Array = field(default_factory=lambda: np.zeros(0))
    tau: float = 0.0
    seconds: float = 0.0
    message: str = ""
    diverged: bool = False
    titles: dict[str, str] | None = None
    outcome: Outcome | None = None
    answers: tuple[Answer, ...] = ()
    version: int = 0


class Run(Computation):
    """One experiment, watched live.

    Attributes
    ----------
    told : of something published, the answers that viewers have had (see `serving.wire`)
    """

    def __init__(self, experiment: Experiment, grace: float = GRACE) -> None:
        super().__init__(grace, cost.memory(settled(experiment)))
        self.experiment = experiment
        self.published = Published()
        self._large = cost.measuring(settled(experiment)) > LARGE
        self.told: tuple[Published, dict[Hashable, bytes]] = self.published, {}
        self._simulation: Simulation | None = None
        self._tip: Tip | None = None
        self._due = 0.0
        self._planned = False

    def _held(self) -> float:
        record = self.published.record
        return float(record.bytes) if record else 0.0

    @property
    def heavy(self) -> bool:
        return super().heavy or (self._large and not self._final)

    def __repr__(self) -> str:
        return f"Run({self.experiment.to_query()})"

    @property
    def complete(self) -> bool:
        """Whether it has come to its end, or has diverged: there is all that there will be."""
        return self.state in (State.FINISHED, State.FAILED) and self.published.record is not None

    @property
    def _begun(self) -> bool:
        return self.published.record is not None

    @property
    def _reached(self) -> float:
        return self.published.tau

    def _compute(self, seconds: float, until: float) -> None:
        begun = perf_counter()
        if self._simulation is None and not self._planned:
            make_plan(self.experiment)  # it is kept: to plan and to begin are two turns where long
            self._planned = True
            if perf_counter() - begun > APART:
                return
        if self._simulation is None:
            self._simulation = Simulation(self.experiment)
        simulation = self._simulation
        if perf_counter() - begun <= APART:
            simulation.work(seconds, until)
        tip = self._latest(simulation, until)
        titles = titles_of(simulation) if simulation.finished else None
        outcome = outcome_of(simulation) if simulation.finished else None
        shown = answers(simulation)
        with self._lock:
            self.published = Published(
                record=simulation.record,
                count=simulation.record.count,
                tip=tip,
                crossing=simulation.crossing.copy(),
                tau=simulation.engine.tau,
                seconds=simulation.seconds,
                message=simulation.diverged or "",
                diverged=simulation.diverged is not None,
                titles=titles,
                outcome=outcome,
                answers=shown,
                version=self.published.version + 1,
            )
            if simulation.finished and not self._final:
                self._final = State.FAILED if simulation.diverged else State.FINISHED
        if simulation.finished:
            self._simulation = None  # the engine's state is needed no more, the record is

    def _latest(self, simulation: Simulation, until: float) -> Tip | None:
        """The present moment, or a recent one unless it is the last that anybody wants to see."""
        if simulation.finished:
            self._tip = None
        elif simulation.seconds >= self._due or simulation.engine.tau >= until:
            begun = perf_counter()
            row = simulation.tip()
            self._tip = None if row is None else Tip(simulation.engine.tau, row)
            self._due = simulation.seconds + WORTH * (perf_counter() - begun)
        elif self._tip and self._tip.tau <= simulation.record.tau[simulation.record.count - 1]:
            self._tip = None
        return self._tip

    def _explain(self, error: Exception) -> str:
        return str(error) if isinstance(error, ExperimentError) else super()._explain(error)

    def _say(self, message: str) -> None:
        old = self.published
        self.published = replace(old, tip=None, message=message, version=old.version + 1)
        self._simulation = None
