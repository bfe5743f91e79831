"""Something that is computed for as long as somebody watches it: a run, or a lesson's study."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

log = logging.getLogger(__name__)


class State(StrEnum):
    """Where the computation stands. The last three are final."""

    READY = "ready"
    """Nothing computed yet."""
    RUNNING = "running"
    """Somebody wants to see further than what is computed."""
    PAUSED = "paused"
    """All that anybody wants to see is computed, or nobody watches."""
    FINISHED = "finished"
    FAILED = "failed"
    """Diverged or crashed; what is published says which, the history is kept."""
    STOPPED = "stopped"
    """Given up: evicted, or the server shuts down."""


GRACE = 15.0
"""Seconds after which a viewer that has said nothing is taken to be gone."""
HEARTBEAT = 4.0
"""Seconds between two requests of a viewer that only say that it is still here."""


@dataclass
class _Viewer:
    until: float
    seen: float


class Computation(ABC):
    """Computed once, however many watch it, and only while somebody does.

    A viewer does not start or pause the computation; it says up to which time it wants to see,
    and the computation goes up to the furthest wish. Pausing one viewer thus never disturbs
    another, and what nobody watches rests. All methods may be called from any thread; `work` by
    one at a time.

    Parameters
    ----------
    grace : seconds after which a viewer that has said nothing is taken to be gone

    Attributes
    ----------
    last_watched, last_worked : when somebody last wanted it, and when its last turn began, in
        seconds of the monotonic clock
    worked : seconds that have been computed for it
    """

    def __init__(self, grace: float = GRACE) -> None:
        self.grace = grace
        self.last_watched = time.monotonic()
        self.last_worked = 0.0
        self.worked = 0.0
        self._viewers: dict[str, _Viewer] = {}
        self._final: State | None = None
        self._lock = threading.Lock()
        self._working = threading.Lock()

    @property
    @abstractmethod
    def bytes(self) -> float:
        """Memory it may come to hold."""

    @property
    @abstractmethod
    def _begun(self) -> bool:
        """Whether anything is published."""

    @property
    @abstractmethod
    def _reached(self) -> float:
        """Time up to which it is computed."""

    @abstractmethod
    def _compute(self, seconds: float, until: float) -> None:
        """Compute for about `seconds`, up to `until`, and publish."""

    @abstractmethod
    def _say(self, message: str) -> None:
        """Publish why the computation has failed."""

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
        """Where it stands."""
        with self._lock:
            if self._final:
                return self._final
            if not self._begun:
                return State.READY
            return State.RUNNING if self._demand() > self._reached else State.PAUSED

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self._final is not None

    @property
    def wants_work(self) -> bool:
        """Whether a worker should compute for it now."""
        with self._lock:
            if self._final or not self._present():
                return False
            return not self._begun or self._demand() > self._reached

    def stop(self) -> None:
        """Give it up; what is published stays readable. What is final stays as it is."""
        with self._lock:
            self._final = self._final or State.STOPPED

    def work(self, seconds: float) -> None:
        """Compute for about `seconds` and publish. Never raises: a crash makes it fail."""
        with self._working:
            with self._lock:
                if self._final:
                    return
                until = self._demand()
            self.last_worked = time.monotonic()
            try:
                self._compute(seconds, until)
            except Exception as error:
                self._fail(self._explain(error))
            self.worked += time.monotonic() - self.last_worked

    def _explain(self, error: Exception) -> str:
        log.exception("%r failed", self)
        return f"the computation failed: {type(error).__name__}: {error}"

    def _fail(self, message: str) -> None:
        with self._lock:
            self._say(message)
            self._final = self._final or State.FAILED

    def _present(self) -> list[_Viewer]:
        now = time.monotonic()
        self._viewers = {
            name: viewer for name, viewer in self._viewers.items() if now - viewer.seen < self.grace
        }
        return list(self._viewers.values())

    def _demand(self) -> float:
        return max((viewer.until for viewer in self._present()), default=-np.inf)
