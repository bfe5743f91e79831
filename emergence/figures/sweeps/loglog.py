"""Logarithmic axes of whatever range, and names at the ends of the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from emergence.arrays import Array
from emergence.figures.style import axis, note

MOST_NAMES, LONGEST_NAME = 8, 10
"""Names, and letters of each, up to which they stand at their lines; else there is a legend."""
ROOM, EDGE = 0.26, 0.06
"""Of the axes' lengths in decades: to the right for the names, and around all points."""
APART = 0.085
"""Of the height: least distance of two names."""


class End(NamedTuple):
    """The end of a line, where its name stands."""

    name: str
    colour: str
    x: float
    y: float


def log_axis_of(title: str, values: Array, **more: Any) -> dict[str, Any]:
    """Logarithmic axis labelled 1, 2, 5 over few decades, at whole decades over many."""
    low, high = _limits(values)
    decades = high - low
    dtick = "D1" if decades < 0.7 else "D2" if decades < 3 else max(1, round(decades / 8))
    return axis(
        title, type="log", exponentformat="power", dtick=dtick, automargin=True,
        minor={"showgrid": False},
    ) | more  # fmt: skip


def named_lines(
    ends: Sequence[End], x_title: str, x: Array, y_title: str, y: Array
) -> dict[str, Any]:
    """A layout's axes for points x, y, both (n,), and the names of their lines."""
    beside = 0 < len(ends) <= MOST_NAMES and max(len(e.name) for e in ends) <= LONGEST_NAME
    (left, right), (low, high) = _limits(x), _limits(y)
    width, height = right - left, high - low
    layout = {
        "xaxis": log_axis_of(x_title, x, range=[
            left - EDGE * width / 2, right + (ROOM if beside else EDGE / 2) * width]),
        "yaxis": log_axis_of(y_title, y, range=[low - EDGE * height, high + EDGE * height]),
    }  # fmt: skip
    if not beside:
        return layout | {"showlegend": True}
    wanted = np.log10([e.y for e in ends])
    heights = spread(wanted, APART * height * (1 + 2 * EDGE), low, high)
    return layout | {"annotations": [
        note(e.name, e.colour, x=float(np.log10(e.x)), y=float(at), xanchor="left", xshift=8)
        for e, at in zip(ends, heights, strict=True)
    ]}  # fmt: skip


def spread(wanted: Array, apart: float, low: float, high: float) -> Array:
    """Places near the wanted ones, (n,), in their order, `apart` from one another.

    Between `low` and `high` as long as there is room for all.
    """
    order = np.argsort(wanted, kind="stable")
    steps = apart * np.arange(len(order))
    # Less the steps they are in increasing order; equal ones then are `apart`.
    places = np.maximum.accumulate(wanted[order] - steps) + steps
    top = max(high, low + (steps[-1] if len(steps) else 0.0))
    places = np.minimum(places, top - steps[::-1])
    found = np.empty(len(order))
    found[order] = places
    return found


def _limits(values: Array) -> tuple[float, float]:
    """The logarithms of the least and the largest positive value, apart; (0, 1) for none."""
    usable = values[np.isfinite(values) & (values > 0)]
    if not usable.size:
        return 0.0, 1.0
    low, high = float(np.log10(usable.min())), float(np.log10(usable.max()))
    return (low, high) if high > low else (low - 0.5, high + 0.5)
