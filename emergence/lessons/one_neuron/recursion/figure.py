"""The recursion of one neuron: where its overlap came from, and how large the noise is over eta."""

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
    LEGEND,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    level,
    log_axis,
    note,
)
from emergence.lessons.one_neuron.recursion.model import Recursion, Sizes
from emergence.lessons.one_neuron.recursion.study import Books, Spread

SIGNAL, DRIFT, MARTINGALE = colour(1), POWER, colour(0)
ROOM = 4.0
"""The lower half shows at least so many 1/d up and down."""
LARGEST = 100.0
"""Largest noise over signal in the picture."""


def books(rule: Recursion, known: Books | None, last: float) -> go.Figure:
    """Top: one neuron's u and its signal's sum. Bottom: all that was added to u, in units of 1/d.

    Parameters
    ----------
    known : the books so far; None before there are any: then only the flow is drawn
    last : last step of the picture
    """
    d, flow = rule.d, rule.flow
    steps, u = flow.path()
    steps, u = np.append(steps, max(last, steps[-1])), np.append(u, u[-1])
    traces = [_line("flow (ODE), without noise", steps, u, DECOUPLED, 3, "dash")]
    title = f"The recursion and its ODE, d = {d}"
    room = ROOM
    if known is not None:
        one, now = known.middle, known.steps
        sizes = rule.sizes
        room = max(ROOM, min(3 * sizes.wander * (last / sizes.steps) ** 0.5, float(d)))
        traces += [
            _line("u of one neuron", now, known.u[:, one], UNUSED, 4),
            _line("u₀ + its signal alone", now, flow.start + known.signal[:, one], SIGNAL, 3),
        ]
        x, y, _ = joined(now, known.martingale * d, np.arange(known.u.shape[1]))
        traces.append(_line("martingales of all", x, y, MARTINGALE, 1, low=True, opacity=0.4))
        traces += [
            _line("signal", now, known.signal[:, one] * d, SIGNAL, 3, low=True, legend=False),
            _line("ζ: drift", now, known.drift[:, one] * d, DRIFT, 4, low=True),
            _line("ζ: martingale", now, known.martingale[:, one] * d, MARTINGALE, 4, low=True),
        ]
        spread = sizes.wander * np.sqrt(now / sizes.steps)
        for sign in (1, -1):
            traces.append(_line("±1 s.d. of it at u = 1/d, by quadrature", now, sign * spread,
                                MARTINGALE, 2, "dot", low=True, legend=sign > 0))  # fmt: skip
    return figure(
        traces, title,
        xaxis=axis("steps t", range=[0, last], anchor="y2", exponentformat="SI", nticks=7),
        yaxis=axis("u = ⟨v, w⟩²", domain=[0.6, 1], range=[-0.04, 1.1], nticks=4),
        yaxis2=axis("added to u, in units of 1/d", domain=[0, 0.5], range=[-room, room], nticks=5),
        showlegend=True,
        legend=LEGEND | {"x": 0.01, "y": 0.985, "yanchor": "top", "tracegroupgap": 0},
    )  # fmt: skip


def _line(name: str, x: Array, y: Array, tint: str, width: float, dash: str = "solid",
          low: bool = False, legend: bool = True, opacity: float = 1.0) -> go.Scatter:  # fmt: skip
    unit = " /d" if low else ""
    return go.Scatter(
        x=x, y=y, yaxis="y2" if low else "y", mode="lines", name=name, legendgroup=name,
        showlegend=legend, opacity=opacity, line={"color": tint, "width": width, "dash": dash},
        hovertemplate=f"{name}: %{{y:.3g}}{unit} at %{{x:,.3s}} steps<extra></extra>",
    )  # fmt: skip


def noise_sizes(
    J: int, lines: Mapping[int, tuple[Array, Sequence[Sizes]]], found: Sequence[Spread],
    largest: Mapping[int, float], revealed: bool, power: float | None,
) -> go.Figure:  # fmt: skip
    """Noise of the search over its signal, over eta, for several d; it has to stay below 1.

    Parameters
    ----------
    lines : by d step sizes, shape (n,), and the noise there
    found : measured spreads
    largest : by d the eta at which the martingale is as large as the signal
    revealed : otherwise only the first d's line is drawn
    power : the reader's power of d, drawn as marks on the line 1; None before it is given
    """
    traces: list[go.Scatter] = []
    shown = list(lines) if revealed else list(lines)[:1]
    notes: list[dict[str, Any]] = []
    for i, d in enumerate(shown):
        eta, sizes = lines[d]
        wander = np.array([each.wander for each in sizes])
        drift = np.array([each.drift for each in sizes])
        for y, what, dash in ((wander, "martingale", "solid"), (drift, "drift", "dot")):
            traces.append(
                go.Scatter(
                    x=eta, y=y, mode="lines", name=f"{what}, d = {d}", legendgroup=str(d),
                    showlegend=what == "martingale",
                    line={"color": colour(i), "width": 3, "dash": dash},
                    hovertemplate=f"{what}, d = {d}: %{{y:.2g}} at η = %{{x:.2g}}<extra></extra>",
                )
            )  # fmt: skip
        each = [spread for spread in found if spread.d == d]
        traces.append(
            go.Scatter(
                x=[s.eta for s in each], y=[s.wander for s in each], mode="markers",
                name=f"measured, d = {d}", legendgroup=str(d), showlegend=False,
                marker={"color": colour(i), "size": 10, "symbol": "circle-open",
                        "line": {"width": 2}},
                error_y={"array": [2 * s.error for s in each], "color": colour(i)},
                hovertemplate=f"measured, d = {d}: %{{y:.2g}}<extra></extra>",
            )
        )  # fmt: skip
        end = int(np.flatnonzero(wander < LARGEST / 2)[-1])  # inside the picture
        notes.append(
            note(f"d = {d}", colour(i), x=float(np.log10(eta[end])),
                 y=float(np.log10(wander[end])), yanchor="bottom", xanchor="right")
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=[largest[d]], y=[1.0], mode="markers", showlegend=False, legendgroup=str(d),
                name=f"η = {largest[d] * float(d) ** (J / 2):.2g} d^-{J / 2:g}",
                marker={"color": colour(i), "size": 13, "symbol": "diamond"},
                hovertemplate="%{fullData.name}<extra></extra>",
            )
        )  # fmt: skip
    if power is not None:
        ratio = np.array(list(lines)) / min(lines)
        traces.append(
            go.Scatter(
                x=largest[min(lines)] * ratio**power, y=np.ones(len(ratio)), mode="markers",
                name=f"your guess, d^{power:g}", hoverinfo="name",
                marker={"color": GUESS, "size": 15, "symbol": "x-thin",
                        "line": {"width": 3, "color": GUESS}},
            )
        )  # fmt: skip
    if revealed:
        traces.append(
            go.Scatter(x=[None], y=[None], mode="lines", name="drift (dotted)",
                       line={"color": UNUSED, "width": 3, "dash": "dot"})
        )  # fmt: skip
    every = np.concatenate([eta for eta, _ in lines.values()])
    return figure(
        traces, "Noise over signal while a neuron searches",
        xaxis=log_axis("step size η", (float(every.min()), float(every.max())))
        | {"dtick": 2},
        yaxis=log_axis("noise / signal", (1e-5, LARGEST)) | {"dtick": 1},
        annotations=notes, showlegend=True,
        shapes=[level(1, UNUSED, 2, "dash")],
        legend=LEGEND | {"x": 0.99, "xanchor": "right", "y": 0.02, "yanchor": "bottom",
                         "tracegroupgap": 0},
    )  # fmt: skip
