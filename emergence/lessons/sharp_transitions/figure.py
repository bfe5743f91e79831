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
    LEGEND,
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

LOOKS = ((FINITE, "dot"), (DECOUPLED, "dashdot"), (POWER, "dash"), (MEASURED, "solid"))
"""Colour and dash of the four losses."""
ABOVE = LEGEND | {"x": 1.0, "xanchor": "right", "y": 0.955, "yanchor": "bottom",
                  "orientation": "h"}  # fmt: skip
SPAN = 2.0
"""Trajectories are drawn up to this many escape times."""


def _progress(t: Array, learned: Array, escape: float) -> tuple[Array, Array]:
    """Time in escape times and the share learned, up to `SPAN`, where all is learned at last."""
    x = t / escape
    if x[-1] >= SPAN:
        return x, learned
    return np.append(x, SPAN), np.append(learned, learned[-1])


def jumps(
    names: Sequence[str],
    w: Array,
    landscapes: Sequence[Array],
    paths: Sequence[tuple[Array, Array, float]],
    half: Sequence[tuple[float, float]],
    w0: float,
    guess: float | None,
    revealed: bool,
) -> go.Figure:
    """Top: the losses over w. Bottom: what is learned over time, each in its own escape time.

    Parameters
    ----------
    names : of the losses
    w, landscapes : all w alike, and each loss there, shape (n,)
    paths : (t, learned, escape time) of each loss; t and learned of any length
    half : (share learned, w) of each loss at half its escape time
    w0 : the start
    guess : the reader's share at half the escape time, or None
    revealed : whether the paths are drawn
    """
    looks = list(zip(names, LOOKS, strict=True))
    traces = [
        line(name, w, loss, colour, 3.5, dash) for (name, (colour, dash)), loss in
        zip(looks, landscapes, strict=True)
    ]  # fmt: skip
    if revealed:
        for (name, (colour, dash)), (t, learned, escape) in zip(looks, paths, strict=True):
            x, y = _progress(t, learned, escape)
            traces.append(
                line(name, x, y, colour, 3.5, dash, "%{y:.1%}", showlegend=False, xaxis="x2",
                     yaxis="y2")
            )  # fmt: skip
        colours = [colour for colour, _ in LOOKS]
        share, where = np.array(half).T
        for x, y, axes in (
            (where, (1 - share) ** 2, {}),
            (np.full(len(half), 0.5), share, {"xaxis": "x2", "yaxis": "y2"}),
        ):
            traces.append(
                go.Scatter(
                    x=x, y=y, mode="markers", name="at T/2", showlegend=not axes, cliponaxis=False,
                    marker={"color": colours, "size": 11, "line": {"width": 1, "color": "#fff"}},
                    hovertemplate="at half the time: %{y:.3g}<extra></extra>", **axes,
                )
            )  # fmt: skip
    notes = [note(f" start w₀ = {w0:g}", UNUSED, xref="x", yref="y domain", x=w0, y=0.02,
                  xanchor="left", yanchor="bottom"),
             note(" T/2", GUESS, xref="x2", yref="y2 domain", x=0.5, y=0.98, xanchor="left",
                  yanchor="top")]  # fmt: skip
    if guess is not None:
        traces.append(_guessed(0.5, guess))
        notes.append(note(" your guess", GUESS, xref="x2", yref="y2", x=0.52, y=guess,
                          xanchor="left", yanchor="bottom"))  # fmt: skip
    return figure(
        traces, "Where the slope is lost, learning waits",
        xaxis=axis("w (all factors alike)", range=[0, float(w[-1])], anchor="y"),
        yaxis=axis("loss", domain=[0.57, 0.95], range=[-0.03, 1.15], nticks=4),
        xaxis2=axis("time, in units of the time T to learn half", range=[0, SPAN], anchor="y2"),
        yaxis2=axis("learned", domain=[0, 0.4], range=[-0.03, 1.08], nticks=4, tickformat=".0%"),
        shapes=[
            upright(0.5, GUESS, 2, "dash", xref="x2", yref="y2 domain"),
            upright(w0, UNUSED, 2, "dash", xref="x", yref="y domain"),
        ],
        annotations=notes, showlegend=True, legend=ABOVE,
    )  # fmt: skip


def escapes(
    names: Sequence[str],
    factors: Sequence[int],
    w0: Array,
    exact: Array,
    leading: Array,
    starts: Array,
    times: Array,
    fits: Sequence[tuple[float, float]],
    expected: Sequence[float],
    guess: float | None,
    revealed: bool,
) -> go.Figure:
    """Top: escape time over the size of the start in log-log. Bottom: the small ones, semilog.

    Parameters
    ----------
    names, factors : of the losses, and how many factors each has
    w0 : sizes of the start, descending, shape (n,)
    exact, leading : escape times and what they tend to, shape (losses, n)
    starts, times : measured so far, shapes (k,) and (losses, k)
    fits, expected : slope of all points and of the last two, and theory's; no fits before there
        are enough
    guess : the reader's power of ten of the last loss for a start ten times smaller, drawn as a
        slope, or None; times below the largest start are drawn only when it is `revealed`
    """
    low = 10 ** np.floor(np.log10(exact.min() / 1.5))
    high = float(exact.max()) * 6
    traces = [
        go.Scatter(
            x=w0[:1], y=exact[-1, :1], mode="markers", marker={"color": MEASURED, "size": 12},
            name="largest start", hovertemplate="T = %{y:.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    if guess is not None:
        guessed = exact[-1, 0] * (w0 / w0[0]) ** -guess
        traces.append(line("your guess", w0, guessed, GUESS, 3.5, "dash"))
    notes = []
    for i, (name, (colour, dash)) in enumerate(zip(names, LOOKS, strict=True)):
        if not revealed:
            break
        many = factors[i] > 2
        below: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
        for place in [{}] if many else [{}, below]:
            traces.append(line(name, w0, exact[i], colour, 3.5, dash, **place))
            traces.append(
                go.Scatter(
                    x=starts, y=times[i] if len(starts) else [], mode="markers",
                    name="integrated",
                    marker={"color": colour, "size": 11, "symbol": "circle-open",
                            "line": {"width": 2.5}},
                    hovertemplate="integrated from %{x:.3g}: T = %{y:.4g}<extra></extra>",
                    **(place | {"showlegend": not place and i == len(names) - 1}),
                )
            )  # fmt: skip
        if many:
            traces.append(
                line("leading power of w₀", w0, leading[i], UNUSED, 1.5,
                     showlegend=i == factors.index(max(factors)))
            )  # fmt: skip
        if fits and factors[i] > 1:
            slope, last = fits[i]
            height = float(np.log10(exact[i, -1]) if many else exact[i, -1])
            found = f"{slope:.3f}, last two {last:.3f}"
            said = f"slope {found}" if many else f"{found} per factor e"
            notes.append(
                note(f" {said} (theory {expected[i]:g})", colour, x=float(np.log10(w0[-1])),
                     y=height, yshift=6, xref="x" if many else "x2", yref="y" if many else "y2",
                     xanchor="left", yanchor="bottom")
            )  # fmt: skip
    few = exact[[i for i, count in enumerate(factors) if count <= 2]]
    limits = (float(w0[-1]) / 1.1, float(w0[0]) * 1.1)
    decades = np.log10(high / low)
    return figure(
        traces, "Escape time T against the size of the start",
        xaxis=log_axis("", limits) | {"anchor": "y", "dtick": "D2"},
        yaxis=log_axis("T", (low, high)) | {"domain": [0.45, 0.9],
                                            "dtick": max(1, round(decades / 4))},
        xaxis2=log_axis("start w₀", limits) | {"anchor": "y2", "dtick": "D2"},
        yaxis2=axis("T (1, 2 factors)", domain=[0, 0.29],
                    range=[0, 1.4 * float(few.max())], nticks=4),
        annotations=notes, showlegend=True, legend=ABOVE | {"y": 0.905},
    )  # fmt: skip


def depth(
    L: int,
    even: tuple[Array, Array, float],
    uneven: tuple[Array, Array, float],
    even_waits: Array,
    uneven_waits: Array,
    neuron_waits: Array,
    imbalance: float,
    guess: float | None,
    revealed: bool,
) -> go.Figure:
    """Top: a product of L layers over time. Bottom: how long each depth waits.

    Parameters
    ----------
    even, uneven : (t, learned, escape time) of equal layers, and of layers that differ
    even_waits, uneven_waits, neuron_waits : share of the time to learn 90 % before 10 % are
        learned, of 1, 2 ... equal layers, of layers that differ by `imbalance`, and of one neuron
        with J = 1, 2 ..., shape (n,)
    guess : the reader's share at depth L for layers that differ, or None; they are drawn only
        when it is `revealed`
    """
    uneven_name = f"largest layer {imbalance:g} × the smallest"
    depths = np.arange(1, len(even_waits) + 1)
    paths = [("equal layers", even, even_waits, FINITE, "solid")]
    if revealed:
        paths.append((uneven_name, uneven, uneven_waits, MEASURED, "dash"))
    traces = []
    for name, (t, learned, escape), waits, colour, dash in paths:
        x, y = _progress(t, learned, escape)
        traces += [
            line(name, x, y, colour, 3.5, dash, "%{y:.1%}"),
            go.Scatter(
                x=depths, y=waits, mode="lines+markers", name=name, xaxis="x2", yaxis="y2",
                showlegend=False, line={"color": colour, "dash": dash, "width": 3},
                marker={"size": 9}, cliponaxis=False,
                hovertemplate=f"{name}: %{{y:.2%}} of the time<extra></extra>",
            ),
        ]  # fmt: skip
    if revealed:
        traces.append(
            go.Scatter(
                x=depths, y=neuron_waits, mode="markers", name="one neuron, J = L", xaxis="x2",
                yaxis="y2", cliponaxis=False,
                marker={"color": POWER, "size": 15, "symbol": "x-thin",
                        "line": {"width": 3, "color": POWER}},
                hovertemplate="a neuron with J = %{x}: %{y:.2%} of the time<extra></extra>",
            )
        )  # fmt: skip
    shapes, notes = [], []
    if guess is not None:
        traces.append(_guessed(L, guess))
        shapes.append(level(guess, GUESS, 2, "dash", xref="x2 domain", yref="y2"))
        notes.append(note(" your guess", GUESS, xref="x2", yref="y2", x=L, y=guess,
                          xanchor="left", yanchor="bottom"))  # fmt: skip
    return figure(
        traces, f"A product of {L} layers, alike and of unlike size",
        xaxis=axis("time, in units of the time T to learn half", range=[0, SPAN], anchor="y"),
        yaxis=axis("learned", domain=[0.57, 0.95], range=[-0.03, 1.08], nticks=4,
                   tickformat=".0%"),
        xaxis2=axis("depth L", range=[depths[0] - 0.3, depths[-1] + 0.3], anchor="y2", dtick=1),
        yaxis2=axis("time waiting", domain=[0, 0.4], range=[-0.04, 1.1], nticks=4,
                    tickformat=".0%"),
        shapes=shapes, annotations=notes,
        showlegend=True, legend=ABOVE,
    )  # fmt: skip


def _guessed(x: float, share: float) -> go.Scatter:
    """The reader's share, in the lower picture."""
    return go.Scatter(
        x=[x], y=[share], mode="markers", xaxis="x2", yaxis="y2", cliponaxis=False,
        showlegend=False, marker={"color": GUESS, "size": 15, "symbol": "diamond-open",
                                  "line": {"width": 3}},
        hovertemplate="your guess: %{y:.0%}<extra></extra>",
    )  # fmt: skip
