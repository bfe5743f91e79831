"""Many neurons at once: the same start under two link functions, and what d does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.figures.lab.overlaps import joined
from emergence.figures.style import (
    GUESS,
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
from emergence.lessons.many_neurons.model import (
    IrrelevantOverlaps,
    fitted_level,
    irrelevant,
    order,
    span,
    with_exponent,
)
from emergence.lessons.many_neurons.study import Trajectory
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
    columns = [
        _Column(number, plan, trajectories[number] if trajectories else None, act)
        for number, plan in enumerate(plans)
    ]
    traces: list[go.Scatter | go.Bar] = []
    shapes: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    for column in columns:
        traces += [*_lines(column), *_start(column), *_histogram(column, columns[0])]
        shapes += _marks(column)
        layout |= _axes(column)
    if guess:
        last = columns[-1]
        largest = last.plan.experiment.d ** GUESSES[guess]
        shapes.append(upright(largest, GUESS, 2.5, "dash", **last.upright_at(2)))
    traces += [_entry("1/d", UNUSED, "dash"), _entry("predicted T", UNUSED, "dot")]
    if trajectories:
        traces.append(_entry("this act", MEASURED, "solid"))
    else:
        traces += [_entry(f"direction {p + 1}", colour(p), dash(p)) for p in order(plans[0].T)]
    if guess:
        traces.append(_entry("your guess", GUESS, "dash"))
    return figure(
        traces, "", **layout, shapes=shapes,
        annotations=[_heading(column) for column in columns],
        barmode="stack", bargap=0.05,
        showlegend=True,
    )  # fmt: skip


@dataclass(frozen=True)
class _Column:
    """One of the runs, at one of its acts, and the axes it is drawn on.

    `number` counts the columns from 0, from the left.
    """

    number: int
    plan: Plan
    run: Trajectory | None
    act: int

    @property
    def directions(self) -> tuple[int, int]:
        """The two that theory expects first."""
        return order(self.plan.T)

    @property
    def unit(self) -> float:
        """The time that counts as 1: T of the first direction."""
        return float(self.plan.T[self.directions[0]])

    @property
    def end(self) -> float:
        """Last time of the picture, in units."""
        plan = self.plan
        return span(plan.T, plan.a, plan.experiment.s0, plan.link) / self.unit

    @property
    def lowest(self) -> float:
        """Least overlap squared in the picture."""
        return 1e-3 / self.plan.experiment.d

    @property
    def moment(self) -> int:
        """The snapshot of the act; 0 while it has not been reached."""
        return self.run.acts[self.act] if self.run and len(self.run.acts) > self.act else 0

    @property
    def axes(self) -> list[str]:
        """What follows x and y in the names of the axes of its three rows."""
        number = 3 * self.number
        return [str(number + row) if number + row > 1 else "" for row in (1, 2, 3)]

    def at(self, row: int) -> dict[str, str]:
        """The axes of a trace in this row."""
        return {"xaxis": f"x{self.axes[row]}", "yaxis": f"y{self.axes[row]}"}

    def upright_at(self, row: int) -> dict[str, str]:
        """The axes of a vertical line in this row."""
        return {"xref": f"x{self.axes[row]}", "yref": f"y{self.axes[row]} domain"}


def _start(column: _Column) -> list[go.Scatter]:
    """Overlaps and signals of the two directions before the first step."""
    plan, both = column.plan, list(column.directions)
    overlaps = plan.overlaps[plan.iota[both], both] ** 2
    return [
        go.Scatter(
            x=[0, 0], y=values, mode="markers", **column.at(row), showlegend=False,
            marker={"color": [colour(p) for p in both], "size": 9}, cliponaxis=False,
            hovertemplate=f"{what} at the start: %{{y:.2g}}<extra></extra>",
        )
        for row, values, what in ((0, overlaps, "u"), (1, plan.a[both], "signal"))
    ]  # fmt: skip


def _histogram(column: _Column, left: _Column) -> list[go.Bar]:
    """Irrelevant overlaps at the act's moment: with the first direction, and with the others.

    What stands in the legend for the column on the `left` is not named again.
    """
    plan, run = column.plan, column.run
    named = () if column is left else (colour(left.directions[0]), UNUSED)
    u = run.u[column.moment] if run else plan.overlaps**2
    own, other = irrelevant(u, plan.iota, plan.T, plan.experiment.d)
    edges = np.geomspace(LEAST, float(plan.experiment.d), BINS + 1)
    bars = []
    for values, tint, name in (
        (own, colour(column.directions[0]), "first"), (other, UNUSED, "others"),
    ):  # fmt: skip
        counts = np.histogram(np.clip(values, edges[0], edges[-1] * 0.999), edges)[0]
        bars.append(
            go.Bar(
                x=np.sqrt(edges[1:] * edges[:-1]), y=counts, width=np.diff(edges) * 0.9,
                marker={"color": tint}, **column.at(2), showlegend=tint not in named,
                name=f"pairs with {name}", legendrank=3000,
                hovertemplate=f"%{{y}} pairs with {name} at %{{x:.2g}}/d<extra></extra>",
            )
        )  # fmt: skip
    return bars


def _marks(column: _Column) -> list[dict[str, Any]]:
    """Predicted times, the size 1/d of random overlaps, and the act's moment."""
    plan, unit, names = column.plan, column.unit, column.axes
    shapes = [
        upright(float(plan.T[p]) / unit, colour(p), 2.5, "dot", **column.upright_at(0))
        for p in column.directions
    ]
    shapes.append(
        level(1 / plan.experiment.d, UNUSED, 2, "dash", xref=f"x{names[0]} domain",
              yref=f"y{names[0]}")
    )  # fmt: skip
    shapes.append(upright(1.0, UNUSED, 2.5, "dash", **column.upright_at(2)))
    if column.run and column.moment:
        seen = float(column.run.tau[column.moment]) / unit
        shapes += [
            upright(seen, MEASURED, 2.5, "solid", **column.upright_at(row)) for row in (0, 1)
        ]
    return shapes


def _heading(column: _Column) -> dict[str, object]:
    """What stands above the column."""
    J, (first, *_) = column.plan.experiment.J, column.axes
    return note(f"<b>J = {J}</b>, {'sharp' if J > 2 else 'not sharp'}", size=15, x=0, y=1,
                xref=f"x{first} domain", xanchor="left", yref=f"y{first} domain",
                yanchor="bottom")  # fmt: skip


def _axes(column: _Column) -> dict[str, Any]:
    """The axes of the three rows, by their names in the layout."""
    d, left = float(column.plan.experiment.d), column.number == 0
    domain = list(COLUMNS[column.number])
    time = {"domain": domain, "range": [0, column.end], "nticks": 6}
    across = (
        axis("", **time, showticklabels=False),
        axis("time / T₁", **time),
        # A little room, so that the corner's two numbers stand apart.
        log_axis(f"irrelevant u · d, at the {'mark' if column.moment else 'start'}", (LEAST / 3, d))
        | {"domain": domain, "dtick": 2},
    )
    up = (
        log_axis("u = ⟨v̄ₖ, wₚ⟩²" if left else "", (column.lowest, 3.0)) | {"dtick": 2},
        axis("signal" if left else "", range=[0, 1.12 * float(column.plan.a[0])], nticks=3),
        axis("pairs" if left else "", nticks=3),
    )
    layout = {}
    for row, name in enumerate(column.axes):
        layout[f"xaxis{name}"] = across[row] | {"anchor": f"y{name}"}
        layout[f"yaxis{name}"] = up[row] | {"anchor": f"x{name}", "domain": list(ROWS[row])}
    return layout


def _lines(column: _Column) -> list[go.Scatter]:
    """Overlaps with the two directions, and the signal each has left; nothing before the run."""
    run, unit = column.run, column.unit
    if run is None:
        return []
    some = np.searchsorted(run.tau, np.linspace(0, min(column.end * unit, run.tau[-1]), SHOWN))
    some = np.unique(np.clip(some, 0, len(run.tau) - 1))
    time = run.tau[some] / unit
    traces = []
    for p in column.directions[::-1]:
        u = np.maximum(run.u[some, :, p], column.lowest)
        own = int(run.plan.iota[p])
        others = np.delete(u, own, axis=1) if own >= 0 else u
        xs, ys, _ = joined(time, others, np.zeros(others.shape[1], dtype=np.int8))
        xs, ys = xs.astype(np.float32), ys.astype(np.float32)  # half of what is sent
        traces += [
            go.Scatter(
                x=xs, y=ys, mode="lines", **column.at(0), opacity=0.45, hoverinfo="skip",
                line={"color": colour(p), "width": 1}, showlegend=False, legendgroup=str(p),
            ),
            go.Scatter(
                x=time, y=u[:, own] if own >= 0 else [], mode="lines", **column.at(0),
                line={"color": colour(p), "width": 4, "dash": dash(p)}, name=f"direction {p + 1}",
                showlegend=column.number == 0, legendgroup=str(p), legendrank=p,
                hovertemplate=f"matched neuron, p = {p + 1}: u = %{{y:.2g}}<extra></extra>",
            ),
            go.Scatter(
                x=time, y=run.signal[some, p], mode="lines", **column.at(1),
                line={"color": colour(p), "width": 3, "dash": dash(p)}, showlegend=False,
                legendgroup=str(p),
                hovertemplate=f"signal of p = {p + 1} left: %{{y:.2f}}<extra></extra>",
            ),
        ]  # fmt: skip
    return traces


def _entry(name: str, colour: str, dash: str) -> go.Scatter:
    """A legend entry for lines that are drawn as shapes."""
    return go.Scatter(
        x=[0], y=[-1], xaxis="x2", yaxis="y2", mode="lines", name=name, legendrank=2000,
        line={"color": colour, "width": 2.5, "dash": dash},
    )  # fmt: skip


def over_d(overlaps: Sequence[IrrelevantOverlaps], exponent: float) -> go.Figure:
    """Irrelevant overlaps times d when the first direction is found, over d in log-log.

    `exponent` is theory's power of d for J = 2, a_2 / a_1; for J = 4 it is 0.
    """
    traces: list[go.Scatter] = []
    grid = np.geomspace(64, 1e6, 2)
    for J, tint, symbol, power in (
        (4, colour(0), "circle", 0.0),
        (2, colour(3), "diamond", exponent),
    ):
        runs = with_exponent(overlaps, J)
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
            constant = fitted_level(runs, power)
            traces.append(
                go.Scatter(
                    x=grid, y=constant * grid**power, mode="lines", hoverinfo="skip",
                    name=f"theory: d^{power:.2g}" if power else "theory: constant",
                    line={"color": tint, "width": 2.5, "dash": "dash" if power else "dot"},
                )
            )  # fmt: skip
    return figure(
        traces, "Irrelevant overlaps when the first direction is found",
        xaxis=log_axis("d", (50, 1.5e6)), yaxis=log_axis("u · d", (0.1, 2e4)),
        showlegend=True,
    )  # fmt: skip
