"""One neuron: its way to the direction, and how the time it takes grows with d."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.lab.overlaps import joined
from emergence.figures.style import (
    DECOUPLED,
    GUESS,
    MEASURED,
    POWER,
    axis,
    colour,
    figure,
    line,
    log_axis,
    note,
)
from emergence.figures.way import Way
from emergence.lessons.one_neuron.model import Flow, Scaling, growth, share_exponent, share_left
from emergence.lessons.one_neuron.study import DELTAS, Paths, RemainingShare
from emergence.theory.thresholds import EMERGED
from emergence.words import plural

SEARCH, FIT = "rgba(128,128,128,0.14)", "rgba(230,159,0,0.16)"
BORDER = "rgba(128,128,128,0.7)"
MARKERS = {1: "circle", 2: "square", 3: "diamond", 4: "triangle-up"}
FARTHEST = 1e12
"""Dimension up to which the flow's shares are drawn."""
LAWS = {
    1: "√u = √u₀ + ηt", 2: "u = u₀ exp(4ηt)", 3: "1/√u = 1/√u₀ − 3ηt", 4: "1/u = 1/u₀ − 8ηt",
    6: "1/u² = 1/u₀² − 24ηt",
}  # fmt: skip
"""`Flow.law` by J."""


def guessed_search(flow: Flow, last: float, stops: Sequence[float]) -> Way:
    """Where in `search_and_fit` a guess of the search's share, in per cent, is marked."""
    return Way.along(np.minimum(np.array(stops) / 100 * flow.arrival, last), 0.5)


def search_and_fit(
    flow: Flow, paths: Paths | None, last: float, guess: float | None, revealed: bool
) -> go.Figure:
    """Top: the squared overlap over steps, its search and fit shaded. Bottom: in logarithms.

    Parameters
    ----------
    paths : the measured neurons; None before there are any
    last : last step of the picture
    guess : the reader's share of search, a vertical line; None while there is none
    revealed : whether all the rest is drawn
    """
    traces = [line("u = 1/√d: search ends", np.array([0.0, last]), np.full(2, flow.border), BORDER,
                   1.5, yaxis="y2")]  # fmt: skip
    shapes: list[dict[str, Any]] = []
    title, whole = f"One neuron looks for one direction, d = {flow.d}", flow.arrival
    if paths is not None:
        x, y, _ = joined(paths.steps, paths.u, np.arange(paths.u.shape[1]))
        traces += _both(f"{plural(paths.u.shape[1], 'neuron')}", x, y, colour(0), 1.5)
        traces += _both("their median", paths.steps, paths.median, colour(0), 4)
        # Shaded is what is measured: search until the median is through it, then fit.
        now = paths.steps[-1]
        # Where noise throws neurons back from beyond the border, they still search.
        through = np.isfinite(paths.recovered) or paths.median[-1] > flow.border
        searched = min(paths.searched, now) if through else now
        arrived = min(paths.recovered, now)
        shapes += [_shade(0.0, searched, SEARCH), _shade(searched, arrived, FIT)]
        if paths.search_share is not None:
            whole = paths.recovered
            title = (f"Search takes {paths.search_share:.0%} of the way, "
                     f"fit {1 - paths.search_share:.0%}")  # fmt: skip
    if revealed:
        steps, u = flow.path()
        steps, u = np.append(steps, max(last, steps[-1])), np.append(u, u[-1])
        traces += _both("flow, without noise", steps, u, DECOUPLED, 3, "dash")
        traces += _both(LAWS[flow.J], *flow.law(), POWER, 3, "dot")
    if guess is not None:
        traces.append(
            go.Scatter(
                x=[guess * whole] * 2, y=[-1, 2], mode="lines", hoverinfo="name",
                name=f"your guess: search {guess:.0%}",
                line={"color": GUESS, "width": 3, "dash": "dash"},
            )
        )  # fmt: skip
    traces.append(
        go.Scatter(x=[0.0], y=[flow.start], yaxis="y2", mode="markers", hoverinfo="skip",
                   name="start, u = 1/d", marker={"color": colour(0), "size": 12})
    )  # fmt: skip
    return figure(
        traces, title,
        xaxis=axis("steps t", range=[0, last], anchor="y2", exponentformat="SI", nticks=7),
        yaxis=axis("u = ⟨v, w⟩²", domain=[0.47, 1], range=[-0.04, 1.08], nticks=4),
        yaxis2=log_axis("u", (flow.start / 30, 2.0)) | {"domain": [0, 0.41]},
        shapes=shapes, showlegend=True,
    )  # fmt: skip


def _both(name: str, x: Array, y: Array, colour: str, width: float, dash: str = "solid"
          ) -> list[go.Scatter]:  # fmt: skip
    """The same line in both halves."""
    return [
        line(name, x, y, colour, width, dash, "u = %{y:.3g} at %{x:,.3s} steps", yaxis=place,
             legendgroup=name, showlegend=place == "y", opacity=0.65 if width < 2 else 1)
        for place in ("y", "y2")
    ]  # fmt: skip


def _shade(left: float, right: float, colour: str) -> dict[str, Any]:
    return {"type": "rect", "x0": left, "x1": right, "yref": "paper", "y0": 0, "y1": 1,
            "fillcolor": colour, "line": {"width": 0}, "layer": "below"}  # fmt: skip


def recovery_times(
    flows: Mapping[int, tuple[Flow, ...]], measured: Mapping[int, Scaling],
    guess: float | None, revealed: bool,
) -> go.Figure:  # fmt: skip
    """Steps until u > 1/2 over d, log-log: medians, the theorem's growth, and the reader's guess.

    Parameters
    ----------
    flows : by J the flow at each dimension; the theorem's line meets it at the last
    measured : so far, by J
    guess : the reader's factor at J = 4 when d doubles, or None; all but its line is drawn when
        `revealed`
    """
    first = flows[4][0]
    d4 = np.array([first.d, 64.0])
    traces: list[go.Scatter] = []
    if guess is not None:
        traces.append(
            go.Scatter(
                x=d4, y=first.arrival * (d4 / first.d) ** np.log2(guess), mode="lines",
                name=f"your guess at J = 4: × {guess:g}", hoverinfo="name",
                line={"color": GUESS, "width": 3, "dash": "dash"},
            )
        )  # fmt: skip
    notes = []
    for J, each in flows.items() if revealed else ():
        d = np.array([flow.d for flow in each], dtype=float)
        steps = growth(J, d) / growth(J, each[-1].d) * each[-1].arrival
        traces.append(
            go.Scatter(
                x=d, y=steps, mode="lines", name="growth by the theorem", legendgroup="theorem",
                showlegend=J == 1, hoverinfo="skip",
                line={"color": POWER, "width": 2.5, "dash": "dot"},
            )
        )  # fmt: skip
        if J in measured:
            traces.append(_medians(J, measured[J]))
        notes.append(
            note(f"J = {J}", size=15, x=np.log10(d[-1]), y=np.log10(steps[-1]), xanchor="left",
                 xshift=8, yanchor="bottom")
        )  # fmt: skip
    return figure(
        traces, f"Steps until u > {EMERGED:g}, over the dimension",
        xaxis=log_axis("dimension d", (6, 3e5)), yaxis=log_axis("steps", (30, 1e8)),
        annotations=notes, showlegend=True,
    )  # fmt: skip


def _medians(J: int, scaling: Scaling) -> go.Scatter:
    fitted = f", exponent {scaling.fitted.value:.2f}" if scaling.fitted else ""
    return go.Scatter(
        x=scaling.d, y=scaling.median, mode="markers", name=f"J = {J}{fitted}",
        marker={"color": MEASURED, "size": 11, "symbol": MARKERS[J]},
        error_y={"array": scaling.high - scaling.median, "arrayminus": scaling.median - scaling.low,
                 "color": MEASURED, "thickness": 2},
        hovertemplate=f"J = {J}, d = %{{x}}: median %{{y:,.3s}} steps<extra></extra>",
    )  # fmt: skip


def left_after_search(
    delta: float, measured: Mapping[int, RemainingShare], guess: float | None, revealed: bool
) -> go.Figure:
    """Share of the steps that come after o = d^(-1/2 + delta), over d in log-log.

    Parameters
    ----------
    delta : one of DELTAS
    measured : so far, by J
    guess : the reader's share at J = 4 and d = 10^6; None before there is one
    """
    d = np.geomspace(8, FARTHEST, 200)
    least = float(share_left(4, FARTHEST, delta)) / 4 if revealed else 1e-4
    traces: list[go.Scatter] = []
    if guess is not None:
        traces.append(
            go.Scatter(
                x=[1e6], y=[max(guess, least)], mode="markers", hoverinfo="name",
                name=f"your guess at J = 4: {guess:.2%}",
                marker={"color": GUESS, "size": 15, "symbol": "x"},
            )
        )  # fmt: skip
    for J in (1, 2, 3, 4) if revealed else ():
        left = share_left(J, d, delta)
        limit = {1: "to 1", 2: f"to 1 − 2δ = {1 - 2 * delta:.2g}"}.get(
            J, f"as d^−{-share_exponent(J, delta):.2g}"
        )
        traces.append(
            go.Scatter(
                x=d[left > 0], y=left[left > 0], mode="lines", name=f"J = {J}: {limit}",
                line={"color": colour(J - 1), "width": 3}, legendgroup=str(J),
                hovertemplate=f"J = {J}, flow: %{{y:.2%}}<extra></extra>",
            )
        )  # fmt: skip
        if J in measured:
            row = measured[J].share[DELTAS.index(delta)]
            traces.append(
                go.Scatter(
                    x=measured[J].d[row > 0], y=row[row > 0], mode="markers", name=f"J = {J}, SGD",
                    marker={"color": colour(J - 1), "size": 10, "symbol": MARKERS[J]},
                    legendgroup=str(J), showlegend=False,
                    hovertemplate=f"J = {J}, d = %{{x}}: measured %{{y:.2%}}<extra></extra>",
                )
            )  # fmt: skip
    return figure(
        traces, f"What is left after the search, δ = {delta:g}",
        xaxis=log_axis("dimension d", (6, FARTHEST)) | {"dtick": 2},
        yaxis=log_axis("share of the steps", (least, 2.0)),
        showlegend=True,
    )  # fmt: skip
