"""A handle in a lesson's picture that is dragged to the reader's guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from emergence.classroom.question import Question
from emergence.figures.way import Way


@dataclass(frozen=True)
class Marker:
    """Where the guess of a question stands in a picture, and where it may be dragged.

    widget : key of the widget that has the guess as well
    """

    question: Question
    widget: str
    value: float | None
    way: Way

    def to_json(self) -> dict[str, Any]:
        """What the browser draws it from."""
        values = list(map(float, self.question.values))
        return {
            "digest": self.question.digest,
            "named": [option + self.question.unit for option in self.question.options],
            "at": None if self.value is None else values.index(self.value),
            "x": self.way.x.tolist(), "y": self.way.y.tolist(), "start": self.way.start,
            "upright": self.way.upright, "axes": self.way.axes,
        }  # fmt: skip

    def take(self, option: object) -> None:
        """The reader has dragged it to an option, by its number."""
        options = self.question.options
        if isinstance(option, int) and 0 <= option < len(options):
            st.session_state[self.widget] = options[option]
