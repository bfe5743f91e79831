"""A sweep's pictures: the points that exponents are fitted to, L(m, t), the collapse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    MEASURED,
    PALETTE,
    UNUSED,
    colour,
    dash,
    figure,
    line,
)
from emergence.figures.sweeps.loglog import log_axis_of

MANY = 30
"""Points of a fit from which on they are small."""
SHAPES = ("circle", "diamond", "x")
"""Of points, each time the colours have been through."""


def _joined(curves: Sequence[Sequence[Any]], place: int) -> Array:
    return np.concatenate([curve[place] for curve in curves]) if curves else np.ones(1)


def fits(
    curves: Sequence[tuple[str, Array, Array, float, float]], x_title: str, y_title: str
) -> go.Figure:
    """The points of each fit in log-log, with lines of the measured and theory's slope.

    `curves` : (name, x, y, measured slope, theory's slope); lines go through the points' middle.
    """
    traces: list[go.Scatter] = []
    for i, (name, x, y, measured, theory) in enumerate(curves):
        usable = (x > 0) & (y > 0) & np.isfinite(x) & np.isfinite(y)
        if not usable.any():
            continue
        x, y = x[usable], y[usable]
        shade = {"color": colour(i), "width": 2.5}
        traces.append(
            go.Scatter(
                x=x, y=y, name=name, mode="markers",
                marker={"color": colour(i), "size": 8 if len(x) < MANY else 4,
                        "symbol": SHAPES[i // len(PALETTE) % 3]},
                legendgroup=name, hovertemplate=f"{name}: %{{y:.3g}} at %{{x:.3g}}<extra></extra>",
            )
        )  # fmt: skip
        ends = np.array([x.min(), x.max()])
        middle = np.exp(np.log(x).mean()), np.exp(np.log(y).mean())
        for slope, style in ((measured, "solid"), (theory, "dot")):
            traces.append(
                go.Scatter(
                    x=ends, y=middle[1] * (ends / middle[0]) ** slope, mode="lines",
                    line=shade | {"dash": style}, legendgroup=name, showlegend=False,
                    hovertemplate=f"slope {slope:.3f}<extra></extra>",
                )
            )  # fmt: skip
    return figure(
        traces, "Measured slopes (solid), theory's (dotted)",
        xaxis=log_axis_of(x_title, _joined(curves, 1)),
        yaxis=log_axis_of(y_title, _joined(curves, 2)), showlegend=True,
    )  # fmt: skip


def loss_map(t: Array, m: Array, loss: Array, border: Array, of: str = "") -> go.Figure:
    """Contours of log10 L(m, t), and the border between the regimes of width and of time.

    Parameters
    ----------
    t, m : times (n,) and widths (w,)
    loss : shape (w, n), NaN where it is not known
    border : time at which the curve in time meets the plateau m^(1-2 beta), shape (w,)
    of : what to add to the title
    """
    traces = [
        go.Contour(
            x=t, y=m, z=np.log10(loss), colorscale="Cividis", ncontours=24,
            line={"width": 1}, colorbar={"title": {"text": "log₁₀ L"}, "thickness": 12},
            hovertemplate="t = %{x:.3g}, m = %{y}: log₁₀ L = %{z:.2f}<extra></extra>",
        ),
        go.Scatter(
            x=border, y=m, mode="lines", name="border",
            line={"color": MEASURED, "width": 3, "dash": "dash"},
            hovertemplate="border: m = %{y}, t = %{x:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    return figure(
        traces, f"L(m, t){of}: time limits above, width below",
        xaxis=log_axis_of("t (steps)", t, range=[np.log10(t.min()), np.log10(t.max())]),
        yaxis=log_axis_of("m", m, range=[np.log10(m.min()), np.log10(m.max())])
        | {"tickvals": m.tolist(), "ticktext": [f"{value:,.0f}" for value in m]},
    )  # fmt: skip


def loss_surface(t: Array, m: Array, loss: Array, border: Array, of: str = "") -> go.Figure:
    """The surface log10 L over (log10 t, log10 m); shapes as in `loss_map`."""
    x, y, z = np.log10(t), np.log10(m), np.log10(loss)
    inside = border <= t.max()
    times, rows = np.log10(border[inside]), z[inside]
    # NaN, which is a gap in the line, where the surface has ended.
    heights = [np.interp(time, x, row) + 0.01 for time, row in zip(times, rows, strict=True)]
    traces = [
        go.Surface(
            x=x, y=y, z=z, colorscale="Cividis", showscale=False,
            contours={"z": {"show": True, "color": "white", "width": 1}},
        ),
        go.Scatter3d(
            x=times, y=y[inside], z=heights, mode="lines", name="border",
            line={"color": MEASURED, "width": 6, "dash": "dash"},
        ),
    ]  # fmt: skip
    titles = {"xaxis": "log₁₀ t", "yaxis": "log₁₀ m", "zaxis": "log₁₀ L"}
    scene: dict[str, Any] = {name: {"title": {"text": text}} for name, text in titles.items()}
    scene |= {
        "camera": {"eye": {"x": 1.4, "y": 1.3, "z": 0.95}, "center": {"x": 0, "y": 0, "z": -0.2}},
        "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.8},
    }
    return figure(traces, f"The loss over time and width{of}", scene=scene)


def collapse(
    curves: Sequence[tuple[str, Array, Array]],
    x_title: str,
    y_title: str,
    ceiling: bool = False,
    of: str = "",
) -> go.Figure:
    """Curves on axes rescaled by theory: they fall on its line, the diagonal, where it holds.

    `curves` : (name, x, y), both positive. With a `ceiling` the line ends at (1, 1) and goes on
    flat. `of` is added to the title.
    """
    traces = [
        line(name, x, y, colour(i), 2.5, dash(i), "%{y:.3g} at %{x:.3g}")
        for i, (name, x, y) in enumerate(curves)
    ]
    x = _joined(curves, 1)
    ends = np.array([x.min(), min(x.max(), 1.0) if ceiling else x.max(), x.max()])
    traces.append(
        go.Scatter(
            x=ends, y=np.minimum(ends, 1.0) if ceiling else ends, name="theory", mode="lines",
            line={"color": UNUSED, "dash": "dot", "width": 4}, hoverinfo="skip",
        )
    )  # fmt: skip
    return figure(
        traces, f"Collapse: axes rescaled by theory{of}",
        xaxis=log_axis_of(x_title, x), yaxis=log_axis_of(y_title, _joined(curves, 2)),
        showlegend=True,
    )  # fmt: skip
