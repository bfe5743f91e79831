"""A sweep's pictures: the points that exponents are fitted to, L(m, t), the collapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.palette import width_colour
from emergence.figures.style import (
    MEASURED,
    PALETTE,
    POWER,
    UNUSED,
    colour,
    dash,
    figure,
    line,
    upright,
)
from emergence.figures.sweeps.loglog import log_axis_of
from emergence.theory.fits import Slope

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


def frontier(
    budget: Array, losses: Mapping[int, Array], least: Array, window: tuple[float, float],
    measured: Slope | None, theory: float, of: str = "",
) -> go.Figure:  # fmt: skip
    """Losses of all widths over the budget, thin; the least of them, thick; theory's line.

    Parameters
    ----------
    budget : m t, shape (n,)
    losses : of each width, shape (n,), NaN where its run is over
    least : over the widths, shape (n,), NaN where no run is so long
    window : the budgets of the fit, or all where there is none yet; theory's line is as long
    measured, theory : exponents of the least loss
    of : what to add to the title
    """
    inside = (budget >= window[0]) & (budget <= window[1]) & np.isfinite(least)
    x = np.array([budget[inside].min(), budget[inside].max()])
    middle = np.exp(np.log(budget[inside]).mean()), np.exp(np.log(least[inside]).mean())
    words = f"least over m{': slope ' + said(measured) if measured else ''}"
    law = 0.8 * middle[1] * (x / middle[0]) ** theory  # below, so as not to hide it
    traces = [
        *(
            line(f"m = {m:,}", budget, loss, width_colour(i, len(losses)), 1.8, hover="%{y:.3g} at "
                 "C = %{x:.3g}", showlegend=False, meta={"end": f"{m:,}"})
            for i, (m, loss) in enumerate(losses.items())
        ),
        line(words, budget, least, MEASURED, 5, hover="%{y:.3g} at C = %{x:.3g}"),
        line(f"theory's slope {theory:.3f}", x, law, POWER, 3, "dot", "%{y:.3g}"),
    ]  # fmt: skip
    drawn = np.concatenate([least[np.isfinite(least)], law])
    first = np.flatnonzero(least < 0.98 * np.nanmax(least))[:1]
    return figure(
        traces, f"Compute frontier{of}: each width's loss, and the least",
        xaxis=log_axis_of("C = m t (neurons × steps)", budget[max(int(first.sum()) - 20, 0):]),
        yaxis=log_axis_of("loss + tail beyond P", drawn),
        shapes=[upright(each, UNUSED, 1.5, "dot", xref="x", yref="paper") for each in window]
        if measured else [],
        showlegend=True,
    )  # fmt: skip


def said(slope: Slope) -> str:
    """A slope with its interval, for a legend."""
    return f"{slope.value:.3f}" + ("" if slope.ci is None else
                                   " (95 %: {:.3f} to {:.3f})".format(*slope.ci))  # fmt: skip


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
