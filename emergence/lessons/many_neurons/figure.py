"""Many neurons at once: the same start under two link functions, and what d does to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from emergence.figures.lab.overlaps import joined
from emergence.figures.style import (
    GUESS,
    LEGEND,
    MEASURED,
    UNUSED,
    axis,
    colour,
    dash,
    figure,
    level,
    log_axis,
    note,
    upright,
)
from emergence.lessons.many_neurons.study import Moved, Trajectory, irrelevant, order, span
from emergence.runs.plan import Plan

SHOWN = 160
"""Moments drawn of a run."""
COLUMNS = ((0.0, 0.465), (0.545, 1.0))
ROWS = ((0.575, 0.93), (0.34, 0.51), (0.0, 0.165))
"""From the top: overlaps, signal left, irrelevant overlaps at one moment."""
BINS, LEAST = 36, 1e-4
"""The histogram of irrelevant overlaps u d, from LEAST (with what is below) to d."""
GUESSES = {"still about 1/d": 0.0, "about 1/√d": 0.5, "about 1": 1.0}
"""What the largest irrelevant overlap u d may be as a power of d, in words."""


def in_words(largest: float, d: int) -> str:
    """Which of GUESSES an overlap u d of this size is nearest to."""
    power = np.log(largest) / np.log(d)
    return min(GUESSES, key=lambda words: abs(GUESSES[words] - power))


def acts(
    plans: Sequence[Plan],
    trajectories: Sequence[Trajectory] | None,
    act: int,
    guess: str | None,
) -> go.Figure:
    """Two trajectories beside each other with a mark at one of the four acts.

    Parameters
    ----------
    plans : of the two runs; their start is drawn while there is no run
    trajectories : the runs so far, or None: then only what is known before the first step
    act : the act looked at, 0 to 3
    guess : the reader's largest irrelevant overlap of the second run, one of GUESSES
    """
    traces: list[go.Scatter | go.Bar] = []
    layout: dict[str, object] = {"shapes": [], "annotations": []}
    for column, plan in enumerate(plans):
        run = trajectories[column] if trajectories else None
        _column(traces, layout, column, plan, run, act, guess if column else None)
    traces += [_entry("1/d", UNUSED, "dash"), _entry("predicted T", UNUSED, "dot")]
    if trajectories:
        traces.append(_entry("this act", MEASURED, "solid"))
    else:
        traces += [_entry(f"direction {p + 1}", colour(p), dash(p)) for p in order(plans[0])]
    if guess:
        traces.append(_entry("your guess", GUESS, "dash"))
    return figure(
        traces, "", **layout, barmode="stack", bargap=0.05,
        showlegend=True,
        legend=LEGEND | {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.0,
                         "yanchor": "bottom", "itemwidth": 30},
    )  # fmt: skip


def _column(
    traces: list[go.Scatter | go.Bar],
    layout: dict[str, object],
    column: int,
    plan: Plan,
    run: Trajectory | None,
    act: int,
    guess: str | None,
) -> None:
    first, second = order(plan)
    d, J, unit = plan.experiment.d, plan.experiment.J, float(plan.T[first])
    end = span(plan) / unit
    numbers = [str(3 * column + row) if column + row > 1 else "" for row in (1, 2, 3)]
    x, y = ([letter + number for number in numbers] for letter in "xy")
    lowest = 1e-3 / d
    if run:
        _lines(traces, run, (first, second), unit, end, lowest, x, y, legend=column == 0)
    both = [first, second]
    start = plan.overlaps[plan.iota[both], both] ** 2
    for row, values, what in ((0, start, "u"), (1, plan.a[both], "signal")):
        traces.append(
            go.Scatter(
                x=[0, 0], y=values, mode="markers", xaxis=x[row], yaxis=y[row], showlegend=False,
                marker={"color": [colour(p) for p in both], "size": 9}, cliponaxis=False,
                hovertemplate=f"{what} at the start: %{{y:.2g}}<extra></extra>",
            )
        )  # fmt: skip
    moment = run.acts[act] if run and len(run.acts) > act else 0
    own, other = irrelevant(plan, run.u[moment] if run else plan.overlaps**2)
    edges = np.geomspace(LEAST, float(d), BINS + 1)
    for values, tint, name in ((own, colour(first), "first"), (other, UNUSED, "others")):
        counts = np.histogram(np.clip(values, edges[0], edges[-1] * 0.999), edges)[0]
        traces.append(
            go.Bar(
                x=np.sqrt(edges[1:] * edges[:-1]), y=counts, width=np.diff(edges) * 0.9,
                marker={"color": tint}, xaxis=x[2], yaxis=y[2], showlegend=column == 0,
                name=f"pairs with {name}", legendrank=3000,
                hovertemplate=f"%{{y}} pairs with {name} at %{{x:.2g}}/d<extra></extra>",
            )
        )  # fmt: skip
    shapes = [upright(float(plan.T[p]) / unit, colour(p), 2.5, "dot", xref=x[0],
                      yref=f"{y[0]} domain")
              for p in (first, second)]  # fmt: skip
    shapes.append(level(1 / d, UNUSED, 2, "dash", xref=f"{x[0]} domain", yref=y[0]))
    shapes.append(upright(1.0, UNUSED, 2.5, "dash", xref=x[2], yref=f"{y[2]} domain"))
    if run and moment:
        seen = float(run.tau[moment]) / unit
        shapes += [
            upright(seen, MEASURED, 2.5, "solid", xref=x[row], yref=f"{y[row]} domain")
            for row in (0, 1)
        ]
    if guess:
        shapes.append(upright(d ** GUESSES[guess], GUESS, 2.5, "dash", xref=x[2],
                              yref=f"{y[2]} domain"))  # fmt: skip
    layout["shapes"] += shapes  # type: ignore[operator]
    layout["annotations"] += [  # type: ignore[operator]
        note(f"<b>J = {J}</b>, {'sharp' if J > 2 else 'not sharp'}", size=15, xref="paper",
             x=COLUMNS[column][0], xanchor="left", yref="paper", y=ROWS[0][1] + 0.005,
             yanchor="bottom"),
        note("irrelevant, at the mark" if moment else "irrelevant, at the start", size=13,
             xref="paper", x=COLUMNS[column][0] + 0.005, xanchor="left", yref="paper",
             y=ROWS[2][1], yanchor="top"),
    ]  # fmt: skip
    domain = list(COLUMNS[column])
    left = column == 0
    time = {"domain": domain, "range": [0, end], "nticks": 6}
    across = (
        axis("", **time, showticklabels=False),
        axis("time / T₁", **time),
        log_axis("u · d", (LEAST, float(d))) | {"domain": domain, "dtick": 2},
    )
    up = (
        log_axis("u = ⟨v̄ₖ, wₚ⟩²" if left else "", (lowest, 3.0)) | {"dtick": 2},
        axis("signal" if left else "", range=[0, 1.12 * float(plan.a[0])], nticks=3),
        axis("pairs" if left else "", nticks=3),
    )
    for row, number in enumerate(numbers):
        layout[f"xaxis{number}"] = across[row] | {"anchor": y[row]}
        layout[f"yaxis{number}"] = up[row] | {"anchor": x[row], "domain": list(ROWS[row])}


def _lines(
    traces: list[go.Scatter | go.Bar],
    run: Trajectory,
    directions: tuple[int, int],
    unit: float,
    end: float,
    lowest: float,
    x: list[str],
    y: list[str],
    legend: bool,
) -> None:
    """Overlaps with the two directions, and the signal each has left."""
    some = np.searchsorted(run.tau, np.linspace(0, min(end * unit, run.tau[-1]), SHOWN))
    some = np.unique(np.clip(some, 0, len(run.tau) - 1))
    time = run.tau[some] / unit
    for p in directions[::-1]:
        u = np.maximum(run.u[some, :, p], lowest)
        own = int(run.plan.iota[p])
        others = np.delete(u, own, axis=1) if own >= 0 else u
        xs, ys, _ = joined(time, others, np.zeros(others.shape[1], dtype=np.int8))
        traces.append(
            go.Scatter(
                x=xs, y=ys, mode="lines", xaxis=x[0], yaxis=y[0], opacity=0.45, hoverinfo="skip",
                line={"color": colour(p), "width": 1}, showlegend=False, legendgroup=str(p),
            )
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=time, y=u[:, own] if own >= 0 else [], mode="lines", xaxis=x[0], yaxis=y[0],
                line={"color": colour(p), "width": 4, "dash": dash(p)}, name=f"direction {p + 1}",
                showlegend=legend, legendgroup=str(p), legendrank=p,
                hovertemplate=f"matched neuron, p = {p + 1}: u = %{{y:.2g}}<extra></extra>",
            )
        )  # fmt: skip
        traces.append(
            go.Scatter(
                x=time, y=run.signal[some, p], mode="lines", xaxis=x[1], yaxis=y[1],
                line={"color": colour(p), "width": 3, "dash": dash(p)}, showlegend=False,
                legendgroup=str(p),
                hovertemplate=f"signal of p = {p + 1} left: %{{y:.2f}}<extra></extra>",
            )
        )  # fmt: skip


def _entry(name: str, colour: str, dash: str) -> go.Scatter:
    """A legend entry for lines that are drawn as shapes."""
    return go.Scatter(
        x=[0], y=[-1], xaxis="x2", yaxis="y2", mode="lines", name=name, legendrank=2000,
        line={"color": colour, "width": 2.5, "dash": dash},
    )  # fmt: skip


def over_d(found: Sequence[Moved], exponent: float) -> go.Figure:
    """Irrelevant overlaps times d when the first direction is found, over d in log-log.

    `exponent` is theory's power of d for J = 2, a_2 / a_1; for J = 4 it is 0.
    """
    traces: list[go.Scatter] = []
    grid = np.geomspace(64, 1e6, 2)
    for J, tint, symbol, power in (
        (4, colour(0), "circle", 0.0),
        (2, colour(3), "diamond", exponent),
    ):
        runs = [each for each in found if each.J == J and np.isfinite(each.largest)]
        d = np.array([each.d for each in runs], dtype=float)
        largest = np.array([each.largest for each in runs])
        median = np.array([each.median for each in runs])
        for values, what, fill in ((largest, "largest", ""), (median, "median", "-open")):
            traces.append(
                go.Scatter(
                    x=d, y=values, mode="markers", name=f"J = {J}, {what}",
                    marker={"color": tint, "size": 10, "symbol": symbol + fill},
                    hovertemplate=f"J = {J}, d = %{{x}}: {what} %{{y:.3g}}/d<extra></extra>",
                )
            )  # fmt: skip
        if runs:
            level = np.exp(np.mean(np.log(largest) - power * np.log(d)))
            traces.append(
                go.Scatter(
                    x=grid, y=level * grid**power, mode="lines", hoverinfo="skip",
                    name=f"theory: d^{power:.2g}" if power else "theory: constant",
                    line={"color": tint, "width": 2.5, "dash": "dash" if power else "dot"},
                )
            )  # fmt: skip
    return figure(
        traces, "Irrelevant overlaps when the first direction is found",
        xaxis=log_axis("d", (50, 1.5e6)), yaxis=log_axis("u · d", (0.1, 2e4)),
        showlegend=True, legend=LEGEND | {"x": 1.01, "y": 1},
        margin={"l": 62, "r": 150, "t": 40, "b": 52},
    )  # fmt: skip
