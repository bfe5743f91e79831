"""When the Live Lab begins with the opening, and what the browser is given of it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emergence import Experiment
from emergence.runs.opening import ACTS
from emergence.runs.plan import settled
from emergence.ui.opening import PLAYS
from tests.pages.opened import given, open_lesson, open_page

PLAY = "Play the opening"


def turned(app: AppTest) -> AppTest:
    """The page after the opening has come to its end."""
    app.session_state[PLAYS] = False
    return app.run()


def button(app: AppTest, label: str) -> Any:
    (found,) = [each for each in app.main.button if each.label == label]
    return found


def test_the_bare_address_begins_with_the_first_act_and_has_no_controls() -> None:
    app = open_page()
    data = given(app)
    assert data["query"] == ACTS[0].experiment.to_query()
    acts = data["opening"]["acts"]
    assert [Experiment.from_query(act["query"]) for act in acts] == [act.experiment for act in ACTS]
    assert [act["sentence"] for act in acts] == [act.sentence for act in ACTS]
    assert not app.slider
    assert not app.sidebar.children


def test_then_it_is_the_viewer_s_turn_with_the_default_experiment() -> None:
    app = turned(open_page())
    assert given(app)["opening"] is None
    assert Experiment.from_query(given(app)["query"]) == settled(Experiment())
    app.slider(key="beta").set_value(1.5).run()
    assert given(app)["opening"] is None
    assert Experiment.from_query(given(app)["query"]).beta == 1.5


@pytest.mark.parametrize("query", ["P=8", "d=100&P=4", "nonsense=1", "view=lecture&P=4"])
def test_an_address_with_an_experiment_goes_straight_to_it(query: str) -> None:
    app = open_page(query)
    assert given(app)["opening"] is None
    assert app.slider


def test_the_opening_comes_again_only_when_it_is_asked_for() -> None:
    app = open_page("d=100&P=4&beta=1.5")
    button(app, PLAY).click().run()
    assert not app.exception
    assert given(app)["opening"]
    assert not app.query_params
    turned(app)
    assert app.slider(key="beta").value == Experiment().beta, "the address says no more"
    assert given(app.run())["opening"] is None


def test_a_session_that_begins_with_a_lesson_finds_the_lab_in_the_menu() -> None:
    app = open_lesson("puzzle")
    app.session_state[PLAYS] = True  # as it was opened at the bare address first
    app.switch_page("pages/live_lab.py").run()
    assert given(app)["opening"] is None
    assert given(button(app, PLAY).click().run())["opening"]


def test_the_opening_may_be_projected() -> None:
    data = given(open_page("view=lecture"))
    assert data["stage"] == "lecture"
    assert data["opening"]
