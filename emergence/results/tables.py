"""A run as tidy tables: names of columns, and a value in each row. They are in RESULTS.md."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emergence
from emergence.runs.record import other_losses
from emergence.runs.result import Result
from emergence.words import remarks

Table = Mapping[str, NDArray[Any]]
"""Columns of one length, by name."""


def loss(result: Result) -> Table:
    """One row a snapshot: the loss, what was predicted, its slope, how many neurons do what."""
    record = result.record
    census = record.get("census").astype(int)
    return {
        "step": result.steps,
        "tau": result.tau,
        "mse": result.mse,
        "mse_staircase": result.mse_staircase,
        "mse_decoupled": result.mse_decoupled,
        "mse_finite_P": record.plan.finite(result.tau),
        "local_slope": record.get("slope"),
        "neurons_matched": census[:, 0],
        "neurons_sharing": census[:, 1],
        "neurons_unused": census[:, 2],
        **{f"loss_{name}": record.get(name) for name in other_losses(result.experiment)},
    }


def directions(result: Result) -> Table:
    """One row a direction: what was predicted of it, and what has come of it."""
    record = result.record
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(result.T > 0, result.crossing / result.T, np.nan)
    return {
        "direction": np.arange(1, len(result.T) + 1),
        "strength": record.plan.a,
        "T": result.T,
        "neuron": result.iota,
        "crossing": result.crossing,
        "crossing_over_T": ratio,
        "peak": record.get("peak")[-1],
        "capture": result.capture,
        "winner": record.get("winner")[-1].astype(int),
        "winner_share": record.get("share")[-1],
    }


def neurons(result: Result) -> Table:
    """One row a neuron at the last snapshot: its norm, what it is matched to, what it serves."""
    plan, m = result.record.plan, result.experiment.m
    matched = np.full(m, -1)
    met = np.flatnonzero(result.iota >= 0)
    matched[result.iota[met]] = met
    serves = result.record.get("owner")[-1].astype(int)
    return {
        "neuron": np.arange(m),
        "matched_to": np.where(matched >= 0, matched + 1, -1),
        "serves": np.where(serves >= 0, serves + 1, -1),
        "squared_norm": result.record.get("n2")[-1],
        "start_overlap_max": np.max(np.abs(plan.overlaps), axis=1),
    }


def overlaps(result: Result) -> Table:
    """One row for each snapshot, neuron and direction kept: the squared overlap u, and the norm."""
    record = result.record
    plan, u = record.plan, record.get("u")
    n, few, Q = u.shape
    return {
        "step": np.repeat(result.steps, few * Q),
        "neuron": np.tile(np.repeat(plan.neurons, Q), n),
        "direction": np.tile(plan.directions + 1, n * few),
        "u": u.ravel(),
        "squared_norm": np.repeat(record.get("n2")[:, plan.neurons].ravel(), Q),
    }


TABLES: dict[str, Callable[[Result], Table]] = {
    "loss": loss, "directions": directions, "neurons": neurons, "overlaps": overlaps,
}  # fmt: skip


def table(result: Result, name: str) -> Table:
    """One of `TABLES`. Raises ValueError with the names that there are."""
    if name not in TABLES:
        raise ValueError(f"there is no table {name!r}: the tables are {', '.join(TABLES)}")
    return TABLES[name](result)


def csv_text(columns: Table, about: Mapping[str, object]) -> str:
    """With lines of `about` and the version of this software, each behind a #, and a header.

    What is no number is an empty cell. pandas.read_csv takes it with comment="#".
    """
    text = io.StringIO()
    text.write(remarks(emergence.__version__, about))
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        zip(*(map(_cell, values.tolist()) for values in columns.values()), strict=True)
    )
    return text.getvalue()


def _cell(value: object) -> object:
    return "" if isinstance(value, float) and np.isnan(value) else value


def parquet_bytes(columns: Table, about: Mapping[str, object]) -> bytes:
    """With `about`, and the version of this software, in the file's metadata as JSON."""
    import pyarrow as pa
    from pyarrow import parquet

    said = {"emergence-lab": json.dumps({"version": emergence.__version__, **about})}
    written = pa.table({name: pa.array(values) for name, values in columns.items()})
    stream = pa.BufferOutputStream()
    parquet.write_table(written.replace_schema_metadata(said), stream)
    return bytes(stream.getvalue().to_pybytes())


def about(result: Result) -> dict[str, object]:
    """What a table's file says of its run."""
    return {
        "query": result.experiment.to_query(),
        "engine_used": result.engine_used,
        "state": result.state,
        "experiment": result.experiment.as_dict(),
    }
