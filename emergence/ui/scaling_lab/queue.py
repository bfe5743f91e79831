"""The sweeps of this server: one computes at a time, the others wait; the same one is shared.

A sweep belongs to whoever started it, a browser with a secret: nobody else can stop it. What all of
them will take together is bounded. What is not over is remembered on disk, and goes on by itself
after a restart of the server.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import takewhile
from math import inf
from pathlib import Path

import streamlit as st

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.speed import duration
from emergence.settings import settings
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.execute import executor, scheduler_address
from emergence.sweeps.local import Local
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.sweeps.store import Store
from emergence.ui.scaling_lab import remembered

MOST_SWEEPS = 32
"""Sweeps held; the oldest that are over go first. Their points stay on disk."""
READING = 2.0
"""Seconds that a page waits for points to be read from disk."""
ENDING = 8.0
"""Seconds that the server waits, at its end, for sweeps to end."""
RESUMED = 3
"""How often a sweep goes on by itself after a restart: what ends the server ends at last."""
ELSEWHERE = "On your own machine `python -m emergence sweep` takes any"


class RefusedError(RuntimeError):
    """A sweep that this server does not compute; the message is a sentence for its visitor."""


class SweepQueue:
    """Runs sweeps for whoever asks, on this machine or on the cluster that Dask is told of.

    Parameters
    ----------
    most : seconds of computing, of one core, that the sweeps that are not over may take together;
        0 where sweeps are switched off
    memory : the file that remembers them over a restart, or None
    """

    def __init__(
        self, store: Store | None = None, where: Local | Cluster | None = None, most: float = inf,
        memory: Path | None = None,
    ) -> None:  # fmt: skip
        self.store = store or Store()
        self.executor = where or executor(scheduler_address())
        self.most = most
        self._memory = memory
        self._runs: dict[str, SweepRun] = {}
        self._owners: dict[str, str] = {}
        self._expected: dict[str, float] = {}
        self._resumed: dict[str, int] = {}
        self._lock = threading.RLock()
        self._line = ThreadPoolExecutor(1, "sweep")
        self._shelf = ThreadPoolExecutor(1, "stored sweep")
        self._begun: set[Future[None]] = set()
        self._closed = False

    def run_of(self, sweep: Sweep) -> SweepRun | None:
        """The run of an equal sweep, if it has been asked for."""
        with self._lock:
            return self._runs.get(sweep.key)

    def line(self) -> list[SweepRun]:
        """The runs that are not over: the one that computes, then those that wait, in order."""
        with self._lock:
            runs = [run for run in self._runs.values() if not run.over]
        return sorted(runs, key=lambda run: run.state is not SweepState.RUNNING)

    def ahead(self, sweep: Sweep) -> list[SweepRun]:
        """The runs that a sweep waits for, or would: the one that computes first."""
        return list(takewhile(lambda run: run.sweep.key != sweep.key, self.line()))

    def owns(self, sweep: Sweep, secret: str) -> bool:
        """Whether the sweep was started with this secret."""
        with self._lock:
            return self._owners.get(sweep.key) == _hash(secret)

    def taken(self) -> float:
        """Seconds of computing, of one core, that what is not over will still take."""
        with self._lock:
            return sum(
                self._expected.get(key, 0.0) * (1 - run.share)
                for key, run in self._runs.items() if not run.over
            )  # fmt: skip

    def open(self, sweep: Sweep, secret: str = "") -> None:
        """Run a sweep that a page begins with by itself: once, and not again after a stop, and only
        where there is room for it."""
        if self.run_of(sweep) is None:
            try:
                self.start(sweep, secret)
            except RefusedError:
                return

    def start(self, sweep: Sweep, secret: str = "") -> None:
        """Run a sweep, or go on with it, for whoever has the secret. Raises RefusedError.

        One that is on disk is there at once.
        """
        missing = self.store.missing(sweep.points)
        with self._lock:
            run = self._runs.get(sweep.key)
            if run and run.state in (SweepState.WAITING, SweepState.RUNNING, SweepState.FINISHED):
                return
            expected = self._admit(missing)
            begun = self._begin(sweep, _hash(secret), expected, stored=not missing)
        self._remember()
        if not missing:
            wait([begun], READING)

    def stop(self, sweep: Sweep, secret: str) -> None:
        """Stop a sweep that was started with this secret, and no other."""
        run = self.run_of(sweep)
        if run is not None and self.owns(sweep, secret):
            run.stop()
            self._remember()

    def resume(self) -> None:
        """Go on with what was not over when the server ended."""
        for sweep, owner, resumed in remembered.read(self._memory):
            missing = self.store.missing(sweep.points)
            with self._lock:
                if resumed >= RESUMED or sweep.key in self._runs or not missing:
                    continue
                try:
                    expected = self._admit(missing)
                except RefusedError:
                    continue
                self._resumed[sweep.key] = resumed + 1
                self._begin(sweep, owner, expected, stored=False)
        self._remember()

    def close(self) -> None:
        """Stop all sweeps, and wait until they have put away what they had on disk.

        Finished points are kept, and what was not over is remembered.
        """
        with self._lock:
            self._closed = True
            for run in self._runs.values():
                run.stop()
            begun = list(self._begun)
        for line in (self._line, self._shelf):
            line.shutdown(wait=False, cancel_futures=True)
        wait(begun, ENDING)

    def _admit(self, missing: Sequence[Experiment]) -> float:
        """Seconds of computing that points will take. Raises RefusedError."""
        if not missing:
            return 0.0
        if not self.most:
            raise RefusedError(f"Sweeps are switched off on this server. {ELSEWHERE}.")
        try:
            expected = estimate_seconds(missing)
        except ExperimentError as error:
            raise RefusedError(f"This sweep cannot run: {error}") from None
        taken = self.taken()
        if expected + taken > self.most:
            others = f", of which {duration(taken)} are taken" if taken else ""
            raise RefusedError(
                f"This sweep takes about {duration(expected)} of computing, of one core; this "
                f"server computes sweeps of {duration(self.most)} at a time{others}. Fewer points "
                f"or seeds take less. {ELSEWHERE}."
            )
        return expected

    def _begin(self, sweep: Sweep, owner: str, expected: float, stored: bool) -> Future[None]:
        over = [key for key, held in self._runs.items() if held.over]
        for key in over[: max(0, len(self._runs) - MOST_SWEEPS + 1)]:
            del self._runs[key]
        self._runs.pop(sweep.key, None)  # it goes to the end of the line
        run = self._runs[sweep.key] = SweepRun(sweep, self.store, self.executor, self.most)
        self._owners[sweep.key], self._expected[sweep.key] = owner, expected
        begun = (self._shelf if stored else self._line).submit(run.run)
        self._begun.add(begun)
        begun.add_done_callback(self._ended)
        return begun

    def _ended(self, begun: Future[None]) -> None:
        with self._lock:
            self._begun.discard(begun)
        self._remember()

    def _remember(self) -> None:
        with self._lock:
            for known in (self._owners, self._expected, self._resumed):
                for key in known.keys() - self._runs.keys():
                    del known[key]
            if self._closed or self._memory is None:
                return
            left = [
                (run.sweep, self._owners[key], self._resumed.get(key, 0))
                for key, run in self._runs.items() if not run.over and self._expected[key]
            ]  # fmt: skip
            remembered.write(self._memory, left)


def _hash(secret: str) -> str:
    """What is kept of a secret; nothing of none, which owns nothing."""
    return hashlib.sha256(secret.encode()).hexdigest() if secret else secrets.token_hex()


@cache
def sweep_queue() -> SweepQueue:
    """The queue of this server."""
    said, store = settings(), Store()
    most = 3600 * said.sweep_hours if said.sweeps else 0.0
    # Several servers may share a folder of results: each has its port.
    memory = store.directory / f"sweeps-{st.get_option('server.port')}.json"
    return SweepQueue(store, most=most, memory=memory)
