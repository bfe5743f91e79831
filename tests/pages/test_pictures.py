"""Every line and mark of every lesson's pictures is named, before the guess and after it."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.looks import unnamed
from tests.pages.opened import open_lesson, reveal

VIEWS: list[tuple[str, dict[str, str]]] = [
    ("puzzle", {}),
    ("link_functions", {}),
    ("link_functions", {"step": "Correlation landscape"}),
    ("one_neuron", {"J": "2", "d": "64"}),
    *(("idealised_dynamics", {"P": "32", "beta": "0.75", "step": step, "start": "greedy ι, m = P"})
      for step in ("one pair", "its time", "the sum", "p → t", "power law")),
    ("idealised_dynamics", {"J": "3", "step": "its time", "start": "one random neuron each"}),
    ("many_neurons", {"d": "64", "act": "Found"}),
    *(("why_not_exp_kappa", {"P": "4", "view": view})
      for view in ("Found", "Needed", "Who goes where")),
    *(("theorem", {"P": "4", "m": "8", "view": view})
      for view in ("times", "unused", "matching", "constant")),
    *(("scaling_law", {"view": view})
      for view in ("time", "width", "holes", "budget", "step size")),
    *(("scaling_law", {"view": view, "level": "gradient flow"}) for view in ("time", "holes")),
    ("sharp_transitions", {}),
    ("sharp_transitions", {"step": "Escape time"}),
    ("sharp_transitions", {"step": "Depth: open questions"}),
    *(("tensor_power", {"kappa": "4", "view": view})
      for view in ("Three ways", "Needed", "Two stages")),
]  # fmt: skip
WATCHED = 1.5
"""Seconds for which a study's picture may grow."""


PLACE = re.compile(
    r"\((?:left|right|top|bottom|above|below|beside)\)"
    r"|\b(?:on|at|to) (?:the|its) (?:\w+'s )?(?:left|right|top|bottom)\b"
    r"|\b(?:left|right|upper|lower|top|bottom) (?:picture|panel|chart|half|left|right)\b"
    r"|\b(?:picture|panel|chart|slider|control|table)s? (?:above|below|beside)\b"
    r"|\b(?:begins|stands?|drawn|shown|see) (?:above|below|beside)\b",
    re.IGNORECASE,
)
"""Words for where something stands: on a phone it stands elsewhere."""


def figures(app: AppTest) -> list[dict[str, Any]]:
    sent = [json.loads(each.proto.json) for each in app.main.get("bidi_component")]
    return [json.loads(each["figure"]) for each in sent if "figure" in each]


def bare(figure: dict[str, Any]) -> set[str]:
    """Axes on which nothing is drawn: Plotly leaves them out, or draws them nowhere."""
    declared = {key for key in figure["layout"] if re.fullmatch(r"[xy]axis\d*", key)}
    return declared - {
        trace.get(f"{side}axis", side).replace(side, f"{side}axis", 1)
        for trace in figure["data"]
        for side in "xy"
    }


def words(app: AppTest, seen: list[dict[str, Any]]) -> list[str]:
    """What a page says, and what its pictures say."""
    said = [each.value for each in (*app.markdown, *app.caption, *app.subheader)]
    for layout in (figure["layout"] for figure in seen):
        said += [layout["title"]["text"], *(note["text"] for note in layout.get("annotations", []))]
    return said


@pytest.mark.parametrize(("slug", "query"), VIEWS, ids=lambda value: str(value))
def test_a_reader_can_name_what_is_drawn(slug: str, query: dict[str, str]) -> None:
    app = open_lesson(slug, **query)
    seen = figures(app)
    reveal(app)
    end = time.monotonic() + WATCHED
    while any(str(button.key).endswith("_toggle") for button in app.button):
        if time.monotonic() > end:
            break
        time.sleep(0.2)
        app.run()
    seen += figures(app)
    assert seen
    assert [text for figure in seen for text in unnamed(figure)] == []
    assert [axis for figure in seen for axis in bare(figure)] == []
    assert [text for text in words(app, seen) if PLACE.search(text)] == []
