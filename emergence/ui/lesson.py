"""What all lessons share on their pages: the bar on top, the symbols, the lab's door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emergence.experiment import Experiment
from emergence.ui import address
from emergence.ui.browser import style
from emergence.ui.fields import segmented_control
from emergence.ui.glossary import SYMBOLS
from emergence.ui.table import table
from emergence.ui.talk import LESSONS, PAGES
from emergence.ui.task import Task, end
from emergence.ui.view import LECTURE, LESSON, PAGE, show_as, view_of

LAB = PAGES / "live_lab.py"
GUIDE_PAGE = PAGES / "teachers_guide.py"

Column = DeltaGenerator
"""A part of the page that is filled within `with`."""
V = TypeVar("V")


def begin(slug: str) -> None:
    """The bar on top of a lesson: where the reader is, the way back and on, the symbols."""
    number = [lesson.slug for lesson in LESSONS].index(slug)
    visit = address.arrive(slug)
    st.html(style("lesson.css"))
    view, wrong = view_of(visit, LESSON)
    if wrong:
        visit.notices[LESSON] = wrong
    kept = {LESSON: view} if view == LECTURE else None
    if kept:
        st.html(style("lecture.css"))
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_bar"):
        if number:
            before = LESSONS[number - 1]
            st.page_link(before.path, label="Previous", icon=":material/arrow_back:",
                         help=before.title, query_params=kept)  # fmt: skip
        st.markdown(f"## :gray[{number + 1} / {len(LESSONS)}] {LESSONS[number].title}")
        with st.popover("Symbols", icon=":material/function:"):
            symbols()
        if number + 1 < len(LESSONS):
            after = LESSONS[number + 1]
            st.page_link(after.path, label="Next", icon=":material/arrow_forward:",
                         icon_position="right", help=after.title,
                         query_params=kept)  # fmt: skip
        if kept:  # the head of the page, where the button stands otherwise, is hidden
            teach = '<button type="button" class="room-open room-of-page">Teach</button>'
            st.html(teach, width="content")
        st.button(
            "Leave lecture mode" if kept else "Lecture mode", key="lecture", type="tertiary",
            icon=":material/co_present:", on_click=show_as,
            args=(visit, PAGE if kept else LECTURE, LESSON),
        )  # fmt: skip
    visit.place = st.empty()
    visit.notify()


def finish(slug: str, task: Task) -> None:
    """The end of a lesson: a task, and the sentence to remember."""
    [lesson] = [each for each in LESSONS if each.slug == slug]
    end(task, lesson.remember)
    with st.container(key="for_teachers"):
        st.page_link(GUIDE_PAGE, label="For teachers: guide, worksheet, answers",
                     icon=":material/school:", query_params={"lesson": slug})  # fmt: skip


def symbols() -> None:
    """The glossary: every symbol of the lessons."""
    rows = [(f"${symbol}$", meaning) for symbol, meaning in SYMBOLS]
    st.markdown(table(("symbol", "meaning"), rows))


def lesson_link(slug: str) -> None:
    """A link to another lesson, by its number and title."""
    number = [lesson.slug for lesson in LESSONS].index(slug)
    lesson = LESSONS[number]
    st.page_link(lesson.path, label=f"Lesson {number + 1}: {lesson.title}",
                 icon=":material/arrow_forward:")  # fmt: skip


class Places(NamedTuple):
    """Places on the page: what leads to a question, its experiment, what follows the answer.

    The experiment stays in view beside the words; on a phone it stands between them, its picture
    directly below the question (see lesson.css).
    """

    words: Column
    experiment: Column
    answer: Column


def part(key: str = "first") -> Places:
    """A new part of a lesson."""
    with st.container(key=f"part_{key}"):
        return Places(st.container(), st.container(), st.container())


def choice(views: Mapping[str, V], words: Column, label: str = "View", key: str = "view") -> V:
    """Buttons with the names of a lesson's views, the first one pressed: the view chosen."""
    names = list(views)
    with words:
        pressed = segmented_control(label, names, names[0], key=key, label_visibility="collapsed")
    return views[pressed]


def open_in_lab(experiment: Experiment, label: str = "Open this in the Live Lab") -> None:
    """A link to the Live Lab with this experiment."""
    st.page_link(LAB, label=label, icon=":material/science:",
                 query_params=parse_qsl(experiment.to_query()))  # fmt: skip
