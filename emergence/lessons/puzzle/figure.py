"""The puzzle: sharp curves of many skills, and the smooth loss they add up to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import (
    GUESS,
    MEASURED,
    POWER,
    axis,
    colour,
    dash,
    figure,
    line,
    log_axis,
)
from emergence.figures.way import Way
from emergence.theory.additive import AdditiveModel
from emergence.words import plural

STEEPEST = -3.0
"""Slope that may be guessed."""
SHOWN = 48
"""Curves drawn at most; of more skills every few are left out."""


def guessed_slope(model: AdditiveModel, slopes: Sequence[float]) -> Way:
    """Where in `skills_and_loss` a guess of the slope is marked: at the end of its line."""
    top, last = float(model.corrected[0]), float(model.t[-1]) / 1.1
    return Way.fan(np.array(slopes), (1.0, top), last, _bottom(model, revealed=False))


def _bottom(model: AdditiveModel, revealed: bool) -> float:
    """Of the axis of the loss: until the answer is shown it says nothing of the slope."""
    if revealed:
        return float(max(model.loss[-1], model.corrected[-1] / 30))
    return float(model.corrected[0] * model.t[-1] ** STEEPEST)


def skills_and_loss(model: AdditiveModel, guess: float | None, revealed: bool) -> go.Figure:
    """Top: each skill's curve. Middle: the total in log-log. Bottom: its local slope.

    Parameters
    ----------
    guess : the reader's slope, drawn as a line, or None; the loss is drawn only when `revealed`
    """
    P, t, loss, corrected, theory = model.P, model.t, model.loss, model.corrected, model.exponent
    shown = np.unique(np.round(np.geomspace(1, P, min(P, SHOWN))).astype(int)) - 1
    top = float(corrected[0])
    traces = [
        go.Scatter(
            x=t, y=1 - model.missing[p], mode="lines", yaxis="y3", name=f"skill {p + 1}",
            line={"color": colour(int(p)), "dash": dash(int(p)), "width": 2}, showlegend=False,
            hovertemplate=f"skill {p + 1}: %{{y:.0%}} learned<extra></extra>",
        )
        for p in shown
    ]  # fmt: skip

    if guess is not None:
        traces.append(line(f"your guess, slope {guess:g}", t, top * t**guess, GUESS, 3, "dash"))
    if revealed:
        traces += [
            line(f"power law, slope {theory:.2f}", t, corrected[-1] * (t / t[-1]) ** theory, POWER,
                 3, "dot"),
            line(f"loss of {plural(P, 'skill')}", t, loss, MEASURED, 4),
            line("with all skills beyond P", t, corrected, MEASURED, 2, "dashdot"),
            line("local slope", t, model.slope, MEASURED, 3, yaxis="y2", showlegend=False),
            line("theory", t, np.full(len(t), theory), POWER, 2.5, "dot", yaxis="y2",
                 showlegend=False),
        ]  # fmt: skip
    return figure(
        traces, "Sharp skills, and what they add up to",
        xaxis=log_axis("time t (first skill: 1)", (float(t[0]), float(t[-1]))) | {"anchor": "y2"},
        yaxis3=axis("learned", domain=[0.74, 1], range=[-0.04, 1.08], nticks=3),
        yaxis=log_axis("total loss", (_bottom(model, revealed), 2 * top))
        | {"domain": [0.25, 0.69]},
        yaxis2=axis("slope", domain=[0, 0.18], nticks=3,
                    range=[min(2 * theory, -1.2) if revealed else STEEPEST, 0.3]),
        showlegend=True,
    )  # fmt: skip
