"""All runs and studies of this server: shared by content, fairly computed, bounded in memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

from emergence.experiment import Experiment
from emergence.serving.computation import Computation
from emergence.serving.run import Run
from emergence.serving.study import Job, Study

T = TypeVar("T")
W = TypeVar("W", bound=Computation)

TURN = 0.03
"""Seconds a worker computes for one run before it looks for the next."""
IDLE = 0.5
"""Longest sleep of an idle worker; a new wish wakes it at once."""


class ServerFullError(RuntimeError):
    """Every place is taken by a run that somebody watches."""


@dataclass(frozen=True)
class Limits:
    """What a server holds: runs, bytes of memory over all of them, worker threads."""

    runs: int = 64
    bytes: float = 4e9
    workers: int = max(1, (os.cpu_count() or 2) - 1)


class Registry:
    """Content-addressed: the same Experiment is the same Run, however many ask for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._runs: dict[Hashable, Computation] = {}
        self._watching: dict[str, Computation] = {}
        self._busy: set[Computation] = set()
        self._wake = threading.Condition()
        self._closed = False
        self._for_young = False
        self._threads: list[threading.Thread] = []

    def watch(self, viewer: str, experiment: Experiment, until: float) -> Run:
        """The experiment's run, computed up to time `until` as far as `viewer` is concerned.

        A viewer watches one run at a time; whatever it watched before loses it. Raises
        ServerFullError when there is no place for a new run.
        """
        return self._watch(viewer, experiment, lambda: Run(experiment), until)

    def study(self, viewer: str, study: Study[T]) -> Job[T]:
        """The study's job, computed as long as `viewer` keeps asking; as `watch` otherwise."""
        return self._watch(viewer, study, lambda: Job(study), inf)

    def leave(self, viewer: str) -> None:
        """`viewer` looks at nothing any more."""
        with self._wake:
            before = self._watching.pop(viewer, None)
            if before is not None:
                before.leave(viewer)

    def _watch(self, viewer: str, key: Hashable, make: Callable[[], W], until: float) -> W:
        with self._wake:
            run: Any = self._runs.get(key)
            if run is None:
                run = make()
                self._make_room(run.bytes, viewer)
                self._runs[key] = run
            before = self._watching.get(viewer)
            if before is not None and before is not run:
                before.leave(viewer)
            self._watching[viewer] = run
            run.want(viewer, until)
            self._start_workers()
            self._wake.notify()
        return run  # type: ignore[no-any-return]

    def runs(self) -> list[Computation]:
        """Everything held."""
        with self._wake:
            return list(self._runs.values())

    def waiting(self) -> int:
        """How many have work to do."""
        return sum(run.wants_work for run in self.runs())

    def close(self) -> None:
        """Stop every run and wait for the workers."""
        with self._wake:
            self._closed = True
            for run in self._runs.values():
                run.stop()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def _make_room(self, needed: float, viewer: str) -> None:
        """Evict the runs watched least recently until `needed` bytes and one place are free."""
        held = {run: run.bytes for run in self._runs.values()}
        keys = {run: key for key, run in self._runs.items()}
        alone = self._watching.get(viewer)
        if alone is not None:
            alone.leave(viewer)  # its viewer is about to watch the new run instead
        idle = [run for run in held if not run.viewers()]
        idle.sort(key=lambda run: run.last_watched)
        while len(held) >= self.limits.runs or sum(held.values()) + needed > self.limits.bytes:
            if not idle:
                raise ServerFullError(
                    "the server is full: every run it holds is being watched. Try again in a "
                    "moment, or open a run that is already there"
                )
            gone = idle.pop(0)
            gone.stop()
            del held[gone], self._runs[keys[gone]]
        self._watching = {name: run for name, run in self._watching.items() if run in held}

    def _start_workers(self) -> None:
        if self._threads or self._closed:
            return
        for number in range(self.limits.workers):
            thread = threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self) -> None:
        while True:
            with self._wake:
                run = self._next()
                while run is None:
                    if self._closed:
                        return
                    self._wake.wait(IDLE)
                    run = self._next()
                self._busy.add(run)
            run.work(TURN)
            with self._wake:
                self._busy.discard(run)

    def _next(self) -> Computation | None:
        """Of those with work to do, the one that waits longest and the least worked in turn.

        Beside however many, what is new thus has half of all turns until it has had as many as the
        others: a first answer comes soon.
        """
        if self._closed:
            return None
        waiting = [run for run in self._runs.values() if run not in self._busy and run.wants_work]
        self._for_young = not self._for_young
        if self._for_young:
            return min(waiting, key=lambda run: (run.worked, run.last_worked), default=None)
        return min(waiting, key=lambda run: run.last_worked, default=None)
