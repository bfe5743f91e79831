"""What all lessons share: their order, the bar on top, predict-first questions, the lab's door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emergence.experiment import Experiment
from emergence.ui.glossary import SYMBOLS
from emergence.ui.table import table

T = TypeVar("T")

PAGES = Path(__file__).parents[2] / "pages"
STYLE = Path(__file__).with_name("lesson.css")
LAB = PAGES / "live_lab.py"


@dataclass(frozen=True)
class Lesson:
    """One lesson; `slug` names its file in `pages` and its address."""

    slug: str
    title: str

    @property
    def path(self) -> Path:
        return PAGES / f"{self.slug}.py"


LESSONS = (
    Lesson("puzzle", "The puzzle"),
    Lesson("link_functions", "Link functions and the information exponent"),
    Lesson("one_neuron", "One neuron"),
    Lesson("idealised_dynamics", "The idealised dynamics"),
    Lesson("many_neurons", "Many neurons at once"),
    Lesson("why_not_exp_kappa", "Why not exp(κ) neurons?"),
    Lesson("theorem", "The theorem, checked"),
    Lesson("scaling_law", "The scaling law"),
    Lesson("sharp_transitions", "Where do sharp transitions come from?"),
    Lesson("takeaways", "What we learned"),
)
"""In the order of the lecture."""


def begin(slug: str) -> None:
    """The bar on top of a lesson: where the reader is, the way back and on, the symbols."""
    number = [lesson.slug for lesson in LESSONS].index(slug)
    _forget_other_pages(slug)
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_bar"):
        if number:
            before = LESSONS[number - 1]
            st.page_link(before.path, label="Previous", icon=":material/arrow_back:",
                         help=before.title)  # fmt: skip
        st.markdown(f"## :gray[{number + 1} / {len(LESSONS)}] {LESSONS[number].title}")
        with st.popover("Symbols", icon=":material/function:"):
            symbols()
        if number + 1 < len(LESSONS):
            after = LESSONS[number + 1]
            st.page_link(after.path, label="Next", icon=":material/arrow_forward:",
                         icon_position="right", help=after.title)  # fmt: skip


def _forget_other_pages(slug: str) -> None:
    """Begin with this lesson's defaults, or what its address says.

    Controls of several lessons have the same key (P, beta, ...), for readable addresses, and
    Streamlit would carry their values over.
    """
    if st.session_state.get("lesson") != slug and not st.query_params:
        for key in list(st.session_state):
            if not str(key).endswith("_recorded"):
                del st.session_state[key]
    st.session_state["lesson"] = slug


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


def columns(words: float = 0.4) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A column for the words (`words` of the width) and one for the experiment beside it."""
    left, right = st.columns([words, 1 - words], gap="medium")
    return left, right


def open_in_lab(experiment: Experiment, label: str = "Open this in the Live Lab") -> None:
    """A link to the Live Lab with this experiment."""
    query = dict(item.split("=", 1) for item in experiment.to_query().split("&"))
    st.page_link(LAB, label=label, icon=":material/science:", query_params=query)


@dataclass(frozen=True)
class Guess(Generic[T]):
    """A reader's answer before the experiment: it may be `revealed` once it is recorded."""

    value: T
    revealed: bool


def answered(key: str) -> bool:
    """Whether the question `key` has been answered, for what is drawn above it."""
    return f"{key}_recorded" in st.session_state


def guess_number(
    key: str, question: str, low: float, high: float, start: float, step: float, unit: str = ""
) -> Guess[float]:
    """Ask for a number first. Until the reader commits, the result must not be drawn."""
    return _guess(
        key, question,
        lambda: float(st.slider("Your guess", low, high, start, step, key=f"{key}_guess",
                                label_visibility="collapsed")),
        lambda value: f"{value:g}{unit}",
    )  # fmt: skip


def guess_size(
    key: str, question: str, stops: Sequence[int], start: int, unit: str = ""
) -> Guess[int]:
    """As `guess_number`, for an order of magnitude: one of `stops`, such as 10, 20, 50, 100."""
    return _guess(
        key, question,
        lambda: int(st.select_slider("Your guess", stops, start, key=f"{key}_guess",
                                     format_func=lambda stop: f"{stop:,}",
                                     label_visibility="collapsed")),
        lambda value: f"{value:,}{unit}",
    )  # fmt: skip


def guess_choice(key: str, question: str, options: Sequence[str]) -> Guess[str | None]:
    """Ask for one of `options` first. Until the reader commits, the result must not be drawn."""
    return _guess(
        key, question,
        lambda: st.radio("Your guess", options, index=None, key=f"{key}_guess",
                         label_visibility="collapsed"),
        str,
    )  # fmt: skip


def _guess(key: str, question: str, ask: Callable[[], T], text: Callable[[T], str]) -> Guess[T]:
    recorded = f"{key}_recorded"
    with st.container(border=True, key=f"guess_{key}"):
        st.markdown(f"**:primary[:material/psychology_alt: First guess.]** {question}")
        if recorded in st.session_state:
            value = st.session_state[recorded]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"You guessed **{text(value)}**.")
                st.button("Guess again", key=f"{key}_again", type="tertiary",
                          on_click=lambda: st.session_state.pop(recorded))  # fmt: skip
            return Guess(value, True)
        value = ask()

        def record() -> None:
            st.session_state[recorded] = value

        st.button("Show me", key=f"{key}_show", type="primary", disabled=value is None,
                  on_click=record)  # fmt: skip
    return Guess(value, False)
