"""Predict first: a question before each experiment, and a verdict in words after it.

A question starts unanswered. The guess is in the address once the answer has been shown, so that a
reload, Back, and a lecturer's link restore it. In a room (see `emergence.classroom`) it is a vote
of the class: its box tells the browser what may be said, and what is right once that is shown.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emergence.classroom.question import NO_GUESS, Question
from emergence.figures.way import Way
from emergence.parameters import quote
from emergence.ui.address import current
from emergence.ui.fields import number
from emergence.ui.formatting import exact
from emergence.ui.marker import Marker

T = TypeVar("T", float, str)

Place = DeltaGenerator | None
"""Where something is written later, if anywhere."""

UNANSWERED = "?"
JUST_ANSWERED = "just answered"
"""Of a visit: the guess that has just been recorded."""


@dataclass(frozen=True)
class Guess(Generic[T]):
    """A reader's answer to a question.

    value : None where there is none: not yet, or never, though the result is `revealed`
    question : what was asked
    place : where the verdict goes
    just_now : whether this is the run in which the result is revealed
    judged : where the browser finds what is right
    widget : the key of what the guess is made with
    """

    value: T | None
    revealed: bool
    question: Question
    place: Place = None
    just_now: bool = False
    judged: Place = None
    widget: str = ""

    def wait(self, why: str = "The verdict comes with the numbers.") -> None:
        """Say that there is no verdict yet, or why there is none."""
        said = "" if self.value is None else f"You said **{self._text(self.value)}**. "
        self._write(said + why)
        if self.revealed and self.judged is not None:
            # What is written here while the numbers come has its place from the start.
            self.judged.html(_data("ballot-waits"))

    def _say(self, answer: str, because: str, judgement: str) -> None:
        if self.value is None:
            self._write(f"It is **{answer}**: {because}.")
        else:
            said = self._text(self.value)
            self._write(f"You said **{said}**; it is **{answer}**: {because}. {judgement}")

    def _write(self, text: str) -> None:
        if self.revealed and self.place is not None:
            self.place.markdown(text)

    def _tell(self, is_right: Callable[[str], bool], bound: str, answer: str) -> None:
        """Tell the browser which of the options are right: for the votes of a class."""
        if self.revealed and self.judged is not None:
            right = [i for i, value in enumerate(self.question.values) if is_right(value)]
            said = {"name": self.question.name, "right": right, "bound": bound, "answer": answer}
            self.judged.html(_data("ballot-right", judged=said))

    def _text(self, value: T) -> str:
        return value if isinstance(value, str) else exact(value) + self.question.unit


class NumberGuess(Guess[float]):
    """A number, or a size."""

    @property
    def stops(self) -> tuple[float, ...]:
        """What may be said."""
        return tuple(map(float, self.question.values))

    def marker(self, way: Way) -> Marker | None:
        """A handle that is dragged to the guess in a picture; none once the answer is shown."""
        return None if self.revealed else Marker(self.question, self.widget, self.value, way)

    @property
    def share(self) -> float | None:
        """A number of per cent as a share."""
        return None if self.value is None else self.value / 100

    def near(self, truth: float, within: float, because: str) -> None:
        """The verdict: right is what differs from the truth, as printed, by at most `within`."""
        shown = float(f"{truth:.3g}")
        bound = f"within {exact(within)}{self.question.unit}"
        self._judge(shown, lambda said: abs(said - shown) <= within * (1 + 1e-9), bound, because)

    def about(self, truth: float, factor: float, because: str) -> None:
        """The verdict on a size: right is what differs from the truth by at most a factor."""
        shown = float(f"{truth:.3g}")
        low, high = shown / factor, shown * factor
        self._judge(
            shown, lambda said: low <= said * (1 + 1e-9) <= high * (1 + 2e-9),
            f"within a factor {exact(factor)}", because,
        )  # fmt: skip

    def _judge(
        self, truth: float, is_right: Callable[[float], bool], bound: str, because: str
    ) -> None:
        answer = self._text(truth) if math.isfinite(truth) else "without end"
        self._tell(lambda value: is_right(float(value)), bound, answer)
        if self.value is not None and is_right(self.value):
            judgement = f":green[**Right** ({bound}).]"
        else:
            side = "low" if self.value is not None and self.value < truth else "high"
            judgement = f":orange[**Too {side}** (right: {bound}).]"
        self._say(answer, because, judgement)


class ChoiceGuess(Guess[str]):
    """One of several answers."""

    def among(self, truth: str, because: str) -> None:
        """The verdict: right is the very answer."""
        right = self.value == truth
        self._tell(lambda value: value == truth, "", truth)
        self._say(truth, because, ":green[**Right.**]" if right else ":orange[**Not this one.**]")


def answered(key: str) -> bool:
    """Whether the answer to the question `key` is shown, for what is drawn above it."""
    return _name(key) in current().said


def guess_number(
    key: str, question: str, low: float, high: float, step: float, unit: str = "",
    resets: tuple[str, ...] = (),
) -> NumberGuess:  # fmt: skip
    """Ask for a number first. Until the reader commits, the result must not be drawn.

    The controls named by `resets` begin anew when the result is revealed, or hidden again.
    """
    count = round((high - low) / step)
    stops = [round(low + i * step, 9) for i in range(count + 1)]
    return _guess_size(key, question, stops, unit, resets)


def guess_size(key: str, question: str, stops: Sequence[int], unit: str = "") -> NumberGuess:
    """As `guess_number`, for an order of magnitude: one of `stops`, such as 10, 20, 50, 100."""
    return _guess_size(key, question, list(map(float, stops)), unit, ())


def _guess_size(
    key: str, question: str, stops: Sequence[float], unit: str, resets: tuple[str, ...]
) -> NumberGuess:
    def ask(widget: str) -> float | None:
        texts = {exact(stop): stop for stop in stops}
        said = st.select_slider(f"Your guess{unit}", [UNANSWERED, *texts], key=widget,
                                label_visibility="collapsed")  # fmt: skip
        return texts.get(said)

    def read(text: str) -> float:
        value, wrong = number(text, "the guess", stops[0], stops[-1], stops[0])
        if wrong:
            low, high = exact(stops[0]), exact(stops[-1])
            raise ValueError(f"the guess {quote(text)} is not a number from {low} to {high}")
        return value

    options = Question(
        current().page, _name(key), question, tuple(map(exact, stops)), tuple(map(repr, stops)),
        "number", unit,
    )  # fmt: skip
    return NumberGuess(*_guess(key, options, ask, read, repr, resets))


def guess_choice(key: str, question: str, options: Sequence[str]) -> ChoiceGuess:
    """Ask for one of `options` first. Until the reader commits, the result must not be drawn."""

    def ask(widget: str) -> str | None:
        return st.radio("Your guess", options, index=None, key=widget,
                        label_visibility="collapsed")  # fmt: skip

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(f"the guess {quote(text)} is not one of {'; '.join(options)}")
        return text

    given = tuple(options)
    asked = Question(current().page, _name(key), question, given, given, "choice")
    return ChoiceGuess(*_guess(key, asked, ask, read, str, ()))


def _guess(
    key: str, question: Question, ask: Callable[[str], Any], read: Callable[[str], Any],
    text: Callable[[Any], str], resets: tuple[str, ...],
) -> tuple[Any, bool, Question, Place, bool, Place, str]:  # fmt: skip
    """The fields of a Guess."""
    visit, name = current(), question.name

    def put(answer: str | None) -> None:
        """Have the address say the answer, or none, and the page follow it."""
        visit.said.pop(name, None)
        if answer is not None:
            visit.said[name] = answer
        visit.reset(*resets)
        visit.memory[JUST_ANSWERED] = name
        visit.publish()
        st.rerun()

    with st.container(border=True, key=f"guess_{key}"):
        st.markdown(f"**:primary[:material/psychology_alt: First guess.]** {question.text}")
        if name in visit.said:
            try:
                value = None if visit.said[name] == NO_GUESS else read(visit.said[name])
            except ValueError as error:
                visit.notices[name] = f"{error}: it is left out. Guess again."
                put(None)
            just_now = visit.memory.get(JUST_ANSWERED) == name
            if just_now:
                del visit.memory[JUST_ANSWERED]
            place = st.empty()
            Guess(value, True, question, place).wait()
            judged = st.empty()
            st.html(_data("ballot", question=question.to_json(), revealed=True))
            if st.button("Guess again", key=f"{key}_again", type="tertiary"):
                put(None)
            return value, True, question, place, just_now, judged, ""
        value = ask(f"{key}_guess")
        st.html(_data("ballot", question=question.to_json(), revealed=False))
        with st.container(horizontal=True, key=f"{key}_answers"):
            if st.button("Show me", key=f"{key}_show", type="primary", disabled=value is None):
                put(text(value))
            if st.button("I do not know", key=f"{key}_skip", type="tertiary",
                         help="Show the answer without a guess."):  # fmt: skip
                put(NO_GUESS)
    return value, False, question, None, False, None, f"{key}_guess"


def _data(name: str, **said: object) -> str:
    """An element without content that tells the browser something."""
    data = "".join(
        f' data-{key}="{html.escape(json.dumps(value, ensure_ascii=False))}"'
        for key, value in said.items()
    )
    return f'<div class="{name}"{data}></div>'


def _name(key: str) -> str:
    """The name of a guess in the address: short where the page has one question."""
    rest = key.removeprefix(current().page).strip("_")
    return f"guess_{rest}" if rest else "guess"
