"""Directions found over the number of neurons, neurons needed, and which neuron goes where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from emergence.arrays import Array, BoolArray, IntArray
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    FONT_SIZE,
    GUESS,
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
from emergence.lessons.why_not_exp_kappa.model import (
    middle_of_each,
    middle_of_trials,
    needed_quantiles,
)
from emergence.lessons.why_not_exp_kappa.study import (
    DirectionCounts,
    DirectionsFound,
    Needed,
    NeededWidths,
    power_trials,
)

HOVER = "%{y:,.3~g} at %{x:,.3~s}"
BAND = "rgba(213,94,0,0.18)"
"""MEASURED, thin: between the tenth and the ninetieth percentile."""


def directions_found(
    study: DirectionsFound,
    recovery: DirectionCounts | None,
    guess: float | None,
    revealed: bool,
    farthest: float,
) -> go.Figure:
    """Directions found over the number of neurons, on a logarithmic axis.

    Parameters
    ----------
    recovery : what training has found so far; None before there is anything
    guess : the reader's number of neurons, None while there is none; the power method is drawn
        when `revealed`
    farthest : end of the axis before that
    """
    P, theory, traces = study.P, study.theory, []
    m = theory.grid
    marks = [("P log P", theory.enough, DECOUPLED, "dashdot"), ("κ", theory.kappa, FINITE, "dot")]
    if revealed:
        farthest = float(m[-1])
        marks.insert(0, ("median need", theory.needed(), UNUSED, "solid"))
        traces += _band(*power_trials(P, study.beta, study.J), "power method", MEASURED, BAND)
        traces.append(line("its expectation", m, theory.expected(m), MEASURED, 2.5, "dot", HOVER))
    if recovery:
        twin = recovery.over(study.widths[-1])
        if twin is not None:
            traces += _band(*twin, "SGD on −E[f f*]", POWER, "rgba(204,121,167,0.22)", "dash")
        trained = [(width, counts) for width, counts
                   in zip(study.widths, recovery.joint, strict=True) if counts]  # fmt: skip
        traces.append(_scatter([w for w, _ in trained], [c for _, c in trained], "joint training"))
    if guess is not None:
        traces.append(_upright(guess, P, "your guess", GUESS, "dash", 3))
    traces += [_upright(place, P, name, ink, dash, 2) for name, place, ink, dash in marks]
    return figure(
        traces, f"Directions found, of {P}",
        xaxis=log_axis("neurons m", (float(m[0]) * 0.9, max(farthest, 2.0 * (guess or 0.0)))),
        yaxis=axis("directions found", range=[0, 1.06 * P]),
        showlegend=True,
    )  # fmt: skip


def _band(
    x: Array, trials: IntArray, name: str, colour: str, fill: str, dash: str = "solid"
) -> list[go.Scatter]:
    """Median of the trials (shape (trials, n)) and the band of the middle 80 %."""
    low, middle, high = middle_of_trials(trials)
    return [*_edges(x, low, high, fill), line(name, x, middle, colour, 3.5, dash, HOVER)]


def _edges(
    x: ArrayLike, low: Array, high: Array, fill: str = BAND
) -> tuple[go.Scatter, go.Scatter]:
    """The invisible edges of a filled band."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    return (
        go.Scatter(x=x, y=low, **edge),
        go.Scatter(x=x, y=high, fill="tonexty", fillcolor=fill, **edge),
    )


def _scatter(
    x: Sequence[float], trials: Sequence[Sequence[float]], name: str, colour: str = DECOUPLED,
    beyond: float = np.inf,
) -> go.Scatter:  # fmt: skip
    """Medians of the trials with bars from their 10th to their 90th percentile.

    What is infinite is drawn at `beyond`, outside the picture.
    """
    low, middle, high = np.minimum(middle_of_each(trials), beyond)
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


def neurons_needed(study: Needed, widths: NeededWidths | None, over_kappa: bool) -> go.Figure:
    """Neurons needed for all directions, log-log.

    Parameters
    ----------
    widths : what was needed so far, drawn above the picture where it is infinite; None before
        there is anything
    over_kappa : whether the teachers differ in kappa, by beta, or in P
    """
    theories = study.theories
    kappa, enough = ([getattr(each, name) for each in theories] for name in ("kappa", "enough"))
    x = kappa if over_kappa else [float(each.P) for each in theories]
    at = np.asarray(x, float)
    low, middle, high = needed_quantiles(study.teachers, study.J)
    traces = [
        *_edges(x, low, high),
        line("power method, theory", at, middle, MEASURED, 3, "dot", HOVER),
        line("P log P", at, np.asarray(enough, float), DECOUPLED, 2.5, "dashdot", HOVER),
    ]
    if not over_kappa:
        traces.append(line("κ", at, np.asarray(kappa, float), FINITE, 2.5, "dot", HOVER))
    top = float(max(high.max(), *enough))
    for trials, name, ink in (
        (widths.power if widths else (), "power method, drawn", MEASURED),
        (widths.joint if widths else (), "joint training", DECOUPLED),
    ):
        some = [i for i, each in enumerate(trials) if len(each)]
        points = _scatter(
            [x[i] for i in some], [trials[i] for i in some], name, ink, beyond=1e3 * top
        )
        traces.append(points.update(mode="markers"))
    ticks = {"tickmode": "array", "tickvals": list(x), "ticktext": [f"{each:,.3g}" for each in x]}
    (P, first), (_, last) = study.teachers[0], study.teachers[-1]
    against = (f"κ = P^β, P = {P}, β = {first:g} to {last:g}" if over_kappa
               else f"directions P, β = {first:g}")  # fmt: skip
    return figure(
        traces, "Neurons needed to find all directions",
        xaxis=log_axis(against, (float(x[0]) * 0.85, float(x[-1]) * 1.18)) | ticks,
        yaxis=log_axis("neurons m", (min(1.0, float(low.min())), 2 * top))
        | {"dtick": max(1, round(np.log10(top) / 8))},
        showlegend=True,
    )  # fmt: skip


def who_goes_where(panels: dict[str, tuple[IntArray, BoolArray]]) -> go.Figure:
    """One panel a method: neurons on the left, directions on the right, a line where one ends.

    The neurons stand in the same order in all panels, that of the first panel's directions.

    Parameters
    ----------
    panels : by name, direction of each neuron (-1 for none), shape (m,), and which directions
        are found, shape (P,)
    """
    first, recovered = next(iter(panels.values()))
    m, P = len(first), len(recovered)
    height = np.empty(m)
    height[np.argsort(np.where(first < 0, P, first), kind="stable")] = (np.arange(m) + 0.5) / m
    traces: list[go.Scatter] = []
    notes = []
    for i, (name, (ends, recovered)) in enumerate(panels.items()):
        left = 1.5 * i
        traces += [*_neurons(ends, height, left, P), _directions(ends, recovered, left + 1)]
        notes.append(
            note(f"<b>{name}</b><br>{int(recovered.sum())} of {P} found", UNUSED, FONT_SIZE,
                 x=left + 0.5, y=-0.06, xref="x", yref="y", yanchor="bottom")
        )  # fmt: skip
    last = 1.5 * (len(panels) - 1) + 1
    return figure(
        traces, "Neurons, and the numbered direction each ends at",
        xaxis=axis("", range=[-0.1, last + 0.4], visible=False),
        # Downwards: direction 1 is on top.
        yaxis=axis("", range=[1.02, -0.2], visible=False),
        annotations=notes, margin={"l": 8, "r": 8, "t": 40, "b": 8},
    )  # fmt: skip


def _places(P: int) -> Array:
    """Height of each direction, shape (P,)."""
    return (np.arange(P) + 0.5) / P


def _neurons(ends: IntArray, height: Array, left: float, P: int) -> list[go.Scatter]:
    """Lines from the neurons, at `left` and their heights, to the P directions, a trace for each.

    A neuron that is free is a dot alone. `ends` and `height` have shape (m,).
    """
    traces = []
    for p in range(-1, P):
        mine = np.flatnonzero(ends == p)
        if not mine.size:
            continue
        # From its neuron to the direction, and a gap.
        x = np.tile([left, left + 1 if p >= 0 else np.nan, np.nan], mine.size)
        y = np.column_stack([height[mine], np.full((mine.size, 2), _places(P)[p])]).ravel()
        traces.append(
            go.Scatter(
                x=x, y=y, mode="lines+markers",
                line={"color": colour(p) if p >= 0 else UNUSED, "width": 1.8},
                marker={"size": np.tile([7, 0, 0], mine.size), "opacity": 1,
                        "line": {"width": 0}},
                customdata=np.repeat(mine, 3),
                hovertemplate="neuron %{customdata}: "
                + (f"direction {p + 1}" if p >= 0 else "free") + "<extra></extra>",
            )
        )  # fmt: skip
    return traces


def _directions(ends: IntArray, recovered: BoolArray, right: float) -> go.Scatter:
    """The directions, at `right`: full where `recovered`, shape (P,)."""
    P = len(recovered)
    counts = [int(np.count_nonzero(ends == p)) for p in range(P)]
    inks = [colour(p) for p in range(P)]
    return go.Scatter(
        x=np.full(P, right), y=_places(P), mode="markers+text", textposition="middle right",
        text=[f"{p + 1}" for p in range(P)], customdata=counts,
        textfont={"size": FONT_SIZE - 2, "color": UNUSED},
        marker={"size": 13, "line": {"width": 2.5, "color": inks},
                "color": [ink if yes else "rgba(0,0,0,0)" for ink, yes
                          in zip(inks, recovered, strict=True)]},
        hovertemplate="direction %{text}: %{customdata} neurons<extra></extra>",
    )  # fmt: skip
