"""A scenario on a server: what reached its visitors, and what that took of the server."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.load.attacks import attacked
from tests.load.http import Connection
from tests.load.report import Server, quantiles
from tests.load.scenarios import SCENARIOS, Crowd, reached

SETTLED = 120.0
"""Seconds after which what visitors needed has been given back."""
LOOK = 0.5


@dataclass
class Sample:
    """A server at a moment: resident bytes, threads, descriptors."""

    at: float
    memory: int
    threads: int
    descriptors: int


async def sampled(server: Server, samples: list[Sample], every: float = LOOK) -> None:
    """Look at a server now and then, until cancelled."""
    while True:
        samples.append(Sample(time.monotonic(), server.memory, server.threads, server.descriptors))
        await asyncio.sleep(every)


async def measure(
    address: str, pid: int, name: str, crowd: Crowd, attacks: Sequence[str] = ()
) -> dict[str, Any]:
    """Play one scenario, alone or with attacks going on; a JSON object of numbers."""
    scenario, server = SCENARIOS[name][0], Server(pid)
    before, cpu, since = server.memory, server.cpu, time.monotonic()
    samples: list[Sample] = []
    looking = asyncio.create_task(sampled(server, samples))
    async with attacked(address, list(attacks)):
        found = await scenario(address, crowd)
    looking.cancel()
    seconds = time.monotonic() - since
    peak = max(each.memory for each in samples)
    late = quantiles(found.delays, found.wanted)
    row = {
        "scenario": name, "attacked": bool(attacks), "visitors": crowd.count,
        "seconds": round(seconds, 1), **late,
        "delivered": round(len(found.delays) / max(1, found.wanted), 4),
        "cpu": round((server.cpu - cpu) / seconds, 3),
        "kilobytes": round((peak - before) / 1024 / crowd.count, 1),
        "peak_megabytes": round(peak / 1e6, 1),
        "numbers": {each: round(number, 4) for each, number in found.numbers.items()},
    }  # fmt: skip
    return row | {"reached": reached(name, row)}


async def given_back(pid: int, base: int, within: float = SETTLED) -> dict[str, Any]:
    """Wait until a server that everybody has left has no more than 100 MB over `base` bytes."""
    server, begun = Server(pid), time.monotonic()
    least = server.memory
    while time.monotonic() - begun < within and least - base > 100e6:
        await asyncio.sleep(1)
        least = min(least, server.memory)
    return {
        "base_megabytes": round(base / 1e6, 1), "left_megabytes": round((least - base) / 1e6, 1),
        "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


async def settled(address: str, pid: int) -> int:
    """Resident bytes of a server that has opened a page and is at rest."""
    connection = Connection(address, {"Accept": "text/html"})
    await connection.get("/")
    connection.kill()
    await SCENARIOS["readers"][0](address, Crowd(2, 4.0, think=0.5))
    await asyncio.sleep(2)
    return Server(pid).memory


async def play(
    address: str, pid: int, names: Iterable[str], attacks: Sequence[str], size: float = 1.0
) -> dict[str, Any]:
    """The scenarios one after the other, alone, and then with the attacks if there are any.

    Each is told on stderr as soon as it is over.
    """
    base = await settled(address, pid)
    rows = []
    names = list(names)
    for going_on in ((), tuple(attacks)) if attacks else ((),):
        for name in names:
            crowd = SCENARIOS[name][1]
            crowd = replace(crowd, count=max(1, round(crowd.count * size)))
            rows.append(await measure(address, pid, name, crowd, going_on))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    return {"scenarios": rows, "after": await given_back(pid, base)}


def lines(played: dict[str, Any]) -> str:
    """What was played, as a table."""

    def seconds(value: float | None) -> str:
        return "never" if value is None else f"{value:.3f}"

    head = ("scenario", "visitors", "delivered", "p50 s", "p95 s", "p99 s", "cores", "kB each",
            "reached")  # fmt: skip
    rows = [head]
    for row in played["scenarios"]:
        numbers = ", ".join(f"{each} {number:g}" for each, number in row["numbers"].items())
        rows.append((
            row["scenario"] + (" + attacks" if row["attacked"] else ""), f"{row['visitors']:,}",
            f"{row['delivered']:.1%}", seconds(row["p50"]), seconds(row["p95"]),
            seconds(row["p99"]), f"{row['cpu']:.2f}", f"{row['kilobytes']:.0f}",
            row["reached"] + (f" ({numbers})" if numbers else ""),
        ))  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    told = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]  # fmt: skip
    after = played["after"]
    told.append(f"after all have left: {after['left_megabytes']:+.0f} MB over "
                f"{after['base_megabytes']:.0f} MB within {after['seconds']:.0f} s")  # fmt: skip
    return "\n".join(told)
