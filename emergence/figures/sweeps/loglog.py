"""Logarithmic axes of whatever range."""

from __future__ import annotations

from typing import Any

import numpy as np

from emergence.arrays import Array
from emergence.figures.style import axis

EDGE = 0.06
"""Around all points, of the axes' lengths in decades."""


def log_axis_of(title: str, values: Array, **more: Any) -> dict[str, Any]:
    """Logarithmic axis labelled 1, 2, 5 over few decades, at whole decades over many."""
    low, high = _limits(values)
    decades = high - low
    edge = EDGE * decades
    dtick = "D1" if decades < 0.7 else "D2" if decades < 3 else max(1, round(decades / 8))
    return axis(
        title, type="log", exponentformat="power", dtick=dtick, automargin=True,
        minor={"showgrid": False}, range=[low - edge, high + edge],
    ) | more  # fmt: skip


def _limits(values: Array) -> tuple[float, float]:
    """The logarithms of the least and the largest positive value, apart; (0, 1) for none."""
    usable = values[np.isfinite(values) & (values > 0)]
    if not usable.size:
        return 0.0, 1.0
    low, high = float(np.log10(usable.min())), float(np.log10(usable.max()))
    return (low, high) if high > low else (low - 0.5, high + 0.5)
