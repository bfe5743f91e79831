"""A sweep's points on this machine: one process for each core.

Not threads, as for the seeds of one run: what Python does between a flow's kernels needs Python's
lock, and two flows in one process took longer than one after the other (measured); nor would the
server have the lock to itself.
"""

from __future__ import annotations

import queue
import signal
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from loky import get_reusable_executor
from loky.process_executor import BrokenProcessPool, ShutdownExecutorError

from emergence.experiment import Experiment
from emergence.parameters import CORES
from emergence.sweeps.points import LOOK, RETRIES, ExecutionError, Receiver, compute_point, take

IDLE = 60
"""Seconds after which processes without work end."""


class Local:
    """The cores of this machine."""

    def __init__(self, processes: int = CORES) -> None:
        self._processes = processes

    def workers(self) -> int:
        return self._processes

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        todo = dict(enumerate(experiments))
        with tempfile.TemporaryDirectory() as place:
            board = Path(place) / "shares"
            np.zeros(len(todo)).tofile(board)
            for _ in range(1 + RETRIES):
                self._compute(todo, str(board), receiver)
                if not todo or receiver.stopped.is_set():
                    return
        raise ExecutionError(
            f"processes that compute the points died {1 + RETRIES} times, perhaps for want of "
            "memory; finished points are kept"
        )

    def _compute(self, todo: dict[int, Experiment], board: str, receiver: Receiver) -> None:
        """Compute points, taking them off `todo`, until a process dies or a stop is wanted."""
        pool = get_reusable_executor(self._processes, timeout=IDLE, initializer=_deaf)
        arrived: queue.SimpleQueue[tuple[int, Future[str]]] = queue.SimpleQueue()
        shares = np.memmap(board, np.float64, "r")
        try:
            for i, experiment in todo.items():
                future = pool.submit(_point, experiment.to_json(), board, i)
                future.add_done_callback(lambda future, i=i: arrived.put((i, future)))
            while todo and not receiver.stopped.is_set():
                receiver.tell(float(shares.mean()))
                try:
                    i, future = arrived.get(timeout=LOOK)
                except queue.Empty:
                    continue
                error = future.exception()
                if isinstance(error, BrokenProcessPool | ShutdownExecutorError):
                    return
                experiment = todo.pop(i)
                if error:
                    receiver.give_up(experiment, f"it failed: {error!r}")
                else:
                    take(experiment, future.result(), receiver)
            receiver.tell(float(shares.mean()))
        finally:
            if todo:
                pool.shutdown(kill_workers=True)


def _deaf() -> None:
    """An interrupt of the command line is for the process that started the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _point(text: str, board: str, i: int) -> str:
    """A point's answer; meanwhile its share done stands at place i of the file `board`."""
    shares = np.memmap(board, np.float64, "r+")

    def tell(share: float) -> None:
        shares[i] = share

    answer = compute_point(text, tell)
    tell(1.0)
    return answer
