"""The view of a page in its address: read, kept, refused."""

from __future__ import annotations

import pytest

from emergence.figures.lab.record import PICTURES
from tests.pages.opened import given, open_lesson, open_page


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


@pytest.mark.parametrize("picture", PICTURES)
def test_the_large_picture_stays_in_the_address(picture: str) -> None:
    app = open_page(f"P=4&view=lecture&picture={picture}")
    assert not app.warning
    assert given(app)["picture"] == picture
    app.slider(key="beta").set_value(1.5).run()
    assert "".join(app.query_params["picture"]) == picture
    assert given(app)["picture"] == picture


def test_an_unknown_picture_is_refused_and_leaves_the_address() -> None:
    app = open_page("P=4&view=lecture&picture=movie")
    (said,) = [warning.value for warning in app.warning]
    assert said == (
        "picture = movie is not one of overlaps, loss, map, heatmap, norms, matching: overlaps "
        "is taken."
    )
    assert given(app)["notices"] == [said], "seen where the picture fills the window"
    assert "picture" not in app.query_params
    assert "".join(app.query_params["view"]) == "lecture"


def test_an_address_with_a_picture_alone_goes_straight_to_it() -> None:
    assert given(open_page("picture=loss"))["opening"] is None


def test_a_lesson_keeps_its_view_and_refuses_an_unknown_one() -> None:
    app = open_lesson("one_neuron", screen="lecture")
    assert "".join(app.query_params["screen"]) == "lecture"
    app.button(key="lecture").click().run()
    assert "screen" not in app.query_params
    app = open_lesson("one_neuron", screen="cinema")
    assert any("screen = cinema" in warning.value for warning in app.warning)
    assert "screen" not in app.run().query_params
