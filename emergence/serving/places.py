"""Who gives way to something new, decided before anything is reserved or given up.

Every place comes with memory of its own, so that small runs (all usual ones) find room whatever
large ones there are: these share half of the memory, and of it one client has at most a half. One
client that holds more than half of the places gives way to those of others.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from emergence.serving.computation import Standing

SHARE = 0.5
"""Of the places, and of the memory for large runs, that one client may keep from the others."""


class ServerFullError(RuntimeError):
    """No place is left, or no memory."""


@dataclass(frozen=True)
class Limits:
    """What a server holds: runs, bytes of memory over all of them, worker threads.

    Attributes
    ----------
    kept, idle : seconds after which of the runs that nobody watches only so many bytes are kept
    """

    runs: int = 64
    bytes: float = 4e9
    workers: int = max(1, (os.cpu_count() or 2) - 1)
    kept: float = 60.0
    idle: float = 30e6

    @property
    def small(self) -> float:
        """Bytes that every place comes with."""
        return self.bytes / 2 / self.runs


class Held(Protocol):
    """A run that has a place."""

    last_watched: float
    worked: float

    @property
    def bytes(self) -> float: ...
    def clients(self) -> frozenset[str]: ...
    def standing(self, without: str = "") -> Standing: ...


@dataclass(frozen=True)
class Newcomer:
    """Who asks for a place, from where, and for how many bytes."""

    viewer: str
    client: str
    bytes: float


def giving_way(
    held: Iterable[Held], new: Newcomer, limits: Limits, leaving: float = 0.0
) -> list[Held]:
    """Those that give way to a newcomer; nothing is changed. Raises ServerFullError.

    leaving : bytes of what has given way before and is still there
    """
    runs = list(held)
    standing = {run: run.standing(new.viewer) for run in runs}
    large = new.bytes > limits.small
    if large:
        _refuse_large(runs, standing, new, limits)
    order = sorted(runs, key=lambda run: (standing[run], run.last_watched))
    # What a large run may push aside is what nobody watches.
    last = Standing.PASSING if large else Standing.RESTING
    order = [run for run in order if standing[run] <= last]
    order += _of_the_greatest([run for run in runs if standing[run] > Standing.RESTING],
                              runs, new, limits)  # fmt: skip
    places, free = limits.runs - len(runs), limits.bytes - leaving - sum(run.bytes for run in runs)
    gone: list[Held] = []
    for run in order:
        if places > 0 and free >= new.bytes:
            break
        if places <= 0 or run.bytes > 0:
            gone.append(run)
            places, free = places + 1, free + run.bytes
    if places > 0 and free >= new.bytes:
        return gone
    raise ServerFullError(
        "the server is full: every run it holds is being watched. Try again in a moment, or open "
        "a run that is already there"
    )


def _refuse_large(
    runs: list[Held], standing: dict[Held, Standing], new: Newcomer, limits: Limits
) -> None:
    there = [run for run in runs if standing[run] > Standing.PASSING and run.bytes > limits.small]
    mine = sum(run.bytes for run in there if run.clients() == {new.client})
    whole = limits.bytes / 2
    if sum(run.bytes for run in there) + new.bytes > whole or (
        mine and mine + new.bytes > SHARE * whole
    ):
        raise ServerFullError(
            f"this run needs {new.bytes / 1e6:,.0f} MB of memory, and others that are being "
            "watched have what there is for large runs. Try again in a moment, or make it smaller"
        )


def _of_the_greatest(
    computed: list[Held], runs: list[Held], new: Newcomer, limits: Limits
) -> list[Held]:
    """Runs of the client that keeps most places, if too many: first what has been computed most."""
    owners = Counter(next(iter(run.clients())) for run in runs if len(run.clients()) == 1)
    if not owners:
        return []
    client, count = owners.most_common(1)[0]
    most = int(SHARE * limits.runs)
    if client == new.client or count <= most:
        return []
    own = [run for run in computed if run.clients() == {client}]
    return sorted(own, key=lambda run: -run.worked)[: count - most]
