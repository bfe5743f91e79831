"""One room: where its lecture is, who leads it, and who waits for news of it.

Not thread-safe: a room belongs to the server's event loop.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emergence.classroom.codes import SecretError, digest
from emergence.classroom.state import State

AWAY = 8.0
"""Seconds after its last request for which a viewer counts as present."""
RATE, BURST = 10.0, 40.0
"""Requests a second that a viewer may make, and how many at once."""
HOSTS = 20
"""How many may be present with the secret."""


class RoomFullError(RuntimeError):
    """No place for another."""


class TooManyError(RuntimeError):
    """A viewer asks faster than it may."""


class ReplacedError(RuntimeError):
    """The same viewer has asked again meanwhile."""


@dataclass
class Viewer:
    """A browser in the room. `allowance` is how many requests it may make now."""

    seen: float
    host: bool = False
    allowance: float = BURST
    waiting: asyncio.Future[bool] | None = None


class Room:
    """A lecture and its followers.

    version : another number after every change of what a viewer is told
    heard : when somebody with the secret was last heard of
    ended : why the room is over, "" while it is not
    """

    def __init__(
        self, code: str, secret: str, state: State, leader: str, followers: int,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.code = code
        self.state = state
        self.leader = leader
        self.version = secrets.randbits(40)  # none that a follower had before a restart
        self.opened = self.heard = self.changed = clock()
        self.ended = ""
        self._digest = digest(secret)
        self._followers = followers
        self._clock = clock
        self._viewers: dict[str, Viewer] = {}

    def admit(self, name: str, secret: str | None) -> Viewer:
        """A viewer's request: it is present, and a host if it has the secret.

        Raises SecretError, RoomFullError, TooManyError.
        """
        if secret is not None and not hmac.compare_digest(self._digest, digest(secret)):
            raise SecretError("this lead link is not of this room")
        now = self._clock()
        viewer = self._viewers.get(name)
        if viewer is None:
            following = self.following
            if secret is None and following >= self._followers:
                raise RoomFullError(
                    f"the room is full: {self._followers} follow already. Look on with a neighbour"
                )
            if secret is not None and len(self._viewers) - following >= HOSTS:
                raise RoomFullError(f"the room is full: {HOSTS} have its lead link open already")
            viewer = self._viewers[name] = Viewer(now)
        viewer.allowance = min(BURST, viewer.allowance + RATE * (now - viewer.seen))
        viewer.seen = now
        if viewer.allowance < 1:
            raise TooManyError(f"a viewer may ask {RATE:g} times a second")
        viewer.allowance -= 1
        viewer.host = secret is not None
        if viewer.host:
            self.heard = now
        return viewer

    @property
    def following(self) -> int:
        """How many are present without the secret. Those who have gone are forgotten."""
        limit = self._clock() - AWAY
        self._viewers = {
            name: viewer for name, viewer in self._viewers.items()
            if viewer.waiting is not None or viewer.seen >= limit
        }  # fmt: skip
        return sum(not viewer.host for viewer in self._viewers.values())

    @property
    def empty(self) -> bool:
        """Whether nobody is present."""
        return not self.following and not self._viewers

    def lead(self, name: str, state: State) -> None:
        """The lecture is elsewhere, and this viewer leads it from now on."""
        self.state, self.leader, self.changed = state, name, self._clock()
        self._tell()

    def end(self, why: str) -> None:
        """Nothing comes any more."""
        self.ended = why
        self._tell()

    async def news(self, viewer: Viewer, version: int, seconds: float) -> None:
        """Return when the version is not this one any more, or after `seconds`.

        Raises ReplacedError where the viewer asks again meanwhile: one question is open at a time.
        """
        if viewer.waiting is not None and not viewer.waiting.done():
            viewer.waiting.set_result(False)
        viewer.waiting = None
        if version != self.version or self.ended:
            return
        waiting = viewer.waiting = asyncio.get_running_loop().create_future()
        try:
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
        finally:
            if viewer.waiting is waiting:
                viewer.waiting = None
                viewer.seen = self._clock()
        if done and not waiting.result():
            raise ReplacedError("this viewer asks somewhere else")

    def told(self, name: str) -> dict[str, Any]:
        """What a viewer hears. `age` is the state's, in seconds.

        Hosts also hear whether it is they who lead, whether anybody does, and how many follow.
        """
        answer: dict[str, Any] = {
            "version": self.version,
            "age": self._clock() - self.changed,
            "state": self.state.to_json(),
            "role": "follower",
        }
        viewer = self._viewers.get(name)
        if viewer is not None and viewer.host:
            answer["role"] = "leader" if name == self.leader else "host"
            answer["following"] = self.following
            answer["led"] = self.leader in self._viewers
        return answer

    def _tell(self) -> None:
        self.version += 1
        for viewer in self._viewers.values():
            if viewer.waiting is not None and not viewer.waiting.done():
                viewer.waiting.set_result(True)
