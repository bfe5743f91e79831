"""Lesson 7 as its reader meets it: the checklist judges, every view tells what was measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from emergence.lessons.theorem.study import EmergenceTimes, Outcomes
from emergence.serving.study import Partial
from tests.pages.opened import open_lesson


def checks(app: AppTest) -> str:
    return next(each.value for each in app.main.markdown if "| assumption |" in each.value)


def says(app: AppTest, words: str) -> str:
    """The paragraph with these words, as soon as enough has been computed for it."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for each in app.main.markdown:
            if words in each.value:
                return str(each.value)
        time.sleep(0.2)
        app.run()
        assert not app.exception
    raise AssertionError(words)


def test_the_checklist_passes_and_fails() -> None:
    app = open_lesson("theorem", d="4096", c="0.1")
    assert "✗" not in checks(app)
    app.select_slider(key="J").set_value(3).run()
    failing = [line for line in checks(app).splitlines() if "✗" in line]
    assert len(failing) == 1
    assert "odd terms" in failing[0]
    app.select_slider(key="J").set_value(2).run()
    assert "∞" in checks(app)
    app.select_slider(key="c").set_value(2.0).run()
    app.select_slider(key="d").set_value(64).run()
    assert checks(app).count("✗") >= 4


def test_the_verdict_stands_from_the_first_start_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says over how many starts, and that more follow; the others then refine it."""
    more = Event()
    results = EmergenceTimes.results

    def halting(study: EmergenceTimes) -> Iterator[Partial[Outcomes]]:
        for partial in results(study):
            yield partial
            while len(partial.value.runs) == 1 and not more.is_set():
                yield partial

    monkeypatch.setattr(EmergenceTimes, "results", halting)
    app = open_lesson("theorem", P="4", m="8", d="256", guess="20")
    verdict = says(app, "over 1 start at d = 256, the others follow")
    assert "You said **20 %**; it is **" in verdict
    more.set()
    assert says(app, "over 4 starts at d = 256. ")


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("times", "8 of 10 directions keep within"),
        ("unused", "neurons out. When the run ends, at 2 times the last"),
        ("matching", "found by the very neuron"),
        ("constant", "for J = 8"),
    ],
)
def test_every_view_tells_what_was_measured(view: str, words: str) -> None:
    app = open_lesson("theorem", view=view, P="4", m="8", d="1024")
    assert not any(words in each.value for each in app.main.markdown)
    key = "theorem_constant" if view == "constant" else "theorem"
    app.button(key=f"{key}_skip").click().run()
    assert says(app, words)
