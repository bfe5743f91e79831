"""What a hostile visitor does to a server, all at once: the attacks that it is bounded against.

Each goes on until it is cancelled. Whatever the server answers, they go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.load.follower import GONE, name
from tests.load.http import Connection

FAR = "inf"
HUGE = "d=1000000&P=1024&m=3628&engine=flow"
"""3.8 GB, refused; asked for again and again it once kept nearly all memory."""
HEAVY = "engine=sgd&d=20000&P=64&m=2000&s0=.01&steps=1000000&c=1&seed={}"
"""Its first 16 steps once took 79 s."""
WIDE = "engine=flow&P=1024&d=100000&m=1024&seed={}"
SMALL = "engine=flow&d=64&seed={}"

Attack = Callable[[str], Awaitable[None]]


class Attacker:
    """Asks for runs under a name, whatever is answered, until it is killed."""

    def __init__(self, server: str, viewer: str) -> None:
        self._connection = Connection(server)
        self._viewer = viewer

    async def ask(self, query: str, until: str = FAR) -> None:
        with contextlib.suppress(*GONE, ValueError):
            await self._connection.get("/lab/run", viewer=self._viewer, query=query, until=until)

    def kill(self) -> None:
        self._connection.kill()


@contextlib.contextmanager
def attackers(server: str, names: Sequence[str]) -> Iterator[list[Attacker]]:
    """Some of them, killed at the end."""
    made = [Attacker(server, name) for name in names]
    try:
        yield made
    finally:
        for each in made:
            each.kill()


async def reserve(server: str) -> None:
    """A run that no server may run, by one name, so that others' finished runs would go."""
    with attackers(server, ["attackerrr"]) as (attacker,):
        while True:
            await attacker.ask(HUGE)
            await asyncio.sleep(1)


async def watched(server: str, queries: Sequence[str]) -> None:
    """Runs that are watched as by browsers, each under a name of its own."""
    with attackers(server, [name() for _ in queries]) as made:
        while True:
            for attacker, query in zip(made, queries, strict=True):
                await attacker.ask(query)
            await asyncio.sleep(0.2)


async def first_steps(server: str) -> None:
    """Runs whose first turns are long."""
    await watched(server, [HEAVY.format(seed) for seed in range(3)])


async def wide_flows(server: str) -> None:
    """Eight flows with 1,024 directions."""
    await watched(server, [WIDE.format(seed) for seed in range(8)])


async def flood(server: str) -> None:
    """28 new small flows a second, each under a new name."""
    for seed in itertools.count(1_000_000):
        with attackers(server, [name()]) as (attacker,):
            await attacker.ask(SMALL.format(seed))
        await asyncio.sleep(1 / 28)


async def names(server: str) -> None:
    """64 names with a request each, every ten seconds."""
    seeds = itertools.count()
    while True:
        with attackers(server, [f"holder{each:04d}" for each in range(64)]) as made:
            for attacker in made:
                await attacker.ask(SMALL.format(next(seeds)))
        await asyncio.sleep(10)


async def figures(server: str) -> None:
    """60 pictures of large experiments at a time, all different."""

    async def again(number: int) -> None:
        connection = Connection(server)
        try:
            for seed in itertools.count(1000 * number):
                with contextlib.suppress(*GONE, ValueError):
                    await connection.get("/lab/figures", query=WIDE.format(seed))
                await asyncio.sleep(0.5)
        finally:
            connection.kill()

    await asyncio.gather(*map(again, range(60)))


async def half_open(server: str, count: int = 300, slow: int = 200) -> None:
    """Connections that say nothing, and such as say a letter a second; cut, they come again."""
    host, _, port = urlsplit(server).netloc.partition(":")

    async def hold(letters: bytes) -> None:
        while True:
            with contextlib.suppress(*GONE):
                _, writer = await asyncio.open_connection(host, int(port))
                with contextlib.closing(writer):
                    for letter in itertools.chain(letters, itertools.repeat(ord("x"))):
                        if letters:
                            writer.write(bytes([letter]))
                            await writer.drain()
                        await asyncio.sleep(1)
                        if writer.is_closing():
                            break
            await asyncio.sleep(1)

    await asyncio.gather(
        *(hold(b"") for _ in range(count)),
        *(hold(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") for _ in range(slow)),
    )


ATTACKS: dict[str, Attack] = {
    "reserve": reserve, "first steps": first_steps, "wide flows": wide_flows, "flood": flood,
    "names": names, "figures": figures, "half open": half_open,
}  # fmt: skip


@asynccontextmanager
async def attacked(server: str, attacks: list[str]) -> AsyncIterator[None]:
    """With these attacks going on."""
    tasks = [asyncio.ensure_future(ATTACKS[each](server)) for each in attacks]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [each for each in ended if isinstance(each, Exception)]
    if broken:
        raise broken[0]
