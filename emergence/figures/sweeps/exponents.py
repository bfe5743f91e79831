"""Measured exponents over theory's, whose line and axes stand before anything is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import MEASURED, POWER, axis, figure, note
from emergence.sweeps.analyses.base import Estimate, Expected

FARTHEST = 3
"""Rooms around theory's exponents up to which an interval widens the axis: those of two seeds are
many times wider than what the next seeds leave of them."""


def exponents(
    expected: Sequence[Expected],
    estimates: Sequence[Estimate],
    title: str,
    x: Array | None = None,
    x_title: str = "",
    between: tuple[Array, Array] | None = None,
    singles: Sequence[Estimate] = (),
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
    """
    place = np.arange(len(expected), dtype=float) if x is None else x
    where = {_key(each): at for each, at in zip(expected, place, strict=True)}
    theory = np.array([each.theory for each in expected], dtype=float)
    measured = sorted((each for each in estimates if _key(each) in where),
                      key=lambda each: float(where[_key(each)]))  # fmt: skip
    alone = [each for each in singles if _key(each) in where]
    names = None if x is not None else [each.name for each in expected]
    order = np.argsort(place)
    curve = between or (place[order], theory[order])
    falls = bool(curve[1].size and curve[1][-1] <= curve[1][0])
    traces = [
        _theory(curve, as_line=between is not None),
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
        traces, words, xaxis=_swept(x_title, place, names, named=between is not None),
        yaxis=axis("exponent", range=_range(theory, measured)),
        annotations=[] if expected else [nothing],
    )  # fmt: skip


def _key(each: Expected) -> tuple[tuple[str, Any], ...]:
    return tuple(each.of.items())


def _theory(curve: tuple[Array, Array], as_line: bool) -> go.Scatter:
    """A line with its name at its left end, or a stroke at each place."""
    x, y = curve
    return go.Scatter(
        x=x, y=y, name="theory", mode="lines+text" if as_line else "markers",
        text=["theory\u2002\u2002", *[""] * (len(x) - 1)] if as_line else None,
        textposition="middle left", textfont={"color": POWER}, cliponaxis=False,
        line={"color": POWER, "dash": "dot", "width": 3},
        marker={"color": POWER, "size": 22, "symbol": "line-ew-open", "line": {"width": 3}},
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

    So the axis is there before the points, and stays when they come.
    """
    if not theory.size:
        return None
    room = max(0.3 * float(np.ptp(theory)), 0.25 * float(np.abs(theory).max()), 0.1)
    low, high = float(theory.min()) - room, float(theory.max()) + room
    least, most = low - FARTHEST * room, high + FARTHEST * room
    values = [each.slope.value for each in estimates]
    ends = [end for each in estimates for end in each.slope.ci or ()]
    seen = [*values, *(min(max(end, least), most) for end in ends)]
    return [min([low, *(value - room / 5 for value in seen)]),
            max([high, *(value + room / 5 for value in seen)])]  # fmt: skip


def _swept(title: str, place: Array, names: Sequence[str] | None, named: bool) -> dict[str, Any]:
    """The axis of a swept value: its own ticks where they are few and whole, or `names`."""
    if not len(place):
        return axis(title)
    wide = names is None and place.min() > 0 and place.max() > 20 * place.min()
    ends = np.log10(place) if wide else place
    span = float(np.ptp(ends)) or 1.0  # room for the numbers at the last points, and a line's name
    ticks: dict[str, Any] = {"type": "log"} if wide else {}
    if names is not None or np.all(place == place.round()):
        words = names or [f"{value:,.0f}" for value in place]
        ticks |= {"automargin": True, "tickvals": place, "ticktext": words}
    before = 0.16 if named else 0.06
    return axis(title, range=[ends.min() - before * span, ends.max() + 0.2 * span], **ticks)
