"""Which neuron learns which direction: iota filling up."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.palette import letters_on
from emergence.figures.style import GRID, UNUSED, axis, colour, figure, level, note
from emergence.runs.record import SERVES

COLUMNS = 32
GAP = 0.25
"""Between two bars, in units of their distance."""
SHARED = 0.5
"""Opacity of what neurons beside the winner supply."""
IDLE_OPACITY = 0.35
NO_DIRECTION = "none yet"
"""How a neuron that serves no direction is drawn, and what it is said to serve."""


def matching(
    capture: Array,
    winner: IntArray,
    share: Array,
    owner: IntArray,
    order: IntArray,
    title: str,
) -> go.Figure:
    """Bars fill from 0 to 1 as directions are captured; squares below are the neurons.

    Parameters
    ----------
    capture : R_p, shape (P,)
    winner, share : neuron with the largest share of each direction, and that share, shape (P,)
    owner : direction each neuron serves, -1 for none, shape (m,)
    order : neurons in the order in which they are drawn, shape (m,)
    """
    P, m = len(capture), len(order)
    rows = -(-m // COLUMNS)
    hidden = {"visible": False, "fixedrange": True}
    low = 0.36 if rows <= 2 else 0.5
    return figure(
        [*_bars(capture, winner, share), _squares(owner, order)], title,
        barmode="stack", bargap=GAP,
        xaxis=axis("direction p", dtick=max(1, P // 8),
                   range=[0.4, P + 0.6], showgrid=False, anchor="y"),
        yaxis=axis("capture Rₚ", range=[0, 1.15], tickvals=[0, 0.5, 1], domain=[low, 1]),
        xaxis2=hidden | {"range": [-1, min(m, COLUMNS)], "anchor": "y2"},
        yaxis2=hidden | {"range": [rows - 0.3, -0.7], "domain": [0, low - 0.28], "anchor": "x2"},
        annotations=[
            note("the neurons, by the direction each serves", size=12, x=0, xref="paper",
                 xanchor="left", y=-0.02, yref="paper", yanchor="top")
        ],
        shapes=[level(1, GRID, 2, "dot")],
    )  # fmt: skip


def _bars(capture: Array, winner: IntArray, share: Array) -> list[go.Bar]:
    """What the winner supplies of each direction, and what other neurons do; (P,) each."""
    p = np.arange(1, len(capture) + 1)
    colours = [colour(q) for q in range(len(capture))]
    return [
        go.Bar(
            x=p, y=share, marker={"color": colours}, name="winner",
            text=[str(k) if part >= SERVES else "" for k, part in zip(winner, share, strict=True)],
            textposition="inside", textangle=0, insidetextanchor="start", customdata=winner,
            textfont={"color": [letters_on(each) for each in colours], "size": 13},
            constraintext="none",
            hovertemplate="p = %{x}: neuron %{customdata} supplies %{y:.2f}<extra></extra>",
            meta={"role": "winner", "half": (1 - GAP) / 2},
        ),
        go.Bar(
            x=p, y=capture - share, marker={"color": colours, "opacity": SHARED,
                                            "pattern": {"shape": "/", "size": 5}},
            hovertemplate="p = %{x}: %{y:.2f} shared by other neurons<extra></extra>",
            name="shared", meta={"role": "shared", "opacity": SHARED},
        ),
    ]  # fmt: skip


def _squares(owner: IntArray, order: IntArray) -> go.Scatter:
    """The neurons in their order, in the colour of the direction each serves; (m,) each."""
    place, served = np.arange(len(order)), owner[order]
    return go.Scatter(
        x=place % COLUMNS, y=place // COLUMNS, mode="markers", xaxis="x2", yaxis="y2",
        marker={"symbol": "square", "size": 9,
                "color": [colour(int(q)) if q >= 0 else UNUSED for q in served],
                "opacity": [1.0 if q >= 0 else IDLE_OPACITY for q in served]},
        customdata=[[int(k), int(q) + 1 if q >= 0 else NO_DIRECTION]
                    for k, q in zip(order, served, strict=True)],
        hovertemplate="neuron %{customdata[0]}, direction %{customdata[1]}<extra></extra>",
        name="neurons", meta={"role": "neurons", "order": order.tolist()},
    )  # fmt: skip
