"""A lesson's figure: the browser keeps it and redraws it in place when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from emergence.ui.address import current, described
from emergence.ui.browser import text
from emergence.ui.glossary import words
from emergence.ui.marker import Marker
from emergence.ui.server.data import NUMBERS
from emergence.ui.server.scripts import BUNDLE, FULL_PLOTLY, PLOTLY, script_address

_component = st.components.v2.component(
    "emergence_picture",
    html='<div class="picture-frame"><div class="picture" role="figure"></div>'
    '<div class="picture-names" aria-hidden="true"></div>'
    '<div class="picture-waits" hidden>Your guess first: the answer is drawn here.</div>'
    '<div class="picture-key" hidden></div>'
    '<div class="lab-tip" role="tooltip" hidden></div></div>',
    css="".join(map(text, ("picture.css", "table.css", "words.css", "marker.css"))),
    js=text("picture_loader.js"),
    isolate_styles=False,
)


def picture(
    figure: go.Figure, key: str, height: Literal["tall", "low"] = "tall", revealed: bool = True,
    film: Sequence[go.Figure] = (), marker: Marker | None = None, view: bool = False,
) -> None:  # fmt: skip
    """Show a figure of `emergence.figures`; the same key is the same picture on the page.

    Those of a lesson's views, of which the page has one at a time, have one place, and the browser
    draws the next where the last one was: put into the page anew it would come 25 ms later.

    When it becomes `revealed`, the answer to a question, the browser brings it into view, and has
    its lines appear along the axis. It shows the figures of `film` first, one after the other, and
    ends with this one. A `marker` in it is dragged to the reader's guess.
    """
    place = "view_picture" if view else key

    def take() -> None:
        if marker is not None:
            marker.take(st.session_state[place].get("marker"))

    _component(
        key=place,
        data={
            "figure": figure.to_json(),  # first and last are told by browser/early_picture.js
            "film": [each.to_json() for each in film],
            "key": key,
            "low": height == "low",
            "revealed": revealed,
            "waits": not revealed and marker is None and _is_empty(figure),
            "words": words(),
            "marker": None if marker is None else marker.to_json(),
            "module": script_address(BUNDLE),
            "about": described(),
            "numbers": NUMBERS,
            "plotly": script_address(FULL_PLOTLY if _has_surface(figure) else PLOTLY),
            "place": f"{current().page} {place}",
        },
        on_marker_change=take,
    )


def _is_empty(figure: go.Figure) -> bool:
    """Whether there are axes and straight marks alone."""
    return all(trace.x is None or len(trace.x) <= 2 for trace in figure.data)


def _has_surface(figure: go.Figure) -> bool:
    return any(trace.type == "surface" for trace in figure.data)
