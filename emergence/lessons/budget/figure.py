"""What a budget buys: IsoFLOP curves and their minima; fits to short and long ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GUESS,
    MEASURED,
    POWER,
    axis,
    colour,
    figure,
    level,
    line,
    log_axis,
    upright,
)
from emergence.lessons.budget.iso import AROUND, Iso
from emergence.lessons.budget.model import Law
from emergence.lessons.budget.study import FIRST, RANGES, Bought, Fitted
from emergence.theory.fits import Slope
from emergence.theory.scaling import power_tail

BELOW: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
TOP, BOTTOM = [0.56, 1.0], [0.0, 0.42]
SHOWN = 5
"""Budgets whose curves are drawn."""


def curves(
    law: Law, m: Array, C: Array, bought: Bought | None, guess: float | None
) -> go.Figure:  # fmt: skip
    """Top: loss over width at some budgets, with parabolas. Bottom: best width and time over C.

    Parameters
    ----------
    m, C : all widths, shape (w,), and budgets, shape (n,)
    bought : the runs; None before the answer
    guess : the reader's power of C for the best width, or None
    """
    traces: list[Any] = []
    best = law.width(C)
    if guess is not None:
        traces.append(line(f"your guess, C to the {guess:g}", C, best[0] * (C / C[0]) ** guess,
                           GUESS, 3, "dash", **BELOW))  # fmt: skip
    if bought:
        traces += _iso(bought.iso, law)
        traces += _minima(bought, law)
    loss, nothing = law.frontier(C), float(power_tail(0, law.beta))
    return figure(
        traces, "One budget a curve: too narrow, best, too wide",
        xaxis=log_axis("width m", (0.8 * float(m[0]), 1.3 * float(m[-1]))) | {"anchor": "y"},
        yaxis=log_axis("loss", (float(loss[-1]) / 2.5, 1.3 * nothing)) | {"domain": TOP},
        xaxis2=log_axis("budget C = m · t", (float(C[0]) / 1.5, 2.5 * float(C[-1])))
        | {"anchor": "y2"},
        yaxis2=log_axis("best m and t", (0.5, 8 * max(float(best[-1]), float((C / best)[-1]))))
        | {"domain": BOTTOM},
        showlegend=True, margin={"l": 62, "r": 12, "t": 40, "b": 52},
    )  # fmt: skip


def _iso(iso: Iso, law: Law) -> list[Any]:
    """Losses over the width at some budgets, the parabolas through them, and their minima."""
    traces: list[Any] = []
    chosen = np.unique(np.linspace(0, len(iso.C) - 1, SHOWN).round().astype(int))
    for i, j in enumerate(chosen):
        near = np.abs(np.log(iso.m / law.width(iso.C[j]))) <= 1.6 * np.log(AROUND)
        name = f"C = {iso.C[j]:,.0f}"
        traces.append(
            go.Scatter(
                x=iso.m[near], y=iso.mean[near, j], mode="lines+markers", name=name,
                meta={"end": name}, showlegend=False,
                line={"color": colour(i), "width": 1.5}, marker={"color": colour(i), "size": 7},
                hovertemplate=name + ", m = %{x}: %{y:.3g}<extra></extra>",
            )
        )  # fmt: skip
        bend, best, least = iso.parabolas[j]
        if np.isfinite(best):
            x = best * AROUND ** np.linspace(-0.8, 0.8, 41)
            traces.append(
                line("parabola", x, least * np.exp(bend * np.log(x / best) ** 2), colour(i), 2,
                     "dot", showlegend=i == 0)
            )  # fmt: skip
    traces.append(
        go.Scatter(
            x=iso.parabolas[chosen, 1], y=iso.parabolas[chosen, 2], mode="markers", name="minimum",
            marker={"color": MEASURED, "size": 14, "symbol": "star"},
            hovertemplate="best m = %{x:.3g}: %{y:.3g}<extra></extra>",
        )
    )  # fmt: skip
    return traces


def _minima(bought: Bought, law: Law) -> list[Any]:
    """Best widths and times over the budget, beside the law's."""
    iso, C = bought.iso, bought.iso.C
    best = iso.parabolas[:, 1]
    traces = [
        line("theory", C, law.width(C), POWER, 3, "dash", **BELOW),
        line("theory, t", C, C / law.width(C), POWER, 3, "dash", showlegend=False, **BELOW),
    ]
    if bought.predicted:
        alone = bought.predicted.parabolas[:, 1]
        traces.append(line("m, by ι", C, alone, DECOUPLED, 2, "dot", **BELOW))
    for name, values, look in (("best m", best, MEASURED), ("best t", C / best, FINITE)):
        traces.append(
            go.Scatter(
                x=C, y=values, mode="lines+markers", name=name, line={"color": look, "width": 3},
                marker={"size": 8}, hovertemplate=name + ": %{y:.3g}<extra></extra>", **BELOW,
            )
        )  # fmt: skip
    return traces


def with_interval(slope: Slope | None, sign: float = 1.0) -> str:
    """A fitted exponent with its 95 % interval, if it has one."""
    if slope is None:
        return "–"
    if slope.ci is None:
        return f"{sign * slope.value:.3f}"
    low, high = sorted(sign * each for each in slope.ci)
    return f"{sign * slope.value:.3f} ({low:.3f} to {high:.3f})"


def ranges(law: Law, last: float, fits: tuple[Fitted, ...]) -> go.Figure:
    """Top: the least loss over the budget, in truth and by one fit. Bottom: a of all the fits.

    Parameters
    ----------
    last : the end of the range of the fit that is drawn above
    fits : those there are; none before the answer
    """
    C = np.geomspace(FIRST, 30 * max(RANGES.values()), 120)
    truth = law.frontier(C)
    traces: list[Any] = []
    shown = next((each for each in fits if each.last == last), None)
    if fits:
        traces.append(line("truth", C, truth, FINITE, 4))
    if shown:
        low, high = shown.band(C)
        traces += [
            go.Scatter(
                x=np.concatenate([C, C[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself",
                fillcolor="rgba(213,94,0,0.18)", line={"width": 0}, mode="lines",
                name="its 80 % interval", hoverinfo="skip",
            ),
            line("the fit", C[last * 1.001 >= C], shown.form.frontier(C[last * 1.001 >= C]),
                 MEASURED, 4),
            line("the fit, beyond its runs", C[last <= C], shown.form.frontier(C[last <= C]),
                 MEASURED, 3, "dash"),
        ]  # fmt: skip
    shapes = [upright(last, MEASURED, 1.5, "dot", xref="x", yref="y domain")]
    if fits:
        x = np.array([each.last for each in fits])
        traces += [
            go.Scatter(
                x=x, y=[each.form.a for each in fits], mode="markers", name="a by the fit",
                marker={"color": MEASURED, "size": 11},
                error_y={
                    "type": "data", "width": 6, "symmetric": False,
                    "array": [each.interval[1] - each.form.a for each in fits],
                    "arrayminus": [each.form.a - each.interval[0] for each in fits],
                },
                hovertemplate="a = %{y:.3f}<extra></extra>", **BELOW,
            ),
            go.Scatter(
                x=x * 1.35, y=[each.early.a for each in fits], mode="markers",
                name="solver stopped early", hovertemplate="a = %{y:.3f}<extra></extra>",
                marker={"color": DECOUPLED, "size": 11, "symbol": "x"}, **BELOW,
            ),
            line("true a", C, [law.local_a(float(each)) for each in C], FINITE, 3, **BELOW),
        ]  # fmt: skip
        shapes.append(level(0.5, POWER, 1.5, "dash", yref="y2"))
    span = (FIRST / 1.5, 30 * max(RANGES.values()))
    return figure(
        traces, f"Fitted up to C = 10<sup>{np.log10(last):.0f}</sup>, and what comes after",
        xaxis=log_axis("budget C", span) | {"anchor": "y", "dtick": 2},
        yaxis=log_axis("least loss", (float(truth[-1]) / 3, 2 * float(truth[0]))) | {"domain": TOP},
        xaxis2=log_axis("runs up to C", span) | {"anchor": "y2", "dtick": 2},
        yaxis2=axis("exponent a", domain=BOTTOM, range=[0.0, 0.75], nticks=5),
        shapes=shapes, showlegend=True,
    )  # fmt: skip
