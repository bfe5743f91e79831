"""The theorem's conclusions over growing d: times, unused neurons, the map iota, the constant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    GRID,
    GUESS,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    level,
    log_axis,
)
from emergence.lessons.theorem.study import (
    Emergence,
    Spread,
    agreement,
    median_ends,
    spreads,
)
from emergence.theory.predictions import lone_norm
from emergence.theory.teacher import link_function
from emergence.theory.times import inverse_time_constant

WIDTH = 0.09
"""Half the width, in decades of d, over which the directions of one d are set apart."""


def times(
    runs: Sequence[Emergence], d: int, guess: float | None, limits: tuple[int, int]
) -> go.Figure:
    """Top: crossing / T_p of every direction and run over d. Bottom: its spread in log-log.

    Parameters
    ----------
    runs : of flow (discs, with quantiles) and of SGD (diamonds)
    d : the dimension looked at, shaded
    guess : the reader's distance to 1 at d that 8 of 10 directions keep within, in percent,
        None while there is none
    limits : smallest and largest d on the axis
    """
    flow = tuple(each for each in runs if not each.experiment.is_sgd)
    sgd = tuple(each for each in runs if each.experiment.is_sgd)
    rows = spreads(flow)
    _, low, high = _quantiles(rows)
    top = min(max(1.6, 1.1 * float(high[np.isfinite(high)].max(initial=0.0))), 5.0)
    bottom = min(0.8, 0.9 * float(low.min(initial=1.0)))
    traces = [
        *_directions(flow, "circle", 7, "flow"),
        *_directions(sgd, "diamond-open", 11, "SGD"),
        _never(runs, 0.97 * top + 0.03 * bottom),
        go.Scatter(
            x=[limits[0] / 2, 2 * limits[1]], y=[1, 1], mode="lines", name="at Tₚ",
            line={"color": POWER, "width": 2.5, "dash": "dot"}, hoverinfo="skip",
        ),
        *_spread(rows, 10 * top),
    ]  # fmt: skip
    if guess is not None:
        around = [d * 10 ** (-2 * WIDTH), d * 10 ** (2 * WIDTH)]
        traces.append(
            go.Scatter(
                x=[*around, None, *around],
                y=[*[1 - guess / 100] * 2, None, *[1 + guess / 100] * 2],
                mode="lines", name="your guess", line={"color": GUESS, "width": 3, "dash": "dash"},
                hoverinfo="skip",
            )
        )  # fmt: skip
    return figure(
        traces, "When each direction emerges, over T<sub>p</sub>",
        xaxis=_dimensions(limits) | {"anchor": "y2"},
        yaxis=axis("crossing / Tₚ", domain=[0.36, 0.94], range=[bottom, top]),
        yaxis2=log_axis("spread", (5e-4, 5)) | {"domain": [0, 0.26]},
        shapes=[_looked_at(d)],
        showlegend=True,
    )  # fmt: skip


def _quantiles(rows: Sequence[Spread]) -> tuple[Array, Array, Array]:
    """Median, 10th and 90th percentile of crossing / T_p, infinite for never, shape (n,) each."""
    median = np.array([row.median for row in rows])
    return median, np.array([row.low for row in rows]), np.array([row.high for row in rows])


def _spread(rows: Sequence[Spread], beyond: float) -> list[go.Scatter]:
    """Above the median with its bars, below the bars' length; what is never is drawn at `beyond`.

    A quantile that is never is so a bar that leaves the picture.
    """
    d = np.array([row.d for row in rows], dtype=float)
    median, low, high = _quantiles(rows)
    middle, lowest, highest = (np.minimum(each, beyond) for each in (median, low, high))
    return [
        go.Scatter(
            x=d, y=np.where(np.isfinite(median), median, np.nan), mode="lines+markers",
            name="median, 10 % to 90 %",
            line={"color": MEASURED, "width": 2.5}, marker={"size": 7},
            error_y={"type": "data", "symmetric": False, "array": highest - middle,
                     "arrayminus": middle - lowest, "color": MEASURED, "thickness": 2.5,
                     "width": 8},
            hovertemplate="d = %{x}: median %{y:.4f}<extra></extra>",
        ),
        go.Scatter(
            x=d, y=np.where(np.isfinite(high), np.maximum(highest - lowest, 1e-4), np.nan),
            mode="lines+markers", yaxis="y2", name="spread from 10 % to 90 %",
            showlegend=False, line={"color": MEASURED, "width": 3}, marker={"size": 9},
            hovertemplate="d = %{x}: from 10 % to 90 % %{y:.2g}<extra></extra>",
        ),
    ]  # fmt: skip


def _directions(runs: Sequence[Emergence], symbol: str, size: int, name: str) -> list[go.Scatter]:
    """One trace a direction, each a little beside its d; the legend has one entry for all."""
    P = max((len(each.T) for each in runs), default=0)
    traces = []
    for p in range(P):
        d = np.array([each.experiment.d for each in runs], dtype=float)
        beside = WIDTH * (2 * (p + 0.5) / P - 1)
        traces.append(
            go.Scatter(
                x=d * 10**beside, y=[each.ratio[p] for each in runs], mode="markers",
                name=name, showlegend=p == 0, opacity=0.75,
                marker={"color": colour(p), "symbol": symbol, "size": size,
                        "line": {"width": 2 if symbol.endswith("open") else 0}},
                hovertemplate=f"{name}, p = {p + 1}: %{{y:.4f}} Tₚ<extra></extra>",
            )
        )  # fmt: skip
    return traces


def _never(runs: Sequence[Emergence], y: float) -> go.Scatter:
    """Crosses at the upper edge for the directions that did not emerge."""
    late = [(each.experiment.d, p, len(each.T)) for each in runs
            for p in np.flatnonzero(np.isinf(each.ratio))]  # fmt: skip
    return go.Scatter(
        x=[d * 10 ** (WIDTH * (2 * (p + 0.5) / P - 1)) for d, p, P in late], y=[y] * len(late),
        mode="markers", name="did not emerge", showlegend=bool(late),
        customdata=[(d, p + 1) for d, p, _ in late],
        marker={"symbol": "x", "size": 8, "color": UNUSED},
        hovertemplate="p = %{customdata[1]} at d = %{customdata[0]}: not seen<extra></extra>",
    )  # fmt: skip


def unused(runs: Sequence[Emergence], d: int, limits: tuple[int, int]) -> go.Figure:
    """Norms at the end, over s_0, of the neurons that iota leaves out, over d in log-log."""
    flow = [each for each in runs if not each.experiment.is_sgd]
    traces: list[go.Scatter] = []
    top = 100.0
    if flow:
        s0, a = flow[0].experiment.s0, flow[0].a
        top = float(np.sqrt(a[0]) / s0)
        sizes = [len(each.unused_norm) for each in flow]
        x = np.repeat([float(each.experiment.d) for each in flow], sizes)
        y = np.concatenate([each.unused_norm for each in flow]) / s0
        at, ends = median_ends(flow)
        alone = lone_norm(ends, s0, link_function(flow[0].experiment)) / s0
        traces = [
            go.Scatter(
                x=x, y=y, mode="markers", name="a neuron that ι leaves out", opacity=0.5,
                marker={"color": UNUSED, "size": 7},
                hovertemplate="d = %{x}: |v| = %{y:.2g} s₀<extra></extra>",
            ),
            go.Scatter(
                x=at, y=alone, mode="lines", name="a neuron that nothing pulls",
                line={"color": POWER, "width": 3, "dash": "dot"},
                hovertemplate="alone: %{y:.2g} s₀<extra></extra>",
            ),
            go.Scatter(
                x=[limits[0], limits[1]], y=[float(np.sqrt(a[-1]) / s0)] * 2, mode="lines",
                name="the weakest learned, √a of direction P", hoverinfo="skip",
                line={"color": colour(len(a) - 1), "width": 3, "dash": "dash"},
            ),
        ]  # fmt: skip
    return figure(
        traces, "Norms of unused neurons at the end of the run",
        xaxis=_dimensions(limits), yaxis=log_axis("|vₖ| / s₀", (1e-2, 3 * top)),
        annotations=[{"text": "s₀", "xref": "paper", "x": 1, "xanchor": "right", "y": 0,
                      "yanchor": "bottom", "showarrow": False}],
        shapes=[
            level(1, GRID, 3, yref="y"),
            _looked_at(d),
        ],
        showlegend=True,
    )  # fmt: skip


def matching_map(runs: Sequence[Emergence], d: int, limits: tuple[int, int]) -> go.Figure:
    """Left: iota and the measured winners of one run at d. Right: their agreement over d."""
    flow = tuple(each for each in runs if not each.experiment.is_sgd)
    here = next((each for each in flow if each.experiment.d == d), None)
    traces: list[go.Scatter] = []
    rows = 1
    if here:
        rows = here.experiment.m
        directions = np.arange(1, len(here.iota) + 1)
        tints = [colour(p) for p in range(len(directions))]
        for who, symbol, size, name in (
            (here.iota, "square-open", 20, "ι(p), from the start"),
            (here.winner, "circle", 10, "measured winner"),
        ):
            met = who >= 0
            traces.append(
                go.Scatter(
                    x=directions[met], y=who[met], mode="markers", name=name,
                    marker={"symbol": symbol, "size": size, "line": {"width": 2},
                            "color": [tint for tint, seen in zip(tints, met, strict=True) if seen]},
                    hovertemplate=f"{name}: p = %{{x}}, neuron %{{y}}<extra></extra>",
                )
            )  # fmt: skip
    dimensions = sorted({each.experiment.d for each in flow})
    counts = [
        agreement(tuple(each for each in flow if each.experiment.d == dimension))
        for dimension in dimensions
    ]
    traces.append(
        go.Scatter(
            x=np.array(dimensions, dtype=float), y=[agree / max(of, 1) for agree, of in counts],
            customdata=counts, mode="lines+markers", xaxis="x2", yaxis="y2", showlegend=False,
            name="winner = ι(p)",
            line={"color": MEASURED, "width": 3}, marker={"size": 10},
            hovertemplate="%{customdata[0]} of %{customdata[1]} agree<extra></extra>",
        )
    )  # fmt: skip
    return figure(
        traces, f"Which neuron finds which direction, at d = {d:,}",
        xaxis=axis("direction p", domain=[0, 0.52], dtick=1 if rows <= 32 else None),
        yaxis=axis("neuron", range=[-1.5, rows + 0.5], showticklabels=here is not None),
        xaxis2=_dimensions(limits) | {"domain": [0.64, 1], "anchor": "y2", "dtick": 2},
        yaxis2=axis("winner = ι(p)", range=[-0.03, 1.06], tickformat=".0%", anchor="x2"),
        shapes=[_looked_at(d) | {"xref": "x2", "yref": "y2 domain"}],
        showlegend=True,
    )  # fmt: skip


def constants(runs: Sequence[Emergence], guess: float | None) -> go.Figure:
    """1 / (a T o^(J-2)) of single pairs over their start o; the lines are J (J - 2).

    `guess` is the reader's constant for J = 6, None while there is none.
    """
    grid = [1e-3, 1.0]
    traces: list[go.Scatter] = []
    for number, (J, symbol) in enumerate({4: "circle", 6: "square", 8: "diamond"}.items()):
        pairs = [each for each in runs if each.experiment.J == J]
        tint = colour(number + 3)
        traces.append(
            go.Scatter(
                x=np.concatenate([*(each.start for each in pairs), np.zeros(0)]),
                y=np.concatenate([*(each.constant for each in pairs), np.zeros(0)]),
                mode="markers", name=f"measured, J = {J}",
                marker={"color": tint, "size": 9, "symbol": symbol},
                hovertemplate=f"J = {J}: %{{y:.2f}} from overlap %{{x:.3f}}<extra></extra>",
            )
        )  # fmt: skip
        if pairs:
            theory = inverse_time_constant(J)
            traces.append(
                go.Scatter(
                    x=grid, y=[theory] * 2, mode="lines", name=f"J(J−2) = {theory}",
                    line={"color": tint, "width": 2.5, "dash": "dot"}, hoverinfo="skip",
                )
            )  # fmt: skip
    if guess is not None:
        traces.append(
            go.Scatter(
                x=grid, y=[guess] * 2, mode="lines", name=f"your guess for J = 6: {guess:g}",
                line={"color": GUESS, "width": 3, "dash": "dash"}, hoverinfo="skip",
            )
        )  # fmt: skip
    return figure(
        traces, "What stands before a oᴶ⁻² in T, measured",
        xaxis=log_axis("overlap o at the start", (2e-3, 0.5)),
        yaxis=axis("measured constant", range=[0, 72]),
        showlegend=True,
    )  # fmt: skip


def _dimensions(limits: tuple[int, int]) -> dict[str, object]:
    return log_axis("dimension d", (limits[0] / 1.6, limits[1] * 1.6))


def _looked_at(d: int) -> dict[str, object]:
    """A band around the dimension looked at."""
    return {"type": "rect", "xref": "x", "x0": d * 10 ** (-2 * WIDTH), "x1": d * 10 ** (2 * WIDTH),
            "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "fillcolor": GRID,
            "layer": "below"}  # fmt: skip
