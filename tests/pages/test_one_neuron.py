"""Lesson 3 as a reader uses it: the answer comes with the numbers, and J brings its own d and c."""

from __future__ import annotations

import re
import time

from streamlit.testing.v1 import AppTest

from emergence.lessons.one_neuron.study import STEP_SIZES, Search
from tests.pages.opened import open_lesson


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


def show(app: AppTest, key: str, sign: str, seconds: float = 60.0) -> str:
    """Have an answer shown and wait until its text has `sign` in it."""
    app.button(key=f"{key}_skip").click().run()
    deadline = time.monotonic() + seconds
    while sign not in words(app):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
        assert not app.exception
    return words(app)


def test_the_shares_of_search_are_measured() -> None:
    app = open_lesson("one_neuron", J="2", d="64")
    search = Search(2, 64, STEP_SIZES[2])
    *_, last = search.results()
    text = show(app, "search", "Measured")
    assert f"Without noise search takes **{search.flow.search_share:.0%}**" in text
    measured = re.search(r"Measured: \*\*(\d+)%\*\* of ([\d,]+) steps", text)
    assert measured is not None
    assert last.value.search_share is not None
    assert int(measured[1]) == round(100 * last.value.search_share)
    assert float(measured[2].replace(",", "")) == round(last.value.recovered)


def test_the_exponents_arrive() -> None:
    app = open_lesson("one_neuron", J="1")
    assert "d \\log d" not in words(app), "the theorem is the answer"
    text = show(app, "recovery", "| 1 | $d$ | **1.0")
    assert "| 4 | $d^3$ |" in text


def test_another_j_begins_with_its_own_dimension_and_step_size() -> None:
    app = open_lesson("one_neuron", J="3", d="32", c="0.016")
    assert [app.select_slider(key=key).value for key in ("J", "d", "c")] == [3, 32, 0.016]
    for J, d in {1: 256, 2: 256, 3: 128, 4: 32, 6: 16}.items():
        app.select_slider(key="J").set_value(J).run()
        assert not app.exception
        assert [app.select_slider(key=key).value for key in ("d", "c")] == [d, STEP_SIZES[J]]
    app = open_lesson("one_neuron", J="6", d="100000", c="nonsense")
    assert [app.select_slider(key=key).value for key in ("d", "c")] == [20, STEP_SIZES[6]]
    assert "d = 100000 is not" in app.warning[0].value
    assert "c = nonsense is not" in app.warning[0].value
