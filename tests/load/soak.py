"""Random use for a long time: memory, threads and descriptors have to stay flat."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.load.measure import Sample, sampled
from tests.load.report import Server
from tests.load.scenarios import SCENARIOS, Crowd

VISITS = {
    "followers": Crowd(10, 4.0),
    "runs": Crowd(3, 4.0),
    "readers": Crowd(4, 6.0, think=1.0),
    "opens": Crowd(4, 2.0),
    "newcomers": Crowd(3, 2.0),
}
"""What comes at random, one small crowd after the other."""
AT_ONCE = 2
WARM = 0.4
"""Share of the time that belongs to no comparison: caches fill, up to their bounds."""


@dataclass(frozen=True)
class Growth:
    """From the middle of the time to its end: medians of the last part minus those of the first."""

    megabytes: float
    threads: float
    descriptors: float

    @property
    def flat(self) -> bool:
        """Whether that is no more than what comes and goes."""
        return self.megabytes < 50 and self.threads < 8 and self.descriptors < 60


def growth(samples: Sequence[Sample]) -> Growth:
    """Of samples over the whole time."""
    kept = samples[int(WARM * len(samples)) :]
    third = max(1, len(kept) // 3)

    def middle(part: Sequence[Sample], what: str) -> float:
        return float(sorted(getattr(each, what) for each in part)[len(part) // 2])

    grown = {what: middle(kept[-third:], what) - middle(kept[:third], what)
             for what in ("memory", "threads", "descriptors")}  # fmt: skip
    return Growth(grown["memory"] / 1e6, grown["threads"], grown["descriptors"])


async def soak(address: str, pid: int, seconds: float, seed: int = 1) -> dict[str, Any]:
    """Visit at random for so long; a JSON object of what grew, and of what did not reach."""
    dice, until = random.Random(seed), time.monotonic() + seconds
    samples: list[Sample] = []
    looking = asyncio.create_task(sampled(Server(pid), samples, max(0.5, seconds / 600)))
    wanted = came = visits = 0

    async def visit() -> None:
        nonlocal wanted, came, visits
        while time.monotonic() < until:
            name = dice.choice(list(VISITS))
            found = await SCENARIOS[name][0](address, VISITS[name])
            wanted, came, visits = wanted + found.wanted, came + len(found.delays), visits + 1

    await asyncio.gather(*(visit() for _ in range(AT_ONCE)))
    looking.cancel()
    grown = growth(samples)
    return {
        "seconds": seconds, "visits": visits, "wanted": wanted,
        "delivered": round(came / max(1, wanted), 4),
        "megabytes": round(grown.megabytes, 1), "threads": grown.threads,
        "descriptors": grown.descriptors, "flat": grown.flat,
    }  # fmt: skip
