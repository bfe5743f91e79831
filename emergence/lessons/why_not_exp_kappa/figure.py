"""Directions found over the number of neurons, neurons needed, and which neuron goes where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, BoolArray, IntArray
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    FONT_SIZE,
    GUESS,
    LEGEND,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    line,
    log_axis,
    note,
)
from emergence.theory.quantiles import quantiles

HOVER = "%{y:,.3~g} at %{x:,.3~s}"
BAND = "rgba(213,94,0,0.18)"
"""MEASURED, thin: between the tenth and the ninetieth percentile."""


def directions_found(
    m: Array,
    expected: Array | None,
    drawn: tuple[Array, IntArray] | None,
    joint: tuple[Sequence[int], Sequence[Sequence[int]]] | None,
    twin: tuple[Array, IntArray] | None,
    P: int,
    marks: dict[str, float],
    guess: float | None,
    last: float,
) -> go.Figure:
    """Directions found over the number of neurons, on a logarithmic axis; None is not drawn.

    Parameters
    ----------
    m : numbers of neurons, increasing, shape (n,)
    expected : theory's mean for the power method, shape (n,)
    drawn : numbers of neurons, shape (c,), and directions found in each trial, shape (trials, c)
    joint : widths of joint training, and for each the numbers found in its trials
    twin : as `drawn`, on the correlation loss
    P : number of directions
    marks : names and places of vertical lines: the power method's need, P log P, kappa
    guess : the reader's number of neurons, None while there is none
    last : end of the axis, at least
    """
    traces: list[go.Scatter] = []
    if drawn is not None:
        traces += _band(*drawn, "power method", MEASURED, BAND)
    if expected is not None:
        traces.append(line("its expectation", m, expected, MEASURED, 2.5, "dot", HOVER))
    if twin is not None:
        traces += _band(*twin, "SGD on −E[f f*]", POWER, "rgba(204,121,167,0.22)", "dash")
    if joint is not None:
        shown = [(width, found) for width, found in zip(*joint, strict=True) if len(found)]
        traces.append(_scatter([s[0] for s in shown], [s[1] for s in shown], "joint training"))
    if guess is not None:
        traces.append(_upright(guess, P, "your guess", GUESS, "dash", 3))
    styles = {"P log P": (DECOUPLED, "dashdot"), "κ": (FINITE, "dot")}
    for name, place in marks.items():
        traces.append(_upright(place, P, name, *styles.get(name, (UNUSED, "solid")), 2))
    return figure(
        traces, f"Directions found, of {P}",
        xaxis=log_axis("neurons m", (float(m[0]) * 0.9, max(last, 2.0 * (guess or 0.0)))),
        yaxis=axis("directions found", range=[0, 1.06 * P]),
        showlegend=True, legend=LEGEND | {"x": 1, "xanchor": "right", "y": 0.02,
                                          "yanchor": "bottom"},
    )  # fmt: skip


def _band(
    x: Array, trials: IntArray, name: str, colour: str, fill: str, dash: str = "solid"
) -> list[go.Scatter]:
    """Median of the trials (shape (trials, n)) and the band of the middle 80 %."""
    low, middle, high = np.quantile(trials, [0.1, 0.5, 0.9], axis=0)
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    return [
        go.Scatter(x=x, y=low, **edge),
        go.Scatter(x=x, y=high, fill="tonexty", fillcolor=fill, **edge),
        line(name, x, middle, colour, 3.5, dash, HOVER),
    ]


def _scatter(
    x: Sequence[float], trials: Sequence[Sequence[float]], name: str, colour: str = DECOUPLED,
    beyond: float = np.inf,
) -> go.Scatter:  # fmt: skip
    """Medians of the trials with bars from their 10th to their 90th percentile.

    What is infinite is drawn at `beyond`, outside the picture.
    """
    spread = np.array([quantiles(each, [0.1, 0.5, 0.9]) for each in trials]).reshape(-1, 3)
    low, middle, high = np.minimum(spread, beyond).T
    return go.Scatter(
        x=np.asarray(x, float), y=middle, mode="lines+markers", name=name,
        line={"color": colour, "width": 3}, marker={"size": 10, "color": colour},
        error_y={"type": "data", "array": high - middle, "arrayminus": middle - low,
                 "color": colour, "thickness": 2},
        hovertemplate=f"{name}: %{{y:,.3~g}} at %{{x:,.3~s}}<extra></extra>",
    )  # fmt: skip


def _upright(x: float, P: int, name: str, colour: str, dash: str, width: float) -> go.Scatter:
    text = f"{name}: {x:,.0f}" if x < 1e6 else f"{name}: {x:.1e}"
    return go.Scatter(
        x=[x, x], y=[0, 1.06 * P], mode="lines", name=text,
        line={"color": colour, "dash": dash, "width": width},
        hovertemplate=f"{text}<extra></extra>",
    )  # fmt: skip


def neurons_needed(
    x: Sequence[float],
    needed: Array,
    enough: Sequence[float],
    kappa: Sequence[float] | None,
    power: Sequence[Sequence[int]],
    joint: Sequence[Sequence[float]],
    against: str,
) -> go.Figure:
    """Neurons needed for all directions over P or kappa, log-log.

    Parameters
    ----------
    x : P or kappa of each teacher, shape (n,)
    needed : theory's 10th, 50th, 90th percentile for the power method, shape (3, n)
    enough : P log P, shape (n,)
    kappa : the condition number where the axis is not kappa already, shape (n,)
    power, joint : numbers measured for each teacher in several trials; empty where not, infinite
        where more are needed than were tried
    against : title of the axis
    """
    at = np.asarray(x, float)
    low, middle, high = needed
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    traces = [
        go.Scatter(x=x, y=low, **edge),
        go.Scatter(x=x, y=high, fill="tonexty", fillcolor=BAND, **edge),
        line("power method, theory", at, middle, MEASURED, 3, "dot", HOVER),
        line("P log P", at, np.asarray(enough, float), DECOUPLED, 2.5, "dashdot", HOVER),
    ]
    if kappa is not None:
        traces.append(line("κ", at, np.asarray(kappa, float), FINITE, 2.5, "dot", HOVER))
    top = float(max(high.max(), *enough))
    for trials, name, ink in (
        (power, "power method, drawn", MEASURED), (joint, "joint training", DECOUPLED),
    ):  # fmt: skip
        some = [i for i, each in enumerate(trials) if len(each)]
        points = _scatter(
            [x[i] for i in some], [trials[i] for i in some], name, ink, beyond=1e3 * top
        )
        traces.append(points.update(mode="markers"))
    ticks = {"tickmode": "array", "tickvals": list(x), "ticktext": [f"{each:,.3g}" for each in x]}
    return figure(
        traces, "Neurons needed to find all directions",
        xaxis=log_axis(against, (float(x[0]) * 0.85, float(x[-1]) * 1.18)) | ticks,
        yaxis=log_axis("neurons m", (min(1.0, float(low.min())), 2 * top))
        | {"dtick": max(1, round(np.log10(top) / 8))},
        showlegend=True, legend=LEGEND | {"x": 0.02, "y": 0.97, "yanchor": "top"},
    )  # fmt: skip


def who_goes_where(panels: dict[str, tuple[IntArray, BoolArray]]) -> go.Figure:
    """One panel a method: neurons on the left, directions on the right, a line where one ends.

    The neurons stand in the same order in all panels, that of the first panel's directions.

    Parameters
    ----------
    panels : by name, direction of each neuron (-1 for none), shape (m,), and which directions
        are found, shape (P,)
    """
    first, found = next(iter(panels.values()))
    m, P = len(first), len(found)
    height = np.empty(m)
    height[np.argsort(np.where(first < 0, P, first), kind="stable")] = (np.arange(m) + 0.5) / m
    place = (np.arange(P) + 0.5) / P
    traces: list[go.Scatter] = []
    notes = []
    for i, (name, (ends, found)) in enumerate(panels.items()):
        left, right = 1.5 * i, 1.5 * i + 1
        for p in range(-1, P):
            mine = np.flatnonzero(ends == p)
            if not mine.size:
                continue
            ink = colour(p) if p >= 0 else UNUSED
            # From its neuron to the direction, and a gap; a free neuron is a dot alone.
            x = np.tile([left, right if p >= 0 else np.nan, np.nan], mine.size)
            y = np.column_stack([height[mine], np.full((mine.size, 2), place[p])]).ravel()
            traces.append(
                go.Scatter(
                    x=x, y=y, mode="lines+markers", line={"color": ink, "width": 1.8},
                    marker={"size": np.tile([7, 0, 0], mine.size), "opacity": 1,
                            "line": {"width": 0}},
                    customdata=np.repeat(mine, 3),
                    hovertemplate="neuron %{customdata}: "
                    + (f"direction {p + 1}" if p >= 0 else "free") + "<extra></extra>",
                )
            )  # fmt: skip
        counts = [int(np.count_nonzero(ends == p)) for p in range(P)]
        inks = [colour(p) for p in range(P)]
        traces.append(
            go.Scatter(
                x=np.full(P, right), y=place, mode="markers+text", textposition="middle right",
                text=[f"{p + 1}" for p in range(P)], customdata=counts,
                textfont={"size": FONT_SIZE - 2, "color": UNUSED},
                marker={"size": 13, "line": {"width": 2.5, "color": inks},
                        "color": [ink if yes else "rgba(0,0,0,0)" for ink, yes
                                  in zip(inks, found, strict=True)]},
                hovertemplate="direction %{text}: %{customdata} neurons<extra></extra>",
            )
        )  # fmt: skip
        notes.append(
            note(f"<b>{name}</b><br>{int(found.sum())} of {P} found", UNUSED, FONT_SIZE,
                 x=left + 0.5, y=-0.06, xref="x", yref="y", yanchor="bottom")
        )  # fmt: skip
    last = 1.5 * (len(panels) - 1) + 1
    return figure(
        traces, "Neurons (left) and the direction each ends at (right)",
        xaxis=axis("", range=[-0.1, last + 0.4], visible=False),
        # Downwards: direction 1 is on top.
        yaxis=axis("", range=[1.02, -0.2], visible=False),
        annotations=notes, margin={"l": 8, "r": 8, "t": 40, "b": 8},
    )  # fmt: skip
