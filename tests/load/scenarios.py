"""Visitors of many kinds, without browsers: how much reaches them, and how soon.

A scenario takes a server and a `Crowd`, and gives what was measured as `Delivered`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from emergence.ui.talk import LESSONS
from tests.load.follower import GONE, POLL, name
from tests.load.http import Connection
from tests.load.session import Session

LONG_RUN = "engine=sgd&d=128&P=8&m=32&c=0.001&seed={}"
"""A run of minutes: nobody sees its end."""
PAGES = [f"{lesson.slug}?" for lesson in LESSONS]


@dataclass(frozen=True)
class Crowd:
    """How many visitors, for how many seconds, with how many seconds to come in.

    think : seconds of a reader between two pages
    patience : seconds after which what has not come will not come
    """

    count: int
    seconds: float
    join: float = 0.0
    think: float = 5.0
    patience: float = 30.0


@dataclass
class Delivered:
    """What has reached the visitors.

    Attributes
    ----------
    wanted, delays : how many answers were asked for, and the seconds of those that came
    numbers : what else the scenario measures, by its name
    """

    wanted: int = 0
    delays: list[float] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)


Scenario = Callable[[str, Crowd], Awaitable[Delivered]]


@dataclass
class Viewer:
    """Watches a run as a browser does, without drawing it."""

    server: str
    query: str
    delivered: Delivered
    viewer: str = field(default_factory=name)
    rows: int = 0
    """How many snapshots it has."""
    updates: int = 0
    """Answers with something new in them."""
    step: float = 0.0
    first: float | None = None
    """Seconds from its first question to the first numbers."""
    place: float | None = None
    """Seconds from its first question to a place."""

    async def watch(self, until: float, rest: float = POLL, at_first: bool = False) -> None:
        """Ask until a moment (time.monotonic()), or to the first numbers only."""
        connection, begun = Connection(self.server), time.monotonic()
        try:
            await self._watch(connection, begun, until, rest, at_first)
        finally:
            connection.kill()

    async def _watch(
        self, connection: Connection, begun: float, until: float, rest: float, at_first: bool
    ) -> None:
        while (now := time.monotonic()) < until and not (at_first and self.first is not None):
            self.delivered.wanted += 1
            try:
                async with asyncio.timeout(10.0):
                    status, body = await connection.get(
                        "/lab/run", viewer=self.viewer, query=self.query, until="1e300",
                        **{"from": self.rows},
                    )  # fmt: skip
            except (*GONE, TimeoutError):
                status, body = 0, b""
            if status == 200 and self._take(body, time.monotonic() - begun):
                self.delivered.delays.append(time.monotonic() - now)
            await asyncio.sleep(rest if status == 200 else 0.5)

    def _take(self, body: bytes, since: float) -> bool:
        """What has come; whether it is of a run that goes on, or has gone well."""
        header = json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])
        self.place = since if self.place is None else self.place
        if header["step"] > self.step:
            self.updates += 1
            self.first = since if self.first is None else self.first
        self.step = header["step"]
        self.rows = header["from"] + header["rows"]
        return header["state"] not in ("failed", "stopped")


async def _all(crowd: Crowd, visits: Iterable[Awaitable[None]]) -> None:
    """All visits at once, begun over the time that they have to come in."""

    async def late(number: int, visit: Awaitable[None]) -> None:
        await asyncio.sleep(crowd.join * number / crowd.count)
        await visit

    await asyncio.gather(*(late(number, visit) for number, visit in enumerate(visits)))


async def followers(server: str, crowd: Crowd) -> Delivered:
    """All watch one run."""
    found = Delivered()
    query = LONG_RUN.format(random.randrange(10**6))
    viewers = [Viewer(server, query, found) for _ in range(crowd.count)]
    until = time.monotonic() + crowd.join + crowd.seconds
    # A thousand clients ask twice as often as has to reach them, no more: they share the cores.
    rest = max(POLL, crowd.count / 4000)
    await _all(crowd, [each.watch(until, rest) for each in viewers])
    rates = [each.updates / (crowd.join / 2 + crowd.seconds) for each in viewers]
    found.numbers = {"updates a second": sum(rates) / len(rates), "slowest": min(rates)}
    return found


async def runs(server: str, crowd: Crowd) -> Delivered:
    """Each watches a run of its own, all of one kind."""
    found = Delivered()
    base = random.randrange(10**6)
    viewers = [Viewer(server, LONG_RUN.format(base + i), found) for i in range(crowd.count)]
    until = time.monotonic() + crowd.join + crowd.seconds
    await _all(crowd, [each.watch(until, 0.25) for each in viewers])
    steps = [each.step for each in viewers]
    mean = sum(steps) / len(steps)
    found.numbers = {"slowest over mean": min(steps) / mean if mean else 0.0}
    return found


async def newcomers(server: str, crowd: Crowd) -> Delivered:
    """They come one after the other, each to a run that is new, until its first numbers.

    A delay is that until a place; until the first numbers, it is among the numbers.
    """
    found, asked = Delivered(), Delivered()
    viewers: list[Viewer] = []

    async def come(number: int) -> None:
        await asyncio.sleep(crowd.seconds * number / crowd.count)
        query = f"d=64&seed={random.randrange(10**9)}"
        viewers.append(Viewer(server, query, asked))
        await viewers[-1].watch(time.monotonic() + crowd.patience, at_first=True)

    await asyncio.gather(*map(come, range(crowd.count)))
    found.wanted = crowd.count
    found.delays = [each.place for each in viewers if each.place is not None]
    first = sorted(each.first for each in viewers if each.first is not None)
    found.numbers = {"saw numbers": len(first) / crowd.count}
    if first:
        found.numbers["median first numbers, s"] = first[len(first) // 2]
    return found


class Reader:
    """A page without a browser that goes through lessons."""

    def __init__(self, server: str, delivered: Delivered) -> None:
        self._delivered, self._came = delivered, asyncio.Event()
        self._session = Session(server, self._shown)

    def _shown(self, address: str) -> None:
        if address == self._wanted:
            self._came.set()

    async def read(self, addresses: Iterable[str], crowd: Crowd, until: float) -> None:
        """Go from one address to the next, thinking in between."""
        staying = asyncio.ensure_future(self._session.stay())
        try:
            for address in addresses:
                if time.monotonic() >= until:
                    return
                begun, self._wanted = time.monotonic(), address
                self._came.clear()
                self._delivered.wanted += 1
                self._session.go(address)
                try:
                    async with asyncio.timeout(crowd.patience):
                        await self._came.wait()
                except TimeoutError:
                    continue
                self._delivered.delays.append(time.monotonic() - begun)
                await asyncio.sleep(crowd.think)
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)


async def readers(server: str, crowd: Crowd) -> Delivered:
    """All read lessons, each from another one on, at its own pace."""
    found = Delivered()
    until = time.monotonic() + crowd.join + crowd.seconds

    def path(number: int) -> Iterable[str]:
        return itertools.islice(itertools.cycle(PAGES), number % len(PAGES), None)

    await _all(crowd, [Reader(server, found).read(path(i), crowd, until)
                       for i in range(crowd.count)])  # fmt: skip
    return found


async def opens(server: str, crowd: Crowd) -> Delivered:
    """Each opens one page: what the browser loads first, then the page itself."""
    found = Delivered()

    async def come(number: int) -> None:
        await asyncio.sleep(crowd.seconds * number / crowd.count)
        begun, seen = time.monotonic(), Delivered()
        found.wanted += 1
        connection = Connection(server, {"Accept": "text/html", "Accept-Encoding": "identity"})
        try:
            async with asyncio.timeout(crowd.patience):
                status, _ = await connection.get("/")
        except (*GONE, TimeoutError):
            return
        finally:
            connection.kill()
        page = PAGES[number % len(PAGES)]
        quick = Crowd(1, 0.0, think=0.0, patience=crowd.patience)
        await Reader(server, seen).read([page], quick, time.monotonic() + crowd.patience)
        if status == 200 and seen.delays:
            found.delays.append(time.monotonic() - begun)

    await asyncio.gather(*map(come, range(crowd.count)))
    return found


SCENARIOS: dict[str, tuple[Scenario, Crowd]] = {
    "followers": (followers, Crowd(1000, 30.0, join=15.0)),
    "readers": (readers, Crowd(200, 40.0, join=10.0)),
    "runs": (runs, Crowd(50, 60.0, join=2.0)),
    "opens": (opens, Crowd(300, 10.0, patience=60.0)),
    "newcomers": (newcomers, Crowd(30, 30.0)),
}
"""Each with its usual size."""


def reached(name: str, found: dict[str, Any]) -> str:
    """What a scenario is to reach, as it was asked of the whole, and whether it did."""
    late = found["p95"] is None or found["p95"] >= 1.0
    numbers = found["numbers"]
    wants = {
        "followers": ("2 updates a second each, p95 under 1 s",
                      numbers.get("updates a second", 0.0) >= 2 and not late),
        "readers": ("p95 under 1 s", not late),
        "runs": ("slowest at least half the mean", numbers.get("slowest over mean", 0.0) >= 0.5),
        "opens": ("all succeed", found["missing"] == 0),
        "newcomers": ("a place within 2 s each",
                      found["missing"] == 0 and (found["p99"] or 9.0) < 2.0),
    }  # fmt: skip
    wanted, did = wants[name]
    return f"{wanted}: {'yes' if did else 'no'}"
