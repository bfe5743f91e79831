"""Lesson 6 as a script: three pictures behind one question, their studies, extreme teachers."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from emergence.lessons.why_not_exp_kappa.model import PowerMethod
from tests.pages.opened import open_lesson, reveal

SLUG = "why_not_exp_kappa"
VIEWS = ("Found", "Needed", "Who goes where")


def finished(app: AppTest, seconds: float = 90) -> AppTest:
    """Look again until the study on the page is done."""
    deadline = time.monotonic() + seconds
    while any(str(button.key).endswith("_toggle") for button in app.button):
        assert time.monotonic() < deadline
        time.sleep(0.3)
        app.run()
        assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return " ".join(each.value for each in app.main.markdown)


def test_the_pictures_wait_for_the_answer() -> None:
    app = open_lesson(SLUG, view="Needed")
    assert app.segmented_control(key="view").disabled
    assert "Joint training stays" not in said(app)
    assert not any(str(button.key).endswith("_toggle") for button in app.button)
    reveal(app)
    assert not app.segmented_control(key="view").disabled


def test_the_numbers_are_the_theory_s() -> None:
    app = reveal(open_lesson(SLUG, P="8", beta="1.5"))
    theory = PowerMethod(8, 1.5)
    assert f"**{theory.needed():,.0f}** neurons" in said(app)
    assert f"= **{theory.enough:,.0f}**" in said(app)
    app.select_slider(key="J").set_value(6).run()
    assert f"**{PowerMethod(8, 1.5, 6).needed():,.0f}** neurons" in said(app)


def test_the_question_follows_the_controls() -> None:
    app = open_lesson(SLUG, P="32", beta="0.5")
    assert "32 directions, β = 0.5" in said(app)


def test_a_study_comes_to_its_end() -> None:
    app = reveal(open_lesson(SLUG, P="4", beta="0.5"))
    app.segmented_control(key="view").set_value(VIEWS[2]).run()
    app.select_slider(key="m").set_value(8).run()
    finished(app)


@pytest.mark.parametrize("view", VIEWS[1:])
def test_extreme_controls_of_the_other_pictures(view: str) -> None:
    app = reveal(open_lesson(SLUG))
    app.segmented_control(key="view").set_value(view).run()
    assert not app.exception
    if view == VIEWS[1]:
        app.segmented_control(key="against").set_value("κ").run()
    ends = {"P": (4, 32), "beta": (0.0, 2.0)}
    ends |= {"m": (8, 64), "seed": (1, 20)} if view == VIEWS[2] else {"J": (4, 6)}
    for key, values in ends.items():
        for value in values:
            kind = app.slider if key in ("beta", "seed") else app.select_slider
            kind(key=key).set_value(value).run()
            assert not app.exception
    query = [link.proto.query_string for link in app.main.get("page_link")]
    assert any("engine=correlation" in each for each in query)
    assert any("engine=sgd-full" in each for each in query)
