"""Skills that are late because they are rare: what is learned, and the loss, over a resource."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GUESS,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    line,
    log_axis,
)
from emergence.lessons.parity.model import (
    COMPUTE,
    DATA,
    LOW,
    PARAMETERS,
    SHOWN,
    TIME,
    Curves,
    Skills,
    exponent,
    unit,
    window,
)

AXES = {TIME: "training time t (skill 1 half learned: 1)", DATA: "samples D",
        PARAMETERS: "skills N that fit into the model", COMPUTE: "budget C = N t"}  # fmt: skip
BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
FIRST = 0.3
"""Where the axes begin."""
LEAST = 0.2
"""Share of the loss after the window at which the axis ends."""


def solved(resource: str, alpha: float, curves: Curves | None, guess: float | None) -> go.Figure:
    """Top: how much of some skills is learned. Bottom: the loss of all, and theory's power.

    Before the answer there are no curves, and of a guess its line, through the loss of `LOW`
    skills.
    """
    one = unit(resource, alpha)
    ends = np.array(window(resource, alpha)) / one
    known, law = float(Skills(alpha).beyond(LOW)), exponent(resource, alpha)
    limits = (FIRST, float(5 * ends[1]))
    traces: list[Any] = []
    if curves:
        traces += _skills(curves, curves.x / one) + _losses(curves, curves.x / one)
    if guess is not None:
        x = np.geomspace(*limits, 60)
        y = known * (x / ends[0]) ** guess
        traces.append(line(f"your guess, slope {guess:g}", x, y, GUESS, 3, "dash", **BELOW))
    if curves:
        y = 0.45 * known * (ends / ends[0]) ** law
        traces.append(line(f"slope {law:.3f}", ends, y, POWER, 3, "dashdot", **BELOW))
    least = LEAST * known * (ends[1] / ends[0]) ** law
    return figure(
        traces, f"Skills learned, and the loss, over {resource}",
        xaxis=log_axis("", limits) | {"anchor": "y", "showticklabels": False},
        yaxis=axis("learned", domain=[0.66, 1], range=[-0.04, 1.15], nticks=3, tickformat=".0%"),
        xaxis2=log_axis(AXES[resource], limits) | {"anchor": "y2"},
        yaxis2=log_axis("loss", (least, 1.6)) | {"domain": [0, 0.58]},
        showlegend=True,
    )  # fmt: skip


def _skills(curves: Curves, x: np.ndarray) -> list[go.Scatter]:
    shape = {"shape": "hv"} if curves.resource == PARAMETERS else {}
    return [
        line(f"skill {k:,}", x, row, colour(i), 2.5).update(line=shape, meta={"end": f"{k:,}"})
        for i, (k, row) in enumerate(zip(SHOWN, curves.learned, strict=True))
    ]


def _losses(curves: Curves, x: np.ndarray) -> list[go.Scatter]:
    """The mean, and each seed or each width."""
    traces = []
    if curves.fixed is None:
        for i, row in enumerate(curves.loss if len(curves.loss) > 1 else []):
            traces.append(
                line("single seeds", x, row, UNUSED, 1, showlegend=i == 0, opacity=0.6, **BELOW)
            )
    else:
        for i, (N, row) in enumerate(zip(curves.widths, curves.fixed, strict=True)):
            each = line(f"N = {N:,}", x, row, DECOUPLED, 1.8, **BELOW)
            traces.append(each.update(meta={"end": f"N = {N:,}"}, showlegend=i == 0))
    name = "best N" if curves.resource == COMPUTE else "loss"
    return [*traces, line(name, x, curves.loss.mean(axis=0), FINITE, 4, **BELOW)]
