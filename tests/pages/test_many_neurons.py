"""Lesson 5 as its reader meets it: the result waits for the guess, then counts at each act."""

from __future__ import annotations

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import open_lesson

HEAD = "| J = 4 | J = 2 |"


def finished(app: AppTest) -> AppTest:
    """Run the page again until nothing is missing from its table."""
    deadline = time.monotonic() + 120
    while not any(HEAD in each.value and "…" not in each.value for each in app.main.markdown):
        assert time.monotonic() < deadline
        time.sleep(0.2)
        app.run()
        assert not app.exception
    return app


def counts(app: AppTest) -> dict[str, list[str]]:
    """The table's rows: what stands under J = 4 and under J = 2."""
    table = next(each.value for each in app.main.markdown if HEAD in each.value)
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {name.strip(): [left.strip(), right.strip()] for name, left, right in rows}


def test_before_the_guess_only_the_start_is_drawn() -> None:
    app = open_lesson("many_neurons")
    assert not any(HEAD in each.value for each in app.main.markdown)
    figure = json.loads(json.loads(app.main.get("bidi_component")[0].proto.json)["figure"])
    named = [trace for trace in figure["data"] if "direction" in trace.get("name", "")]
    assert all(len(trace["x"]) == 1 for trace in named), "entries of the legend, and no curves"


@pytest.mark.parametrize("act", ["Drift", "Found", "Signal gone", "The rest turn"])
def test_every_act_counts_what_it_tells(act: str) -> None:
    app = open_lesson("many_neurons", act=act, d="1024")
    app.radio(key="many_neurons_guess").set_value("about 1/√d").run()
    app.button(key="many_neurons_show").click().run()
    seen = counts(finished(app))
    assert seen["directions learned in the end"] == ["8 of 8", "8 of 8"]
    sharp, smooth = seen["in the end with the first ($u>1/2$)"]
    assert int(sharp) == 1 < int(smooth)
    if act == "Found":
        assert seen["others turned to the first ($u>0.1$)"][0] == "0 of 31"
