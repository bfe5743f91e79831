"""Is it a mirage: one run under four measures, and the spread of many seeds over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GUESS,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    figure,
    level,
    line,
    log_axis,
    note,
    upright,
)
from emergence.lessons.mirage.dip import THRESHOLD
from emergence.lessons.mirage.model import (
    ACCURACY,
    CAPTURE,
    DEGREES,
    JUMP,
    LOSS,
    MEASURES,
    OVERLAP,
    FourMeasures,
    capture_decades,
    overlap,
    overlap_decades,
    time_to,
)
from emergence.lessons.mirage.seeds import BINS, MOMENTS, Spread
from emergence.lessons.mirage.study import S0
from emergence.theory.thresholds import EMERGED
from emergence.words import plural

LOOKS = {LOSS: (MEASURED, "solid"), OVERLAP: (FINITE, "solid"), CAPTURE: (DECOUPLED, "dash"),
         ACCURACY: (POWER, "solid")}  # fmt: skip
"""Colour and dash of the measures."""
SPAN = (0.01, 6.0)
"""Times that are drawn, in units of the time to u = 1/2."""
LINEAR = 4.0
"""The last of them where time is not a logarithm."""
EDGE, LEAST, MOST = 1.2e-7, 3e-7, 2.0
"""Decades of time: where the axis begins, the least that is drawn as it is, where it ends."""
BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
SHAPES = {2: "circle", 4: "square"}


def four_measures(runs: dict[int, FourMeasures], J: int, linear: bool) -> go.Figure:
    """Top: what each measure calls learned, over time, at one J. Bottom: how sharp each is.

    Parameters
    ----------
    runs : by J, those that are there; nothing is drawn of those that are not
    linear : whether time is drawn as it is, and not its logarithm
    """
    traces = _learned(runs[J]) if J in runs else []
    for degree in DEGREES:
        if degree in runs:
            traces += _sharpness(runs[degree], degree == J)
    title = "time, in units of the time to u = ½"
    scale = axis(title, range=[0, LINEAR]) if linear else log_axis(title, SPAN)
    return figure(
        traces, f"One run, four measures: J = {J}",
        xaxis=scale | {"anchor": "y"},
        yaxis=axis("learned", domain=[0.58, 1], range=[-0.04, 1.08], nticks=3, tickformat=".0%"),
        xaxis2=log_axis("decades of time from 10 % to 90 %", (EDGE, MOST)) | {"anchor": "y2"},
        yaxis2=axis("", domain=[0, 0.38], range=[3.6, -0.6], tickvals=list(range(4)),
                    ticktext=["loss", "u", "R", "pass/fail"]),
        shapes=[upright(JUMP, UNUSED, 2, "dash", xref="x2", yref="y2 domain")],
        annotations=[note(f"jumps: below {JUMP:g} ", UNUSED, xref="x2", yref="y2 domain",
                          x=np.log10(JUMP), y=1.0, xanchor="right", yanchor="bottom"),
                     note("at once", UNUSED, xref="x2", yref="y2", x=np.log10(1.5 * LEAST),
                          y=len(MEASURES) - 1, xanchor="left")],
        showlegend=True,
    )  # fmt: skip


def _learned(run: FourMeasures) -> list[go.Scatter]:
    """The four curves, to the end of the axis, where nothing changes any more."""
    unit = float(time_to(EMERGED, run.u0, run.J))
    x = np.append(run.tau / unit, SPAN[1])
    traces = [
        line(name, x, np.append(curve, curve[-1]), colour, 3.5, dash, "%{y:.1%}")
        for (name, curve), (colour, dash) in zip(run.curves.items(), LOOKS.values(), strict=True)
    ]
    theory = overlap(run.tau, run.u0, run.J)
    traces.append(line("u in closed form", run.tau / unit, theory, UNUSED, 2, "dot", "%{y:.1%}"))
    return traces


def _sharpness(run: FourMeasures, chosen: bool) -> list[go.Scatter]:
    """Decades of time of each measure, and theory's where there is a formula."""
    decades = np.array([run.decades(measure) for measure in MEASURES])
    theory = {OVERLAP: overlap_decades(run.u0, run.J)}
    if run.J == 2:
        theory[CAPTURE] = capture_decades(run.u0, S0)
    return [
        go.Scatter(
            x=np.maximum(decades, LEAST), y=np.arange(len(MEASURES)), mode="markers",
            name=f"J = {run.J}", customdata=decades, cliponaxis=False, **BELOW,
            marker={"symbol": SHAPES[run.J], "size": 15, "opacity": 1 if chosen else 0.55,
                    "color": [colour for colour, _ in LOOKS.values()]},
            hovertemplate=f"J = {run.J}: %{{customdata:.2g}} decades<extra></extra>",
        ),
        go.Scatter(
            x=list(theory.values()), y=[MEASURES.index(measure) for measure in theory],
            mode="markers", name="theory", showlegend=chosen, **BELOW,
            marker={"symbol": f"{SHAPES[run.J]}-open", "size": 23, "color": UNUSED,
                    "line": {"width": 2}},
            hovertemplate="theory: %{x:.2g} decades<extra></extra>",
        ),
    ]  # fmt: skip


def seeds(
    exact: Spread | None, measured: Spread | None, moment: float, guess: float | None
) -> go.Figure:
    """Top: how u is spread over the seeds at a moment. Bottom: the dip at every moment.

    Parameters
    ----------
    exact, measured : in closed form and of the runs so far; None while they are not to be seen
    moment : one of `MOMENTS`
    guess : the reader's share of the seeds between 10 % and 90 % at moment 1, or None
    """
    middle = (np.arange(BINS) + 0.5) / BINS
    traces: list[Any] = []
    count = plural(measured.u.shape[1], "run") if measured else "runs"
    if exact:
        traces.append(
            go.Bar(x=middle, y=exact.shares(moment), name="closed form", width=0.9 / BINS,
                   marker={"color": FINITE, "opacity": 0.55},
                   hovertemplate="u near %{x:.3f}: %{y:.1%} of the starts<extra></extra>")
        )  # fmt: skip
        traces.append(line("closed form", MOMENTS, exact.dips, FINITE, 3, showlegend=False,
                           **BELOW))  # fmt: skip
    if measured:
        looks = {"color": MEASURED, "size": 10, "symbol": "circle-open", "line": {"width": 2.5}}
        traces.append(
            go.Scatter(x=middle, y=measured.shares(moment), mode="markers", name=count,
                       marker=looks, cliponaxis=False,
                       hovertemplate=f"{count}, u near %{{x:.3f}}: %{{y:.1%}}<extra></extra>")
        )  # fmt: skip
        traces.append(
            go.Scatter(x=MOMENTS, y=measured.dips, mode="markers", name=count, marker=looks,
                       showlegend=False, hovertemplate=f"{count}: %{{y:.3f}}<extra></extra>",
                       **BELOW)
        )  # fmt: skip
    notes = [note("two peaks above ", UNUSED, xref="x2 domain", yref="y2", x=1.0, y=THRESHOLD,
                  xanchor="right", yanchor="bottom")]  # fmt: skip
    shapes = [
        level(THRESHOLD, UNUSED, 2, "dash", xref="x2 domain", yref="y2"),
        upright(moment, UNUSED, 2, "dot", xref="x2", yref="y2 domain"),
    ]
    if guess is not None and exact is None:
        traces.append(line(f"you guess {guess:.0%} between", [0.1, 0.9], [guess, guess], GUESS,
                           4, "dash"))  # fmt: skip
    title = "How 200 seeds are spread, and when they form two groups"
    return figure(
        traces, title,
        xaxis=axis("squared overlap u", range=[-0.02, 1.02], anchor="y"),
        yaxis=axis("share of the seeds", domain=[0.58, 1], range=[-0.02, 1.04], nticks=3,
                   tickformat=".0%"),
        xaxis2=log_axis("time (half of the seeds have emerged: 1)", (MOMENTS[0], MOMENTS[-1]))
        | {"anchor": "y2"},
        yaxis2=axis("dip", domain=[0, 0.38], range=[-0.01, 0.26], nticks=4),
        shapes=shapes, annotations=notes, showlegend=True,
    )  # fmt: skip
