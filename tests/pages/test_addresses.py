"""Every number that goes through a page's address comes back bit for bit, and is shown as it is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from emergence import Experiment
from emergence.experiment import ExperimentError
from emergence.parameters import PARAMETERS, Bounded
from emergence.runs.plan import make_plan
from emergence.sweeps.definition import Sweep
from emergence.ui.fields import decimals
from tests.pages.opened import APP, open_lesson, reveal

BRIEF = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
COEFFICIENT = st.floats(0.01, 10) | st.floats(-10, -0.01) | st.just(1.0000001)


def number(name: str) -> st.SearchStrategy[float]:
    parameter = PARAMETERS[name]
    assert isinstance(parameter, Bounded)
    return st.floats(parameter.low, parameter.high)


EXPERIMENTS = st.builds(
    Experiment,
    d=st.integers(8, 200), P=st.integers(1, 8), m=st.integers(1, 32), beta=number("beta"),
    c=number("c"), s0=number("s0"), horizon=number("horizon"), seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 5000) | st.integers(0, 0), engine=st.sampled_from(["flow", "sgd"]),
    mixture=st.just(()) | st.dictionaries(st.sampled_from([2, 3, 4]), COEFFICIENT, min_size=1),
)  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> AppTest:
    return AppTest.from_file(APP, default_timeout=60).run()


def run_shown(app: AppTest) -> str:
    """The query of the experiment that the Live Lab computes."""
    (element,) = [each for each in app.main.get("bidi_component") if "live_lab" in each.proto.id]
    return str(json.loads(element.proto.json)["query"])


@given(experiment=EXPERIMENTS, fresh=st.booleans())
@example(
    experiment=Experiment(d=8, P=1, m=1, s0=0.00010000000000000002, engine="flow"), fresh=True
)  # a neighbour of a slider's stop
@BRIEF
def test_the_lab_runs_what_its_address_says(
    lab: AppTest, experiment: Experiment, fresh: bool
) -> None:
    """A page opened at the address, and one that is open already and is sent there."""
    try:
        runs = make_plan(experiment).experiment  # with the engine that auto takes
    except ExperimentError:
        assume(False)  # too large for this machine
    app = AppTest.from_file(APP, default_timeout=60) if fresh else lab
    app.query_params.clear()
    for name, values in parse_qs(experiment.to_query()).items():
        app.query_params[name] = values[0]
    app.run()
    assert not app.exception
    assert not app.warning
    assert Experiment.from_query(run_shown(app)) == runs
    assert Experiment.from_query(urlencode(dict(app.query_params), doseq=True)) == experiment
    assert app.number_input(key="horizon").value == experiment.horizon
    for name in ("beta", "c", "s0"):
        assert app.number_input(key=f"{name}_exact").value == getattr(experiment, name)
    shown = app.slider(key="beta").proto.format % experiment.beta
    assert float(shown) == experiment.beta, "what is displayed is not rounded"
    texts = [
        float(text.removeprefix("c = ").replace(",", ""))
        for text in app.select_slider(key="c").options
    ]
    assert experiment.c in texts


@given(name=st.sampled_from(["beta", "c", "s0", "horizon"]), data=st.data())
@BRIEF
def test_an_exact_value_is_taken_as_it_was_typed(lab: AppTest, name: str, data: Any) -> None:
    value = data.draw(number(name))
    lab.query_params.clear()
    lab.query_params |= {"P": "2", "m": "4", "engine": "flow"}
    lab.run()
    lab.number_input(key=f"{name}_exact").set_value(value).run()
    assert not lab.exception
    restored = Experiment.from_query(urlencode(dict(lab.query_params), doseq=True))
    assert getattr(restored, name) == value
    assert getattr(Experiment.from_query(run_shown(lab)), name) == value


SLIDERS = {
    "puzzle": ("beta", 0.6, 2.0), "idealised_dynamics": ("beta", 0.6, 2.0),
    "why_not_exp_kappa": ("beta", 0.0, 2.0), "scaling_law": ("beta", 0.6, 2.0),
}  # fmt: skip


@given(slug=st.sampled_from(list(SLIDERS)), data=st.data())
@settings(BRIEF, max_examples=5)
def test_a_lesson_shows_its_controls_as_the_address_says(slug: str, data: Any) -> None:
    name, low, high = SLIDERS[slug]
    value = data.draw(st.floats(low, high))
    app = open_lesson(slug, **{name: repr(value)})
    assert app.session_state[name] == value
    assert app.query_params[name] == repr(value)
    assert float(app.slider(key=name).proto.format % value) == value
    assert not app.warning
    other = next(
        each for each in app.select_slider
        if not each.disabled and not str(each.key).endswith("_guess")
    )  # fmt: skip
    other.set_value(other.options[0]).run()
    assert app.session_state[name] == value
    links = [link.proto.query_string for link in app.main.get("page_link")]
    assert any(f"beta={value!r}" in query for query in links), "and so does its door to the lab"


def test_a_link_function_of_a_lesson_goes_to_the_lab_bit_for_bit() -> None:
    app = open_lesson("link_functions", link="mixture", c3="0.1234567890123456", c2="-0.3")
    query = next(
        parse_qs(link.proto.query_string)
        for link in app.main.get("page_link")
        if "engine" in link.proto.query_string
    )
    assert query["mixture"] == ["2:-0.3,3:0.1234567890123456,4:1.0"]


@given(
    c=st.floats(1e-3, 1.0), betas=st.lists(st.floats(0.6, 2.0), min_size=2, max_size=3, unique=True)
)
@settings(BRIEF, max_examples=6)
def test_a_sweep_comes_back_bit_for_bit(c: float, betas: list[float]) -> None:
    definition = {
        "analysis": "time", "base": {"P": 6, "m": 12, "d": 512, "engine": "decoupled", "c": c},
        "grid": {"beta": betas}, "seeds": 2,
    }  # fmt: skip
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.query_params.clear()
    app.query_params["sweep"] = json.dumps(definition)
    app.switch_page("pages/scaling_lab.py").run()
    assert not app.exception
    assert Sweep.from_json(app.query_params["sweep"]).points == Sweep.of(definition).points
    app.number_input(key="sweep_time_seeds").set_value(3).run()
    restored = json.loads(app.query_params["sweep"])
    assert (restored["base"]["c"], restored["grid"]["beta"], restored["seeds"]) == (
        c,
        betas,
        3,
    )


@pytest.mark.parametrize("value", [0.8, 0.85, 1.0, 0.8123, 0.1 + 0.2, 1 / 3, 2.0, 1e-5, 5e-324])
def test_a_slider_rounds_nothing_it_shows(value: float) -> None:
    assert float(decimals(value, 0.05) % value) == value
    assert decimals(0.85, 0.05) == "%.2f"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("beta=nonsense", "beta = nonsense is not a number from 0.6 to 2: 1 is taken."),
        ("beta=nan", "beta = nan is not a number from 0.6 to 2: 1 is taken."),
        ("beta=7", "beta = 7 is not a number from 0.6 to 2: 2 is taken."),
        ("beta=-inf", "beta = -inf is not a number from 0.6 to 2: 0.6 is taken."),
        ("P=7", "P = 7 is not one of 1, 2, 3, 5, 8, 16, 32, 64, 128, 256, 512: 8 is taken."),
        ("P=", "P =  is not one of 1, 2, 3, 5, 8, 16, 32, 64, 128, 256, 512: 3 is taken."),
        ("sharpness=💥", "sharpness = 💥 is not one of 2, 4, 8, 16, 32, 64: 16 is taken."),
    ],
)
def test_what_an_address_cannot_say_is_told_and_mended(query: str, sentence: str) -> None:
    name, text = query.split("=")
    app = open_lesson("puzzle", **{name: text})
    assert [warning.value for warning in app.warning] == [sentence]
    app.select_slider(key="sharpness").set_value(64).run()
    assert app.query_params.get(name) != text
    assert not app.warning, "and is forgotten when the reader goes on"


def test_every_lesson_mends_every_name_of_its_address() -> None:
    for slug in ("link_functions", "one_neuron", "theorem", "sharp_transitions", "scaling_law"):
        names = list(open_lesson(slug).session_state["visit"].live)
        app = open_lesson(slug, **dict.fromkeys(names, "\0<script>"))
        assert app.warning[0].value.count(": ") >= len(names) - 1, slug
        app.run()
        assert not any("script" in str(text) for text in app.query_params.values())


def test_hidden_controls_keep_their_values() -> None:
    app = reveal(open_lesson("why_not_exp_kappa", view="Who goes where", seed="7"))
    assert app.slider(key="seed").value == 7
    app.segmented_control(key="view").set_value("Found").run()
    assert not any(slider.key == "seed" for slider in app.slider)
    app.segmented_control(key="view").set_value("Who goes where").run()
    assert app.slider(key="seed").value == 7
