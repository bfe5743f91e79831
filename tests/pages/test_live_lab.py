"""The Live Lab as a script: controls, URL, refusals, without a browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from emergence import Experiment, ExperimentError
from emergence.parameters import PARAMETERS, WordChoice
from emergence.runs.plan import make_plan, settled
from emergence.ui.opening import PLAYS
from tests.pages.opened import given, open_page

DEFAULT = "P=8"
"""An address with the default experiment."""


def shown(app: AppTest) -> Experiment:
    """The experiment the page's URL carries; what it does not name has its default."""
    return Experiment.from_query(urlencode(dict(app.query_params), doseq=True))


def test_after_the_opening_it_has_the_default_run_and_leaves_the_url_as_it_is() -> None:
    app = open_page()
    app.session_state[PLAYS] = False
    app.run()
    assert not app.query_params
    assert shown(app) == Experiment()
    assert app.select_slider(key="d").value == shown(app).d
    assert not app.error
    assert not app.warning


def test_every_parameter_has_a_control_with_its_help() -> None:
    app = open_page(DEFAULT)
    keyed: dict[str, Any] = {}
    for kind in ("slider", "select_slider", "selectbox", "number_input", "text_input"):
        keyed |= {widget.key: widget for widget in getattr(app, kind)}
    for name, parameter in PARAMETERS.items():
        assert parameter.help in keyed[name].help
        assert parameter.allowed in keyed[name].help


def test_a_url_opens_the_same_experiment() -> None:
    given = Experiment(d=100, P=5, beta=0.77, J=3, m=21, eta=3e-5, seed=4_000_000_000, s0=0.013)
    assert shown(open_page(given.to_query())) == given


def test_a_url_is_written_anew_only_where_it_was_wrong() -> None:
    assert dict(open_page("d=100&P=4").query_params) == {"d": "100", "P": "4"}
    app = open_page("d=100&P=4&beta=99")
    assert app.warning
    assert set(app.query_params) > {"d", "P", "beta", "engine", "seed"}
    assert shown(app).beta == PARAMETERS["beta"].clamp("99")


def test_moving_a_slider_changes_the_url() -> None:
    app = open_page(DEFAULT)
    app.slider(key="beta").set_value(1.5).run()
    app.select_slider(key="d").set_value(128).run()
    assert not app.exception
    assert shown(app) == Experiment().replace(beta=1.5, d=128)


def test_an_exact_value_may_lie_between_the_stops() -> None:
    app = open_page(DEFAULT)
    app.number_input(key="d_exact").set_value(100).run()
    assert shown(app).d == 100
    assert app.select_slider(key="d").value == 100


def test_where_p_and_d_do_not_fit_the_other_follows_and_it_is_said() -> None:
    app = open_page("d=64&P=8")
    app.select_slider(key="P").set_value(91).run()
    assert (shown(app).P, shown(app).d) == (91, 91)
    assert "d is raised to 91" in app.main.warning[0].value
    app.select_slider(key="d").set_value(4).run()
    assert (shown(app).P, shown(app).d) == (4, 4)
    assert "P is lowered to 4" in app.main.warning[0].value
    app.select_slider(key="m").set_value(16).run()
    assert not app.warning
    assert not app.error
    assert not app.exception


def test_what_cannot_run_is_said_once_with_what_mends_it() -> None:
    app = open_page("d=64&P=8")
    app.text_input(key="mixture").set_value("9:1").run()
    assert len(app.error) == 1
    assert "last experiment" in app.main.error[0].value
    assert shown(app).P == 8
    app.button(key="mend_refusal_0").click().run()
    assert not app.error
    assert not app.exception
    assert shown(app) == Experiment()


@pytest.mark.parametrize(
    ("query", "said", "button", "engine"),
    [
        (DEFAULT, "Online SGD takes about 2 seconds", "Take the gradient flow", "flow"),
        ("d=512", "SGD would take about 19 minutes", "Take online SGD", "sgd"),
        ("J=8", "SGD would take more than this server allows", None, "auto"),
    ],
)
def test_one_line_says_which_engine_was_taken(
    query: str, said: str, button: str | None, engine: str
) -> None:
    app = open_page(query)
    lines = [each.value for each in app.main.caption if said in each.value]
    assert len(lines) == 1
    assert [each.label for each in app.button if each.key == "engine_other"] == [button][
        : button is not None
    ]
    if button:
        app.button(key="engine_other").click().run()
    assert shown(app).engine == engine
    assert not app.exception


def test_a_long_run_is_said_above_the_pictures_with_what_helps() -> None:
    app = open_page("d=512&engine=sgd")
    assert sum("A long run" in each.value for each in app.caption) == 1
    app.button(key="mend_d_0").click().run()
    assert shown(app).engine == "flow"
    assert not any("A long run" in each.value for each in app.caption)


def test_a_warning_s_button_mends_it() -> None:
    app = open_page("P=32&m=16&s0=0.001")
    assert "at most 16 of the 32" in " ".join(each.value for each in app.sidebar.caption)
    app.button(key="mend_m_0").click().run()
    assert shown(app).m == 111
    assert app.select_slider(key="m").value == 111
    assert not any("at most 16" in each.value for each in app.caption)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("d=64&c=5&engine=sgd", "unstable in the mean square"),
        ("d=64&c=0.2", "some runs diverge"),
        ("d=64&P=8&m=4", "at most 4 of the 8"),
        ("beta=0.4", "none is drawn"),
        ("J=2&c=0.01", "no sharp transition"),
    ],
)
def test_hopeless_values_are_explained_at_their_control(query: str, word: str) -> None:
    app = open_page(query)
    text = " ".join(caption.value for caption in app.sidebar.caption)
    assert word in text


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("d=65536&m=4096&P=1024", {"m": 2048}),
        ("d=65536&m=4096&P=1024&engine=sgd", {"m": 2048, "engine": "auto"}),
        ("J=3&P=2&m=1&seed=3", {"m": 2}),
        ("J=8&d=1000000&engine=sgd", {"engine": "auto"}),
        ("steps=1000000000000&c=10&engine=sgd&P=16", {"engine": "auto"}),
    ],
)
def test_an_address_that_cannot_run_shows_the_nearest_that_can(
    query: str, instead: dict[str, Any]
) -> None:
    asked, _ = Experiment.clamped(query)
    with pytest.raises(ExperimentError):
        make_plan(asked)
    app = open_page(query)
    assert Experiment.from_query(given(app)["query"]) == settled(asked.changed(instead))
    said = app.main.error[0].value
    assert "The nearest that can is shown: " in said
    assert given(app)["mends"] == [], "the page has its own buttons"
    for name, value in instead.items():
        text = f"{value:,}" if isinstance(value, int) else value
        assert f"{name} = {text}" in said
    assert app.button(key="mend_refusal_0").click().run().main.error == []
    assert not app.exception


def test_a_run_too_large_for_the_server_is_refused_in_words() -> None:
    app = open_page("d=1000000&m=4096&P=1024")
    assert "lower m" in app.main.error[0].value
    app.select_slider(key="d").set_value(64).run()
    app.select_slider(key="P").set_value(8).run()
    app.select_slider(key="m").set_value(32).run()
    assert not app.error


@pytest.mark.parametrize(
    "query",
    [
        "d=1e999&P=-5&beta=nan&J=5&m=none&c=0&s0=inf&seed=-1&engine=gpu&B=0",
        "mixture=9:1&normalisation=maybe&horizon=-1&steps=1e30",
        "d=" + "9" * 3000,
        "nonsense=1&d=%00&P=💥",
        "eta=1e308&c=3",
        "mixture=3:0.6,4:0.8&J=4",
    ],
)
def test_any_url_gives_a_clamped_run_with_a_notice_or_a_refusal(query: str) -> None:
    app = open_page(query)
    assert app.warning, "what was changed is said"
    if app.main.error:
        assert "allowed: lower" in app.main.error[0].value
    else:
        engine = PARAMETERS["engine"]
        assert isinstance(engine, WordChoice)
        assert shown(app).engine in engine.choices


def test_a_mixture_sets_the_information_exponent() -> None:
    app = open_page(DEFAULT)
    app.text_input(key="mixture").set_value("3:0.6,4:0.8").run()
    assert not app.exception
    assert shown(app).J == 3
    app.text_input(key="mixture").set_value("3;0.6").run()
    assert any("mixture" in error.value for error in app.error)
