"""The idealised dynamics: one picture for each step from one pair's equation to the power law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.style import (
    DASHES,
    DECOUPLED,
    FINITE,
    GUESS,
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
from emergence.figures.way import Way
from emergence.lessons.idealised_dynamics.model import Idealised
from emergence.theory.scaling import plateau_exponent
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
    every = np.concatenate(times)
    finite = every[np.isfinite(every)]
    return finite if finite.size else np.ones(1)


def guessed_pair(model: Idealised, share: float, stops: Sequence[float]) -> Way:
    """Where in `one_pair` a guess of u is marked."""
    return Way.up(share * model.wait, np.array(stops))


def one_pair(model: Idealised, share: float, guess: float | None, revealed: bool) -> go.Figure:
    """Step 1: how a pair waits and then meets, over linear time.

    Parameters
    ----------
    share : of the pair's wait, after which the question is asked
    guess : the reader's u then, None while there is none; the pair is drawn only when `revealed`
    """
    asked, start = share * model.wait, 1 / model.d
    t = model.pair_times
    traces: list[Any] = [
        go.Scatter(
            x=[0.0], y=[start], mode="markers+text", text=[f" u = {start:.2g} at the start"],
            textposition="top right", marker={"color": colour(0), "size": 12}, showlegend=False,
            hoverinfo="skip", cliponaxis=False,
        ),
        line("the moment asked about", np.full(2, asked), np.array([0, 1.0]), GUESS, 2, "dash"),
    ]  # fmt: skip
    title = "One pair: how does its overlap grow?"
    if guess is not None:
        traces.append(
            go.Scatter(
                x=[asked], y=[guess], mode="markers", name=f"your guess, u = {guess:g}",
                marker={"color": GUESS, "size": 15, "symbol": "diamond"}, hoverinfo="name",
            )
        )  # fmt: skip
    if revealed:
        (u, rho), explosion, T1 = model.pair(t), model.explosion(t), model.typical[0]
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
        showlegend=True,
    )  # fmt: skip


def emergence(model: Idealised) -> go.Figure:
    """Step 2: T_p over p, against T_1 p^beta."""
    p, T, law = model.p, model.T, model.times_by_law
    shown = _finite(T, law)
    traces = [
        line(f"T₁ pᵝ, slope {model.beta:g}", p, law, POWER, 3, "dot"),
        go.Scatter(
            x=p, y=np.where(np.isfinite(T), T, np.nan), mode="markers", name="direction p emerges",
            marker={"color": [colour(i) for i in range(len(p))], "size": 9},
            hovertemplate="T of direction %{x}: %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    return figure(
        traces,
        f"Never learned, without a time: {model.never} of {plural(model.P, 'direction')}"
        if model.never
        else "Every direction has its time",
        xaxis=log_axis("direction p", (0.8, 1.25 * len(p))),
        yaxis=log_axis("Tₚ", (float(shown.min()) / 2, float(shown.max()) * 2)),
        showlegend=True,
    )  # fmt: skip


def summed(model: Idealised) -> go.Figure:
    """Step 3. Top: u of each pair. Bottom: the staircase and the two equations' loss."""
    t, stairs, (u, solved) = model.t, model.stairs, model.solved
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
        showlegend=True,
    )  # fmt: skip


def change_of_variables(model: Idealised) -> go.Figure:
    """Step 4. What remains after direction p, over p on the left and over T_p on the right."""
    p, times = model.p, model.times_by_law
    met = np.where(np.isfinite(model.T), model.T, np.nan)
    traces: list[Any] = []
    for x, law, half in ((p, p, ""), (met, times, "2")):
        place, left = {"xaxis": f"x{half}", "yaxis": f"y{half}"}, not half

        def dots(
            name: str, y: Array, colour: str, symbol: str, x: Array = x,
            place: dict[str, str] = place, left: bool = left,
        ) -> go.Scatter:  # fmt: skip
            return go.Scatter(
                x=x, y=np.where(y > 0, y, np.nan), mode="markers", name=name, **place,
                showlegend=left, marker={"color": colour, "size": 8, "symbol": symbol},
                hovertemplate=f"{name}: %{{y:.3g}}<extra></extra>",
            )  # fmt: skip

        slope = plateau_exponent(model.beta) if left else model.exponent
        label = f"slope {slope:.2f} over {'p' if left else 'Tₚ'}"
        traces += [
            dots("sum up to P", model.remaining_finite, FINITE, "circle-open"),
            dots("sum over all q > p", model.remaining, MEASURED, "circle"),
            line(label, law, model.integral, POWER, 3, "dot" if left else "dash", **place),
        ]
    shown = _finite(met, times)
    over_p = (0.8, 1.25 * model.P)
    over_t = (float(shown.min()) / 1.25, float(shown.max()) * 1.25)
    # A decade is as long on the right as on the left: only so are the slopes seen to differ.
    decades = [float(np.log10(high / low)) for low, high in (over_p, over_t)]
    middle = (1 - GAP) * decades[0] / sum(decades)
    missing = float(model.remaining[-1]) / 4, float(model.integral[0]) * 2
    return figure(
        traces, "The same sum, over p and over time",
        xaxis=log_axis("direction p", over_p) | {"domain": [0, middle]},
        xaxis2=log_axis("time Tₚ", over_t) | {"domain": [middle + GAP, 1], "anchor": "y2"},
        yaxis=log_axis("what is still missing", missing),
        yaxis2=log_axis("", missing) | {"anchor": "x2", "showticklabels": False},
        showlegend=True,
    )  # fmt: skip


def growing(model: Idealised) -> go.Figure:
    """Step 5. Top: staircases of more and more directions and the power law. Bottom: the slope."""
    t, corrected, theory = model.t, model.corrected, model.exponent
    said = f": slope {model.fitted.value:.2f}" if model.fitted else ""
    lowest = float(corrected.min()) / 2
    traces: list[Any] = [
        line(f"P = {each.P}", each.t, np.maximum(each.stairs, lowest / 1e3), FINITE, 1.5,
             DASHES[i % len(DASHES)])
        for i, each in enumerate(reversed(model.smaller))
    ]  # fmt: skip
    traces += [
        line(f"with all beyond P{said}", t, corrected, MEASURED, 4),
        line(f"power law, slope {theory:.2f}", t, model.law, POWER, 3, "dot"),
        line("local slope", t, model.slope, MEASURED, 3, yaxis="y2", showlegend=False),
        line("theory", t, np.full(len(t), theory), POWER, 2.5, "dot", yaxis="y2",
             showlegend=False),
    ]  # fmt: skip
    return figure(
        traces, "The loss of P directions, and of all",
        xaxis=log_axis("time ηt", (float(t[0]), float(t[-1]))) | {"anchor": "y2"},
        yaxis=log_axis("loss", (lowest, 2.5 * float(corrected[0]))) | {"domain": [0.27, 1]},
        yaxis2=axis("slope", domain=[0, 0.2], range=[min(2 * theory, -1.2), 0.3], nticks=3),
        showlegend=True,
    )  # fmt: skip
