"""Overlaps u_kp = <vbar_k, w_p>^2: trajectories in time, and all pairs at one moment."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from emergence.arrays import Array, IntArray
from emergence.figures.style import (
    FRAME,
    GRID,
    PALETTE,
    axis,
    colour,
    dash,
    figure,
    heads,
    highlight,
    level,
    steps_axis,
)

FEW = 16
"""Up to so many directions there is room for thick lines and gaps between cells."""


def trajectories(
    steps: Array,
    u: Array,
    matched: IntArray,
    T: Array,
    neurons: IntArray,
    limits: tuple[float, float],
    title: str,
) -> go.Figure:
    """Every neuron's overlap with every direction over time; the matched neuron's line is thick.

    Parameters
    ----------
    steps : moments, shape (n,)
    u : overlaps squared, shape (n, neurons, directions)
    matched : row of `u`'s neurons that iota matches to each direction, -1 for none, (directions,)
    T : predicted emergence in steps, infinite for none, shape (directions,)
    neurons : names of the neurons, shape (neurons,)
    limits : first and last step on the axis
    """
    Q = u.shape[2]
    traces: list[go.Scatter] = [_predicted(T, limits)]
    for q in range(Q):
        others = [k for k in range(len(neurons)) if k != matched[q]]
        x, y, who = joined(steps, u[:, others, q], neurons[others])
        traces.append(
            go.Scatter(
                x=x, y=y, customdata=who, mode="lines", opacity=0.4, legendgroup=str(q),
                line={"color": colour(q), "width": 1}, name=f"others, p = {q + 1}",
                hovertemplate=f"neuron %{{customdata}}, p = {q + 1}: u = %{{y:.3f}}<extra></extra>",
                showlegend=False, meta={"role": "others", "p": q},
            )
        )  # fmt: skip
    for q in range(Q):
        k = int(matched[q])
        y = u[:, k, q] if k >= 0 else np.zeros(0)
        name = f"p = {q + 1}"
        traces.append(
            go.Scatter(
                x=steps[: len(y)], y=y, mode="lines", name=name, legendgroup=str(q),
                line={"color": colour(q), "width": 4 if Q <= FEW else 2, "dash": dash(q)},
                hovertemplate=f"matched neuron, {name}: u = %{{y:.3f}}<extra></extra>",
                showlegend=True, meta={"role": "matched", "p": q},
            )
        )  # fmt: skip
    met = [q for q in range(Q) if matched[q] >= 0]
    last = u[-1, matched[met], met] if len(steps) else np.zeros(0)
    traces += [heads("u now", np.repeat(steps[-1:], len(met)), last, met), highlight()]
    return figure(
        traces, title,
        xaxis=steps_axis(limits),
        # Above 1 is the room of the triangles only.
        yaxis=axis("u = ⟨v̄ₖ, wₚ⟩²", range=[-0.03, 1.12], tickvals=[0, 0.5, 1]),
        showlegend=len(PALETTE) >= Q,
    )  # fmt: skip


def joined(x: Array, curves: Array, names: ArrayLike) -> tuple[Array, Array, Array]:
    """Many curves over the same x as one line with gaps; `curves` has shape (n, many).

    Returns x, y and the curve's name at every point, each of shape (many * (n + 1),).
    """
    n, many = curves.shape
    if not n:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    gap = np.full((many, 1), np.nan)
    xs = np.concatenate([np.broadcast_to(x, (many, n)), gap], axis=1)
    ys = np.concatenate([curves.T, gap], axis=1)
    return xs.ravel(), ys.ravel(), np.repeat(np.asarray(names), n + 1)


def _predicted(T: Array, limits: tuple[float, float]) -> go.Scatter:
    met = np.flatnonzero(np.isfinite(T) & (limits[0] <= T) & (limits[1] >= T))
    x = np.repeat(T[met], 3)
    y = np.tile([-0.03, 1.06, np.nan], len(met))
    sizes = np.tile([0, 11, 0], len(met))
    return go.Scatter(
        x=x, y=y, mode="lines+markers" if len(T) <= FEW else "markers", name="predicted Tₚ",
        showlegend=False,
        line={"color": GRID, "width": 1.5, "dash": "dot"},
        marker={"symbol": "triangle-down", "size": sizes, "opacity": 1,
                "color": np.repeat([colour(int(p)) for p in met], 3)},
        customdata=np.repeat(met + 1, 3),
        hovertemplate="predicted T for p = %{customdata}: %{x:,.3s} steps<extra></extra>",
        meta={"role": "predicted"},
    )  # fmt: skip


def heatmap(u: Array, neurons: IntArray, matched: int, title: str) -> go.Figure:
    """All overlaps at one moment, neurons in the order of iota: a staircase on the diagonal.

    Parameters
    ----------
    u : overlaps squared, shape (neurons, directions)
    neurons : names of the neurons, matched ones first, shape (neurons,)
    matched : how many of them are matched
    """
    rows, Q = u.shape
    trace = go.Heatmap(
        z=u, x=np.arange(1, Q + 1), y=[str(k) for k in neurons], zmin=0, zmax=1,
        colorscale="Cividis", xgap=int(Q <= FEW), ygap=int(rows <= 64),
        hovertemplate="neuron %{y}, p = %{x}: u = %{z:.3f}<extra></extra>",
        colorbar={"thickness": 12, "len": 1, "tickvals": [0, 0.5, 1], "outlinewidth": 0},
        meta={"role": "overlaps"},
    )  # fmt: skip
    step = max(1, -(-rows // 16))
    return figure(
        [trace], title,
        xaxis=axis("direction p", dtick=max(1, Q // 8), showgrid=False, range=[0.5, Q + 0.5]),
        yaxis=axis("neuron", range=[rows - 0.5, -0.5], showgrid=False, type="category",
                   tickvals=[str(k) for k in neurons[::step]]),
        shapes=[level(matched - 0.5, FRAME, 2, "dot")] if 0 < matched < rows else [],
    )  # fmt: skip
