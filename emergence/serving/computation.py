"""Something that is computed for as long as somebody watches it: a run, or a lesson's study."""

from __future__ import annotations

import logging
import math
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from time import monotonic

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
PASSING = 1 / 16
"""Weight of those who have asked once, beside one who goes on asking as a browser does."""
LONG = 0.25
"""Seconds of a turn that keeps others waiting."""


class Standing(IntEnum):
    """What gives way first when there is no place left for something new."""

    UNWATCHED = 0
    PASSING = 1
    """Its viewers have asked for it once, and not again so far."""
    DONE = 2
    """Final: its viewers have what there is."""
    RESTING = 3
    """All that its viewers want to see is computed."""
    COMPUTED = 4


@dataclass
class _Viewer:
    until: float
    seen: float
    client: str
    steady: bool


class Computation(ABC):
    """Computed once, however many watch it, and only while somebody does.

    A viewer does not start or pause the computation; it says up to which time it wants to see,
    and the computation goes up to the furthest wish. Pausing one viewer thus never disturbs
    another, and what nobody watches rests. All methods may be called from any thread; `work` by
    one at a time.

    Parameters
    ----------
    grace : seconds after which a viewer that has said nothing is taken to be gone
    estimate : bytes of memory that it may come to hold

    Attributes
    ----------
    last_watched, last_worked : when somebody last wanted it, and when its last turn began, in
        seconds of the monotonic clock
    worked, longest : seconds that have been computed for it, and those of its longest turn
    unlucky : whether it has failed for want of memory: it may be tried again
    """

    def __init__(self, grace: float = GRACE, estimate: float = 0.0) -> None:
        self.grace = grace
        self.estimate = estimate
        self.last_watched = monotonic()
        self.last_worked = 0.0
        self.worked = 0.0
        self.longest = 0.0
        self.unlucky = False
        self._viewers: dict[str, _Viewer] = {}
        self._furthest, self._expires = -np.inf, np.inf
        self._final: State | None = None
        self._lock = threading.Lock()
        self._working = threading.Lock()

    @property
    def bytes(self) -> float:
        """Memory it may come to hold; once it is final, what it does hold."""
        return self._held() if self._final else self.estimate

    @abstractmethod
    def _held(self) -> float:
        """Bytes of what is published."""

    @property
    def heavy(self) -> bool:
        """Whether a turn of it may take much longer than it is given."""
        return self.longest > LONG

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

    def want(self, viewer: str, until: float, client: str = "", steady: bool = True) -> None:
        """`viewer`, at the address `client`, wants to see up to time `until` (eta * steps).

        steady : whether it has been asking before, as a browser does
        """
        with self._lock:
            now = monotonic()
            before = self._viewers.get(viewer)
            self._viewers[viewer] = _Viewer(until, now, client, steady)
            self._expires = min(self._expires, now + self.grace)
            self.last_watched = now
            if until >= self._furthest:
                self._furthest = until
            elif before is not None and before.until >= self._furthest:
                self._furthest = self._wanted()

    def leave(self, viewer: str) -> None:
        """`viewer` watches something else now."""
        with self._lock:
            self._viewers.pop(viewer, None)
            self._furthest = self._wanted()

    def viewers(self) -> int:
        """How many are watching."""
        with self._lock:
            return len(self._present())

    def clients(self) -> frozenset[str]:
        """The addresses of those who are watching."""
        with self._lock:
            return frozenset(viewer.client for viewer in self._present())

    @property
    def weight(self) -> float:
        """Its share of the computing time beside others: more with more viewers, but slowly."""
        with self._lock:
            steady = sum(viewer.steady for viewer in self._present())
        return 1 + math.log2(steady) if steady else PASSING

    def standing(self, without: str = "") -> Standing:
        """How much it is watched, by others than the viewer `without`."""
        with self._lock:
            self._present()
            watching = [each for name, each in self._viewers.items() if name != without]
            if not watching:
                return Standing.UNWATCHED
            if not any(viewer.steady for viewer in watching):
                return Standing.PASSING
            if self._final:
                return Standing.DONE
            wanted = max(viewer.until for viewer in watching)
            resting = self._begun and wanted <= self._reached
            return Standing.RESTING if resting else Standing.COMPUTED

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

    def give_up(self, why: str) -> None:
        """It fails, for whoever watches it: what computes it hangs, or has died."""
        self._fail(why)

    def work(self, seconds: float) -> None:
        """Compute for about `seconds` and publish. Never raises: a crash makes it fail."""
        with self._working:
            with self._lock:
                if self._final:
                    return
                until = self._demand()
            self.last_worked = monotonic()
            try:
                self._compute(seconds, until)
            except Exception as error:
                self.unlucky = isinstance(error, MemoryError)
                self._fail(self._explain(error))
            spent = monotonic() - self.last_worked
            self.worked += spent
            self.longest = max(self.longest, spent)

    def _explain(self, error: Exception) -> str:
        log.exception("%r failed", self)
        if isinstance(error, MemoryError):
            return "the server has too little memory left for this now: it may work in a minute"
        return f"the computation failed: {type(error).__name__}: {error}"

    def _fail(self, message: str) -> None:
        with self._lock:
            self._say(message)
            self._final = self._final or State.FAILED

    def _present(self) -> list[_Viewer]:
        self._forget()
        return list(self._viewers.values())

    def _demand(self) -> float:
        self._forget()
        return self._furthest

    def _forget(self) -> None:
        """Forget viewers that have said nothing for long: not at every of a thousand's requests."""
        now = monotonic()
        if now < self._expires:
            return
        self._viewers = {
            name: viewer for name, viewer in self._viewers.items() if now - viewer.seen < self.grace
        }
        first = min((viewer.seen for viewer in self._viewers.values()), default=np.inf)
        self._expires = first + self.grace
        self._furthest = self._wanted()

    def _wanted(self) -> float:
        return max((viewer.until for viewer in self._viewers.values()), default=-np.inf)
