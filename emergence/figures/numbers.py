"""The numbers of any Plotly figure as one tidy table: a row for each point, bar or cell."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = ("curve", "name", "x_axis", "y_axis", "x", "y", "z", "error", "of")
"""`curve` counts the figure's traces from 1; `name` and the axes' names are as they are read in the
picture; `z` is a cell's value; `error`, half of a symmetric interval, or what it reaches up;
`of`, what a point says of itself (of the Live Lab: the neuron)."""
KINDS = ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")

Cells = list[Any]


def numbers_of(figure: Mapping[str, Any], most: int = 10_000_000) -> dict[str, NDArray[Any]]:
    """The table of a figure as JSON has it: `COLUMNS`, without those that nothing is in.

    Traces that are switched off are left out, and points without a value. Raises ValueError for
    what is no figure, and for more than `most` rows.
    """
    traces, layout = figure.get("data"), figure.get("layout") or {}
    if not isinstance(traces, list) or not isinstance(layout, dict):
        raise ValueError("this is no Plotly figure: an object with data and layout")
    columns: dict[str, Cells] = {name: [] for name in COLUMNS}
    for number, trace in enumerate(traces, start=1):
        if not isinstance(trace, dict):
            raise ValueError("this is no Plotly figure: a trace is an object")
        if trace.get("visible", True) is not True:
            continue
        for cells in _points(trace):
            row = {"curve": number, "name": plain(trace.get("name")),
                   "x_axis": _axis(layout, trace, "x"), "y_axis": _axis(layout, trace, "y"),
                   } | cells  # fmt: skip
            for name, column in columns.items():
                column.append(row.get(name))
            if len(columns["x"]) > most:
                raise ValueError(
                    f"the picture has more than {most:,} numbers: too many for a table"
                )
    return {
        name: _column(column) for name, column in columns.items()
        if name in ("curve", "name", "x", "y") or any(each not in (None, "") for each in column)
    }  # fmt: skip


def plain(text: object) -> str:
    """A text of Plotly's without its tags."""
    if isinstance(text, dict):
        text = text.get("text")
    if not isinstance(text, str):
        return ""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?su[bp]>", "", text))).split())


def _axis(layout: Mapping[str, Any], trace: Mapping[str, Any], letter: str) -> str:
    of = trace.get(f"{letter}axis", letter)
    axis = layout.get(f"{letter}axis{str(of)[1:]}")
    return plain(axis.get("title")) if isinstance(axis, dict) else ""


def _points(trace: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    x, y, z = (decoded(trace.get(letter)) for letter in "xyz")
    if z is not None and z and isinstance(z[0], list):
        rows = y or list(range(len(z)))
        for up, cells in zip(rows, z, strict=False):
            for across, value in zip(x or range(len(cells)), cells, strict=False):
                if _is_there(value):
                    yield {"x": across, "y": up, "z": value}
        return
    if y is None and x is None:
        return
    x = list(range(len(y or []))) if x is None else x
    y = list(range(len(x))) if y is None else y
    errors = _errors(trace, len(x))
    own = decoded(trace.get("customdata")) or []
    own = own if len(own) == len(x) else [None] * len(x)
    for across, up, error, of in zip(x, y, errors, own, strict=False):
        if _is_there(across) and _is_there(up):
            one = of if isinstance(of, int | float | str) else None
            yield {"x": across, "y": up, "error": error, "of": one}


def _errors(trace: Mapping[str, Any], length: int) -> Cells:
    error = trace.get("error_y")
    found = decoded(error.get("array")) if isinstance(error, dict) else None
    return found if found is not None and len(found) == length else [None] * length


def _is_there(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and np.isnan(value))


def decoded(values: object) -> Cells | None:
    """A list of what JSON has as a list, or as Plotly's base64 of typed numbers."""
    if values is None or isinstance(values, list):
        return values
    if not isinstance(values, dict) or values.get("dtype") not in KINDS:
        raise ValueError("this is no Plotly figure: its numbers are no list")
    try:
        raw = base64.b64decode(str(values.get("bdata")), validate=True)
        flat = np.frombuffer(raw, np.dtype(f"<{values['dtype']}"))
        shape = [int(each) for each in str(values.get("shape") or flat.size).split(",")]
        found: Cells = flat.reshape(shape).tolist()
    except (binascii.Error, ValueError):
        raise ValueError("this is no Plotly figure: its numbers are damaged") from None
    return found


def _column(cells: Cells) -> NDArray[Any]:
    """Numbers where all are, else texts; NaN and "" for none."""
    present = [each for each in cells if each not in (None, "")]
    if len(present) == len(cells) and all(type(each) is int for each in present):
        return np.array(cells, dtype=np.int64)
    if all(isinstance(each, int | float) for each in present):
        return np.array([np.nan if each in (None, "") else each for each in cells], dtype=float)
    return np.array(["" if each is None else str(each) for each in cells], dtype=str)
