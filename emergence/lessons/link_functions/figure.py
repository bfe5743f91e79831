"""A link function, its Hermite series, and the correlation of two neurons that have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GRID,
    GUESS,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    figure,
    line,
    log_axis,
    note,
    upright,
)
from emergence.lessons.link_functions.model import HermiteSeries, correlation, typical_overlap

LEAST = 1e-8
"""Lower end of the shares drawn, unless the marked one is smaller."""
LEAST_GUESS = 1e-12
POWERS = (1, 2, 4, 8)
"""The powers of the overlap that its rise is held against."""

Z = np.linspace(-3.6, 3.6, 361)
OVERLAPS = np.linspace(-1.0, 1.0, 201)
SMALL_OVERLAPS = np.geomspace(5e-4, 1.0, 121)
CHECKED_OVERLAPS = np.linspace(-1.0, 1.0, 13)
"""What is shown: values of z, and overlaps."""


def series(link: HermiteSeries, degree: int, guess: float | None, revealed: bool) -> go.Figure:
    """Top: the link function and its partial sums. Bottom: the coefficients.

    Parameters
    ----------
    degree : the partial sum to stress; those below are thin
    guess : the reader's J, marked, or None; sums and coefficients are drawn only when `revealed`
    """
    name, c, J, sigma = link.link.name, link.c, link.J, link.link.sigma(Z)
    central = sigma[np.abs(Z) < 2.6]
    room = 0.35 * float(np.ptp(central))
    height = float(np.abs(c).max()) if revealed else 1.0
    traces = [line(f"σ = {name}", Z, sigma, FINITE, 5)]
    shapes: list[dict[str, Any]] = [
        {"type": "line", "xref": "x2", "yref": "y2", "x0": -0.6, "x1": len(c) - 0.4, "y0": 0,
         "y1": 0, "line": {"color": GRID, "width": 2}},
    ]  # fmt: skip
    notes = []
    if guess is not None:
        shapes.append(upright(guess, GUESS, 3, "dash", xref="x2", yref="y2 domain"))
        notes.append(
            note(f" your guess: J = {guess:g}", GUESS, xref="x2", yref="y2 domain", x=guess, y=1,
                 xanchor="left", yanchor="bottom")
        )  # fmt: skip
    if revealed:
        traces += [*_partial_sums(link, degree), _coefficients(link, degree)]
        notes.append(
            note(f"J = {J}", MEASURED, xref="x2", yref="y2", x=J, y=max(float(c[J]), 0.0),
                 xshift=6, xanchor="left", yanchor="bottom")
        )  # fmt: skip
    return figure(
        traces, f"σ = {name} and its Hermite series",
        xaxis=axis("z", range=[float(Z[0]), float(Z[-1])], anchor="y"),
        yaxis=axis("σ(z)", domain=[0.5, 1],
                   range=[central.min() - room, central.max() + room], nticks=5),
        xaxis2=axis("degree i (grey: not in the sum)" if revealed else "degree i",
                    range=[-0.6, len(c) - 0.4], anchor="y2", dtick=2),
        yaxis2=axis("coefficient cᵢ", domain=[0, 0.34], range=[min(1.25 * c.min(), -0.25 * height)
                    if revealed else -1, 1.35 * max(c.max(), 0.4 * height)], nticks=5),
        shapes=shapes, annotations=notes, showlegend=True,
    )  # fmt: skip


def _partial_sums(link: HermiteSeries, degree: int) -> list[go.Scatter]:
    """The sum up to `degree`, and thin those of lower degrees that add something."""
    c, sums = link.c, link.sums(Z)
    below = [i for i in range(degree) if abs(c[i]) > 1e-3 * np.abs(c).max()]
    lower = [
        line(f"up to degree {i}" if i != below[0] else "lower sums", Z, sums[i], UNUSED, 1.2,
             showlegend=i == below[0])
        for i in below
    ]  # fmt: skip
    return [*lower, line(f"sum up to degree {degree}", Z, sums[degree], MEASURED, 3, "dash")]


def _coefficients(link: HermiteSeries, degree: int) -> go.Bar:
    degrees = np.arange(len(link.c))
    return go.Bar(
        name="coefficient", x=degrees, y=link.c, yaxis="y2", xaxis="x2", width=0.7,
        showlegend=False,
        marker={"color": [MEASURED if i == link.J else UNUSED if i > degree
                          else FINITE for i in degrees]},
        hovertemplate="c%{x} = %{y:.4g}<extra></extra>",
    )  # fmt: skip


def landscape(link: HermiteSeries, d: int, guess: float | None, revealed: bool) -> go.Figure:
    """Top: K over all overlaps. Bottom: its rise from overlap 0, in log-log.

    Parameters
    ----------
    d : the dimension; marked is a random neuron's overlap 1/sqrt(d)
    guess : log10 of the share the reader guessed, or None; curves are drawn only when `revealed`
    """
    start = typical_overlap(d)
    # Until the answer is shown the axis says nothing of it: it has room for every guess.
    low = LEAST_GUESS / 3
    if revealed:
        low = min(LEAST, float(link.risen(start)) / 30, 10.0 ** (guess or 0.0) / 3)
    left = float(SMALL_OVERLAPS[0])
    traces = [
        line(f"s to the {i}", SMALL_OVERLAPS, SMALL_OVERLAPS**i, UNUSED, 1.2, "dot", yaxis="y2",
             xaxis="x2", showlegend=False, meta={"end": f"s{' ¹²³⁴⁵⁶⁷⁸'[i] if i > 1 else ''}"})
        for i in POWERS
    ]  # fmt: skip
    if guess is not None:
        traces.append(
            line("your guess", np.array([left, 1.0]), np.full(2, 10.0**guess), GUESS, 3, "dash",
                 yaxis="y2", xaxis="x2")
        )  # fmt: skip
    traces.append(line("1/√d", np.full(2, start), np.array([low, 3.0]), DECOUPLED, 2.5, "dashdot",
                       yaxis="y2", xaxis="x2", legendgroup="start"))  # fmt: skip
    bottom, top = 0.0, 1.0
    if revealed:
        K = link.function.K(OVERLAPS)
        bottom, top = float(K.min()), float(K.max())
        traces += [*_correlation(link), *_rise(link, start)]
    room = 0.06 * (top - bottom)
    decades = -np.log10(low)
    return figure(
        traces, "The correlation of two neurons, and how flat it starts",
        xaxis=axis("overlap s = ⟨w, w*⟩", range=[-1.02, 1.02], anchor="y"),
        yaxis=axis("K(s)", domain=[0.57, 1], range=[bottom - room, top + 2 * room], nticks=5),
        xaxis2=log_axis("overlap s", (left, 1.0)) | {"anchor": "y2"},
        yaxis2=log_axis("share risen", (low, 3.0))
        | {"domain": [0, 0.41], "dtick": max(1, int(decades / 4)), "tickfont": {"size": 12}},
        shapes=[upright(start, DECOUPLED, 2.5, "dashdot", xref="x", yref="y domain")],
        showlegend=True,
    )  # fmt: skip


def _correlation(link: HermiteSeries) -> list[go.Scatter]:
    """K by the series, and by direct integration."""
    return [
        line("K(s) = Σ cᵢ² sⁱ", OVERLAPS, link.function.K(OVERLAPS), MEASURED, 4),
        go.Scatter(
            x=CHECKED_OVERLAPS, y=correlation(link.link, CHECKED_OVERLAPS), mode="markers",
            name="E[σ(w*·x) σ(w·x)], integrated directly",
            marker={"color": FINITE, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
            hovertemplate="overlap %{x:.2f}: %{y:.4g}<extra></extra>",
        ),
    ]  # fmt: skip


def _rise(link: HermiteSeries, start: float) -> list[go.Scatter]:
    """The share of the rise at small overlaps, its first term, and the share at `start`."""
    s, place = SMALL_OVERLAPS, {"yaxis": "y2", "xaxis": "x2"}
    return [
        line("rise", s, link.risen(s), MEASURED, 4, showlegend=False, **place),
        line(f"first term, slope J = {link.J}", s, link.first * s**link.J, POWER, 3, "dash",
             **place),
        go.Scatter(
            x=[start], y=[float(link.risen(start))], mode="markers", showlegend=False,
            legendgroup="start", **place,
            marker={"color": DECOUPLED, "size": 15, "symbol": "diamond"},
            hovertemplate="at 1/√d: %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
