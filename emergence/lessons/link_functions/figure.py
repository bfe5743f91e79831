"""A link function, its Hermite series, and the correlation of two neurons that have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GRID,
    GUESS,
    LEGEND,
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

BESIDE = LEGEND | {"x": 1.0, "xanchor": "right", "orientation": "h"}
LEAST = 1e-8
"""Lower end of the shares drawn, unless the marked one is smaller."""


def series(
    z: Array,
    sigma: Array,
    sums: Array,
    degree: int,
    c: Array,
    J: int,
    name: str,
    guess: float | None,
    revealed: bool,
) -> go.Figure:
    """Top: the link function and its partial sums. Bottom: the coefficients.

    Parameters
    ----------
    z, sigma : values of the link function, shape (n,)
    sums : its partial sums up to degree 0, 1 ..., shape (degrees, n)
    degree : the partial sum to stress; those below are thin
    c : Hermite coefficients, shape (degrees,), and the information exponent `J`
    guess : the reader's J, marked, or None; sums and coefficients are drawn only when `revealed`
    """
    central = sigma[np.abs(z) < 2.6]
    room = 0.35 * float(np.ptp(central))
    degrees = np.arange(len(c))
    traces = [line(f"σ = {name}", z, sigma, FINITE, 5)]
    if revealed:
        below = [i for i in range(degree) if abs(c[i]) > 1e-3 * np.abs(c).max()]
        traces += [
            line(f"up to degree {i}" if i != below[0] else "lower sums", z, sums[i], UNUSED, 1.2,
                 showlegend=i == below[0])
            for i in below
        ]  # fmt: skip
        traces.append(line(f"sum up to degree {degree}", z, sums[degree], MEASURED, 3, "dash"))
        traces.append(
            go.Bar(
                name="coefficient", x=degrees, y=c, yaxis="y2", xaxis="x2", width=0.7,
                showlegend=False,
                marker={"color": [MEASURED if i == J else UNUSED if i > degree
                                  else FINITE for i in degrees]},
                hovertemplate="c%{x} = %{y:.4g}<extra></extra>",
            )
        )  # fmt: skip
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
    height = float(np.abs(c).max()) if revealed else 1.0
    if revealed:
        notes.append(
            note(f"J = {J}", MEASURED, xref="x2", yref="y2", x=J, y=max(float(c[J]), 0.0),
                 yshift=4, yanchor="bottom")
        )  # fmt: skip
    return figure(
        traces, f"σ = {name} and its Hermite series",
        xaxis=axis("z", range=[float(z[0]), float(z[-1])], anchor="y"),
        yaxis=axis("σ(z)", domain=[0.5, 0.95],
                   range=[central.min() - room, central.max() + room], nticks=5),
        xaxis2=axis("degree i (grey: not in the sum)" if revealed else "degree i",
                    range=[-0.6, len(c) - 0.4], anchor="y2", dtick=2),
        yaxis2=axis("coefficient cᵢ", domain=[0, 0.34], range=[min(1.25 * c.min(), -0.25 * height)
                    if revealed else -1, 1.35 * max(c.max(), 0.4 * height)], nticks=5),
        shapes=shapes, annotations=notes, showlegend=True,
        legend=BESIDE | {"y": 0.95, "yanchor": "bottom"},
    )  # fmt: skip


def landscape(
    s: Array,
    K: Array,
    dots: Array,
    direct: Array,
    overlap: Array,
    risen: Array,
    J: int,
    first: float,
    start: float,
    share: float,
    guess: float | None,
    revealed: bool,
) -> go.Figure:
    """Top: K over all overlaps. Bottom: its rise from overlap 0, in log-log.

    Parameters
    ----------
    s, K : overlaps -1 to 1 and the correlation there, shape (n,)
    dots, direct : overlaps and the correlation by direct integration, shape (k,)
    overlap, risen : small overlaps and the share of the rise K(1) - K(0) made there, shape (l,)
    J, first : information exponent; at a small s the share is first * s^J
    start, share : a random neuron's overlap 1/sqrt(d), and the share there
    guess : log10 of the share the reader guessed, or None; curves are drawn only when `revealed`
    """
    low = min(LEAST, share / 30, 10.0 ** (guess or 0.0) / 3)
    left = float(overlap[0])
    traces = [
        line(f"s to the {i}", overlap, overlap**i, UNUSED, 1.2, "dot", yaxis="y2", xaxis="x2",
             showlegend=False)
        for i in (1, 2, 4, 8)
    ]  # fmt: skip
    if guess is not None:
        traces.append(
            line("your guess", np.array([left, 1.0]), np.full(2, 10.0**guess), GUESS, 3, "dash",
                 yaxis="y2", xaxis="x2")
        )  # fmt: skip
    notes = [
        note(f" s{' ¹²³⁴⁵⁶⁷⁸'[i] if i > 1 else ''}", UNUSED, xref="x2", yref="y2",
             yanchor="top", xanchor="left", **_within(i, left, low))
        for i in (1, 2, 4, 8)
    ]  # fmt: skip
    notes.append(
        note("1/√d ", DECOUPLED, xref="x2", yref="y2 domain", x=np.log10(start), y=0.03,
             xanchor="right", yanchor="bottom")
    )  # fmt: skip
    if revealed:
        traces += [
            line("K(s) = Σ cᵢ² sⁱ", s, K, MEASURED, 4),
            go.Scatter(
                x=dots, y=direct, mode="markers", name="E[σ(w*·x) σ(w·x)], integrated directly",
                marker={"color": FINITE, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
                hovertemplate="overlap %{x:.2f}: %{y:.4g}<extra></extra>",
            ),
            line("rise", overlap, risen, MEASURED, 4, yaxis="y2", xaxis="x2", showlegend=False),
            line(f"first term, slope J = {J}", overlap, first * overlap**J, POWER, 3, "dash",
                 yaxis="y2", xaxis="x2"),
            go.Scatter(
                x=[start], y=[share], mode="markers", xaxis="x2", yaxis="y2", showlegend=False,
                marker={"color": DECOUPLED, "size": 15, "symbol": "diamond"},
                hovertemplate="at 1/√d: %{y:.3g}<extra></extra>",
            ),
        ]  # fmt: skip
    shapes = [
        upright(start, DECOUPLED, 2.5, "dashdot", xref=f"x{half}", yref=f"y{half} domain")
        for half in ("", "2")
    ]
    bottom, top = (float(K.min()), float(K.max())) if revealed else (0.0, 1.0)
    room = 0.06 * (top - bottom)
    decades = -np.log10(low)
    return figure(
        traces, "The correlation of two neurons, and how flat it starts",
        xaxis=axis("overlap s = ⟨w, w*⟩", range=[-1.02, 1.02], anchor="y"),
        yaxis=axis("K(s)", domain=[0.57, 0.95], range=[bottom - room, top + 2 * room], nticks=5),
        xaxis2=log_axis("overlap s", (left, 1.0)) | {"anchor": "y2"},
        yaxis2=log_axis("share risen", (low, 3.0))
        | {"domain": [0, 0.41], "dtick": max(1, int(decades / 4)), "tickfont": {"size": 12}},
        shapes=shapes, annotations=notes, showlegend=True,
        legend=BESIDE | {"y": 0.95, "yanchor": "bottom"},
    )  # fmt: skip


def _within(power: int, left: float, low: float) -> dict[str, Any]:
    """Where the line s^power enters the picture, a little inside, in log10 as notes want it."""
    x = max(np.log10(left) * 0.93, (np.log10(low) * 0.9) / power)
    return {"x": float(x), "y": float(power * x)}
