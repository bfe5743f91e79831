"""The sweeps of this server: one computes at a time, the others wait; the same one is shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import takewhile

from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.execute import executor, scheduler_address
from emergence.sweeps.local import Local
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.sweeps.store import Store

MOST_SWEEPS = 32
"""Sweeps held; the oldest that are over go first. Their points stay on disk."""
READING = 2.0
"""Seconds that a page waits for points to be read from disk."""


class SweepQueue:
    """Runs sweeps for whoever asks, on this machine or on the cluster that Dask is told of."""

    def __init__(self, store: Store | None = None, where: Local | Cluster | None = None) -> None:
        self.store = store or Store()
        self.executor = where or executor(scheduler_address())
        self._runs: dict[str, SweepRun] = {}
        self._lock = threading.Lock()
        self._line = ThreadPoolExecutor(1, "sweep")
        self._shelf = ThreadPoolExecutor(1, "stored sweep")

    def run_of(self, sweep: Sweep) -> SweepRun | None:
        """The run of an equal sweep, if it has been asked for."""
        with self._lock:
            return self._runs.get(sweep.key)

    def ahead(self, sweep: Sweep) -> list[SweepRun]:
        """The runs that a sweep waits for, or would: the one that computes first."""
        with self._lock:
            runs = [run for run in self._runs.values() if not run.over]
        before = takewhile(lambda run: run.sweep.key != sweep.key, runs)
        return sorted(before, key=lambda run: run.state is not SweepState.RUNNING)

    def open(self, sweep: Sweep) -> None:
        """Run a sweep that a page begins with by itself: once, and not again after a stop."""
        if self.run_of(sweep) is None:
            self.start(sweep)

    def start(self, sweep: Sweep) -> None:
        """Run a sweep, or go on with it. One that is on disk is there at once."""
        stored = not self.store.missing(sweep.points)
        with self._lock:
            run = self._runs.get(sweep.key)
            if run and run.state in (SweepState.WAITING, SweepState.RUNNING, SweepState.FINISHED):
                return
            over = [key for key, held in self._runs.items() if held.over]
            for key in over[: max(0, len(self._runs) - MOST_SWEEPS + 1)]:
                del self._runs[key]
            self._runs.pop(sweep.key, None)  # it goes to the end of the line
            run = self._runs[sweep.key] = SweepRun(sweep, self.store, self.executor)
            begun = (self._shelf if stored else self._line).submit(run.run)
        if stored:
            wait([begun], READING)

    def close(self) -> None:
        """Stop all sweeps; finished points are kept."""
        with self._lock:
            for run in self._runs.values():
                run.stop()
        for line in (self._line, self._shelf):
            line.shutdown(wait=False, cancel_futures=True)


@cache
def sweep_queue() -> SweepQueue:
    """The queue of this server."""
    return SweepQueue()
