"""How often a page looks at what is being computed, and how it waits where the server is full."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emergence.serving.registry import Limits, Registry
from emergence.serving.study import Partial
from emergence.ui import watch


@dataclass(frozen=True)
class Endless:
    """Its own number, again and again."""

    number: int

    def results(self) -> Iterator[Partial[int]]:
        while True:
            time.sleep(0.005)
            yield Partial(0.5, self.number)


def page() -> None:
    import streamlit as st

    from emergence.ui.watch import watch

    def draw(found: int | None) -> None:
        st.markdown(f"found {found}")

    watch(st.session_state["study"], "seven", draw)


@pytest.mark.parametrize(("waiting", "seconds"), [(0, 0.4), (4, 0.4), (10, 1.0), (40, 2.0)])
def test_looks_less_often_where_many_are_computed(
    monkeypatch: pytest.MonkeyPatch, waiting: int, seconds: float
) -> None:
    registry = Registry()
    monkeypatch.setattr(registry, "waiting", lambda: waiting)
    monkeypatch.setattr(watch, "registry", lambda: registry)
    assert watch.pause() == pytest.approx(seconds)


def test_who_finds_no_place_waits_in_line_and_begins_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = Registry(Limits(runs=1, workers=1))
    monkeypatch.setattr(watch, "registry", lambda: registry)
    for _ in range(2):  # a browser asks again and again
        other = registry.study("other0001", Endless(1), "here")
    app = AppTest.from_function(page)
    app.session_state["study"] = Endless(7)
    app.run()
    assert "In line: the server is busy with 1 other computation." in app.info[0].value
    assert "found None" in [each.value for each in app.markdown]
    assert not app.warning
    assert registry.runs() == [other]
    registry.leave("other0001")
    app.run()
    assert not app.info
    assert app.button(key="seven_toggle").label == "Stop"
    registry.close()


def test_the_page_begins_anew_once_there_is_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(st, "rerun", lambda: begun.append("page"))
    watch._in_line(lambda: begun.append("place"))
    assert begun == ["place", "page"]
