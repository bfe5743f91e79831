"""Measured exponents over theory's, whose line and axes stand before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import MEASURED, POWER, axis, figure, note
from emergence.sweeps.analyses.base import SYMBOLS, Estimate, Expected, named, worded

STROKE = 0.36
"""Of the distance of two neighbours: half of theory's stroke at a place."""


def exponents(
    expected: Sequence[Expected],
    estimates: Sequence[Estimate],
    title: str,
    x: Array | None = None,
    x_title: str = "",
    between: tuple[Array, Array] | None = None,
    singles: Sequence[Estimate] = (),
    bound: bool = False,
) -> go.Figure:
    """Measured exponents with their confidence intervals over theory's.

    Parameters
    ----------
    expected : theory's, shape (n,)
    estimates : the measured ones so far, of the same values of the swept fields
    x : the swept value of each of `expected`, where it is one number, shape (n,); else they stand
        side by side
    between : theory between those values, (x, exponent), shape (k,)
    singles : the exponents of each seed alone
    bound : whether theory says "at most"
    """
    place = np.arange(len(expected), dtype=float) if x is None else x
    where = {_key(each): at for each, at in zip(expected, place, strict=True)}
    theory = np.array([each.theory for each in expected], dtype=float)
    measured = sorted((each for each in estimates if _key(each) in where),
                      key=lambda each: float(where[_key(each)]))  # fmt: skip
    alone = [each for each in singles if _key(each) in where]
    names = None if x is not None else _names(expected)
    if names and len(expected[0].of) == 2:
        x_title = SYMBOLS[list(expected[0].of)[1]]
    order = np.argsort(place)
    curve = between or _strokes(place[order], theory[order])
    falls = bool(theory.size and theory[order][-1] <= theory[order][0])
    traces = [
        _theory(*curve, "at most" if bound else "theory", dash="dot" if between else "solid"),
        go.Scatter(
            x=[where[_key(each)] for each in alone], y=[each.slope.value for each in alone],
            name="single seeds", mode="markers",
            marker={"color": MEASURED, "size": 7, "opacity": 0.35},
            customdata=[each.name for each in alone],
            hovertemplate="one seed, %{customdata}: %{y:.3f}<extra></extra>",
        ),
        _measured(measured, [float(where[_key(each)]) for each in measured], falls),
    ]  # fmt: skip
    interval = any(each.slope.ci for each in estimates)
    words = (
        f"{title}: <span style='color:{MEASURED}'>measured{', 95 %' if interval else ''}</span>, "
        f"<span style='color:{POWER}'>theory</span>"
    )
    nothing = note("Theory has no exponent for these points.", x=0.5, y=0.5, xref="paper",
                   yref="paper")  # fmt: skip
    return figure(
        traces, words, xaxis=_swept(x_title, place, names, curve[0]),
        yaxis=axis("exponent", range=_range(theory, measured)),
        annotations=[] if expected else [nothing],
    )  # fmt: skip


def _key(each: Expected) -> tuple[tuple[str, Any], ...]:
    return tuple(each.of.items())


def _names(expected: Sequence[Expected]) -> list[str]:
    """What stands below each place; of two fields the first one once for all its neighbours."""
    if any(len(each.of) != 2 for each in expected):
        return [each.name for each in expected]
    names = []
    for outer, alike in groupby(expected, lambda each: next(iter(each.of.items()))):
        inner = [worded(list(each.of.values())[1]) for each in alike]
        middle = (len(inner) - 1) // 2
        names += [f"{name}<br>{named([outer]) if i == middle else ''}"
                  for i, name in enumerate(inner)]  # fmt: skip
    return names


def _wide(place: Array) -> bool:
    """Whether swept values are shown on a logarithmic axis."""
    return bool(len(place)) and place.min() > 0 and place.max() > 20 * place.min()


def _strokes(x: Array, y: Array) -> tuple[Array, Array]:
    """A level stroke at each x, in increasing order, with gaps (NaN) between them; (3 n,) each."""
    at = np.log10(x) if _wide(x) else x
    half = STROKE * (float(np.diff(at).min()) if len(at) > 1 else 1.0)
    ends = np.column_stack([at - half, at + half, np.full(len(at), np.nan)]).ravel()
    return 10**ends if _wide(x) else ends, np.repeat(y, 3)


def _theory(x: Array, y: Array, words: str, dash: str) -> go.Scatter:
    """Theory's line with its name at its left end."""
    return go.Scatter(
        x=x, y=y, name="theory", mode="lines+text", line={"color": POWER, "dash": dash, "width": 3},
        text=[f"{words}\u2002\u2002", *[""] * (len(x) - 1)],
        textposition="middle left", textfont={"color": POWER}, cliponaxis=False,
        hovertemplate="theory %{y:.3f}<extra></extra>",
    )  # fmt: skip


def _measured(estimates: Sequence[Estimate], x: Sequence[float], falls: bool) -> go.Scatter:
    """Points with their numbers and intervals, in increasing order of x."""
    values = np.array([each.slope.value for each in estimates], dtype=float)
    ends = np.array([each.slope.ci or (np.nan, np.nan) for each in estimates], dtype=float)
    low, high = ends.reshape(-1, 2).T
    return go.Scatter(
        x=x, y=values, name="measured",
        mode="markers+text", marker={"color": MEASURED, "size": 11},
        error_y={"type": "data", "symmetric": False, "thickness": 2.5, "width": 7,
                 "array": high - values, "arrayminus": values - low},
        text=[f" {value:.3f}" for value in values],
        textposition="top right" if falls else "bottom right",
        cliponaxis=False, customdata=[each.name for each in estimates],
        hovertemplate="%{customdata}: %{y:.3f}<extra></extra>",
    )  # fmt: skip


def _range(theory: Array, estimates: Sequence[Estimate]) -> list[float] | None:
    """Room around theory's exponents for what is measured; more only where it lies outside.

    So the axis is there before the points, and stays when they come. Intervals do not widen it:
    those of two seeds are many times wider than what the next seeds leave of them.
    """
    if not theory.size:
        return None
    room = max(0.3 * float(np.ptp(theory)), 0.25 * float(np.abs(theory).max()), 0.1)
    low, high = float(theory.min()) - room, float(theory.max()) + room
    values = [each.slope.value for each in estimates]
    return [min([low, *(value - room / 2 for value in values)]),
            max([high, *(value + room / 2 for value in values)])]  # fmt: skip


def _swept(title: str, place: Array, names: Sequence[str] | None, line: Array) -> dict[str, Any]:
    """The axis of a swept value: its own ticks where they are few and whole, or `names`.

    `line` has the x of theory's line, (n,), NaN at its gaps.
    """
    if not len(place):
        return axis(title)
    wide = names is None and _wide(place)
    ends = line[np.isfinite(line)]
    ends = np.log10(ends) if wide else ends
    span = float(np.ptp(ends)) or 1.0  # room for the numbers at the last points, and a line's name
    ticks: dict[str, Any] = {"type": "log"} if wide else {}
    if names is not None or np.all(place == place.round()):
        words = names or [f"{value:,.0f}" for value in place]
        ticks |= {"automargin": True, "tickvals": place, "ticktext": words}
        if any("<br>" in word for word in words):
            ticks["tickangle"] = 0  # a second line has more room than its place
    return axis(title, range=[ends.min() - 0.24 * span, ends.max() + 0.2 * span], **ticks)
