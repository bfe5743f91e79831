"""Lesson 2 as a script: any link's series, and its correlation landscape."""

from __future__ import annotations

import pytest

from emergence.lessons.link_functions.model import MIXTURE, NAMES
from tests.pages.drawn import drawn, names
from tests.pages.opened import open_lesson, reveal

LANDSCAPE = "Correlation landscape"


@pytest.mark.parametrize("name", NAMES)
def test_every_link_is_shown_with_its_exponent(name: str) -> None:
    app = reveal(open_lesson("link_functions", link=name))
    notes = [note["text"] for note in drawn(app, "series_picture")["layout"]["annotations"]]
    J = next(int(note.removeprefix("J = ")) for note in notes if note.startswith("J = "))
    assert any(f"$J = {J}$" in text.value for text in app.main.markdown)
    assert not app.error


def test_the_series_is_hidden_until_the_guess() -> None:
    app = open_lesson("link_functions")
    assert names(app, "series_picture") == ["σ = |z|"]
    reveal(app)
    assert "sum up to degree 4" in names(app, "series_picture")
    app.slider(key="degree").set_value(9).run()
    assert "sum up to degree 9" in names(app, "series_picture")


def test_a_kink_is_said_and_a_smooth_link_has_none() -> None:
    for name, kink in (("ReLU", True), ("tanh", False)):
        app = reveal(open_lesson("link_functions", link=name))
        said = " ".join(text.value for text in app.main.markdown)
        assert ("has a kink at 0" in said) == kink


def test_the_mixture_has_its_sliders_and_their_exponent() -> None:
    app = reveal(open_lesson("link_functions", link=MIXTURE, c2="0.3", c3="0"))
    assert any("$J = 2$" in text.value for text in app.main.markdown)
    app.slider(key="c1").set_value(0.05).run()
    assert any("$J = 1$" in text.value for text in app.main.markdown)
    for i in (1, 2, 3):
        app.slider(key=f"c{i}").set_value(0.0).run()
        assert not app.exception
    assert any("$J = 4$" in text.value for text in app.main.markdown)


@pytest.mark.parametrize("name", ["h₈", "ReLU", "cos", MIXTURE])
@pytest.mark.parametrize("d", ["16", "1048576"])
def test_the_landscape_is_hidden_until_the_guess(name: str, d: str) -> None:
    app = open_lesson("link_functions", step=LANDSCAPE, link=name, d=d)
    assert app.session_state["d"] == int(d)
    assert not any("K(s)" in name for name in names(app, "landscape_picture"))
    reveal(app)
    shown = names(app, "landscape_picture")
    assert any("K(s)" in name for name in shown)
    assert any("integrated directly" in name for name in shown)
    assert not app.error


def test_a_link_the_lab_lacks_is_named() -> None:
    labels = [link.proto.label for link in open_lesson("link_functions", link="h₇").main.get(
        "page_link")]  # fmt: skip
    assert any("no h₇" in label and "J = 6" in label for label in labels)
