"""The loss against its four predictions, and its local slope below."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.engines.base import TRAINED_ON
from emergence.figures.style import (
    DECOUPLED,
    FINITE,
    GRID,
    LABELLED,
    MEASURED,
    POWER,
    STAIRCASE,
    TRAINED,
    UNUSED,
    axis,
    figure,
    highlight,
    level,
    line,
    log_axis,
    note,
    steps_axis,
)
from emergence.runs.plan import Plan
from emergence.runs.titles import MANY
from emergence.theory.scaling import power_law, tail

GRID_POINTS = 240
"""Moments at which the predictions are drawn."""
FLOOR = 1e-3
"""Curves are clipped so far below the picture: the last step of a staircase falls out of it."""
THICK, THIN = 4.0, 2.0
"""Widths of the line that the slope is measured of, and of a loss beside it."""
ALL, MEASURED_END = "all skills", "population"
"""Names at the ends of the line with all skills beyond P, and of the loss itself beside others."""
ENDS = {"labels": "noisy labels", "train": "training"}
"""And at the ends of these others."""


def loss(
    plan: Plan,
    steps: Array,
    mse: Array,
    slope: Array,
    law: bool,
    limits: tuple[float, float],
    title: str,
    beside: Mapping[str, Array] | None = None,
) -> go.Figure:
    """Population MSE in log-log over its predictions; its local slope against theory's.

    Parameters
    ----------
    plan : what is predicted; where it has no power law, its reason stands in the slope's place
    steps, mse, slope : moments, measured loss and its local slope, shape (n,)
    law : whether the power law is drawn, where there is one
    limits : first and last step on the axis
    beside : other losses at these moments, by their names in a row, shape (n,)
    """
    theory = plan.theory_slope if law else None
    # Of a student that knows nothing: sum_p a_p^2 K(1).
    total = plan.top * float(plan.a @ plan.a)
    tau = np.geomspace(plan.snapshots[1], plan.end, GRID_POINTS)
    lowest = max(float(np.min(plan.decoupled(tau))), total * 1e-4) / 3
    noise = plan.experiment.noise
    highest = (total + noise**2) * 2.5
    predicted = _predicted(plan, tau, theory, lowest * FLOOR)
    measured = _measured(steps, mse, slope)
    if theory is not None and plan.experiment.P >= MANY:
        measured = _with_all(plan, measured)
    others = _beside(plan, steps, beside or {})
    if others and "end" not in measured[0].meta:
        measured[0].meta |= {"end": MEASURED_END}
    return figure(
        [*predicted, *others, *measured,
         highlight(low=lowest, high=highest)],
        title,
        xaxis=steps_axis(limits, anchor="y2"),
        yaxis=log_axis("population MSE", (lowest, highest)) | {"domain": [0.3, 1]},
        yaxis2=axis("slope", domain=[0, 0.21], range=[2.5 * min(theory or -1.0, -1.0), 0.4],
                    nticks=4, linecolor=GRID),
        shapes=[
            *([] if theory is None else [level(theory, POWER, 2.5, "dot", yref="y2")]),
            *([level(noise**2, UNUSED, 1.5, "dot")] if noise else []),
        ],
        annotations=_reason(plan.why_no_law),
        showlegend=True,
        meta={"ends": max((len(trace.meta.get("end", "")) for trace in (*measured, *others)),
                      default=0)},
    )  # fmt: skip


def _predicted(plan: Plan, tau: Array, theory: float | None, floor: float) -> list[go.Scatter]:
    """The losses predicted at times tau, drawn down to `floor`; `theory` is the law's slope."""
    curves = [
        ("staircase", "staircase at Tₚ", plan.staircase(tau), STAIRCASE, "solid"),
        ("decoupled", "decoupled ODEs", plan.decoupled(tau), DECOUPLED, "dash"),
        ("finite P", "finite P", plan.finite(tau), FINITE, "dashdot"),
    ]
    if theory is not None and 0 < plan.T1 < np.inf:
        law = power_law(tau, plan.T1, plan.a, plan.experiment.beta, plan.top)
        curves.append(("power law", f"power law, slope {theory:.2f}", law, POWER, "dot"))
    steps = tau / plan.experiment.eta
    staircase, *others = (
        line(name, steps, np.maximum(y, floor), colour, 2.5, dash, "%{y:.3g} at %{x:,.3s} steps")
        .update(meta={"role": "theory", "curve": curve})
        for curve, name, y, colour, dash in curves
    )  # fmt: skip
    return [staircase.update(line_shape="hv"), *others]


def _with_all(plan: Plan, measured: list[go.Scatter]) -> list[go.Scatter]:
    """The loss had the teacher gone on beyond P, thick: of it the slope is; the loss itself thin.

    Each has a name at its end; the dot moves to the end of the thick one.
    """
    P = plan.experiment.P
    beyond = tail(plan.a, plan.experiment.beta, plan.top)
    mse, head, slope = measured
    name = f"measured, with all beyond P = {P}"
    y = np.asarray(mse.y) + beyond
    thick = line(name, mse.x, y, MEASURED, THICK, hover="%{y:.3g} at %{x:,.3s} steps")
    thick.update(meta={"role": "corrected", "beyond": beyond, "end": ALL})
    mse.update(line_width=THIN, meta={"role": "mse", "end": f"first {P}"})
    return [thick, mse, head.update(y=y[-1:]), slope]


def _measured(steps: Array, mse: Array, slope: Array) -> list[go.Scatter]:
    """The loss with a dot at its end, and its local slope; the page fills them by their roles."""
    return [
        go.Scatter(
            x=steps, y=mse, mode="lines", name="measured", line={"color": MEASURED, "width": THICK},
            hovertemplate="loss %{y:.3g} at %{x:,.3s} steps<extra></extra>", meta={"role": "mse"},
        ),
        go.Scatter(
            x=steps[-1:], y=mse[-1:], mode="markers", marker={"color": MEASURED, "size": 12},
            hoverinfo="skip", showlegend=False, meta={"role": "head"},
        ),
        go.Scatter(
            x=steps, y=slope, mode="lines", line={"color": MEASURED, "width": 2.5}, yaxis="y2",
            name="local slope", showlegend=False, connectgaps=False,
            hovertemplate="local slope %{y:.2f}<extra></extra>", meta={"role": "slope"},
        ),
    ]  # fmt: skip


def _beside(plan: Plan, steps: Array, losses: Mapping[str, Array]) -> list[go.Scatter]:
    """Losses beside the population MSE, thin; the page fills them by the name of their field."""
    n = plan.experiment.samples
    train = (
        f"training loss, of {'all' if n <= TRAINED_ON else f'the first {TRAINED_ON:,} of'} {n:,}"
    )
    names = {"labels": "on noisy labels (floor: dotted)", "train": train}
    looks = {"labels": (LABELLED, "longdash"), "train": (TRAINED, "solid")}
    return [
        line(names[name], steps, y, looks[name][0], THIN, looks[name][1],
             "%{y:.3g} at %{x:,.3s} steps")
        .update(meta={"role": "beside", "field": name, "end": ENDS[name]})
        for name, y in losses.items()
    ]  # fmt: skip


def _reason(no_law: str | None) -> list[dict[str, object]]:
    """The sentence in the empty picture of the slope, broken into lines for a phone."""
    if no_law is None:
        return []
    lines = "<br>".join(wrap(f"no slope: {no_law}", 52))
    return [note(lines, size=13, xref="paper", x=0.5, yref="paper", y=0.105)]
