"""The loss against its four predictions, and its local slope below."""

from __future__ import annotations

from textwrap import wrap

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GRID,
    LEGEND,
    MEASURED,
    POWER,
    STAIRCASE,
    axis,
    figure,
    highlight,
    level,
    log_axis,
    note,
    steps_axis,
)


def loss(
    steps: Array,
    mse: Array,
    slope: Array,
    grid: Array,
    staircase: Array,
    decoupled: Array,
    finite: Array,
    power: Array | None,
    theory_slope: float | None,
    no_law: str | None,
    total: float,
    limits: tuple[float, float],
    title: str,
) -> go.Figure:
    """Population MSE in log-log over its predictions; its local slope against theory's.

    Parameters
    ----------
    steps, mse, slope : moments, measured loss and its local slope, shape (n,)
    grid : moments of the predictions, shape (g,)
    staircase, decoupled, finite, power : predicted losses, shape (g,); power None for no law
    theory_slope : (1 - 2 beta) / beta, None where there is no power law
    no_law : why there is none, in a sentence, which then stands where the local slope would be
    total : loss of a student that knows nothing, sum_p a_p^2 K(1)
    limits : first and last step on the axis
    """
    lowest = max(float(np.min(decoupled)), total * 1e-4) / 3
    highest = total * 2.5

    def line(name: str, y: Array, colour: str, dash: str, **more: object) -> go.Scatter:
        # Clipped far below the picture, so that the last step of a staircase is drawn down to 0.
        return go.Scatter(
            x=grid, y=np.maximum(y, lowest * 1e-3), mode="lines", name=name,
            line={"color": colour, "width": 2.5, "dash": dash} | more,
            hovertemplate=f"{name}: %{{y:.3g}} at %{{x:,.3s}} steps<extra></extra>",
        )  # fmt: skip

    traces = [
        line("staircase at Tₚ", staircase, STAIRCASE, "solid", shape="hv"),
        line("decoupled ODEs", decoupled, DECOUPLED, "dash"),
        line("finite P", finite, FINITE, "dashdot"),
    ]
    if power is not None and theory_slope is not None:
        traces.append(line(f"power law, slope {theory_slope:.2f}", power, POWER, "dot"))
    traces += [
        go.Scatter(
            x=steps, y=mse, mode="lines", name="measured", line={"color": MEASURED, "width": 4},
            hovertemplate="loss %{y:.3g} at %{x:,.3s} steps<extra></extra>", meta={"role": "mse"},
        ),
        go.Scatter(
            x=steps[-1:], y=mse[-1:], mode="markers", marker={"color": MEASURED, "size": 12},
            hoverinfo="skip", showlegend=False, meta={"role": "head"},
        ),
        go.Scatter(
            x=steps, y=slope, mode="lines", line={"color": MEASURED, "width": 2.5}, yaxis="y2",
            name="local slope", showlegend=False, connectgaps=False,
            hovertemplate="local slope %{y:.2f}<extra></extra>", meta={"role": "slope"},
        ),
        highlight(low=lowest, high=highest),
    ]  # fmt: skip
    shapes = []
    if theory_slope is not None:
        shapes.append(level(theory_slope, POWER, 2.5, "dot", yref="y2"))
    deepest = 2.5 * min(theory_slope or -1.0, -1.0)
    return figure(
        traces, title,
        xaxis=steps_axis(limits, anchor="y2"),
        yaxis=log_axis("population MSE", (lowest, highest)) | {"domain": [0.3, 1]},
        yaxis2=axis("slope", domain=[0, 0.21], range=[deepest, 0.4], nticks=4, linecolor=GRID),
        shapes=shapes, annotations=_said(no_law),
        showlegend=True,
        legend=LEGEND | {"x": 0.01, "y": 0.33, "yanchor": "bottom", "itemwidth": 30},
    )  # fmt: skip


def _said(no_law: str | None) -> list[dict[str, object]]:
    """The sentence in the empty picture of the slope, broken into lines for a phone."""
    if no_law is None:
        return []
    lines = "<br>".join(wrap(f"no slope: {no_law}", 52))
    return [note(lines, size=13, xref="paper", x=0.5, yref="paper", y=0.105)]
