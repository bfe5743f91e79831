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


def csv_text(outcomes: Sequence[Outcome]) -> str:
    """All points as CSV with a header."""
    text = io.StringIO()
    rows = [row(outcome) for outcome in outcomes]
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["experiment"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def parquet_bytes(outcomes: Sequence[Outcome]) -> bytes:
    """All points as Parquet: the rows of the CSV, and as lists the times of each direction and
    the loss over time (`curve_mse` at `curve_steps`; `steps` is the experiment's)."""
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
    parquet.write_table(pa.Table.from_pylist(rows), target)
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
