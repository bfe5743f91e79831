"""A sweep's results for other tools: JSON, CSV, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from emergence.parameters import mixture_text
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.words import remarks


def row(outcome: Outcome) -> dict[str, Any]:
    """One point as a flat row: the experiment's fields, then what was found."""
    low, high = outcome.ci or (None, None)
    fields = outcome.experiment.as_dict()
    return fields | {
        "mixture": mixture_text(fields["mixture"]),
        "engine_used": outcome.engine_used,
        "state": outcome.state,
        "slope": outcome.slope,
        "slope_low": low,
        "slope_high": high,
        "slope_reason": outcome.slope_reason,
        "theory_slope": outcome.theory_slope,
        "loss": outcome.loss,
        "tail": outcome.missing,
        "learned": outcome.learned,
        "first_crossing": outcome.crossing[0],
        "seconds": outcome.seconds,
    }


def about(sweep: Sweep) -> dict[str, object]:
    """What a file of a sweep's points says of it."""
    return {"definition": json.loads(sweep.text)}


def csv_text(sweep: Sweep, outcomes: Sequence[Outcome], version: str) -> str:
    """All points as CSV: the version of this software and the sweep, behind a #, then a header."""
    text = io.StringIO()
    text.write(remarks(version, about(sweep)))
    rows = [row(outcome) for outcome in outcomes]
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["experiment"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def parquet_bytes(sweep: Sweep, outcomes: Sequence[Outcome], version: str) -> bytes:
    """All points as Parquet: the rows of the CSV, and as lists the times of each direction and
    the loss over time (`curve_mse` at `curve_steps`; `steps` is the experiment's). What the CSV
    says behind a # is JSON in the metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = [
        row(o) | {
            "curve_steps": list(o.steps), "curve_mse": list(o.mse),
            "T": list(o.T), "crossing": list(o.crossing), "capture": list(o.capture),
        }
        for o in outcomes
    ]  # fmt: skip
    target = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    said = {"emergence-lab": json.dumps({"version": version, **about(sweep)})}
    parquet.write_table(table.replace_schema_metadata(said), target)
    return target.getvalue()


def summary(
    sweep: Sweep, outcomes: Sequence[Outcome], estimates: Sequence[Estimate]
) -> dict[str, Any]:
    """What `sweep --json` prints, without state and seconds: points and exponents."""
    return {
        "sweep": json.loads(sweep.text),
        "analysis": ANALYSES[sweep.analysis].title,
        "points": [
            {
                "experiment": o.experiment.as_dict(), "slope": o.slope,
                "slope_reason": o.slope_reason, "ci": list(o.ci) if o.ci else None,
                "seconds": o.seconds, "state": o.state, "loss": o.loss, "learned": o.learned,
            }
            for o in outcomes
        ],
        "exponents": [exponent_entry(each) for each in estimates],
    }  # fmt: skip


def exponent_entry(estimate: Estimate) -> dict[str, Any]:
    """An estimate, ready for JSON."""
    return {
        "of": dict(estimate.of),
        "measured": estimate.slope.value,
        "ci": list(estimate.slope.ci) if estimate.slope.ci else None,
        "theory": estimate.theory,
        "window": estimate.basis,
    }
