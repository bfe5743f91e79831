"""A lecture's plan: one for each lesson, and true to its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from emergence.ui.talk import LESSONS, TALK, Lesson
from tests.pages.opened import SLUG, open_lesson, reveal

LECTURE = 90
"""Minutes."""


def on_the_page(app: AppTest) -> Iterator[str]:
    """The names of a page's controls, and of what may be chosen in them."""
    for kind in ("slider", "select_slider", "selectbox", "button_group"):
        for widget in getattr(app, kind):
            yield widget.label
            yield from map(str, getattr(widget, "options", ()))


def views(app: AppTest) -> Iterator[AppTest]:
    """The page, and again with each of its other views."""
    yield reveal(app)
    for key, options in [(each.key, each.options) for each in app.button_group]:
        for option in options[1:]:
            for found in [each for each in app.button_group if each.key == key]:
                found.set_value(option).run()
                yield reveal(app)


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_what_a_plan_points_at_is_on_the_page(lesson: Lesson) -> None:
    wanted = set(re.findall("“(.*?)”", lesson.plan.point))
    assert wanted or lesson.slug == "takeaways", "there is always a control to move"
    seen: set[str] = set()
    for app in views(open_lesson(lesson.slug)):
        seen |= set(on_the_page(app))
        if wanted <= seen:
            return
    assert wanted <= seen


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_plan_is_short_enough_to_be_read_while_talking(lesson: Lesson) -> None:
    plan = lesson.plan
    assert plan.ask.endswith("?")
    for text in (plan.ask, plan.point, plan.misconception, plan.onward):
        assert 8 <= len(text.split()) <= 75
        assert "$" not in text, "it is shown as it stands"
    assert "“" in plan.misconception, "what is thought, and what is true"
    assert not plan.misconception.endswith("”")


def test_the_plans_fill_a_lecture() -> None:
    assert 0.85 * LECTURE <= sum(lesson.plan.minutes for lesson in TALK) <= LECTURE
