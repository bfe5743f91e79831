"""One look for all figures: colours, dashes, axes. The page adds the theme's text colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log10
from typing import Any

import plotly.graph_objects as go
from numpy.typing import ArrayLike

from emergence.figures import palette

PALETTE = palette.CHOSEN
DASHES = ("solid", "dash", "dot", "dashdot")
UNUSED = palette.UNUSED
GUESS = "#B8860B"
"""What a reader guessed before the experiment, on every page, drawn dashed."""
MEASURED = "#D55E00"
STAIRCASE = "#8A8F98"
DECOUPLED = "#009E73"
FINITE = "#0072B2"
POWER = "#CC79A7"
LABELLED, TRAINED = "#B8860B", "#7B5CD6"
"""The five curves of a loss: measured, and the four predictions."""
FRAME = "#D55E00"
"""What divides or frames the cells of a heatmap."""
GRID = "rgba(128,128,128,0.22)"
FONT_SIZE = 15


def colour(p: int) -> str:
    """Colour of direction p (from 0), the same in every figure; no other direction has it."""
    return palette.colour(p)


def dash(p: int) -> str:
    """Line style of direction p: it changes each time the colours have been through."""
    return DASHES[p // len(PALETTE) % len(DASHES)]


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with the common grid; `more` overrides."""
    return {
        "title": {"text": title, "standoff": 6}, "gridcolor": GRID, "zeroline": False,
        "linecolor": GRID, "automargin": False, "ticks": "",
    } | more  # fmt: skip


def steps_axis(steps: tuple[float, float], title: str = "steps", **more: Any) -> dict[str, Any]:
    """Logarithmic axis of time from `steps[0]` to `steps[1]`, both positive."""
    # Nothing is known before the first snapshot, and nothing is drawn there.
    first = log10(steps[0])
    return log_axis(title, steps) | {"minallowed": first} | more


def log_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    """Logarithmic axis with whole decades labelled 10^n."""
    return axis(
        title, type="log", range=[log10(limits[0]), log10(limits[1])], exponentformat="power",
        dtick=1, minor={"ticks": "", "showgrid": False},
    )  # fmt: skip


def line(
    name: str, x: ArrayLike, y: ArrayLike, colour: str, width: float, dash: str | None = "solid",
    hover: str = "%{y:.3g}", **more: Any,
) -> go.Scatter:  # fmt: skip
    """A named curve through x and y, shape (n,) each; pointed at, it says its name and `hover`."""
    return go.Scatter(
        x=x, y=y, mode="lines", name=name, line={"color": colour, "width": width, "dash": dash},
        hovertemplate=f"{name}: {hover}<extra></extra>", **more,
    )  # fmt: skip


def upright(
    x: float, colour: str, width: float, dash: str | None = None, **where: str
) -> dict[str, Any]:
    """A vertical line at x over the whole height of the axes that `where` names."""
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1,
            "line": _stroke(colour, width, dash)} | where  # fmt: skip


def level(
    y: float, colour: str, width: float, dash: str | None = None, **where: str
) -> dict[str, Any]:
    """A horizontal line at y over the whole width of the figure, or of the axes in `where`."""
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y,
            "line": _stroke(colour, width, dash)} | where  # fmt: skip


def _stroke(colour: str, width: float, dash: str | None) -> dict[str, Any]:
    return {"color": colour, "width": width} | ({"dash": dash} if dash else {})


def highlight(**meta: Any) -> go.Scatter:
    """The empty line that the page fills when a neuron or a direction is pointed at."""
    return go.Scatter(
        x=[], y=[], mode="lines", line={"width": 3}, hoverinfo="skip", showlegend=False,
        meta={"role": "highlight"} | meta,
    )  # fmt: skip


def heads(name: str, x: ArrayLike, y: ArrayLike, directions: Sequence[int]) -> go.Scatter:
    """Dots at the ends of the directions' curves: also where a curve is no more than its start."""
    return go.Scatter(
        x=x, y=y, mode="markers", name=name, hoverinfo="skip", showlegend=False,
        marker={"size": 9, "opacity": 1, "color": [colour(p) for p in directions]},
        meta={"role": "heads", "directions": list(directions)},
    )  # fmt: skip


def note(
    text: str, colour: str | None = None, size: int = 14, **where: object
) -> dict[str, object]:
    """Words within a picture, in the colour of what they name, or else in the page's."""
    font = {"size": size} | ({"color": colour} if colour else {})
    return {"text": text, "font": font, "showarrow": False} | where


def figure(traces: list[Any], title: str, **layout: Any) -> go.Figure:
    """A figure in the common look; `title` says what is seen, not what it is called."""
    common = {
        "title": {"text": title, "x": 0.01, "xanchor": "left", "y": 0.985, "yanchor": "top",
                  "font": {"size": FONT_SIZE + 2}},
        "font": {"size": FONT_SIZE},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        # Fixed margins: automatic ones make the browser lay every figure out twice a painting.
        "margin": {"l": 62, "r": 12, "t": 40, "b": 52},
        "showlegend": False,
        "hovermode": "closest",
        "uirevision": "live",
        "template": go.layout.Template(),
    }  # fmt: skip
    # Traces were checked when they were made: to do it again takes a third of a figure's time.
    drawn = [*traces, *_blanks(traces, layout)]
    return go.Figure(drawn, go.Layout(common | layout), _validate=False)


def _blanks(traces: list[Any], layout: dict[str, Any]) -> list[go.Scatter]:
    """Nothing, on the axes where nothing is drawn: Plotly would leave them out or misplace them."""
    names = [key.replace("axis", "") for key in layout if re.fullmatch(r"[xy]axis\d*", key)]
    used = {getattr(trace, f"{side}axis", None) or side for trace in traces for side in "xy"}
    blanks = []
    for name in names:
        if name in used:
            continue
        anchor = layout[name.replace(name[0], f"{name[0]}axis", 1)].get("anchor")
        other = "y" if name[0] == "x" else "x"
        partner = anchor if anchor in names else other + name[1:]
        pair = {name[0]: name, other: partner if partner in names else other}
        used |= set(pair.values())
        blanks.append(
            go.Scatter(x=[None], y=[None], mode="markers", showlegend=False, hoverinfo="skip",
                       xaxis=pair["x"], yaxis=pair["y"])
        )  # fmt: skip
    return blanks
