"""Toy losses: their landscapes, their jumps, how long they wait; and depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
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
from emergence.figures.way import Way
from emergence.lessons.sharp_transitions.model import (
    DEPTHS,
    EscapeCurves,
    Jumps,
    Layers,
    ProductFlow,
    ToyLoss,
    loss_of,
    neuron_waits,
    waits,
)
from emergence.lessons.sharp_transitions.study import MeasuredEscapes

BLIND = 4.0
"""Growth of the escape time, as a power of a smaller start, that has room before the answer."""
LOOKS = ((FINITE, "dot"), (DECOUPLED, "dashdot"), (POWER, "dash"), (MEASURED, "solid"))
"""Colour and dash of the four losses."""
BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
"""The lower picture's axes."""
SPAN = 2.0
"""Trajectories are drawn up to this many escape times."""

W = np.linspace(0.0, 1.25, 126)
"""Places at which a landscape is drawn."""


def formula(loss: ToyLoss) -> str:
    """A toy loss as a formula of one line."""
    factors = [f"w{'₀₁₂₃₄₅₆₇₈'[i]}" for i in range(1, loss.layers + 1)]
    power = "" if loss.power == 1 else "⁰¹²³⁴⁵⁶⁷⁸"[loss.power]
    return f"(w* − {''.join(factors) if loss.layers > 1 else 'w'}{power})²"


def _progress(flow: ProductFlow) -> tuple[Array, Array]:
    """Time in escape times and the share learned, up to `SPAN`, where all is learned at last."""
    x, learned = flow.t / flow.escape, flow.learned
    if x[-1] >= SPAN:
        return x, learned
    return np.append(x, SPAN), np.append(learned, learned[-1])


def guessed_jump(stops: Sequence[float]) -> Way:
    """Where in `jumps` a guess of what is learned at half the time, in per cent, is marked."""
    return Way.up(0.5, np.array(stops) / 100, axes="2")


def jumps(model: Jumps, guess: float | None, revealed: bool) -> go.Figure:
    """Top: the losses over w. Bottom: what is learned over time, each in its own escape time.

    Parameters
    ----------
    guess : the reader's share of w* learned by the last loss at half its escape time, or None
    revealed : whether the flows are drawn
    """
    traces = [
        line(formula(loss), W, loss.along(W), colour, 3.5, dash)
        for loss, (colour, dash) in zip(model.losses, LOOKS, strict=True)
    ]
    if revealed:
        traces += _flows(model)
    notes = [note(f" start w₀ = {model.w0:g}", UNUSED, xref="x", yref="y domain", x=model.w0,
                  y=0.02, xanchor="left", yanchor="bottom"),
             note(" T/2", GUESS, xref="x2", yref="y2 domain", x=0.5, y=0.98, xanchor="left",
                  yanchor="top")]  # fmt: skip
    if guess is not None:
        traces.append(_guessed(0.5, guess))
        notes.append(note(" your guess", GUESS, xref="x2", yref="y2", x=0.52, y=guess,
                          xanchor="left", yanchor="bottom"))  # fmt: skip
    return figure(
        traces, "Where the slope is lost, learning waits",
        xaxis=axis("w (all factors alike)", range=[0, float(W[-1])], anchor="y"),
        yaxis=axis("loss", domain=[0.57, 1], range=[-0.03, 1.15], nticks=4),
        xaxis2=axis("time, in units of the time T to learn half", range=[0, SPAN], anchor="y2"),
        yaxis2=axis("learned", domain=[0, 0.4], range=[-0.03, 1.08], nticks=4, tickformat=".0%"),
        shapes=[
            upright(0.5, GUESS, 2, "dash", xref="x2", yref="y2 domain"),
            upright(model.w0, UNUSED, 2, "dash", xref="x", yref="y domain"),
        ],
        annotations=notes, showlegend=True,
    )  # fmt: skip


def _flows(model: Jumps) -> list[go.Scatter]:
    """What each loss has learned over time, and a dot in both pictures at half its escape time."""
    traces = [
        line(
            formula(loss),
            *_progress(flow),
            colour,
            3.5,
            dash,
            "%{y:.1%}",
            showlegend=False,
            **BELOW,
        )
        for loss, flow, (colour, dash) in zip(model.losses, model.flows, LOOKS, strict=True)
    ]
    colours = [colour for colour, _ in LOOKS]
    learned, w = np.array([flow.half for flow in model.flows]).T
    for x, y, axes in (
        (w, loss_of(learned), {}),
        (np.full(len(learned), 0.5), learned, BELOW),
    ):
        traces.append(
            go.Scatter(
                x=x, y=y, mode="markers", name="at T/2", showlegend=not axes, cliponaxis=False,
                marker={"color": colours, "size": 11, "line": {"width": 1, "color": "#fff"}},
                hovertemplate="at half the time: %{y:.3g}<extra></extra>", **axes,
            )
        )  # fmt: skip
    return traces


def escape_times(
    curves: EscapeCurves, measured: MeasuredEscapes, guess: float | None, revealed: bool
) -> go.Figure:
    """Top: escape time over the size of the start in log-log. Bottom: the small ones, semilog.

    Parameters
    ----------
    measured : what is integrated so far; no fits before there are enough starts
    guess : the reader's power of ten of the last loss for a start ten times smaller, drawn as a
        slope, or None; times below the largest start are drawn only when it is `revealed`
    """
    w0, exact = curves.w0, curves.exact
    traces = [
        go.Scatter(
            x=w0[:1], y=exact[-1, :1], mode="markers", marker={"color": MEASURED, "size": 12},
            name="largest start", hovertemplate="T = %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    if guess is not None:
        slope = exact[-1, 0] * (w0 / w0[0]) ** -guess
        traces.append(line("your guess", w0, slope, GUESS, 3.5, "dash"))
    if revealed:
        for i in range(len(curves.losses)):
            traces += _escape_lines(curves, measured, i)
    few = exact[[i for i, loss in enumerate(curves.losses) if loss.factors <= 2]]
    first, most = float(exact[-1, 0]), float(few.max())
    low, high = 10 ** np.floor(np.log10(first / 1.5)), first * (w0[0] / w0[-1]) ** BLIND
    if revealed:
        low, high = 10 ** np.floor(np.log10(exact.min() / 1.5)), float(exact.max()) * 6
    else:
        most = first  # until the answer is shown the axes say nothing of it
    limits = (float(w0[-1]) / 1.1, float(w0[0]) * 1.1)
    decades = np.log10(high / low)
    return figure(
        traces, "Escape time T against the size of the start",
        xaxis=log_axis("", limits) | {"anchor": "y", "dtick": "D2"},
        yaxis=log_axis("T", (low, high)) | {"domain": [0.45, 1],
                                            "dtick": max(1, round(decades / 4))},
        xaxis2=log_axis("start w₀", limits) | {"anchor": "y2", "dtick": "D2"},
        yaxis2=axis("T (1, 2 factors)", domain=[0, 0.29],
                    range=[0, 1.4 * most], nticks=4),
        showlegend=True,
    )  # fmt: skip


def _escape_lines(curves: EscapeCurves, measured: MeasuredEscapes, i: int) -> list[go.Scatter]:
    """The exact times of loss i and the integrated ones; in both pictures if it has few factors.

    Its name stands where its slope is seen.
    """
    factors = [loss.factors for loss in curves.losses]
    name, (colour, dash), many = formula(curves.losses[i]), LOOKS[i], factors[i] > 2
    name += _fitted_slope(curves, measured, i)
    traces = []
    for place in [{}] if many else [{"showlegend": False}, BELOW]:
        traces.append(line(name, curves.w0, curves.exact[i], colour, 3.5, dash, **place))
        traces.append(
            go.Scatter(
                x=measured.starts, y=measured.times[i] if len(measured.starts) else [],
                mode="markers", name="integrated",
                marker={"color": colour, "size": 11, "symbol": "circle-open",
                        "line": {"width": 2.5}},
                hovertemplate="integrated from %{x:.3g}: T = %{y:.4g}<extra></extra>",
                **(place | {"showlegend": many and i == len(factors) - 1}),
            )
        )  # fmt: skip
    if many:
        traces.append(
            line("leading power of w₀", curves.w0, curves.leading[i], UNUSED, 1.5,
                 showlegend=i == factors.index(max(factors)))
        )  # fmt: skip
    return traces


def _fitted_slope(curves: EscapeCurves, measured: MeasuredEscapes, i: int) -> str:
    """The measured slope of loss i and theory's, in words; empty until it is known."""
    loss = curves.losses[i]
    if loss.factors < 2 or i >= len(measured.fits):
        return ""
    fit = measured.fits[i]
    slope = f"{fit.slope.value:.3f}, last two {fit.last:.3f}"
    words = f"slope {slope}" if loss.factors > 2 else f"{slope} per factor e"
    return f": {words} (theory {loss.expected:g})"


def depth(model: Layers, guess: float | None, revealed: bool) -> go.Figure:
    """Top: a product of L layers over time. Bottom: how long each depth waits.

    Parameters
    ----------
    guess : the reader's share of waiting at depth L for layers that differ, or None; they are
        drawn only when it is `revealed`
    """
    traces = _layers("equal layers", model.even, waits(model.w0), FINITE, "solid")
    if revealed:
        uneven = f"largest layer {model.imbalance:g} × the smallest"
        traces += _layers(uneven, model.uneven, waits(model.w0, model.imbalance), MEASURED, "dash")
        traces.append(
            go.Scatter(
                x=DEPTHS, y=neuron_waits(model.w0), mode="markers", name="one neuron, J = L",
                **BELOW, cliponaxis=False,
                marker={"color": POWER, "size": 15, "symbol": "x-thin",
                        "line": {"width": 3, "color": POWER}},
                hovertemplate="a neuron with J = %{x}: %{y:.2%} of the time<extra></extra>",
            )
        )  # fmt: skip
    shapes, notes = [], []
    if guess is not None:
        traces.append(_guessed(model.L, guess))
        shapes.append(level(guess, GUESS, 2, "dash", xref="x2 domain", yref="y2"))
        notes.append(note(" your guess", GUESS, xref="x2", yref="y2", x=model.L, y=guess,
                          xanchor="left", yanchor="bottom"))  # fmt: skip
    return figure(
        traces, f"A product of {model.L} layers, alike and of unlike size",
        xaxis=axis("time, in units of the time T to learn half", range=[0, SPAN], anchor="y"),
        yaxis=axis("learned", domain=[0.57, 1], range=[-0.03, 1.08], nticks=4,
                   tickformat=".0%"),
        xaxis2=axis("depth L", range=[DEPTHS[0] - 0.3, DEPTHS[-1] + 0.3], anchor="y2", dtick=1),
        yaxis2=axis("time waiting", domain=[0, 0.4], range=[-0.04, 1.1], nticks=4,
                    tickformat=".0%"),
        shapes=shapes, annotations=notes,
        showlegend=True,
    )  # fmt: skip


def _layers(
    name: str, flow: ProductFlow, waiting: Array, colour: str, dash: str
) -> list[go.Scatter]:
    """A product's progress, and what products like it of every depth wait, shape (8,)."""
    return [
        line(name, *_progress(flow), colour, 3.5, dash, "%{y:.1%}"),
        go.Scatter(
            x=DEPTHS, y=waiting, mode="lines+markers", name=name, **BELOW,
            showlegend=False, line={"color": colour, "dash": dash, "width": 3},
            marker={"size": 9}, cliponaxis=False,
            hovertemplate=f"{name}: %{{y:.2%}} of the time<extra></extra>",
        ),
    ]  # fmt: skip


def _guessed(x: float, share: float) -> go.Scatter:
    """The reader's share, in the lower picture."""
    return go.Scatter(
        x=[x], y=[share], mode="markers", xaxis="x2", yaxis="y2", cliponaxis=False,
        showlegend=False, marker={"color": GUESS, "size": 15, "symbol": "diamond-open",
                                  "line": {"width": 3}},
        hovertemplate="your guess: %{y:.0%}<extra></extra>",
    )  # fmt: skip
