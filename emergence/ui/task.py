"""A lesson's end: one task, judged by computing what the reader's number does, and one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from emergence.parameters import quote
from emergence.ui.address import control
from emergence.ui.formatting import exact, plain

LONGEST = 24
"""Characters of an answer."""


@dataclass(frozen=True)
class Task:
    """Find a number for which something comes out as wanted.

    asks : the task, in Markdown
    low, high : limits of the number
    measure : what comes out for a number; it is computed anew for every answer
    wanted : the least and the largest value that is right
    says : what comes out, in Markdown, with {} for the value
    whole : whether only whole numbers are meant
    """

    asks: str
    low: float
    high: float
    measure: Callable[[float], float]
    wanted: tuple[float, float]
    says: str
    whole: bool = False

    def read(self, text: str) -> float:
        """The number that a text is. Raises ValueError with a sentence where it is none."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            what = "a whole number" if self.whole else "a number"
            limits = f"{exact(self.low)} to {exact(self.high)}"
            raise ValueError(f"{quote(text)} is not {what} from {limits}")
        return value

    def judge(self, value: float) -> str:
        """The verdict on a number, in Markdown."""
        measured = self.measure(value)
        least, most = self.wanted
        comes_out = f"With **{exact(value)}** {self.says.format(f'**{measured:.4g}**')}."
        if least <= measured <= most:
            return f"{comes_out} :green[**That is it.**]"
        side = "much" if measured > most else "little"
        return f"{comes_out} :orange[**Too {side}.** Try another.]"


def end(task: Task, remember: str) -> None:
    """The card with the task, and below it the one sentence to remember."""
    with st.container(border=True, key="task_card"):
        st.markdown(f"**:primary[:material/target: Task.]** {task.asks}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = control(
                "task", "", partial(_answer, task), str,
                lambda first: st.text_input(
                    "Your answer", first, key="task", max_chars=LONGEST, placeholder="a number",
                    label_visibility="collapsed", width=160,
                ),
            )  # fmt: skip
            st.button("Check", key="task_check")
        if text:
            try:
                st.markdown(task.judge(task.read(text)))
            except ValueError as error:
                st.markdown(f":orange[**{plain(str(error))}.**]")
    st.markdown(f"> **To remember:** {remember}")


def _answer(task: Task, text: str) -> tuple[str, str]:
    """An answer of the address; what the task cannot read, or is too long, is none."""
    text = text.strip()
    if len(text) > LONGEST:
        return "", f"task: {quote(text)} has more than {LONGEST} characters: it is left out."
    try:
        if text:
            task.read(text)
    except ValueError as error:
        return "", f"task: {error}: it is left out."
    return text, ""
