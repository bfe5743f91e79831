"""The recursion of one neuron: where its overlap came from, and how large the noise is over eta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.lab.overlaps import joined
from emergence.figures.style import (
    DECOUPLED,
    GUESS,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    level,
    line,
    log_axis,
    note,
)
from emergence.lessons.one_neuron.recursion.model import Recursion, Sizes
from emergence.lessons.one_neuron.recursion.study import Decomposition, NoiseSizes, NoiseSpread

SIGNAL, DRIFT, MARTINGALE = colour(1), POWER, colour(0)
ROOM = 4.0
"""The lower half shows at least so many 1/d up and down."""
LARGEST = 100.0
"""Largest noise over signal in the picture."""


def decomposed(rule: Recursion, drawn: Decomposition | None, last: float) -> go.Figure:
    """Top: one neuron's u and its signal's sum. Bottom: all that was added to u, in units of 1/d.

    Parameters
    ----------
    drawn : the decomposition so far; None before there are any: then only the flow is drawn
    last : last step of the picture
    """
    d, flow = rule.d, rule.flow
    steps, u = flow.path()
    steps, u = np.append(steps, max(last, steps[-1])), np.append(u, u[-1])
    traces = [_whole("flow (ODE), without noise", steps, u, DECOUPLED, 3, dash="dash")]
    title = f"The recursion and its ODE, d = {d}"
    room = ROOM
    if drawn is not None:
        one, now = drawn.middle, drawn.steps
        sizes = rule.sizes
        room = max(ROOM, min(3 * sizes.wander * (last / sizes.steps) ** 0.5, float(d)))
        traces += [
            _whole("u of one neuron", now, drawn.u[:, one], UNUSED, 4),
            _whole("u₀ + its signal alone", now, flow.start + drawn.signal[:, one], SIGNAL, 3),
        ]
        x, y, _ = joined(now, drawn.martingale * d, np.arange(drawn.u.shape[1]))
        traces.append(_added("martingales of all", x, y, MARTINGALE, 1, opacity=0.4))
        traces += [
            _added("signal", now, drawn.signal[:, one] * d, SIGNAL, 3, showlegend=False),
            _added("ζ: drift", now, drawn.drift[:, one] * d, DRIFT, 4),
            _added("ζ: martingale", now, drawn.martingale[:, one] * d, MARTINGALE, 4),
        ]
        spread = sizes.wander * np.sqrt(now / sizes.steps)
        traces += [
            _added("±1 s.d. of it at u = 1/d, by quadrature", now, sign * spread, MARTINGALE, 2,
                   dash="dot", showlegend=sign > 0)
            for sign in (1, -1)
        ]  # fmt: skip
    return figure(
        traces, title,
        xaxis=axis("steps t", range=[0, last], anchor="y2", exponentformat="SI", nticks=7),
        yaxis=axis("u = ⟨v, w⟩²", domain=[0.6, 1], range=[-0.04, 1.1], nticks=4),
        yaxis2=axis("added to u, in units of 1/d", domain=[0, 0.5], range=[-room, room], nticks=5),
        showlegend=True,
    )  # fmt: skip


def _whole(name: str, x: Array, y: Array, tint: str, width: float, **more: Any) -> go.Scatter:
    """A line of u, in the upper half."""
    look: dict[str, Any] = {
        "yaxis": "y", "legendgroup": name, "showlegend": True, "opacity": 1.0,
        "hover": "%{y:.3g} at %{x:,.3s} steps",
    }  # fmt: skip
    return line(name, x, y, tint, width, **(look | more))


def _added(name: str, x: Array, y: Array, tint: str, width: float, **more: Any) -> go.Scatter:
    """A line of what was added to u, in units of 1/d, in the lower half."""
    look = {"yaxis": "y2", "hover": "%{y:.3g} /d at %{x:,.3s} steps"}
    return _whole(name, x, y, tint, width, **(look | more))


def noise_sizes(
    study: NoiseSizes, spreads: Sequence[NoiseSpread], guess: float | None, revealed: bool
) -> go.Figure:
    """Noise of the search over its signal, over eta, for several d; it has to stay below 1.

    Parameters
    ----------
    spreads : what is measured so far
    guess : the reader's power of d, drawn as marks on the line 1; None before it is given
    revealed : otherwise only the first d's line is drawn
    """
    lines, largest = study.lines(), study.largest()
    shown = list(lines) if revealed else list(lines)[:1]
    traces: list[go.Scatter] = []
    for i, d in enumerate(shown):
        mine = [spread for spread in spreads if spread.d == d]
        traces += [*_noises(d, *lines[d], colour(i)), _measured(d, mine, colour(i)),
                   _as_large(study.J, d, largest[d], colour(i))]  # fmt: skip
    if guess is not None:
        ratio = np.array(list(lines)) / min(lines)
        traces.append(
            go.Scatter(
                x=largest[min(lines)] * ratio**guess, y=np.ones(len(ratio)), mode="markers",
                name=f"your guess, d^{guess:g}", hoverinfo="name",
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
        annotations=[_name(d, *lines[d], colour(i)) for i, d in enumerate(shown)],
        showlegend=True,
        shapes=[level(1, UNUSED, 2, "dash")],
    )  # fmt: skip


def _noises(d: int, eta: Array, sizes: Sequence[Sizes], tint: str) -> list[go.Scatter]:
    """Martingale and drift over the signal, by quadrature."""
    wander = np.array([each.wander for each in sizes])
    drift = np.array([each.drift for each in sizes])
    return [
        line(f"{what}, d = {d}", eta, y, tint, 3, dash, "%{y:.2g} at η = %{x:.2g}",
             legendgroup=str(d), showlegend=what == "martingale")
        for y, what, dash in ((wander, "martingale", "solid"), (drift, "drift", "dot"))
    ]  # fmt: skip


def _measured(d: int, spreads: Sequence[NoiseSpread], tint: str) -> go.Scatter:
    """The measured spreads at this d, with two standard errors."""
    return go.Scatter(
        x=[s.eta for s in spreads], y=[s.wander for s in spreads], mode="markers",
        name=f"measured, d = {d}", legendgroup=str(d), showlegend=False,
        marker={"color": tint, "size": 10, "symbol": "circle-open", "line": {"width": 2}},
        error_y={"array": [2 * s.error for s in spreads], "color": tint},
        hovertemplate=f"measured, d = {d}: %{{y:.2g}}<extra></extra>",
    )  # fmt: skip


def _as_large(J: int, d: int, eta: float, tint: str) -> go.Scatter:
    """A diamond at the eta where the martingale is as large as the signal."""
    return go.Scatter(
        x=[eta], y=[1.0], mode="markers", showlegend=False, legendgroup=str(d),
        name=f"η = {eta * float(d) ** (J / 2):.2g} d^-{J / 2:g}",
        marker={"color": tint, "size": 13, "symbol": "diamond"},
        hovertemplate="%{fullData.name}<extra></extra>",
    )  # fmt: skip


def _name(d: int, eta: Array, sizes: Sequence[Sizes], tint: str) -> dict[str, object]:
    """The name of d at the end of its martingale's line, inside the picture."""
    wander = np.array([each.wander for each in sizes])
    end = int(np.flatnonzero(wander < LARGEST / 2)[-1])
    return note(f"d = {d}", tint, x=float(np.log10(eta[end])), y=float(np.log10(wander[end])),
                yanchor="bottom", xanchor="right")  # fmt: skip
