"""What hangs or dies among the workers is found out, replaced, and said; it costs its own run only.

A thread cannot be ended from outside: one that hangs is left to itself, and another is begun.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Generic, TypeVar

from emergence.serving.fair import Shared, Turn

log = logging.getLogger(__name__)

HANGING, HANGS = 60.0, 300.0
"""Seconds of a turn from which on it is said to hang, and from which on its run is given up. A turn
takes moments, and under the greatest load seconds; compiling a kernel may take a minute."""
TOLD = 600.0
"""Seconds for which a trouble is told after it is over."""
MOST = 8
"""Troubles that are told, at most: the latest."""

R = TypeVar("R", bound=Shared)
Threads = Mapping[threading.Thread, Turn[R] | None]


class Watchdog(Generic[R]):
    """Looks after threads and their turns; `give_up` ends a turn's run with a reason."""

    def __init__(self, give_up: Callable[[Turn[R], str], None]) -> None:
        self._give_up = give_up
        self._troubles: deque[tuple[float, str]] = deque(maxlen=MOST)

    def look(self, threads: Threads[R]) -> dict[threading.Thread, Turn[R] | None]:
        """Those that live and do not hang; the runs of the others are given up."""
        now, well = monotonic(), {}
        for thread, turn in threads.items():
            if not thread.is_alive():
                self._lost(turn, f"{thread.name} has died")
            elif turn is not None and now - turn.begun > HANGS:
                self._lost(turn, f"{thread.name} hung for {HANGS:,.0f} seconds")
            else:
                well[thread] = turn
        return well

    def died(self, turn: Turn[R], error: BaseException) -> None:
        """What ends a thread was raised in a turn: only its run is given up."""
        what = f"{type(error).__name__} {error}".strip()
        self._lost(turn, f"{threading.current_thread().name} was ended by {what}")

    def told(self, threads: Threads[R]) -> list[str]:
        """What hangs now, and the troubles of the last minutes, a sentence each."""
        now = monotonic()
        hanging = [
            f"{thread.name} hangs for {now - turn.begun:,.0f} seconds"
            for thread, turn in threads.items() if turn and now - turn.begun > HANGING
        ]  # fmt: skip
        return hanging + [what for when, what in self._troubles if now - when < TOLD]

    def well(self, threads: Threads[R]) -> bool:
        """Whether one of the threads, if there are any, can take a turn soon."""
        now = monotonic()
        turns = threads.values()
        return not turns or any(not turn or now - turn.begun <= HANGING for turn in turns)

    def _lost(self, turn: Turn[R] | None, why: str) -> None:
        log.error("%s, in the turn of %r", why, turn and turn.run)
        self._troubles.append((monotonic(), f"{why} and was replaced"))
        if turn is not None:
            self._give_up(turn, f"the computation was given up: {why}")
