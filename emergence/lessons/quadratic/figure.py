"""Scaling without emergence: captures and losses of J = 2 and J = 4."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GUESS,
    MEASURED,
    POWER,
    axis,
    colour,
    figure,
    line,
    log_axis,
)
from emergence.lessons.quadratic.study import SHOWN, Curves, P, moments
from emergence.theory.scaling import power_tail, time_exponent

BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
SQUARE = {2: (FINITE, "solid"), 4: (MEASURED, "solid")}


def scaling(
    beta: float, J: int, runs: dict[int, Curves], exact: Curves | None, alone: Array | None,
    guess: float | None,
) -> go.Figure:  # fmt: skip
    """Top: captures of some directions at one J. Bottom: the losses of both.

    Parameters
    ----------
    runs : by J, as far as they are; none of them before the answer
    exact : J = 2 in closed form, or None
    alone : loss of decoupled logistic curves at `moments`, or None
    guess : the reader's exponent of J = 2, or None
    """
    t = moments(beta)
    traces: list[Any] = []
    shown = exact if J == 2 and exact else runs.get(J)
    if shown:
        traces += [
            line(f"p = {p}", shown.t, shown.capture[:, p - 1], colour(p - 1), 2.5)
            for p in SHOWN
        ]  # fmt: skip
    if guess is not None:
        traces.append(line(f"your guess, slope {guess:g}", t, t**guess, GUESS, 3, "dash", **BELOW))
    if exact:
        mean = exact.loss.mean(axis=0)
        traces.append(line("J = 2, closed form", t, mean, FINITE, 4, **BELOW))
    for degree, run in runs.items():
        look = {"color": SQUARE[degree][0]}
        if degree == 4:
            traces.append(line("J = 4, flow", run.t, run.loss[0], MEASURED, 3, **BELOW))
        else:
            traces.append(
                go.Scatter(x=run.t[::4], y=run.loss[0, ::4], mode="markers", name="J = 2, flow",
                           marker=look | {"size": 9, "symbol": "circle-open"},
                           hovertemplate="flow: %{y:.3g}<extra></extra>", **BELOW)
            )  # fmt: skip
    if alone is not None:
        traces.append(line("logistic curves alone", t, alone, DECOUPLED, 2, "dot", **BELOW))
    if exact:
        law = time_exponent(beta) or 0.0
        power = 0.4 * exact.loss.mean(axis=0)[len(t) // 2] * (t / t[len(t) // 2]) ** law
        traces.append(line(f"slope (1 − 2β)/β = {law:.2f}", t, power, POWER, 3, "dashdot", **BELOW))
    top, left = float(power_tail(0, beta)), float(power_tail(P, beta))
    limits = (float(t[0]), float(t[-1]))
    return figure(
        traces, f"What is captured at J = {J}, and both losses",
        xaxis=log_axis("", limits) | {"anchor": "y", "showticklabels": False},
        yaxis=axis("captured", domain=[0.66, 1], range=[-0.04, 1.15], nticks=3, tickformat=".0%"),
        xaxis2=log_axis("time (direction 1: 1)", limits) | {"anchor": "y2"},
        yaxis2=log_axis("loss", (left / 3, 2 * top)) | {"domain": [0, 0.58]},
        showlegend=True,
    )  # fmt: skip
