"""The idealised dynamics: one picture for each step from one pair's equation to the power law."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.style import (
    DASHES,
    DECOUPLED,
    FINITE,
    GUESS,
    LEGEND,
    MEASURED,
    POWER,
    STAIRCASE,
    UNUSED,
    axis,
    colour,
    dash,
    figure,
    line,
    log_axis,
)
from emergence.words import plural

SHOWN = 48
"""Curves or dots drawn one by one at most; of more directions every few are left out."""
GAP = 0.06
"""Room between two pictures beside each other, as a share of the width."""


def _shown(P: int) -> IntArray:
    """Directions to draw one by one, from 0."""
    return np.unique(np.round(np.geomspace(1, P, min(P, SHOWN))).astype(int)) - 1


def _finite(*times: Array) -> Array:
    """Those of the times that are finite, shape (n,); 1 where none is."""
    known = np.concatenate(times)
    known = known[np.isfinite(known)]
    return known if known.size else np.ones(1)


def one_pair(
    t: Array,
    u: Array,
    rho: Array,
    explosion: Array | None,
    T1: float,
    asked: tuple[float, float | None],
    start: float,
    revealed: bool,
) -> go.Figure:
    """Step 1: how a pair waits and then meets, over linear time.

    Parameters
    ----------
    t : times eta t from 0, shape (n,)
    u, rho : u and |v|^2 / a of the pair, shape (n,); drawn only when `revealed`
    explosion : u of the equation without its 1 - u, shape (n,); None for J <= 2
    T1 : the pair's T_p
    asked : the moment the question is about and the reader's u, None while there is none
    start : u at t = 0
    """
    traces: list[Any] = [
        go.Scatter(
            x=[0.0], y=[start], mode="markers+text", text=[f" u = {start:.2g} at the start"],
            textposition="top right", marker={"color": colour(0), "size": 12}, showlegend=False,
            hoverinfo="skip", cliponaxis=False,
        ),
        line("the moment asked about", np.full(2, asked[0]), np.array([0, 1.0]), GUESS, 2, "dash"),
    ]  # fmt: skip
    title = "One pair: how does its overlap grow?"
    if asked[1] is not None:
        traces.append(
            go.Scatter(
                x=[asked[0]], y=[asked[1]], mode="markers", name=f"your guess, u = {asked[1]:g}",
                marker={"color": GUESS, "size": 15, "symbol": "diamond"}, hoverinfo="name",
            )
        )  # fmt: skip
    if revealed:
        title = ("One pair: no plateau" if explosion is None
                 else "One pair: nothing to see for most of the time")  # fmt: skip
        if explosion is not None:
            traces.append(line("without (1 − u): explodes", t, explosion, POWER, 3, "dot"))
        traces += [
            line("T₁", np.full(2, T1), np.array([0, 1.0]), STAIRCASE, 2, "dashdot"),
            line("|v|² / a", t, rho, UNUSED, 3, "dash"),
            line("u", t, u, colour(0), 4),
        ]
    return figure(
        traces, title,
        xaxis=axis("time ηt", range=[-0.02 * t[-1], float(t[-1])]),
        yaxis=axis("overlap squared u", range=[-0.04, 1.08]),
        showlegend=True, legend=LEGEND | {"x": 0.02, "y": 0.86, "yanchor": "top"},
    )  # fmt: skip


def emergence(T: Array, T1: float, beta: float) -> go.Figure:
    """Step 2: T_p over p, shape (P,), against T_1 p^beta."""
    p: Array = np.arange(1.0, len(T) + 1)
    law = np.asarray(T1 * p**beta)
    never = int(np.isinf(T).sum())
    known = _finite(T, law)
    traces = [
        line(f"T₁ pᵝ, slope {beta:g}", p, law, POWER, 3, "dot"),
        go.Scatter(
            x=p, y=np.where(np.isfinite(T), T, np.nan), mode="markers", name="direction p emerges",
            marker={"color": [colour(i) for i in range(len(p))], "size": 9},
            hovertemplate="T of direction %{x}: %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    return figure(
        traces,
        f"Never learned, without a time: {never} of {plural(len(T), 'direction')}" if never
        else "Every direction has its time",
        xaxis=log_axis("direction p", (0.8, 1.25 * len(p))),
        yaxis=log_axis("Tₚ", (float(known.min()) / 2, float(known.max()) * 2)),
        showlegend=True, legend=LEGEND | {"x": 0.02, "y": 0.98},
    )  # fmt: skip


def summed(t: Array, u: Array, stairs: Array, solved: Array) -> go.Figure:
    """Step 3. Top: u of each pair, shape (P, n). Bottom: the staircase and the two equations' loss.

    `t`, `stairs`, `solved` have shape (n,).
    """
    limits = (float(t[0]), float(t[-1]))
    lowest = float(stairs[stairs > 0].min())
    traces = [
        line(f"u of direction {p + 1}", t, u[p], colour(int(p)), 2.5, dash(int(p)), yaxis="y2",
             showlegend=False)
        for p in _shown(len(u))
    ]  # fmt: skip
    traces += [
        # Drawn down to far below the picture, so that the last step is seen to fall.
        line("staircase: aₚ² lost until Tₚ", t, np.maximum(stairs, lowest / 1e3), STAIRCASE, 3),
        line("the two equations of every pair", t, np.maximum(solved, lowest / 1e3), DECOUPLED, 3,
             "dash"),
    ]  # fmt: skip
    return figure(
        traces, "Each pair takes its part off the loss",
        xaxis=log_axis("time ηt", limits) | {"anchor": "y"},
        yaxis2=axis("u, each direction", domain=[0.72, 1], range=[-0.04, 1.08], nticks=3),
        yaxis=log_axis("loss", (lowest / 2, float(stairs[0]) * 1.6)) | {"domain": [0, 0.68]},
        showlegend=True, legend=LEGEND | {"x": 0.01, "y": 0.02, "yanchor": "bottom"},
    )  # fmt: skip


def change_of_variables(
    T: Array, T1: float, beta: float, endless: Array, finite: Array, integral: Array
) -> go.Figure:
    """Step 4. What remains after direction p, over p on the left and over T_p on the right.

    Parameters
    ----------
    T : emergence times, shape (P,); `T1` that of direction 1 at the typical overlap
    endless, finite : sum of q^(-2 beta) over all q > p, and up to P only, shape (P,)
    integral : p^(1 - 2 beta) / (2 beta - 1), shape (P,)
    """
    p = np.arange(1.0, len(T) + 1)
    met = np.where(np.isfinite(T), T, np.nan)
    traces: list[Any] = []
    for x, law, place in ((p, p, "x"), (met, T1 * p**beta, "x2")):
        left = place == "x"

        def dots(
            name: str, y: Array, colour: str, symbol: str, x: Array = x, place: str = place,
            left: bool = left,
        ) -> go.Scatter:  # fmt: skip
            return go.Scatter(
                x=x, y=np.where(y > 0, y, np.nan), mode="markers", name=name, xaxis=place,
                showlegend=left, marker={"color": colour, "size": 8, "symbol": symbol},
                hovertemplate=f"{name}: %{{y:.3g}}<extra></extra>",
            )  # fmt: skip

        slope = (1 - 2 * beta) / (1 if left else beta)
        label = f"slope {slope:.2f} over {'p' if left else 'Tₚ'}"
        traces += [
            dots("sum up to P", finite, FINITE, "circle-open"),
            dots("sum over all q > p", endless, MEASURED, "circle"),
            line(label, law, integral, POWER, 3, "dot" if left else "dash", xaxis=place),
        ]
    known = _finite(met, T1 * p**beta)
    over_p = (0.8, 1.25 * len(T))
    over_t = (float(known.min()) / 1.25, float(known.max()) * 1.25)
    # A decade is as long on the right as on the left: only so are the slopes seen to differ.
    decades = [float(np.log10(high / low)) for low, high in (over_p, over_t)]
    middle = (1 - GAP) * decades[0] / sum(decades)
    return figure(
        traces, "The same sum, over p and over time",
        xaxis=log_axis("direction p", over_p) | {"domain": [0, middle]},
        xaxis2=log_axis("time Tₚ", over_t) | {"domain": [middle + GAP, 1]},
        yaxis=log_axis("what is still missing", (float(endless[-1]) / 4, float(integral[0]) * 2)),
        showlegend=True,
        legend=LEGEND | {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"},
        margin={"l": 62, "r": 12, "t": 88, "b": 52},
    )  # fmt: skip


def growing(
    curves: list[tuple[int, Array, Array]],
    t: Array,
    corrected: Array,
    law: Array,
    slope: Array,
    theory: float,
    fitted: str,
) -> go.Figure:
    """Step 5. Top: staircases of more and more directions and the power law. Bottom: the slope.

    Parameters
    ----------
    curves : (P, times, staircase) with P growing
    t, corrected, law, slope : of the last P: the staircase with the directions beyond P added, the
        power law, the local slope of `corrected`, shape (n,)
    theory : (1 - 2 beta) / beta
    fitted : what the legend says of the fitted slope
    """
    lowest = float(corrected.min()) / 2
    traces: list[Any] = [
        line(f"P = {P}", x, np.maximum(y, lowest / 1e3), FINITE, 1.5, DASHES[i % len(DASHES)])
        for i, (P, x, y) in enumerate(reversed(curves))
    ]  # fmt: skip
    traces += [
        line(f"with all beyond P{fitted}", t, corrected, MEASURED, 4),
        line(f"power law, slope {theory:.2f}", t, law, POWER, 3, "dot"),
        line("local slope", t, slope, MEASURED, 3, yaxis="y2", showlegend=False),
        line("theory", t, np.full(len(t), theory), POWER, 2.5, "dot", yaxis="y2",
             showlegend=False),
    ]  # fmt: skip
    return figure(
        traces, "The loss of P directions, and of all",
        xaxis=log_axis("time ηt", (float(t[0]), float(t[-1]))) | {"anchor": "y2"},
        yaxis=log_axis("loss", (lowest, 2.5 * float(corrected[0]))) | {"domain": [0.27, 1]},
        yaxis2=axis("slope", domain=[0, 0.2], range=[min(2 * theory, -1.2), 0.3], nticks=3),
        showlegend=True, legend=LEGEND | {"x": 0.01, "y": 0.29, "yanchor": "bottom"},
    )  # fmt: skip
