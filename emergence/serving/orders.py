"""What many ask for is made once, one after the other, fairly by client; the queue is bounded.

For what holds the interpreter while it is made: one at a time leaves half of it to all else.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

from emergence.serving.fair import TURN, Fair, Turn
from emergence.serving.places import ServerFullError
from emergence.serving.workers import Workers

Key = TypeVar("Key", bound=Hashable)

QUEUED, SHARE = 60.0, 0.5
"""Seconds of work that may wait, by estimate, and the share of it that may be for one client."""
BYTES, COUNT = 12e6, 256
"""What has been made is kept as long as it is no more than this."""


@dataclass(eq=False)
class Order(Generic[Key]):
    """Something to be made: for whom, and how many seconds it takes by estimate."""

    key: Key
    seconds: float
    made: Future[bytes] = field(default_factory=Future)
    asking: Counter[str] = field(default_factory=Counter)
    worked: float = 0.0

    def __post_init__(self) -> None:
        self.made.set_running_or_notify_cancel()  # who leaves does not end it for the others

    @property
    def weight(self) -> float:
        """Of one client's, what takes least comes first."""
        return TURN / self.seconds

    def clients(self) -> frozenset[str]:
        """Those who wait for it."""
        return frozenset(self.asking)


class Orders(Generic[Key]):
    """Made by `make`, which may raise: whoever asked is told. `seconds` is an estimate.

    Safe for threads. What nobody waits for any more is not made.
    """

    def __init__(self, make: Callable[[Key], bytes], seconds: Callable[[Key], float]) -> None:
        self._make, self._seconds = make, seconds
        self._waiting: dict[Key, Order[Key]] = {}
        self._making: set[Key] = set()
        self._kept: OrderedDict[Key, Future[bytes]] = OrderedDict()
        self._fair: Fair[Order[Key]] = Fair()
        self._wake = threading.Condition()
        self._workers: Workers[Order[Key]] = Workers(1, self._wake, self, self._fill, most=0)

    def ask(self, key: Key, client: str = "") -> Future[bytes]:
        """What is made of `key`, now or later. Raises ServerFullError, and nothing is queued."""
        with self._wake:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            order = self._waiting.get(key)
            if order is None:
                order = Order(key, self._seconds(key))
                self._refuse(order, client)
                self._waiting[key] = order
            order.asking[client] += 1
            self._workers.start()
            self._wake.notify()
            return order.made

    def leave(self, key: Key, client: str = "") -> None:
        """One who asked does not wait any more."""
        with self._wake:
            order = self._waiting.get(key)
            if order is None:
                return
            order.asking[client] -= 1
            order.asking = +order.asking
            if not order.asking and key not in self._making:
                del self._waiting[key]

    def close(self) -> None:
        """Make nothing more."""
        self._workers.close()

    def _refuse(self, order: Order[Key], client: str) -> None:
        orders = self._waiting.values()
        own = sum(each.seconds for each in orders if client in each.asking)
        whole = sum(each.seconds for each in orders)
        if own + order.seconds > SHARE * QUEUED or whole + order.seconds > QUEUED:
            raise ServerFullError("too much is being asked for at once: try again in a moment")

    def take(self) -> Turn[Order[Key]] | None:
        """The next one to be made (see `Workers`)."""
        waiting = [each for key, each in self._waiting.items() if key not in self._making]
        turn = self._fair.next(waiting, self._workers.turns(), monotonic())
        if turn is not None:
            self._making.add(turn.run.key)
        return turn

    def give_back(self, turn: Turn[Order[Key]]) -> None:
        """It has been made, or has failed."""
        turn.charge(monotonic())
        key = turn.run.key
        self._making.discard(key)
        self._waiting.pop(key, None)
        made = turn.run.made
        if made.done() and isinstance(
            made.exception(), ValueError | None
        ):  # not for want of memory
            self._kept[key] = made
        while len(self._kept) > COUNT or sum(map(_size, self._kept.values())) > BYTES:
            self._kept.popitem(last=False)

    def give_up(self, turn: Turn[Order[Key]], why: str) -> None:
        """Who makes it hangs, or has died: whoever asked is told."""
        with suppress(InvalidStateError):
            turn.run.made.set_exception(RuntimeError(why))
        self.give_back(turn)

    def look_after(self) -> None:
        """Nothing has to be done now and then."""

    def _fill(self, turn: Turn[Order[Key]]) -> None:
        made = turn.run.made
        with suppress(InvalidStateError):  # it was given up meanwhile
            try:
                made.set_result(self._make(turn.run.key))
            except Exception as error:
                made.set_exception(error)


def _size(made: Future[bytes]) -> int:
    return 0 if made.exception() else len(made.result())
