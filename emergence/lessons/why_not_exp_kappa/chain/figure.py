"""Hermite, tensor, power method: the three pictures of one chain, in the plane of two teachers."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import FONT_SIZE, MEASURED, UNUSED, axis, colour, figure, line


def _small(traces: list[go.Scatter], x: str, y: str, **layout: object) -> go.Figure:
    return figure(
        traces, "", xaxis=axis(x, **layout.pop("across", {})),  # type: ignore[arg-type]
        yaxis=axis(y, **layout.pop("up", {})), showlegend=True,  # type: ignore[arg-type]
        font={"size": FONT_SIZE - 1}, **layout,
    )  # fmt: skip


def _dots(x: Array, y: Array, name: str) -> go.Scatter:
    return go.Scatter(
        x=x, y=y, mode="markers", name=name, hovertemplate=f"{name}: %{{y:.3g}}<extra></extra>",
        marker={"color": MEASURED, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
    )  # fmt: skip


def _curve(x: Array, y: Array, name: str) -> go.Scatter:
    return line(name, x, y, colour(0), 3, dash=None)


def one_power(s: Array, power: Array, dots: Array, sampled: Array, J: int) -> go.Figure:
    """The correlation of two neurons over their overlap s: s^J, and what quadrature says.

    `s`, `power` have shape (n,); `dots`, `sampled` (overlaps and correlations) shape (k,).
    """
    return _small([_curve(s, power, f"⟨w, v⟩^{J}"), _dots(dots, sampled, "E[h(w·x) h(v·x)]")],
                  "overlap ⟨w, v⟩", "")  # fmt: skip


def tensor_on_circle(
    degrees: Array, contracted: Array, dots: Array, sampled: Array, J: int
) -> go.Figure:
    """T(v, ..., v) over v's angle from w_1 in degrees, and the correlation by quadrature."""
    return _small(
        [_curve(degrees, contracted, "T(v, …, v)"), _dots(dots, sampled, "E[f* σ(v·x)]")],
        "angle of v from w₁ (w₂: 90°)", "", across={"dtick": 45},
    )  # fmt: skip


def iterations(paths: Array, border: float) -> go.Figure:
    """Angles of many neurons over the rounds of the power method, coloured by where they end.

    Parameters
    ----------
    paths : angles from w_1 in degrees, shape (rounds + 1, neurons)
    border : angle beyond which w_2 wins
    """
    rounds = np.arange(len(paths))
    traces = []
    for p, name in ((0, "ends at w₁"), (1, "ends at w₂")):
        mine = paths[:, (paths[-1] > 45) == bool(p)]
        traces += [
            go.Scatter(
                x=rounds, y=mine[:, i], mode="lines+markers", name=name, legendgroup=name,
                showlegend=i == 0, line={"color": colour(p), "width": 2},
                marker={"size": 5, "color": colour(p)},
                hovertemplate="round %{x}: %{y:.0f}°<extra></extra>",
            )
            for i in range(mine.shape[1])
        ]  # fmt: skip
    traces.append(
        go.Scatter(
            x=[0, rounds[-1]], y=[border, border], mode="lines", name=f"watershed {border:.0f}°",
            line={"color": UNUSED, "width": 2, "dash": "dash"}, hoverinfo="name",
        )
    )  # fmt: skip
    return _small(traces, "round", "angle of v",
                  across={"dtick": 1}, up={"range": [-4, 94], "dtick": 30})  # fmt: skip
