"""A finished run as a page carries it, as small as it can be without losing anything; or smaller.

What does not fit is rounded first, then has fewer snapshots; the page says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from emergence.arrays import Float32, IntArray
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.serving import wire
from emergence.serving.run import Run
from emergence.ui.server.payload import payload
from emergence.words import plural

KEPT_BITS = 14
"""Bits of a rounded number's 23: an error of at most 3e-5 of it, which no picture shows. Numbers of
neurons and directions, and counts of them, are whole and at most 4,096: they stay what they are."""


class TooLargeError(ValueError):
    """Not even a few snapshots fit."""


@dataclass(frozen=True)
class Recorded:
    """What a page carries of a run.

    Attributes
    ----------
    payload : JSON of the figures and predictions (see `ui.server.payload`)
    header : of all rows (see `serving.wire`)
    rows : deflated; bytes of the same place in all numbers together, column by column, in time
    said : what is not as it was computed, as a part of a sentence, "" where all is
    """

    experiment: Experiment
    payload: bytes
    header: dict[str, Any]
    rows: bytes
    said: str


def compute(experiment: Experiment, progress: Callable[[float], None] | None = None) -> Run:
    """The experiment's run, computed to its end. Raises ExperimentError.

    progress : called with the share of the run done, now and then
    """
    plan = make_plan(experiment)
    run = Run(experiment, grace=float("inf"))
    run.want("page", float("inf"))
    while run.wants_work:
        run.work(1.0)
        if progress and not run.complete:
            progress(plan.share(run.published.tau))
    if progress:
        progress(1.0)
    return run


def record(run: Run, room: int) -> Recorded:
    """A run that is over, in at most `room` bytes of payload and rows together, deflated.

    Raises ValueError for a run that has not come to its end, TooLargeError.
    """
    header, rows = wire.whole(run)
    header["mends"] = []  # nothing else can be run in their place
    empty = orjson.loads(payload(run.experiment))
    for kept, rounding in _ways(len(rows)):
        shown = _rounded(rows[kept]) if rounding else rows[kept]
        steps = [header["steps"][i] for i in kept]
        packed = zlib.compress(_planes(shown), 9)
        figures = zlib.compress(orjson.dumps(empty | {"snapshots": steps}), 9)
        if len(packed) + len(figures) <= room:
            said = ["rounded to four digits"] if rounding else []
            if len(kept) < len(rows):
                said.append(f"{len(kept)} of {plural(len(rows), 'snapshot')}")
            thin = header | {"rows": len(kept), "steps": steps}
            return Recorded(run.experiment, figures, thin, packed, " and ".join(said))
    raise TooLargeError(
        "this run is too large for a file: take fewer neurons m or fewer directions P"
    )


def _ways(count: int) -> Iterator[tuple[IntArray, bool]]:
    """Which snapshots are kept, and whether their numbers are rounded: best first."""
    yield np.arange(count), False
    few = count
    while few >= 8:
        yield np.unique(np.linspace(0, count - 1, few).round().astype(int)), True
        few = int(few / 1.5)


def _rounded(rows: Float32) -> Float32:
    """Numbers of `KEPT_BITS` bits, to nearest."""
    drop = 23 - KEPT_BITS
    bits = np.ascontiguousarray(rows, dtype="<f4").view("<u4").astype(np.uint64)
    up = (bits + (1 << (drop - 1))) >> drop << drop
    rounded = up.astype("<u4").view("<f4").reshape(rows.shape)
    return np.where(np.isfinite(rows), rounded, rows)


def _planes(rows: Float32) -> bytes:
    """Bytes of rows, (4, width, rows): what is alike stands together."""
    columns = np.ascontiguousarray(rows.T, dtype="<f4")
    return np.ascontiguousarray(
        columns.view(np.uint8).reshape(*columns.shape, 4).transpose(2, 0, 1)
    ).tobytes()
