"""Model collapse in the additive model: the law breaks off where the data's author stopped."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.style import (
    LEGEND,
    MEASURED,
    POWER,
    colour,
    figure,
    log_axis,
)


def broken_laws(t: Array, whole: Array, taught: Mapping[int, Array], exponent: float) -> go.Figure:
    """Loss on all skills over time, in log-log.

    Parameters
    ----------
    t : times, shape (n,)
    whole : taught by data that show all skills, shape (n,)
    taught : by the number of skills the author of the data knows, each of shape (n,)
    exponent : of the power law
    """
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
    for i, (known, loss) in enumerate(taught.items()):
        traces.append(
            go.Scatter(
                x=t, y=loss, mode="lines", name=f"author knows {known}",
                line={"color": colour(i), "width": 3, "dash": "dash"},
                hovertemplate=f"author knows {known}: %{{y:.3g}}<extra></extra>",
            )
        )  # fmt: skip
    return figure(
        traces, "Data from a model that stopped earlier",
        xaxis=log_axis("time t (first skill: 1)", (float(t[0]), float(t[-1]))),
        yaxis=log_axis("loss on all skills", (float(whole[-1]) / 1.5, 2 * float(whole[0]))),
        showlegend=True,
        legend=LEGEND | {"x": 0.01, "y": 0.02, "yanchor": "bottom"},
    )  # fmt: skip
