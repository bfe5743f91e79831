"""Model collapse in the additive model: the law breaks off where the data's author stopped."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from emergence.figures.style import (
    MEASURED,
    POWER,
    colour,
    figure,
    line,
    log_axis,
)
from emergence.theory.additive import AdditiveModel


def broken_laws(model: AdditiveModel, authors: Sequence[int]) -> go.Figure:
    """Loss on all skills over time, in log-log: taught by data that show all, or what authors know.

    `authors` : numbers of skills that the authors of the data know
    """
    t, whole, exponent = model.t, model.corrected, model.exponent
    traces = [
        go.Scatter(
            x=t, y=whole[-1] * (t / t[-1]) ** exponent, mode="lines",
            name=f"power law, slope {exponent:.2f}", hoverinfo="name",
            line={"color": POWER, "width": 3, "dash": "dot"},
        ),
        go.Scatter(x=t, y=whole, mode="lines", name="data with all skills",
                   line={"color": MEASURED, "width": 4},
                   hovertemplate="all skills: %{y:.3g}<extra></extra>"),
    ]  # fmt: skip
    traces += [
        line(f"author knows {skills}", t, model.taught(skills), colour(i), 3, "dash")
        for i, skills in enumerate(authors)
    ]
    return figure(
        traces, "Data from a model that stopped earlier",
        xaxis=log_axis("time t (first skill: 1)", (float(t[0]), float(t[-1]))),
        yaxis=log_axis("loss on all skills", (float(whole[-1]) / 1.5, 2 * float(whole[0]))),
        showlegend=True,
    )  # fmt: skip
