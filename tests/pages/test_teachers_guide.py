"""The teacher's guide: every lesson's guide, worksheet and answers, and every setting."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from emergence.classroom.state import read_state
from emergence.classroom.teaching import GRADES, Exercise
from emergence.ui.guide import GUIDES, SHEETS
from emergence.ui.lesson import GUIDE_PAGE
from emergence.ui.server.alias import FOLLOWED
from emergence.ui.server.scripts import script
from emergence.ui.talk import LESSONS, Lesson
from tests.pages.opened import SLUG, open_lesson


def test_every_lesson_has_a_guide() -> None:
    assert list(GUIDES) == [lesson.slug for lesson in LESSONS]


def guide(**query: str) -> AppTest:
    return open_lesson("teachers_guide", **query)


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.main.markdown, *app.main.header])


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_guide_has_all_of_its_lesson(lesson: Lesson) -> None:
    app = guide(lesson=lesson.slug)
    assert dict(app.query_params) == {"lesson": lesson.slug}
    assert not app.warning
    said, plan, ours = text(app), lesson.plan, GUIDES[lesson.slug]
    for part in (lesson.title, f"{plan.minutes} minutes", ours.aim, plan.ask, plan.point,
                 plan.misconception, plan.onward, lesson.remember):  # fmt: skip
        assert part in said
    assert len(ours.misconceptions) >= 2
    for each in ours.misconceptions:
        assert each.thought in said
        assert each.answer in said
    for number, (grade, exercise) in enumerate(zip(GRADES, ours.exercises, strict=True), 1):
        assert f"**{number}. {grade.capitalize()}.** {exercise.asks}" in said
        assert exercise.answered in said


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_worksheet_asks_and_does_not_answer(lesson: Lesson) -> None:
    app = guide(lesson=lesson.slug, sheet="worksheet")
    assert dict(app.query_params) == {"lesson": lesson.slug, "sheet": "worksheet"}
    said = text(app)
    assert "Answer" not in said
    for exercise in GUIDES[lesson.slug].exercises:
        assert exercise.asks in said
        assert exercise.answered not in said
    shown = [each.proto.body for each in app.main.get("html")]
    assert sum("QR code" in body for body in shown) == 3
    answers = text(guide(lesson=lesson.slug, sheet="answers"))
    assert all(exercise.answered in answers for exercise in GUIDES[lesson.slug].exercises)


SETTINGS = [
    pytest.param(lesson, exercise, id=f"{lesson.slug}-{grade}")
    for lesson in LESSONS
    for grade, exercise in zip(GRADES, GUIDES[lesson.slug].exercises, strict=True)
]


@pytest.mark.parametrize(("lesson", "exercise"), SETTINGS)
def test_a_setting_opens_exactly_what_it_says(lesson: Lesson, exercise: Exercise) -> None:
    """Nothing of it is refused, and nothing is the page's own: then it would leave the address."""
    app = open_lesson(lesson.slug, **exercise.setting)
    assert not app.warning
    assert not app.error
    assert dict(app.query_params) == dict(exercise.setting)
    for name in exercise.setting:
        if not name.startswith("guess"):
            assert name in app.session_state, "no control has this name"


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_guide_links_to_its_settings(lesson: Lesson) -> None:
    for sheet in SHEETS[:2]:
        links = [
            link.proto for link in guide(lesson=lesson.slug, sheet=sheet).main.get("page_link")
        ]
        led = [dict(parse_qsl(link.query_string)) for link in links if "setting" in link.label]
        assert led == [dict(exercise.setting) for exercise in GUIDES[lesson.slug].exercises]
        assert {link.page for link in links} == {lesson.slug}


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_every_lesson_links_to_its_guide(lesson: Lesson) -> None:
    links = [link.proto for link in open_lesson(lesson.slug).main.get("page_link")]
    [link] = [link for link in links if link.page == "teachers_guide"]
    assert link.query_string == f"lesson={lesson.slug}"


def test_the_overview_has_every_lesson_and_the_whole_time() -> None:
    app = guide()
    said = text(app)
    for lesson in LESSONS:
        assert f"**{lesson.title}** · {GUIDES[lesson.slug].aim}" in said
    assert f"**{sum(lesson.plan.minutes for lesson in LESSONS)}**" in said
    for title in ("How to lead a class", "The Live Lab", "The Scaling Lab"):
        assert title in said


def test_a_wrong_name_is_refused_with_what_is_allowed() -> None:
    app = guide(lesson="nonsense", sheet="novel")
    [warning] = app.warning
    assert "lesson = nonsense is not one of overview, puzzle," in warning.value
    assert "lesson" not in app.run().query_params
    app = guide(lesson="puzzle", sheet="novel")
    [warning] = app.warning
    assert "sheet = novel is not one of guide, worksheet, answers: guide is taken." in warning.value
    app.selectbox(key="lesson").set_value("sharp_transitions").run()
    assert dict(app.query_params) == {"lesson": "sharp_transitions"}


def test_the_browser_knows_which_page_a_class_does_not_follow_to() -> None:
    assert f'const GUIDE = "{GUIDE_PAGE.stem}";' in script("here.js").decode()
    with pytest.raises(ValueError, match="a class does not follow to this page"):
        read_state({"page": GUIDE_PAGE.stem, "query": ""}, FOLLOWED.values())
    assert read_state({"page": "puzzle", "query": ""}, FOLLOWED.values()).page == "puzzle"


def test_a_guide_speaks_of_numbers_as_the_page_does() -> None:
    for each in GUIDES.values():
        for exercise in each.exercises:
            assert not re.search(r"[*«»]{3}|nan|inf\b|e[+−-]\d", exercise.answered)
