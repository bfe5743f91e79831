"""Claim 1: how far the coupled neurons are off the decoupled ones, over d."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import UNUSED, colour, figure, log_axis, note
from emergence.lessons.many_neurons.claims.model import Coupled, by_dimension, medians

NEVER = 3.0
"""Where directions are drawn that their neuron never finds."""
FLOOR = 1e-6


def decoupling(couplings: Sequence[Coupled]) -> go.Figure:
    """Relative difference of each direction's time in the coupled and the decoupled flow, over d.

    One point for each direction of each start; a line through the medians of all at one d.
    """
    traces: list[go.Scatter] = []
    for J, tint, symbol, side in ((4, colour(0), "circle", 0.93), (2, colour(3), "diamond", 1.07)):
        runs = by_dimension(couplings, J)
        if not runs:
            continue
        d = np.concatenate([np.full(len(each.off), float(each.d)) for each in runs])
        off = np.concatenate([each.off for each in runs])
        shown = np.where(np.isfinite(off), np.maximum(off, FLOOR), NEVER)
        traces.append(
            go.Scatter(
                x=d * side, y=shown, mode="markers", name=f"J = {J}, one direction",
                marker={"color": tint, "size": 8, "symbol": symbol, "opacity": 0.55},
                hovertemplate=f"J = {J}, d = %{{x:.0f}}: off by %{{y:.2g}}<extra></extra>",
            )
        )  # fmt: skip
        each_d, middle = medians(d, shown)
        traces.append(
            go.Scatter(
                x=each_d * side, y=middle.tolist(), mode="lines", name=f"J = {J}, median",
                line={"color": tint, "width": 3}, hoverinfo="skip",
            )
        )  # fmt: skip
    traces.append(
        go.Scatter(x=[50, 2e6], y=[2 / 50, 2 / 2e6], mode="lines", name="falling as 1/d",
                   line={"color": UNUSED, "width": 2.5, "dash": "dot"}, hoverinfo="skip")
    )  # fmt: skip
    return figure(
        traces, "Claim 1: coupled against decoupled times",
        xaxis=log_axis("d", (50, 1.5e6)), yaxis=log_axis("time off by", (FLOOR / 1.5, 2 * NEVER)),
        annotations=[note("never", size=13, xref="paper", x=0.01, xanchor="left",
                          y=float(np.log10(NEVER)), yanchor="bottom")],
        showlegend=True,
    )  # fmt: skip
