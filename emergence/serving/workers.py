"""Threads that compute a turn at a time, and one that sees to it that nobody waits for a long one.

A turn should take `TURN` seconds, and mostly does. Where one takes longer (a first step of a large
run, a measurement), its thread computes on, and another is begun in its stead: there are always as
many that can take a turn as there should be. The kernels hold no interpreter lock, and where the
cores are taken, who answers comes first.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Generic, Protocol, TypeVar

from emergence.serving.computation import LONG
from emergence.serving.fair import Shared, Turn
from emergence.serving.watchdog import Watchdog

log = logging.getLogger(__name__)

IDLE = 0.5
"""Longest sleep of an idle worker; a new wish wakes it at once."""
LOOK = 0.05
"""Seconds between two looks at how long turns take."""
PATIENCE = 10.0
"""Seconds that ending waits for turns to end."""
NICENESS = 5
"""By so much a thread is nicer than those that answer, where the system knows that by thread: it
has a third of a core that it would share by halves."""
MOST = 8
"""Threads in the middle of a long turn that others are begun for, at most."""


R = TypeVar("R", bound=Shared)


class Office(Protocol[R]):
    """Where turns are given out. All is called with `wake` held."""

    def take(self) -> Turn[R] | None:
        """The next turn, None where there is nothing to do."""

    def give_back(self, turn: Turn[R]) -> None:
        """A turn has ended."""

    def give_up(self, turn: Turn[R], why: str) -> None:
        """A turn is over without an end: its worker hangs, or has died."""

    def look_after(self) -> None:
        """Called now and then."""


class Workers(Generic[R]):
    """So many threads that take turns, and for long ones `most` more.

    `wake` is the office's lock, notified at a new wish.
    """

    def __init__(
        self, count: int, wake: threading.Condition, office: Office[R],
        work: Callable[[Turn[R]], None], most: int = MOST,
    ) -> None:  # fmt: skip
        self._count, self._wake, self._office, self._work = count, wake, office, work
        self._most = most
        self._threads: dict[threading.Thread, Turn[R] | None] = {}
        self._closing = threading.Event()
        self._made = 0
        self._watching: threading.Thread | None = None
        self._watchdog = Watchdog(office.give_up)

    def start(self) -> None:
        """Begin; more than once is as good as once."""
        if (self._watching and self._watching.is_alive()) or self._closing.is_set():
            return
        self._watching = threading.Thread(target=self._watch, name="overseer", daemon=True)
        self._fill()
        self._watching.start()

    def close(self) -> None:
        """Let every thread end its turn, and wait for that, not too long. Not with `wake` held."""
        self._closing.set()
        with self._wake:
            threads = [*self._threads, *([self._watching] if self._watching else [])]
            self._wake.notify_all()
        until = monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))

    def turns(self) -> list[Turn[R]]:
        """Those that go on."""
        return [turn for turn in self._threads.values() if turn is not None]

    def troubles(self) -> list[str]:
        """What hangs, and who has been replaced lately, in sentences."""
        dead = self._watching and not self._watching.is_alive() and not self._closing.is_set()
        return ["the overseer has died"] * bool(dead) + self._watchdog.told(self._threads)

    @property
    def well(self) -> bool:
        """Whether somebody can take a turn soon."""
        return self._watchdog.well(self._threads)

    def _able(self) -> int:
        """Threads that take a turn now or soon."""
        now = monotonic()
        long = sum(now - turn.begun > LONG for turn in self.turns())
        return len(self._threads) - min(long, self._most)

    def _fill(self) -> None:
        while self._able() < self._count:
            self._made += 1
            thread = threading.Thread(target=self._serve, name=f"worker-{self._made}", daemon=True)
            self._threads[thread] = None
            thread.start()

    def _serve(self) -> None:
        me = threading.current_thread()
        _give_way()
        try:
            while not self._closing.is_set():
                with self._wake:
                    if self._able() > self._count:
                        return
                    turn = self._office.take()
                    if turn is None:
                        self._wake.wait(IDLE)
                        continue
                    self._threads[me] = turn
                try:
                    self._work(turn)
                except BaseException as error:
                    with self._wake:
                        self._watchdog.died(turn, error)
                with self._wake:
                    if me not in self._threads:  # it was taken to hang: another is in its place
                        return
                    self._threads[me] = None
                    self._office.give_back(turn)
                del turn  # an idle thread keeps no run alive
        finally:
            with self._wake:
                self._threads.pop(me, None)

    def _watch(self) -> None:
        while not self._closing.wait(LOOK if self.turns() else IDLE):
            try:
                with self._wake:
                    self._threads = self._watchdog.look(self._threads)
                    self._office.look_after()
                    self._fill()
            except Exception:
                log.exception("the overseer stumbled")


def _give_way() -> None:
    """Have this thread come after those that answer."""
    if sys.platform == "linux":
        me = threading.get_native_id()
        with suppress(OSError):  # a sandbox that knows no niceness
            os.setpriority(os.PRIO_PROCESS, me, os.getpriority(os.PRIO_PROCESS, me) + NICENESS)
