"""A sweep's pictures: exponents against theory, the points they are fitted to, L(m, t)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    LEGEND,
    MEASURED,
    PALETTE,
    POWER,
    UNUSED,
    axis,
    colour,
    dash,
    figure,
    line,
)
from emergence.sweeps.analyses.base import Estimate

SHAPES = ("circle", "diamond", "x")
"""Of points, each time the colours have been through."""


def _log(title: str, values: Array, **more: Any) -> dict[str, Any]:
    """Logarithmic axis labelled 1, 2, 5 over few decades, at whole decades over many."""
    usable = values[np.isfinite(values) & (values > 0)]
    decades = np.log10(usable.max() / usable.min()) if usable.size else 1.0
    dtick = "D1" if decades < 0.7 else "D2" if decades < 3 else max(1, round(decades / 8))
    return axis(
        title, type="log", exponentformat="power", dtick=dtick, automargin=True,
        minor={"showgrid": False},
    ) | more  # fmt: skip


def _joined(curves: Sequence[Sequence[Any]], place: int) -> Array:
    return np.concatenate([curve[place] for curve in curves]) if curves else np.ones(1)


def exponents(
    estimates: Sequence[Estimate],
    title: str,
    x: Array | None = None,
    x_title: str = "",
    between: tuple[Array, Array] | None = None,
) -> go.Figure:
    """Measured exponents with their confidence intervals over theory's.

    Parameters
    ----------
    x : the swept value of each, where it is one number, shape (n,); else they stand side by side
    between : theory between those values, (x, exponent), shape (k,)
    """
    names = [each.name for each in estimates]
    measured = np.array([each.slope.value for each in estimates], dtype=float)
    theory = np.array([each.theory for each in estimates], dtype=float)
    intervals = [each.slope.ci or (np.nan, np.nan) for each in estimates]
    low, high = np.array(intervals, dtype=float).reshape(-1, 2).T
    place = np.arange(len(names), dtype=float) if x is None else x
    order = np.argsort(place)
    curve = between or (place[order], theory[order])
    beside = "top right" if curve[1].size and curve[1][-1] <= curve[1][0] else "bottom right"
    bars = {
        "type": "data", "symmetric": False, "thickness": 2.5, "width": 7,
        "array": (high - measured)[order], "arrayminus": (measured - low)[order],
    }  # fmt: skip
    traces = [
        go.Scatter(
            x=curve[0], y=curve[1], name="theory", mode="lines" if between else "markers",
            line={"color": POWER, "dash": "dot", "width": 3},
            marker={"color": POWER, "size": 11, "symbol": "line-ew-open", "line": {"width": 3}},
            hovertemplate="theory %{y:.3f}<extra></extra>",
        ),
        go.Scatter(
            x=place[order], y=measured[order], name="measured",
            mode="markers+text", marker={"color": MEASURED, "size": 11}, error_y=bars,
            text=[f" {measured[i]:.3f}" for i in order], textposition=beside,
            cliponaxis=False, customdata=[names[i] for i in order],
            hovertemplate="%{customdata}: %{y:.3f}<extra></extra>",
        ),
    ]  # fmt: skip
    words = (
        f"{title}: <span style='color:{MEASURED}'>measured"
        f"{', 95 %' if np.isfinite(low).any() else ''}</span>, "
        f"<span style='color:{POWER}'>theory</span>"
    )
    named = None if x is not None else names
    return figure(traces, words, xaxis=_swept(x_title, place, named), yaxis=axis("exponent"))


def _swept(title: str, place: Array, names: Sequence[str] | None) -> dict[str, Any]:
    """The axis of a swept value: its own ticks where they are few and whole, or `names`."""
    if not len(place):
        return axis(title)
    wide = names is None and place.min() > 0 and place.max() > 20 * place.min()
    ends = np.log10(place) if wide else place
    span = float(np.ptp(ends)) or 1.0  # room for the numbers at the last points
    ticks: dict[str, Any] = {"type": "log"} if wide else {}
    if names is not None or np.all(place == place.round()):
        words = names or [f"{value:,.0f}" for value in place]
        ticks |= {"automargin": True, "tickvals": place, "ticktext": words}
    return axis(title, range=[ends.min() - 0.06 * span, ends.max() + 0.2 * span], **ticks)


def fits(
    curves: Sequence[tuple[str, Array, Array, float, float]], x_title: str, y_title: str
) -> go.Figure:
    """The points of each fit in log-log, with lines of the measured and theory's slope.

    `curves` : (name, x, y, measured slope, theory's slope); lines go through the points' middle.
    """
    traces = []
    for i, (name, x, y, measured, theory) in enumerate(curves):
        usable = (x > 0) & (y > 0) & np.isfinite(x) & np.isfinite(y)
        if not usable.any():
            continue
        x, y = x[usable], y[usable]
        shade = {"color": colour(i), "width": 2.5}
        traces.append(
            go.Scatter(
                x=x, y=y, name=name, mode="markers",
                marker={"color": colour(i), "size": 8, "symbol": SHAPES[i // len(PALETTE) % 3]},
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
        xaxis=_log(x_title, _joined(curves, 1)), yaxis=_log(y_title, _joined(curves, 2)),
        showlegend=True, legend=LEGEND,
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
        xaxis=_log("t (steps)", t, range=[np.log10(t.min()), np.log10(t.max())]),
        yaxis=_log("m", m, range=[np.log10(m.min()), np.log10(m.max())])
        | {"tickvals": m, "ticktext": [f"{value:,.0f}" for value in m]},
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
        xaxis=_log(x_title, _joined(curves, 1)), yaxis=_log(y_title, _joined(curves, 2)),
        showlegend=True, legend=LEGEND,
    )  # fmt: skip
