"""The view of a page in its address: read, kept, refused."""

from __future__ import annotations

from tests.pages.opened import open_lesson, open_page


def test_the_lecture_view_stays_in_the_address_when_a_control_moves() -> None:
    app = open_page("d=64&P=4&view=lecture")
    assert not app.warning
    app.slider(key="beta").set_value(1.5).run()
    assert "".join(app.query_params["view"]) == "lecture"
    assert "".join(app.query_params["beta"]) == "1.5"


def test_an_unknown_view_is_refused_and_leaves_the_address() -> None:
    app = open_page("d=64&P=4&view=cinema")
    said = [warning.value for warning in app.warning]
    assert said == ["view = cinema is not one of page, lecture: page is taken."]
    assert "view" not in app.query_params
    assert "".join(app.query_params["d"]) == "64"


def test_a_lesson_keeps_its_view_and_refuses_an_unknown_one() -> None:
    app = open_lesson("one_neuron", screen="lecture")
    assert "".join(app.query_params["screen"]) == "lecture"
    app.button(key="lecture").click().run()
    assert "screen" not in app.query_params
    app = open_lesson("one_neuron", screen="cinema")
    assert any("screen = cinema" in warning.value for warning in app.warning)
    assert "screen" not in app.run().query_params
