"""A real network's skills: their losses, and the loss of all, as it is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import (
    DECOUPLED,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    line,
    log_axis,
)
from emergence.lessons.parity.model import TIME, calibrated, exponent
from emergence.lessons.parity.network.study import STEPS, Trained
from emergence.runs.sparse_parity import Training, with_rarer
from emergence.words import plural

BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
BEGIN = 100
"""Where the axis begins: nothing is learned before."""
FINE = np.geomspace(BEGIN, STEPS, 200)


def trained(latest: Trained | None) -> go.Figure:
    """Top: the loss of each skill of the first seed. Bottom: the loss of all, of every seed.

    All skills beyond the last are added, unlearned. Dotted: the solvable model, calibrated on
    skill 1 of the first seed alone. Before the answer there is nothing.
    """
    traces: list[Any] = []
    if latest:
        first = latest.first
        skills = plural(first.settings.tasks, "skill")
        traces += [
            line(f"skill {k + 1}", first.steps, row, colour(k), 2).update(meta={"end": f"{k + 1}"})
            for k, row in enumerate(first.loss.T)
        ]
        traces += _model(first)
        for i, each in enumerate(latest.done[1:]):
            traces.append(line("other seeds", each.steps, each.corrected, UNUSED, 1.5, opacity=0.7,
                               showlegend=i == 0, **BELOW))  # fmt: skip
        traces.append(line(f"loss of {skills}", first.steps, first.corrected, MEASURED, 3.5,
                           **BELOW))  # fmt: skip
    limits = (float(BEGIN), float(STEPS))
    return figure(
        traces, "The loss of each skill, and of all, as a network is trained",
        xaxis=log_axis("", limits) | {"anchor": "y", "showticklabels": False},
        yaxis=axis("loss of a skill", domain=[0.52, 1], range=[-0.05, 1.5], nticks=4),
        xaxis2=log_axis("steps", limits) | {"anchor": "y2"},
        yaxis2=log_axis("loss, rarer skills added", (0.05, 1.6)) | {"domain": [0, 0.44]},
        showlegend=True,
    )  # fmt: skip


def _model(first: Training) -> list[go.Scatter]:
    """The solvable model, where skill 1 has been learned: when each skill comes, and the loss."""
    begun, T1, over = (float(first.crossing(level)[0]) for level in (0.1, 0.5, 0.9))
    if not np.isfinite(over):
        return []
    alpha, ranks = first.settings.alpha, np.arange(1.0, first.settings.tasks + 1)
    times = T1 * ranks ** (alpha + 1)
    missing = (1 - calibrated(FINE, ranks, alpha, T1, over - begun)) ** 2
    loss = with_rarer(missing @ first.settings.p, first.settings)
    law = exponent(TIME, alpha)
    ends = T1 * np.array([2.0, len(ranks) / 2]) ** (alpha + 1)
    start = 0.6 * float(np.interp(ends[0], FINE, loss))
    return [
        go.Scatter(
            x=times, y=np.full(len(ranks), 0.25), mode="markers", name="the model's half-way",
            customdata=ranks, cliponaxis=True,
            marker={"symbol": "diamond-open", "size": 11, "line": {"width": 2},
                    "color": [colour(k) for k in range(len(ranks))]},
            hovertemplate="skill %{customdata:.0f}, by the model: %{x:,.0f} steps<extra></extra>",
        ),
        line("solvable model", FINE, loss, DECOUPLED, 2.5, "dot", **BELOW),
        line(f"slope {law:.3f}", ends, start * (ends / ends[0]) ** law, POWER, 2.5, "dashdot",
             **BELOW),
    ]  # fmt: skip
