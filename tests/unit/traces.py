"""The traces of a figure, by their names in its legend."""

from __future__ import annotations

import json

import plotly.graph_objects as go


def named(figure: go.Figure, start: str) -> go.Scatter:
    json.loads(figure.to_json())
    return next(t for t in figure.data if t.name and t.name.startswith(start))


def names(figure: go.Figure) -> set[str]:
    """Names of the traces that draw something."""
    return {t.name for t in figure.data if list(t.x) != [None]}
