"""The scaling law: losses of students of several widths over time, width and budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.palette import width_colour
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GUESS,
    MEASURED,
    POWER,
    UNUSED,
    axis,
    colour,
    figure,
    line,
    log_axis,
)
from emergence.lessons.scaling_law.model import (
    StepSizes,
    Widths,
    best_plateaus,
    tuned_exponent,
)
from emergence.theory.fits import Slope
from emergence.theory.scaling import compute_exponent, plateau_exponent, time_exponent

BUDGET = "budget C = m · ηt d<sup>1−J/2</sup>"


def words(what: str, fit: Slope | None) -> str:
    """A fitted slope with its 95 % interval, for a legend."""
    if fit is None:
        return what
    interval = f" (95 %: {fit.ci[0]:.2f} … {fit.ci[1]:.2f})" if fit.ci else ""
    return f"{what}: slope {fit.value:.2f}{interval}"


def over_time(
    axes: Widths, students: Widths | None, predicted: Widths | None, guess: float | None
) -> go.Figure:
    """L(m, t) over t.

    Parameters
    ----------
    axes : students whose widths and moments span the picture
    students : those to be drawn, perhaps only the narrower ones so far; None while they are
        not to be seen or not computed
    predicted : the same by the decoupled equations, where `students` are measured
    guess : the reader's exponent of the plateaus, which are drawn; None while there is none
    """
    total, lowest = axes.total, float(best_plateaus(axes.m, axes.beta)[-2])
    t = axes.t
    traces: list[Any] = []
    traces += [
        line(f"plateaus you guessed, mᵞ with γ = {guess:g}", np.array([t[len(t) // 2], t[-1]]),
             np.full(2, total * (width + 1.0) ** guess), GUESS, 1.5, "dash", showlegend=i == 0)
        for i, width in enumerate(axes.m[axes.m < axes.P])
        if guess is not None
    ]  # fmt: skip
    if students:
        least = students.envelope.mean(axis=0)
        fit = students.time_slope if len(students.m) == len(axes.m) else None
        traces.append(line(words("least over m", fit), t, least, MEASURED, 7))
    if predicted:
        traces += [
            line("decoupled equations", t, each, DECOUPLED, 2, "dot", showlegend=i == 0)
            for i, each in enumerate(predicted.mean)
        ]
    if students:
        traces += _students(students, t, len(axes.m))
    if drawn := students or predicted:
        name = f"slope (1 − 2β)/β = {time_exponent(drawn.beta):.2f}"
        traces.append(line(name, t, drawn.law, POWER, 3, "dashdot"))
    return figure(
        traces, "Time sets the slope, width sets where it ends",
        xaxis=log_axis("time ηt d<sup>1−J/2</sup>", (float(t[0]), 4 * float(t[-1]))),
        yaxis=log_axis("loss", (lowest / 1.6, total * 1.5)),
        showlegend=True,
    )  # fmt: skip


def _students(students: Widths, x: Array, count: int) -> list[go.Scatter]:
    """Mean loss of each width over x, one row of x for each width, or the same for all.

    There will be `count` widths. Each is written at its curve's end; from P on there is one end.
    """
    rows = np.broadcast_to(x, students.mean.shape)
    return [
        line(f"m = {m}", rows[i], students.mean[i], width_colour(i, count), 2.5, showlegend=False,
             meta={"end": f"≥ {m}" if m == students.P else f"{m}"} if m <= students.P else None)
        for i, m in enumerate(students.m)
    ]  # fmt: skip


def over_width(axes: Widths, students: Widths | None, guess: float | None) -> go.Figure:
    """What m < P neurons leave for ever, over m: see `over_time` for the parameters."""
    inside = axes.m < axes.P
    x = axes.m[inside].astype(float)
    strongest = best_plateaus(x, axes.beta)
    lowest = float(strongest[-1])
    traces: list[Any] = []
    if guess is not None:
        traces.append(
            line(f"your guess, slope {guess:g}", x, strongest[0] * x**guess, GUESS, 3, "dash")
        )
    if students:
        exponent = plateau_exponent(students.beta)
        narrow = students.m[students.m < students.P].astype(float)
        plateau = students.plateau[:, : len(narrow)]
        traces += [
            go.Scatter(
                x=np.tile(narrow, len(plateau)), y=plateau.ravel(), mode="markers",
                marker={"color": UNUSED, "size": 7}, name="each seed", hoverinfo="skip",
            ),
            line("the m strongest learned", x, strongest, FINITE, 3, "dash"),
            line(f"slope 1 − 2β = {exponent:.2f}", x, lowest * (x / x[-1]) ** exponent, POWER, 3,
                 "dot"),
            go.Scatter(
                x=narrow, y=plateau.mean(axis=0), mode="lines+markers",
                name=words("mean", students.plateau_slope),
                line={"color": MEASURED, "width": 4}, marker={"size": 9},
                hovertemplate="m = %{x}: %{y:.3g}<extra></extra>",
            ),
        ]  # fmt: skip
    return figure(
        traces, "What m neurons never learn",
        xaxis=log_axis("width m", (0.85, 1.2 * float(x[-1]))),
        yaxis=log_axis("final loss", (lowest / 3, float(strongest[0]) * 4)),
        showlegend=True,
    )  # fmt: skip


def _who_is_learned(students: Widths | None, m: IntArray) -> str:
    """What the dots of the first seed show."""
    if students is None:
        return "Which directions will be learned?"
    rows = students.learned[0, : len(m)]
    if all(
        row[:width].all() and not row[width:].any() for row, width in zip(rows, m, strict=False)
    ):
        return "Who is learned: the m strongest"
    strong = [row[:width].mean() for row, width in zip(rows, m, strict=False)]
    return f"Who is learned (first seed): {np.mean(strong):.0%} of the m strongest"


def holes(axes: Widths, students: Widths | None, predicted: Widths | None, shown: int) -> go.Figure:
    """Which of the first `shown` directions students of each width up to `shown` learn in the end.

    Dots are the first seed's, the shade is the share of all seeds; see `over_time` for the
    other parameters.
    """
    m = axes.m[axes.m <= shown]
    directions, rows = np.arange(1, shown + 1), np.arange(len(m))
    traces: list[Any] = []
    if students:
        learned = students.learned[:, : len(m), :shown]
        row, p = np.nonzero(learned[0])
        traces += [
            go.Heatmap(
                x=directions, y=rows[: learned.shape[1]], z=learned.mean(axis=0), zmin=0, zmax=1,
                colorscale=[[0, "rgba(138,143,152,0)"], [1, "rgba(138,143,152,0.45)"]],
                showscale=False, xgap=1, ygap=3,
                hovertemplate="direction %{x}: learned from %{z:.0%} of the seeds<extra></extra>",
            ),
            go.Scatter(
                x=p + 1, y=row, mode="markers", name="learned (first seed)", hoverinfo="skip",
                marker={"color": [colour(int(q)) for q in p], "size": 9},
            ),
        ]  # fmt: skip
    if predicted:
        row, p = np.nonzero(predicted.learned[0, : len(m), :shown])
        traces.append(
            go.Scatter(
                x=p + 1, y=row, mode="markers", name="predicted by ι", hoverinfo="skip",
                marker={"color": DECOUPLED, "size": 14, "symbol": "circle-open",
                        "line": {"width": 2}},
            )
        )  # fmt: skip
    edge = np.minimum(np.repeat(m, 2), shown) + 0.5
    steps = np.repeat(rows, 2) + np.tile([-0.5, 0.5], len(m))
    traces.append(line("the m strongest end here", edge, steps, FINITE, 2.5, "dash"))
    return figure(
        traces, _who_is_learned(students, m),
        xaxis=axis("direction p", range=[0.3, shown + 0.9], showgrid=False),
        yaxis=axis("width m", tickvals=rows.tolist(), ticktext=[str(width) for width in m],
                   range=[-0.6, len(m) - 0.4], showgrid=False),
        showlegend=True,
    )  # fmt: skip


def over_budget(axes: Widths, students: Widths | None, guess: float | None) -> go.Figure:
    """Losses over the budget C = m t, and the best width's: see `over_time` for the parameters."""
    C, total, lowest = axes.C, axes.total, float(best_plateaus(axes.m, axes.beta)[-2])
    traces: list[Any] = []
    if guess is not None:
        traces.append(
            line(f"your guess, slope {guess:g}", C, total * (C / C[len(C) // 4]) ** guess, GUESS,
                 3, "dash")
        )  # fmt: skip
    if students:
        C = students.C
        best, middle = students.frontier.mean(axis=0), len(C) // 2
        theory = compute_exponent(students.beta)
        fit = students.compute_slope if len(students.m) == len(axes.m) else None
        traces += [
            *_students(students, students.m[:, None] * students.t, len(axes.m)),
            line(words("best width", fit), C, best, MEASURED, 5),
            line(f"slope (1 − 2β)/(1 + β) = {theory:.2f}", C,
                 0.7 * best[middle] * (C / C[middle]) ** theory, POWER, 3, "dot"),
        ]  # fmt: skip
    return figure(
        traces, "For each budget its width",
        xaxis=log_axis(BUDGET, (float(C[len(C) // 8]), 2 * float(C[-1]))),
        yaxis=log_axis("loss", (lowest / 1.6, total * 1.5)),
        showlegend=True,
    )  # fmt: skip


def step_sizes(steps: StepSizes, guess: float | None, revealed: bool) -> go.Figure:
    """Runs with several step sizes over samples, and the best for each number of samples.

    `guess` is the reader's slope of the best, or None; only it is drawn until it is `revealed`.
    """
    samples, best = steps.samples, steps.best
    total, lowest = float(best[0]), float(best[-1])
    fixed, tuned = time_exponent(steps.beta), tuned_exponent(steps.beta)
    traces: list[Any] = []
    if guess is not None:
        traces.append(
            line(f"your guess, slope {guess:g}", samples, total * (samples / samples[0]) ** guess,
                 GUESS, 3, "dash")
        )  # fmt: skip
    if revealed:
        runs, middle = steps.runs, len(samples) // 2
        traces += [
            line(f"η fit for direction {r}", samples, loss, width_colour(i, len(runs)), 2.5)
            for i, (r, loss) in enumerate(runs)
        ]  # fmt: skip
        traces += [
            line(words("best η for each number of samples", steps.slope), samples, best, MEASURED,
                 5),
            line(f"η tuned: slope (1 − 2β)/(2β) = {tuned:.2f}", samples,
                 0.6 * best[middle] * (samples / samples[middle]) ** tuned, POWER, 3, "dot"),
            line(f"one η: slope (1 − 2β)/β = {fixed:.2f}", samples,
                 lowest * (samples / samples[-1]) ** fixed, FINITE, 3, "dashdot"),
        ]  # fmt: skip
    return figure(
        traces, "One step size, or one for each budget",
        xaxis=log_axis("samples (direction 1 at the largest η: 1)",
                       (float(samples[0]), float(samples[-1]))),
        yaxis=log_axis("loss", (lowest / 2, total * 1.6)),
        showlegend=True,
    )  # fmt: skip
