"""What a lecturer's other browser, a phone say, asks of the one that leads.

Not thread-safe: a desk belongs to the server's event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

PATIENCE = 5.0
"""Seconds until a wish that the leading browser has not answered is given up."""
MOST = 8
"""Wishes that may be open at once."""


class NobodyLeadsError(RuntimeError):
    """There is no browser that could carry out a wish."""


class BusyError(RuntimeError):
    """The leading browser has not kept up."""


@dataclass(eq=False)
class Wish:
    """Something to be done in the browser that leads.

    act : in a word
    pages : where it may lead to, in the lecture's order
    outcome : what came of it, in a word; None as long as nothing has
    """

    number: int
    act: str
    pages: tuple[str, ...]
    outcome: str | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Desk:
    """The wishes of a room. Each is handed out once: it is carried out once or never."""

    def __init__(self) -> None:
        self._asked = 0
        self._waiting: list[Wish] = []
        self._out: dict[int, Wish] = {}

    @property
    def waits(self) -> bool:
        """Whether there is something to hand out."""
        return bool(self._waiting)

    def ask(self, act: str, pages: tuple[str, ...]) -> Wish:
        """A new wish. Raises BusyError."""
        if len(self._waiting) + len(self._out) >= MOST:
            raise BusyError(f"{MOST} wishes are open already: wait until they are done")
        self._asked += 1
        self._waiting.append(wish := Wish(self._asked, act, pages))
        return wish

    def hand_out(self) -> list[dict[str, object]]:
        """The wishes that nobody has been told of, oldest first, for the browser that leads."""
        self._out |= {wish.number: wish for wish in self._waiting}
        told = [
            {"number": wish.number, "act": wish.act, "pages": wish.pages} for wish in self._waiting
        ]
        self._waiting = []
        return told

    def done(self, number: int, outcome: str) -> None:
        """What came of a wish; of one that was given up nobody hears."""
        wish = self._out.get(number)
        if wish is not None:
            wish.outcome = outcome
            wish.answered.set()

    async def outcome(self, wish: Wish) -> str | None:
        """What came of a wish, None where nothing did within PATIENCE."""
        try:
            await asyncio.wait_for(wish.answered.wait(), PATIENCE)
        except TimeoutError:
            return None
        finally:
            self._out.pop(wish.number, None)
            self._waiting = [each for each in self._waiting if each is not wish]
        return wish.outcome
