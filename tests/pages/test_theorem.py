"""Lesson 7 as its reader meets it: the checklist judges, every view tells what was measured."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

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
