"""A simulation with viewers: what it should compute next, and what it has published."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.record import Record, Row
from emergence.runs.simulation import Simulation

log = logging.getLogger(__name__)


class State(StrEnum):
    """Where a run stands. The last three are final."""

    READY = "ready"
    """Nothing computed yet."""
    RUNNING = "running"
    """Somebody wants to see further than what is computed."""
    PAUSED = "paused"
    """All that anybody wants to see is computed, or nobody watches."""
    FINISHED = "finished"
    FAILED = "failed"
    """Diverged or crashed; `Published.message` says which, the history is kept."""
    STOPPED = "stopped"
    """Given up: evicted, or the server shuts down."""


FINAL = frozenset({State.FINISHED, State.FAILED, State.STOPPED})


@dataclass(frozen=True, eq=False)
class Published:
    """What viewers may read: replaced as a whole, never edited.

    Attributes
    ----------
    record : the snapshots, of which the first `count` belong to this publication
    tip : a row of the present moment, later than the last snapshot, or None
    crossing : times of crossing, NaN where not yet, shape (P,)
    tau : time reached
    seconds : computing time so far
    """

    record: Record | None = None
    count: int = 0
    tip: Row | None = None
    crossing: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    tau: float = 0.0
    seconds: float = 0.0
    message: str = ""
    diverged: bool = False
    version: int = 0


@dataclass
class _Viewer:
    until: float
    seen: float


class Run:
    """One experiment computed once, however many watch it.

    A viewer does not start or pause the computation; it says up to which time it wants to see,
    and the run computes up to the furthest wish. Pausing one viewer thus never disturbs another,
    and a run that nobody watches rests. All methods may be called from any thread; `work` by one
    at a time.

    Parameters
    ----------
    grace : seconds after which a viewer that has said nothing is taken to be gone
    """

    def __init__(self, experiment: Experiment, grace: float = 15.0) -> None:
        self.experiment = experiment
        self.grace = grace
        self.published = Published()
        self.last_watched = time.monotonic()
        self.last_worked = 0.0
        self._viewers: dict[str, _Viewer] = {}
        self._final: State | None = None
        self._simulation: Simulation | None = None
        self._lock = threading.Lock()
        self._working = threading.Lock()

    def want(self, viewer: str, until: float) -> None:
        """`viewer` wants to see up to time `until` (eta * steps), and is here."""
        with self._lock:
            now = time.monotonic()
            self._viewers[viewer] = _Viewer(until, now)
            self.last_watched = now

    def leave(self, viewer: str) -> None:
        """`viewer` watches something else now."""
        with self._lock:
            self._viewers.pop(viewer, None)

    def viewers(self) -> int:
        """How many are watching."""
        with self._lock:
            return len(self._present())

    @property
    def state(self) -> State:
        """Where the run stands."""
        with self._lock:
            if self._final:
                return self._final
            if self.published.record is None:
                return State.READY
            return State.RUNNING if self._demand() > self.published.tau else State.PAUSED

    @property
    def wants_work(self) -> bool:
        """Whether a worker should compute for this run now."""
        with self._lock:
            if self._final or not self._present():
                return False
            return self.published.record is None or self._demand() > self.published.tau

    def stop(self) -> None:
        """Give the run up; what is published stays readable. A final run stays as it is."""
        with self._lock:
            self._final = self._final or State.STOPPED

    def work(self, seconds: float) -> None:
        """Compute for about `seconds` and publish. Never raises: a crash fails the run."""
        with self._working:
            with self._lock:
                if self._final:
                    return
                until = self._demand()
            self.last_worked = time.monotonic()
            try:
                self._compute(seconds, until)
            except ExperimentError as error:
                self._fail(str(error))
            except Exception as error:
                log.exception("run %s failed", self.experiment.to_query())
                self._fail(f"the engine failed: {type(error).__name__}: {error}")

    def _compute(self, seconds: float, until: float) -> None:
        if self._simulation is None:
            self._simulation = Simulation(self.experiment)
        simulation = self._simulation
        simulation.work(seconds, until)
        tip = None if simulation.finished else simulation.tip()
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
                version=self.published.version + 1,
            )
            if simulation.finished and not self._final:
                self._final = State.FAILED if simulation.diverged else State.FINISHED
        if simulation.finished:
            self._simulation = None  # the engine's state is needed no more, the record is

    def _fail(self, message: str) -> None:
        with self._lock:
            old = self.published
            self.published = replace(old, tip=None, message=message, version=old.version + 1)
            self._final = self._final or State.FAILED
        self._simulation = None

    def _present(self) -> list[_Viewer]:
        now = time.monotonic()
        self._viewers = {
            name: viewer for name, viewer in self._viewers.items() if now - viewer.seen < self.grace
        }
        return list(self._viewers.values())

    def _demand(self) -> float:
        return max((viewer.until for viewer in self._present()), default=-np.inf)
