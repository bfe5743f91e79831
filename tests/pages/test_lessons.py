"""Every lesson as a script: it opens, asks first, shows then, and leads on."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from emergence.ui.glossary import SYMBOLS
from emergence.ui.talk import LESSONS, Lesson
from tests.pages.opened import APP, ASKING, SLUG, open_lesson, reveal


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_lesson_opens_and_says_where_it_is(lesson: Lesson) -> None:
    number = [each.slug for each in LESSONS].index(lesson.slug)
    app = open_lesson(LESSONS[number].slug)
    assert f"{number + 1} / {len(LESSONS)}" in app.main.markdown[0].value
    links = [link.proto.label for link in app.main.get("page_link")]
    assert ("Previous" in links) == (number > 0)
    assert ("Next" in links) == (number + 1 < len(LESSONS))
    assert not app.error


def test_a_name_given_twice_is_said() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.query_params["sharpness"] = ["8", "32"]
    app.switch_page("pages/puzzle.py").run()
    assert app.select_slider(key="sharpness").value == 32
    [warning] = app.warning
    assert "sharpness is given more than once: 32, the last, is used" in warning.value


@pytest.mark.parametrize("lesson", ASKING, ids=SLUG)
def test_a_lesson_asks_first_and_shows_then(lesson: Lesson) -> None:
    app = open_lesson(lesson.slug)
    asked = [str(button.key) for button in app.button if str(button.key).endswith("_show")]
    assert asked, "every lesson has a question to answer before the experiment"
    before = len(app.main.markdown)
    reveal(app)
    assert not app.error
    assert len(app.main.markdown) > before, "the answer is explained"
    for key in asked:
        app.button(key=key.replace("_show", "_again")).click().run()
        assert not app.exception
        assert any(button.key == key for button in app.button)


@pytest.mark.parametrize("lesson", ASKING, ids=SLUG)
def test_a_lesson_opens_the_live_lab(lesson: Lesson) -> None:
    app = reveal(open_lesson(lesson.slug))
    links = [link.proto for link in app.main.get("page_link")]
    assert any("engine" in link.query_string for link in links)


def stop(written: str) -> str | float:
    """What a slider is set to for a stop as it is written: of "c = 0.1" the number."""
    return float(written.removeprefix("c = ")) if written.startswith("c = ") else written


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_every_slider_of_a_lesson_goes_to_its_ends(lesson: Lesson) -> None:
    app = reveal(open_lesson(lesson.slug))
    for kind in ("slider", "select_slider", "selectbox", "segmented_control"):
        for key in [widget.key for widget in getattr(app, kind, [])]:
            ends = [app.session_state[key]]
            widget = next(each for each in getattr(app, kind) if each.key == key)
            if kind == "slider":
                ends = [widget.min, widget.max, *ends]
            elif hasattr(widget, "options"):
                ends = [stop(widget.options[0]), stop(widget.options[-1])]
            for end in ends:
                again = [each for each in getattr(app, kind) if each.key == key]
                if again and not again[0].disabled:
                    again[0].set_value(end).run()
                    assert not app.exception, (key, end)


def test_symbols_are_unique() -> None:
    assert len({symbol for symbol, _ in SYMBOLS}) == len(SYMBOLS)
