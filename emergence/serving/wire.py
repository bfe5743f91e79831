"""The bytes of a run that a viewer does not have yet: a JSON header, then float32 rows.

Layout: a little-endian uint32, the header's length; the header, UTF-8 JSON padded with spaces to
a multiple of 4 bytes; the rows from `from` on, `rows` snapshots and then, when `tip` is true, one
row of the present moment, or of one shortly before, that the next answer replaces. `steps` has the
step of each of them, which single precision might not hold. `final` says that no more will come.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import Any

import numpy as np

from emergence.arrays import Float32
from emergence.experiment import Experiment
from emergence.runs.mends import mends_of_divergence
from emergence.serving.computation import State
from emergence.serving.run import Published, Run

MOST_BYTES = 4_000_000
"""Rows in one answer; a viewer further behind asks again."""
MOST_TOLD, SMALL = 16, 32_000
"""Answers kept of what is published, of at most so many bytes: a class asks for the same one."""


def encode(run: Run, start: int, note: str = "") -> bytes:
    """What a viewer that has the first `start` snapshots needs; `note` is for its reader.

    A viewer that claims more than there is (the server was restarted) gets all from the first.
    """
    final, state = run.final, run.state  # before what is published, which is then not older
    published = run.published
    if start > published.count:
        start = 0
    asked = start, state, final, note
    of, told = run.told
    if of is not published:
        of, told = run.told = published, {}
    answer = told.get(asked)
    if answer is None:
        answer = _encoded(run.experiment, published, start, state, final, note)
        if len(told) < MOST_TOLD and len(answer) <= SMALL:
            told[asked] = answer
    return answer


def whole(run: Run) -> tuple[dict[str, Any], Float32]:
    """The header of a run that is over and all of its rows, shape (rows, width).

    Raises ValueError for one that has not come to its end.
    """
    complete, state = run.complete, run.state  # before what is published, which is then not older
    published = run.published
    if not complete or published.record is None:
        raise ValueError("this run has not come to its end")
    record, count, eta = published.record, published.count, run.experiment.eta
    header = {
        "from": 0, "rows": count, "steps": [float(tau / eta) for tau in record.tau[:count]],
        "tip": False, "width": record.width,
    }  # fmt: skip
    return header | _told(run.experiment, published, state, True, ""), record.rows[:count]


def _encoded(
    experiment: Experiment, published: Published, start: int, state: State, final: bool, note: str
) -> bytes:
    header, body = _rows(published, start, experiment.eta)
    all_of_it = final and header["rows"] == published.count - start
    header |= _told(experiment, published, state, all_of_it, note)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + body


def _told(
    experiment: Experiment, published: Published, state: State, final: bool, note: str
) -> dict[str, object]:
    """What a header says beside the rows."""
    crossing = published.crossing / experiment.eta
    return {
        "state": str(state),
        "final": final,
        "message": published.message,
        "diverged": published.diverged,
        "mends": [mend.label for mend in mends_of_divergence(experiment)]
        if published.diverged
        else [],
        "titles": published.titles,
        "outcome": asdict(published.outcome) if published.outcome else None,
        "answers": [asdict(answer) for answer in published.answers],
        "note": note,
        "step": published.tau / experiment.eta,
        "seconds": published.seconds,
        "crossing": [float(step) if np.isfinite(step) else None for step in crossing],
    }


def _rows(published: Published, start: int, eta: float) -> tuple[dict[str, object], bytes]:
    record = published.record
    if record is None:
        return {"from": 0, "rows": 0, "steps": [], "tip": False, "width": 0}, b""
    most = max(1, MOST_BYTES // (4 * record.width))
    stop = min(published.count, start + most)
    body = record.rows[start:stop].astype("<f4", copy=False).tobytes()
    tip = published.tip if stop == published.count else None
    if tip:
        body += tip.row.astype("<f4", copy=False).tobytes()
    steps = [*record.tau[start:stop], *([tip.tau] if tip else [])]
    return {
        "from": start, "rows": stop - start, "steps": [float(tau / eta) for tau in steps],
        "tip": tip is not None, "width": record.width,
    }, body  # fmt: skip
