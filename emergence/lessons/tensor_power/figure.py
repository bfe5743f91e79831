"""Three ways from one start, neurons needed, the stages of training, and the chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
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
    upright,
)
from emergence.lessons.tensor_power.chain import Plane, partial_sum
from emergence.lessons.tensor_power.model import DEGREES
from emergence.lessons.tensor_power.power import ROUNDS
from emergence.lessons.tensor_power.study import (
    KAPPAS,
    NAMED,
    Grid,
    Joint,
    Needed,
    Teacher,
    ThreeWays,
    middle,
    power_needed,
    widths,
)

FIRST = 1.0
"""The first time that is drawn."""
LOOKS = {0: UNUSED, 1: POWER, 2: FINITE, 4: MEASURED}
"""Colours of the degrees."""
TOP = 1e6
"""Most neurons that are drawn."""
ROOM = [-0.06, 1.2]


def _directions(
    x: Array, curves: Array, place: dict[str, Any], what: str, shape: str = "linear"
) -> list[go.Scatter]:
    """A line for each direction, in its colour; curves of shape (n, P)."""
    return [
        go.Scatter(
            x=x, y=curves[:, p], mode="lines", showlegend=False, name=f"direction {p + 1}",
            meta={"end": f"{p + 1}"},
            line={"color": colour(p), "width": 3, "shape": shape},
            hovertemplate=f"direction {p + 1}: {what} %{{y:.2f}}<extra></extra>", **place,
        )
        for p in reversed(range(curves.shape[1]))
    ]  # fmt: skip


def three_ways(
    ways: ThreeWays, joint: Joint | None, guess: float | None, revealed: bool
) -> go.Figure:
    """Top: the power method. Middle: with deflation. Bottom: joint training, when it is there."""
    P = ways.teacher.P
    second, third = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3"}
    used, best, order = ways.deflated()
    traces = _directions(np.arange(ROUNDS + 1.0), ways.rounds(ROUNDS), {}, "u")
    traces += _directions(used, best, second, "u", "hv")
    said = "computing" if revealed else "your guess first"
    if guess is not None:
        said = f"you say {guess:g}"
    if joint is not None:
        traces += _directions(joint.t, joint.captured, third, "R")
        said = f"{joint.found} of {P}"
    heads = {
        "y": f"1. power method, over rounds: {ways.found_alone} of {P}",
        "y2": f"2. with deflation, over neurons used: {len(order)} of {P}",
        "y3": f"3. joint training {NAMED[ways.training]}, over time: {said}",
    }
    ticks: dict[str, Any] = {"range": ROOM, "tickvals": [0, 0.5, 1]}
    return figure(
        traces, "Each direction in its colour, from one start",
        xaxis=axis("", range=[0, ROUNDS], anchor="y", dtick=2),
        yaxis=axis("u", domain=[0.74, 0.95], **ticks),
        xaxis2=axis("", range=[0, min(P, ways.m)], anchor="y2", dtick=2),
        yaxis2=axis("u", domain=[0.37, 0.58], **ticks),
        xaxis3=log_axis("time", (FIRST, ways.teacher.end)) | {"anchor": "y3"},
        yaxis3=axis("R", domain=[0, 0.21], **ticks),
        annotations=[
            note(text, xref="paper", yref=f"{name} domain", x=0, y=1.0, xanchor="left",
                 yanchor="bottom")
            for name, text in heads.items()
        ],
    )  # fmt: skip


def needed(
    study: Needed, grid: Grid | None, m: int, guess: float | None, revealed: bool
) -> go.Figure:
    """Top: directions found over m at the chosen kappa. Bottom: neurons for all over kappa."""
    P, below = study.P, {"xaxis": "x2", "yaxis": "y2"}
    traces: list[Any] = []
    if revealed:
        traces += _power(study)
        traces += _promises(study, below)
    if grid is not None:
        traces += _joint(study, grid, below)
    if guess is not None:
        traces.append(line(f"your guess: {guess:,.0f}", [KAPPAS[0], KAPPAS[-1]], [guess] * 2,
                           GUESS, 3, "dash", **below))  # fmt: skip
    return figure(
        traces, f"Neurons and directions, P = {P}; joint training {NAMED[study.training]}",
        xaxis=log_axis("neurons m", (P / 2.5, 2e3)) | {"anchor": "y"},
        yaxis=axis("found", domain=[0.6, 1], range=[0, 1.1 * P], nticks=5),
        xaxis2=log_axis("condition number κ", (0.85, 80)) | {
            "anchor": "y2", "tickvals": list(KAPPAS), "dtick": None},
        yaxis2=log_axis("neurons for all", (P / 2, TOP)) | {"domain": [0, 0.42]},
        annotations=[
            note(f"m = {m}", UNUSED, xref="x", yref="y", x=np.log10(m), y=0, xanchor="left",
                 yanchor="bottom"),
            note(f"κ = {study.kappa}", UNUSED, xref="x2", yref="y2 domain",
                 x=np.log10(study.kappa), y=1, xanchor="right", yanchor="top"),
        ],
        shapes=[upright(m, UNUSED, 2, "dot", xref="x", yref="y domain"),
                upright(study.kappa, UNUSED, 2, "dot", xref="x2", yref="y2 domain")],
        showlegend=True,
    )  # fmt: skip


def _bars(low: Array, centre: Array, high: Array, colour: str) -> dict[str, Any]:
    """Bars from low to high; what is infinite ends above the picture."""
    low, centre, high = (np.minimum(each, 10 * TOP) for each in (low, centre, high))
    return {"type": "data", "array": high - centre, "arrayminus": centre - low, "color": colour,
            "thickness": 2}  # fmt: skip


def _power(study: Needed) -> list[go.Scatter]:
    """The power method's median and middle 80 % over m."""
    low, centre, high = np.array([middle(each) for each in power_needed(study.P, study.kappa).T]).T
    count = np.arange(1, study.P + 1)
    edge = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    flat = {"width": 0, "shape": "hv"}
    return [
        go.Scatter(x=high, y=count, line=flat, **edge),
        go.Scatter(x=low, y=count, line=flat, fill="tonexty", fillcolor="rgba(213,94,0,0.18)",
                   **edge),
        line("power method", centre, count, MEASURED, 3.5, hover="%{y} from %{x:,.3~s} neurons"),
    ]  # fmt: skip


def _promises(study: Needed, below: dict[str, Any]) -> list[go.Scatter]:
    """Over kappa: the power method, deflation, P log P, and exp(kappa)."""
    three = [middle(power_needed(study.P, kappa)[:, -1]) for kappa in KAPPAS]
    low, centre, high = np.array(three).T
    kappa = np.geomspace(1, 64, 200)
    promised = np.exp(np.minimum(kappa, np.log(10 * TOP)))
    ends = [KAPPAS[0], KAPPAS[-1]]
    return [
        line("exp(κ), without poly(d)", kappa, promised, POWER, 3, "dash", "%{y:.3g}", **below),
        go.Scatter(x=KAPPAS, y=centre, mode="lines+markers", name="power method",
                   line={"color": MEASURED, "width": 3}, marker={"size": 9}, showlegend=False,
                   error_y=_bars(low, centre, high, MEASURED), **below,
                   hovertemplate="power method: %{y:,.0f}<extra></extra>"),
        line("P log P", ends, [Teacher(study.P, study.P, 1).enough] * 2, UNUSED, 2, "dot", **below),
        line("deflation: P", ends, [study.P] * 2, FINITE, 3, "dashdot", **below),
    ]  # fmt: skip


def _joint(study: Needed, grid: Grid, below: dict[str, Any]) -> list[go.Scatter]:
    """What joint training finds over m, and what it needs over kappa, as far as it is known."""
    traces = []
    looks = {"color": DECOUPLED, "size": 11}
    found = grid.found.get(study.kappa)
    if found is not None:
        mean = found.mean(axis=1)
        traces.append(
            go.Scatter(x=widths(study.P)[: len(found)], y=mean, mode="lines+markers",
                       name="joint training", marker=looks, line={"color": DECOUPLED, "width": 3},
                       error_y=_bars(found.min(axis=1), mean, found.max(axis=1), DECOUPLED),
                       hovertemplate="m = %{x}: %{y:.2f} on average<extra></extra>")
        )  # fmt: skip
    known = [(kappa, needs) for kappa in KAPPAS if (needs := grid.needed(kappa)) is not None]
    if known:
        low, centre, high = np.array([middle(needs) for _, needs in known]).T
        traces.append(
            go.Scatter(x=[kappa for kappa, _ in known], y=centre, mode="lines+markers",
                       name="joint training", marker=looks, line={"color": DECOUPLED, "width": 3},
                       showlegend=False, error_y=_bars(low, centre, high, DECOUPLED), **below,
                       hovertemplate="joint training: %{y:.0f}<extra></extra>")
        )  # fmt: skip
    return traces


def stages(teacher: Teacher, joint: Joint | None) -> go.Figure:
    """Top: parts of the loss by degree over time. Bottom: captures."""
    below = {"xaxis": "x2", "yaxis": "y2"}
    traces: list[Any] = []
    if joint is not None:
        for i, degree in enumerate(DEGREES):
            traces.append(line(f"degree {degree}", joint.t, np.maximum(joint.losses[:, i], 1e-12),
                               LOOKS[degree], 3.5, "dash" if degree == 1 else "solid"))  # fmt: skip
        traces += _directions(joint.t, joint.captured, below, "R")
    limits = (FIRST, teacher.end)
    return figure(
        traces, "Loss by degree, capture by direction",
        xaxis=log_axis("", limits) | {"anchor": "y", "showticklabels": False},
        yaxis=log_axis("part of the loss", (1e-6, 2 * float(np.sum(teacher.a)) ** 2))
        | {"domain": [0.4, 1]},
        xaxis2=log_axis("time", limits) | {"anchor": "y2"},
        yaxis2=axis("captured R", domain=[0, 0.34], range=ROOM, tickvals=[0, 0.5, 1]),
        showlegend=True,
    )  # fmt: skip


def _small(traces: list[go.Scatter], x: dict[str, Any], y: dict[str, Any]) -> go.Figure:
    return figure(traces, "", xaxis=x, yaxis=y, showlegend=True, font={"size": FONT_SIZE - 1})


def hermite_sums() -> go.Figure:
    """|z|, and its degrees up to 0, 2 and 4."""
    z = np.linspace(-3.2, 3.2, 161)
    traces = [line("|z|", z, np.abs(z), UNUSED, 5)]
    traces += [line(f"up to degree {top}", z, partial_sum(z, top), LOOKS[top], 3,
                    "dot" if top == 0 else "solid") for top in (0, 2, 4)]  # fmt: skip
    return _small(traces, axis("z"), axis("", range=[-0.2, 3.4]))


def on_circle(plane: Plane) -> go.Figure:
    """T(v, v, v, v) around the circle, and the teacher's correlation with h_4 by quadrature."""
    degrees, dots = np.linspace(0, 180, 121), np.linspace(0, 180, 13)
    marks = go.Scatter(
        x=dots, y=plane.correlation(dots), mode="markers", name="E[f* h₄(v·x)] / c₄",
        marker={"color": MEASURED, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        hovertemplate="quadrature: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    return _small(
        [line("T(v, v, v, v)", degrees, plane.tensor(degrees), FINITE, 3), marks],
        axis("angle of v from e₁ (e₂: 90°)", dtick=45),
        axis("", range=[-0.05, 1.15]),
    )


def one_round(plane: Plane) -> go.Figure:
    """u after a round over u before, and the way of a neuron on either side of the watershed."""
    u, border = np.linspace(0, 1, 201), plane.watershed
    traces = [line("after a round", u, plane.round(u), UNUSED, 3),
              line("as before", [0, 1], [0, 1], UNUSED, 1.5, "dot")]  # fmt: skip
    for p, (name, begin) in enumerate({"to e₁": 1.15, "to e₂": 0.87}.items()):
        x, y = plane.staircase(border * begin)
        traces.append(line(name, x, y, colour(p), 2.5))
    return _small(traces, axis("u with e₁ before", range=[-0.02, 1.02]),
                  axis("u after", range=[-0.04, 1.06]))  # fmt: skip
