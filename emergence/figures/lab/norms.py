"""Squared norms |v_k|^2 relative to the strength they should reach."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.lab.overlaps import FEW, joined
from emergence.figures.style import (
    UNUSED,
    colour,
    dash,
    figure,
    heads,
    highlight,
    log_axis,
    steps_axis,
)


def norms(
    steps: Array,
    n2: Array,
    a: Array,
    iota: IntArray,
    s0: float,
    limits: tuple[float, float],
    title: str,
) -> go.Figure:
    """Matched neurons' |v|^2 / a_p, which ends at 1; the others' |v|^2 / a_P, which stays small.

    Parameters
    ----------
    steps : moments, shape (n,)
    n2 : squared norms, shape (n, m)
    a : strengths, shape (P,)
    iota : neuron of each direction, -1 for none, shape (P,)
    s0 : initial norm, which sets the axis
    limits : first and last step on the axis
    """
    unused = np.setdiff1d(np.arange(n2.shape[1]), iota)
    x, y, who = joined(steps, n2[:, unused] / a[-1], unused)
    traces = [
        go.Scatter(
            x=x, y=y, customdata=who, mode="lines", name="not matched", opacity=0.7,
            line={"color": UNUSED, "width": 1},
            hovertemplate="neuron %{customdata}, not matched: %{y:.2g} a_P<extra></extra>",
            meta={"role": "unused", "neurons": unused.tolist(), "scale": float(1 / a[-1])},
        )
    ]  # fmt: skip
    for p, k in enumerate(iota):
        if k < 0:
            continue
        traces.append(
            go.Scatter(
                x=steps, y=n2[:, k] / a[p], mode="lines", name=f"p = {p + 1}",
                line={"color": colour(p), "width": 3.5 if len(a) <= FEW else 1.5, "dash": dash(p)},
                hovertemplate=f"neuron {k}, p = {p + 1}: |v|² = %{{y:.2g}} aₚ<extra></extra>",
                meta={"role": "norm", "p": p, "k": int(k), "scale": float(1 / a[p])},
            )
        )  # fmt: skip
    met = [p for p, k in enumerate(iota) if k >= 0]
    last = n2[-1, iota[met]] / a[met] if len(steps) else np.zeros(0)
    traces.append(heads("|vₖ|² / a now", np.repeat(steps[-1:], len(met)), last, met))
    traces.append(highlight(scale=float(1 / a[-1])))
    return figure(
        traces, title,
        xaxis=steps_axis(limits),
        yaxis=log_axis("|vₖ|² / a", (min(s0**2 / a[0] / 3, 0.05), 20.0)),
    )  # fmt: skip
