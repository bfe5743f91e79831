"""All rooms of a server. Not thread-safe: they belong to the server's event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from emergence.classroom.codes import code_of
from emergence.classroom.room import Room, RoomFullError
from emergence.classroom.state import State

MINUTE, HOUR = 60.0, 3600.0
CLOSED = "The lecturer has closed this room."
TOO_OLD = "This room has ended: a room lasts 8 hours."
LEFT = "This room has ended: nobody has led it for 60 minutes."


@dataclass(frozen=True)
class Limits:
    """What a server holds, and for how long.

    followers : of a room
    hours, minutes : a room's longest life, and without a lecturer
    openings : that may wait at once: each is a slow hash
    remembered : codes of rooms that have ended
    """

    rooms: int = 100
    followers: int = 500
    hours: float = 8
    minutes: float = 60
    openings: int = 16
    remembered: int = 1_000


class UnknownRoomError(LookupError):
    """No room has this code."""


class EndedError(RuntimeError):
    """The room is over."""


class Rooms:
    """The rooms by their codes. `clock` gives seconds."""

    def __init__(
        self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or Limits()
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._ended: dict[str, str] = {}
        self._opening = 0
        self._turn = asyncio.Lock()

    async def open(self, secret: str, state: State, leader: str) -> Room:
        """The room that this secret leads: the present one if there is, else a new one.

        Raises SecretError, RoomFullError where there is no place, EndedError where it is over.
        """
        if self._opening >= self.limits.openings:
            raise RoomFullError("many rooms are being opened at this moment; try again in a second")
        self._opening += 1
        try:
            async with self._turn:
                code = await asyncio.to_thread(code_of, secret)
        finally:
            self._opening -= 1
        try:
            room = self.find(code)
        except UnknownRoomError:
            self._make_place()
            room = Room(code, secret, state, leader, self.limits.followers, self._clock)
            self._rooms[code] = room
        room.admit(leader, secret)
        return room

    def find(self, code: str) -> Room:
        """The room with this code. Raises UnknownRoomError, EndedError."""
        self._end_old_ones()
        if code in self._ended:
            raise EndedError(self._ended[code])
        if code not in self._rooms:
            raise UnknownRoomError("no room has this code: look at it again, or ask the lecturer")
        return self._rooms[code]

    def close(self, room: Room, why: str = CLOSED) -> None:
        """End a room at once."""
        if self._rooms.get(room.code) is room:
            del self._rooms[room.code]
            self._ended[room.code] = why
            while len(self._ended) > self.limits.remembered:
                del self._ended[next(iter(self._ended))]
            room.end(why)

    def _end_old_ones(self) -> None:
        now = self._clock()
        for room in list(self._rooms.values()):
            if now - room.opened >= self.limits.hours * HOUR:
                self.close(room, TOO_OLD)
            elif now - room.heard >= self.limits.minutes * MINUTE:
                self.close(room, LEFT)

    def _make_place(self) -> None:
        """Where no room is free, one that nobody is in any more has to go: the longest left."""
        if len(self._rooms) < self.limits.rooms:
            return
        left = [room for room in self._rooms.values() if room.empty]
        if not left:
            raise RoomFullError(
                f"this server holds {self.limits.rooms} rooms, and somebody is in each of them; "
                "try again later"
            )
        gone = min(left, key=lambda room: room.heard)
        del self._rooms[gone.code]  # not as one that has ended: its lecturer may open it again
