"""A sweep's points on this machine: one process for each core.

Not threads, as for the seeds of one run: what Python does between a flow's kernels needs Python's
lock, and two flows in one process took longer than one after the other (measured); nor would the
server have the lock to itself.
"""

from __future__ import annotations

import os
import queue
import signal
import struct
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
from loky import get_reusable_executor
from loky.process_executor import BrokenProcessPool, ShutdownExecutorError

from emergence.arrays import Array
from emergence.parameters import CORES
from emergence.sweeps.points import LOOK, RETRIES, ExecutionError, Receiver, compute_point, take

IDLE = 60
"""Seconds after which processes without work end."""
BEGUN = 1e-9
"""Share done of a point that a process has taken up."""
PAIR = struct.Struct("dd")


class Board:
    """Share done of each point (0 to 1) and the seconds it has taken, in a file of all processes.

    Written, not mapped into memory: where the disk is full, a mapped page that has no room there
    kills the process that touches it, and the server with it.
    """

    def __init__(self, points: int) -> None:
        self._shape = points, 2
        try:
            self._place = tempfile.TemporaryDirectory(
                prefix="emergence-sweep-", ignore_cleanup_errors=True
            )
            self.file = str(Path(self._place.name) / "board")
            Path(self.file).write_bytes(bytes(PAIR.size * points))
        except OSError as error:
            raise ExecutionError(
                f"there is no room in the folder for temporary files: {error}"
            ) from None

    def read(self) -> tuple[Array, Array]:
        """Shares and seconds, each of shape (points,)."""
        pairs = np.frombuffer(Path(self.file).read_bytes(), np.float64).reshape(self._shape)
        return pairs[:, 0], pairs[:, 1]

    def close(self) -> None:
        """Remove the file."""
        self._place.cleanup()

    @staticmethod
    def tell(file: str, i: int, share: float, spent: float) -> None:
        """In any process: say how far point i is. What cannot be said is left unsaid."""
        with suppress(OSError), open(file, "r+b", buffering=0) as board:
            board.seek(PAIR.size * i)
            board.write(PAIR.pack(share, spent))


class Local:
    """The cores of this machine."""

    def __init__(self, processes: int = CORES) -> None:
        self._processes = processes

    def workers(self) -> int:
        return self._processes

    def run(self, experiments: Sequence[Any], receiver: Receiver) -> None:
        todo = dict(enumerate(experiments))
        deaths, barren = dict.fromkeys(todo, 0), 0
        with closing(Board(len(todo))) as board:
            while todo and not receiver.stopped.is_set():
                self._compute(todo, board, receiver)
                if receiver.stopped.is_set():
                    return
                shares, _ = board.read()
                begun = [i for i in todo if shares[i]]  # a process died with them
                barren += bool(todo) and not begun
                if barren > RETRIES:
                    raise ExecutionError(
                        f"processes died {barren} times before they began a point, perhaps for "
                        "want of memory; finished points are kept"
                    )
                for i in begun:
                    deaths[i] += 1
                    Board.tell(board.file, i, 0.0, 0.0)
                    if deaths[i] > RETRIES:
                        why = f"its process died {deaths[i]} times, perhaps for want of memory"
                        receiver.give_up(todo.pop(i), why)

    def _compute(self, todo: dict[int, Any], board: Board, receiver: Receiver) -> None:
        """Compute points, taking them off `todo`, until a process has died or a stop is wanted."""
        pool = get_reusable_executor(  # no more processes than points: each takes a second to start
            min(self._processes, len(todo)),
            timeout=IDLE,
            initializer=_begin,
            initargs=(os.getpid(),),
        )
        arrived: queue.SimpleQueue[tuple[int, Future[str]]] = queue.SimpleQueue()
        waiting = len(todo)
        try:
            for i, experiment in todo.items():
                try:
                    future = pool.submit(_point, experiment.to_json(), board.file, i)
                except BrokenProcessPool:  # before all were handed over
                    return
                future.add_done_callback(lambda future, i=i: arrived.put((i, future)))
            while waiting and not receiver.stopped.is_set():
                receiver.tell(*board.read(), self._processes)
                try:
                    i, future = arrived.get(timeout=LOOK)
                except queue.Empty:
                    continue
                waiting -= 1
                error = future.exception()
                if isinstance(error, BrokenProcessPool | ShutdownExecutorError):
                    continue  # so have all that were not finished
                experiment = todo.pop(i)
                if error:
                    receiver.give_up(experiment, f"it failed: {error!r}")
                else:
                    take(experiment, future.result(), receiver)
            receiver.tell(*board.read(), self._processes)
        finally:
            if todo:
                pool.shutdown(kill_workers=True)


def _begin(parent: int) -> None:
    """In a new process: an interrupt of the command line is for the parent, with which it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _point(text: str, board: str, i: int) -> str:
    """A point's answer; meanwhile its place i on the file `board` says how far it is."""
    Board.tell(board, i, BEGUN, 0.0)
    spent = 0.0

    def tell(share: float, seconds: float) -> None:
        nonlocal spent
        spent = seconds
        Board.tell(board, i, max(share, BEGUN), seconds)

    answer = compute_point(text, tell)
    Board.tell(board, i, 1.0, spent)
    return answer
