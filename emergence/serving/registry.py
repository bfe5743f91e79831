"""All runs and studies of this server: shared by content, fairly computed, bounded in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from math import inf
from time import monotonic
from typing import Any, TypeVar

from emergence.experiment import Experiment
from emergence.runs.limits import refuse_memory, server_limits
from emergence.runs.plan import forget, settled
from emergence.serving.computation import GRACE, HEARTBEAT, Computation
from emergence.serving.fair import TURN, Fair, Turn
from emergence.serving.memory import give_back
from emergence.serving.places import Limits, Newcomer, ServerFullError, giving_way
from emergence.serving.run import Run
from emergence.serving.study import Job, Study
from emergence.serving.workers import Workers

__all__ = ["Limits", "Registry", "ServerFullError"]

T = TypeVar("T")
W = TypeVar("W", bound=Computation)

STEADY = 1.5 * HEARTBEAT
"""Most seconds between two requests of a viewer that is there: a browser asks more often."""


class Registry:
    """Content-addressed: the same Experiment is the same Run, however many ask for it.

    A viewer is known by the name it gives itself, which is no secret and costs nothing; a client,
    by the address that the server sees. What one client can take from others is bounded
    (`serving.places`, `serving.fair`); within a client, who goes on asking comes before whoever
    has asked once, also where it was refused or has given way: so a line moves on. Behind one
    address there may be a whole lecture hall.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._runs: dict[Hashable, Computation] = {}
        self._watching: dict[str, Computation] = {}
        self._seen: dict[str, float] = {}
        self._fair: Fair[Computation] = Fair()
        self._wake = threading.Condition()
        self._closed = self._dropped = False
        self._tidied = monotonic()
        self._workers: Workers[Computation] = Workers(self.limits.workers, self._wake, self, _work)

    def watch(self, viewer: str, experiment: Experiment, until: float, client: str = "") -> Run:
        """The experiment's run, computed up to time `until` as far as `viewer` is concerned.

        A viewer watches one run at a time; whatever it watched before loses it. Raises
        ServerFullError when there is no place for a new run, ExperimentError for one that is
        larger than any may be: nothing is reserved or given up for either.
        """

        def make() -> Run:
            refuse_memory(settled(experiment), server_limits())
            return Run(experiment)

        return self._watch(viewer, experiment, make, until, client)

    def find(self, experiment: Experiment) -> Run | None:
        """The experiment's run where it is held; for that nobody watches it."""
        with self._wake:
            found: Any = self._runs.get(experiment)
            return found  # type: ignore[no-any-return]

    def study(self, viewer: str, study: Study[T], client: str = "") -> Job[T]:
        """The study's job, computed as long as `viewer` keeps asking; as `watch` otherwise."""
        return self._watch(viewer, study, lambda: Job(study), inf, client)

    def leave(self, viewer: str) -> None:
        """`viewer` looks at nothing any more."""
        with self._wake:
            before = self._watching.pop(viewer, None)
            if before is not None:
                before.leave(viewer)

    def _watch(
        self, viewer: str, key: Hashable, make: Callable[[], W], until: float, client: str
    ) -> W:
        with self._wake:
            now, run = monotonic(), self._runs.get(key)
            steady = now - self._seen.get(viewer, -inf) <= STEADY
            self._seen[viewer] = now
            if run is None or run.unlucky:
                if run is not None:
                    self._drop(key)
                run = self._admitted(key, make(), viewer, client)
            before = self._watching.get(viewer)
            if before is not None and before is not run:
                before.leave(viewer)
            self._watching[viewer] = run
            run.want(viewer, until, client, steady)
            self._workers.start()
            self._wake.notify()
        found: Any = run
        return found  # type: ignore[no-any-return]

    def _admitted(self, key: Hashable, run: Computation, viewer: str, client: str) -> Computation:
        """Give something new a place. Raises ServerFullError."""
        held = set(self._runs.values())
        # What has been dropped in the middle of a long turn is there until its end.
        leaving = {turn.run for turn in self._workers.turns() if turn.run.heavy} - held
        new = Newcomer(viewer, client, run.bytes)
        gone = giving_way(held, new, self.limits, sum(each.estimate for each in leaving))
        for other, each in list(self._runs.items()):
            if each in gone:
                self._drop(other)
        self._runs[key] = run
        return run

    def runs(self) -> list[Computation]:
        """Everything held."""
        with self._wake:
            return list(self._runs.values())

    def waiting(self) -> int:
        """How many have work to do."""
        return sum(run.wants_work for run in self.runs())

    def troubles(self) -> list[str]:
        """What is wrong, or was lately, with the workers, in sentences."""
        with self._wake:
            return self._workers.troubles()

    @property
    def well(self) -> bool:
        """Whether something new would be computed soon."""
        with self._wake:
            return self._workers.well

    def close(self) -> None:
        """Stop every run and wait for the workers."""
        with self._wake:
            self._closed = True
            for run in self._runs.values():
                run.stop()
        self._workers.close()

    def take(self) -> Turn[Computation] | None:
        """The turn of a run with work to do, by the time that it and its viewers have used.

        Of those whose turns are long, only as many at a time as there should be workers.
        """
        if self._closed:
            return None
        turns = self._workers.turns()
        busy = {turn.run for turn in turns}
        waiting = [run for run in self._runs.values() if run not in busy and run.wants_work]
        if sum(turn.run.heavy for turn in turns) >= self.limits.workers:
            waiting = [run for run in waiting if not run.heavy]
        return self._fair.next(waiting, turns, monotonic())

    def give_back(self, turn: Turn[Computation]) -> None:
        """A turn has ended."""
        turn.charge(monotonic())

    def give_up(self, turn: Turn[Computation], why: str) -> None:
        """A run's worker hangs, or has died."""
        turn.charge(monotonic())
        turn.run.give_up(why)

    def look_after(self) -> None:
        """Charge the turns that go on; now and then, give up what nobody needs."""
        now = monotonic()
        for turn in self._workers.turns():
            turn.charge(now)
        if now - self._tidied >= GRACE / 3:
            self._tidied = now
            self._tidy(now)

    def _tidy(self, now: float) -> None:
        """Forget viewers that are gone, and large runs that nobody has watched for long."""
        self._seen = {name: seen for name, seen in self._seen.items() if now - seen < 2 * GRACE}
        self._watching = {name: run for name, run in self._watching.items() if name in self._seen}
        old = [(run.last_watched, key) for key, run in self._runs.items()
               if not run.viewers() and now - run.last_watched > self.limits.kept]  # fmt: skip
        kept = 0.0
        for _, key in sorted(old, key=lambda each: -each[0]):
            kept += self._runs[key].bytes
            if kept > self.limits.idle:
                self._drop(key)
        if not self._watching:
            forget()
        if give_back(self._dropped):
            self._dropped = False

    def _drop(self, key: Hashable) -> None:
        gone = self._runs.pop(key)
        gone.stop()
        self._dropped = True
        for name in [name for name, run in self._watching.items() if run is gone]:
            del self._watching[name]


def _work(turn: Turn[Computation]) -> None:
    turn.run.work(TURN)
