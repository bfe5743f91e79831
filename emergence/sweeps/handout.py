"""A sweep's points handed out to the workers of a Dask cluster, to those that can compute them.

A worker without the package cannot even read a point: it fails before it is asked, and Dask gives
the worker up, and the next. So each is first asked for its version of the code, by a function that
every Python has.
"""

from __future__ import annotations

import pkgutil
import queue
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from emergence.sweeps.points import LOOK, RETRIES, ExecutionError, Receiver, compute_point, take
from emergence.sweeps.store import code_version
from emergence.words import plural

WORKERLESS = 600.0
"""Seconds that points wait for a worker where there is none."""
AHEAD = 2
"""Points that are handed out at a time for each core."""
VERSION = f"{code_version.__module__}:_VERSION"
"""Where a worker has its version of the code."""
GONE = "the Dask scheduler is gone, or has dropped the points; finished points are kept"


class Handout:
    """Points on their way to workers and back, of one sweep.

    Attributes
    ----------
    left : how many have not come back
    """

    def __init__(self, client: Any, experiments: Sequence[Any], receiver: Receiver) -> None:
        self.left = len(experiments)
        self._client, self._experiments, self._receiver = client, experiments, receiver
        self._waiting = deque(range(len(experiments)))
        self._out: dict[Any, tuple[int, set[str]]] = {}
        self._asked: dict[str, Any] = {}
        self._able: set[str] = set()
        self._unable: dict[str, str] = {}
        self._back: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._lost: Counter[int] = Counter()
        self._shares, self._spent = np.zeros(self.left), np.zeros(self.left)
        self._seen = time.monotonic()

    def go_on(self) -> None:
        """Hand out what there are workers for, and take what has come back, for a moment.

        Raises ExecutionError.
        """
        try:
            self._go_on()
        except ExecutionError:
            raise
        except Exception as error:
            if self._lives and not isinstance(error, OSError):  # it cannot be reached
                raise
            raise ExecutionError(GONE) from error

    def end(self) -> None:
        """Have nothing more computed."""
        if self._lives:
            self._client.cancel([*self._out, *self._asked.values()], force=True)

    @property
    def _lives(self) -> bool:
        """Whether there is a scheduler, or may be one again in a moment."""
        return self._client.status in ("running", "connecting")

    def _go_on(self) -> None:
        threads = dict(self._client.nthreads())
        self._ask(threads)
        self._take_back(set(threads))
        cores = sum(threads[worker] for worker in self._able)
        while self._waiting and len(self._out) < AHEAD * cores:
            self._hand_out(self._waiting.popleft())
        self._say(threads)
        self._receive()
        self._receiver.tell(self._shares, self._spent, max(cores, 1))

    def _ask(self, threads: dict[str, int]) -> None:
        """Ask every new worker for its version of the code; look who has answered."""
        self._able &= set(threads)
        for known in (self._asked, self._unable):
            for worker in known.keys() - threads.keys():
                del known[worker]
        for worker in threads.keys() - self._able - self._asked.keys() - self._unable.keys():
            self._asked[worker] = self._client.submit(
                pkgutil.resolve_name, VERSION, workers=[worker], pure=False, retries=0
            )
        for worker, future in list(self._asked.items()):
            if future.status == "pending":
                continue
            del self._asked[worker]
            if future.status == "error":
                self._unable[worker] = f"{future.exception()}: install 'emergence-lab' there"
            elif future.status == "finished" and future.result() == code_version():
                self._able.add(worker)
            elif future.status == "finished":
                self._unable[worker] = (
                    f"it has another version of the code or of its libraries ({future.result()}, "
                    f"here {code_version()}): install the same there, or start anew here"
                )

    def _take_back(self, present: set[str]) -> None:
        """Points all of whose workers have gone wait for another."""
        for future, (i, workers) in list(self._out.items()):
            if workers & present:
                continue
            del self._out[future]
            self._client.cancel([future], force=True)
            self._lost[i] += 1
            if self._lost[i] > RETRIES:
                why = f"its worker was lost {self._lost[i]} times, perhaps for want of memory"
                self._receiver.give_up(self._experiments[i], why)
                self._over(i, 0.0)
            else:
                self._waiting.appendleft(i)

    def _hand_out(self, i: int) -> None:
        future = self._client.submit(
            compute_point, self._experiments[i].to_json(), workers=list(self._able), pure=False,
            retries=RETRIES,
        )  # fmt: skip
        self._out[future] = i, set(self._able)
        future.add_done_callback(self._back.put)

    def _say(self, threads: dict[str, int]) -> None:
        """Say what there is to know of the workers; where none is left for long, give up."""
        unable = [f"{worker}: {why}" for worker, why in self._unable.items()]
        if self._able or self._asked:
            self._seen = time.monotonic()
            of = plural(len(threads), "worker")
            self._receiver.say(f"{len(unable)} of {of} left out, {unable[0]}" if unable else "")
        elif unable:
            raise ExecutionError(f"no worker of the cluster can compute, the first {unable[0]}")
        elif time.monotonic() - self._seen > WORKERLESS:
            raise ExecutionError(
                f"the cluster has had no workers for {WORKERLESS / 60:.0f} minutes; finished "
                "points are kept"
            )
        else:
            self._receiver.say(
                f"the cluster has no workers: points wait for some, {WORKERLESS / 60:.0f} minutes "
                "at most"
            )

    def _receive(self) -> None:
        """Take what comes back within a moment."""
        try:
            future = self._back.get(timeout=LOOK)
        except queue.Empty:
            if not self._lives:
                raise ExecutionError(GONE) from None
            return
        if future not in self._out:  # taken back meanwhile
            return
        i, _ = self._out.pop(future)
        if future.status in ("cancelled", "lost"):
            raise ExecutionError(GONE)
        if future.status == "finished":
            self._over(i, take(self._experiments[i], future.result(), self._receiver))
        else:
            why = f"it failed on the cluster: {future.exception()!r}"
            self._receiver.give_up(self._experiments[i], why)
            self._over(i, 0.0)

    def _over(self, i: int, spent: float) -> None:
        self.left -= 1
        self._shares[i], self._spent[i] = 1.0, spent
