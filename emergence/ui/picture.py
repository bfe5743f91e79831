"""A lesson's figure: the browser keeps it and redraws it in place when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from emergence.ui.server import routes as server

LOADER = """
export default function ({ data, parentElement }) {
  const host = parentElement.querySelector(".picture");
  host.classList.toggle("picture-low", data.low);
  import(`${window.location.origin}${data.scripts}/picture.js`)
    .then(({ draw }) => draw(host, data));
}
"""

CSS = """
.picture {
  height: clamp(320px, calc(100vh - 13.5rem), 860px);
  color: var(--st-text-color); font-family: var(--st-font);
}
.picture-low { height: clamp(240px, calc(50vh - 7.5rem), 420px); }
.picture :is(.xtick, .ytick, .x2tick, .y2tick) text,
.picture :is(.gtitle, .xtitle, .ytitle, .x2title, .y2title, .legendtext) {
  fill: var(--st-text-color) !important; /* follows the theme without another drawing */
}
@media (min-width: 761px) {
  [class*="st-key-watch_"]:has(.stProgress) .picture:not(.picture-low) {
    height: clamp(320px, calc(100vh - 17rem), 860px);
  }
}
@media (max-width: 760px) { .picture, .picture-low { height: 330px; } }
"""

_component = st.components.v2.component(
    "emergence_picture",
    html='<div class="picture" role="img"></div>',
    css=CSS,
    js=LOADER,
    isolate_styles=False,
)


def picture(
    figure: go.Figure, key: str, height: Literal["tall", "low"] = "tall",
    film: Sequence[go.Figure] = (),
) -> None:  # fmt: skip
    """Show a figure of `emergence.figures`; the same key is the same place on the page.

    The browser shows the figures of `film` first, one after the other, and ends with this one.
    """
    _component(
        key=key,
        data={
            "figure": figure.to_json(),
            "film": [each.to_json() for each in film],
            "low": height == "low",
            "scripts": server.script_base(),
            "plotly": server.FULL_PLOTLY if _has_surface(figure) else server.PLOTLY,
        },
    )


def _has_surface(figure: go.Figure) -> bool:
    return any(trace.type == "surface" for trace in figure.data)
