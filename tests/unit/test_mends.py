"""Each mend that is offered mends: after it the warning, or the refusal, is gone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import PARAMETERS, Bounded
from emergence.runs.mends import (
    MOST,
    enough_neurons,
    mends_for,
    mends_of,
    mends_of_divergence,
    nearest,
)
from emergence.runs.plan import make_plan
from emergence.runs.warnings import warnings_of
from emergence.theory.stability import MARGIN

WARNED = {
    "engine": ["engine=correlation"],
    "c": ["c=0.3&engine=sgd", "c=5&engine=sgd", "c=10000&engine=sgd",
          "c=20&B=64&d=16&P=2&engine=sgd"],
    "m": ["m=4", "P=32&m=40", "P=64", "m=4&engine=decoupled", "m=4&engine=flow&s0=0.001"],
    "beta": ["beta=0.4", "beta=0"],
    "J": ["J=1", "J=2", "mixture=2:0.9,4:0.3"],
    "mixture": ["mixture=3:0.6,4:0.8", "mixture=2:0.9,4:0.3"],
    "s0": ["s0=1", "s0=0.2&m=4096", "s0=0.1&P=32&d=512"],
    "d": ["d=512&engine=sgd", "c=0.001&engine=sgd", "J=6&engine=sgd", "horizon=50&engine=sgd",
          "engine=flow&d=4096&P=256&m=1024", "d=128&P=32&m=256&engine=sgd"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "query"), [(name, query) for name, queries in WARNED.items() for query in queries]
)
def test_a_mend_takes_its_warning_away_and_brings_no_other(name: str, query: str) -> None:
    experiment = Experiment.from_query(query)
    before = warnings_of(make_plan(experiment))
    mends = mends_of(experiment)
    assert mends.keys() == before.keys()
    assert 1 <= len(mends[name]) <= MOST
    for each, offered in mends.items():
        for mend in offered:
            after = warnings_of(make_plan(experiment.changed(mend.changes)))
            assert each not in after, mend
            assert after.keys() <= before.keys()
            assert len(mend.label) <= 40


def test_labels_say_what_is_changed_and_how_long_it_takes() -> None:
    def labels(query: str, name: str) -> list[str]:
        return [mend.label for mend in mends_of(Experiment.from_query(query))[name]]

    assert labels("m=4&engine=flow&s0=0.001", "m")[0] == "m = 17 = P log P"
    assert labels("d=512&engine=sgd", "d")[0] == "Take the gradient flow: about 1 second"
    assert labels("c=0.001&engine=sgd", "d")[1].startswith("c = 0.004: about 1")
    assert labels("mixture=3:0.6,4:0.8", "mixture") == ["σ = h₃ alone"]


def test_a_long_run_of_many_neurons_keeps_its_story() -> None:
    """What shortens it still lets every direction find a neuron, and runs to the same end."""
    for query in ("m=4096", "m=8192", "m=1024&P=128&d=1024", "d=512&engine=sgd&m=64"):
        experiment = Experiment.from_query(query)
        for mend in mends_of(experiment)["d"]:
            mended = experiment.changed(mend.changes)
            assert mended.m >= enough_neurons(mended.P)
            assert make_plan(mended).seconds <= 20


@pytest.mark.parametrize(
    "query", ["d=32&c=3&engine=sgd", "c=10000&engine=sgd", "c=1.1&d=16&P=2&m=4&engine=sgd"]
)
def test_a_run_that_has_diverged_is_offered_what_theory_allows(query: str) -> None:
    experiment = Experiment.from_query(query)
    smaller, flow = mends_of_divergence(experiment)
    assert flow.changes == {"engine": "flow"}
    mended = make_plan(experiment.changed(smaller.changes))
    assert mended.experiment.c <= MARGIN * mended.bound_c
    assert "c" not in warnings_of(mended)


def test_where_no_step_size_is_small_enough_the_flow_is_offered() -> None:
    unstable = Experiment(d=4, P=1, m=2, mixture="8:10", c=1e-6, steps=10, engine="sgd")
    assert "c" in warnings_of(make_plan(unstable))
    assert [mend.changes for mend in mends_of(unstable)["c"]] == [{"engine": "flow"}]


@pytest.mark.parametrize(
    ("query", "offered"),
    [("P=91", "d = 91"), ("d=2", "d = 8"), ("d=2", "P = 2"),
     ("d=1000000&engine=sgd", "Take the gradient flow"), ("J=8&engine=sgd", "Take the gradient"),
     ("engine=sgd-reduced&B=4", "Take SGD"),
     ("d=1000000&m=4096&P=1024", "m = "), ("m=1&P=1&J=3&seed=3", "m = "),
     ("J=4&mixture=9:1", "σ = h₄ alone")],
)  # fmt: skip
def test_a_refusal_comes_with_what_makes_it_run(query: str, offered: str) -> None:
    values: dict[str, Any] = dict(parse_qsl(query))
    numbers = {"d", "P", "m", "J", "seed", "B"}
    values |= {name: int(text) for name, text in values.items() if name in numbers}
    with pytest.raises(ExperimentError):
        make_plan(Experiment.of(values))
    mends = mends_for(values)
    assert any(mend.label.startswith(offered) for mend in mends), mends
    for mend in mends:
        make_plan(Experiment.of({**values, **mend.changes}))


@pytest.mark.parametrize(
    "query",
    ["d=65536&P=1024&m=4096", "J=3&P=2&m=1&seed=3", "d=1000000&J=8&P=256&m=512&B=1024&engine=sgd",
     "steps=1000000000000&c=10&m=2048&J=8&engine=sgd&d=4096"],
)  # fmt: skip
def test_the_nearest_can_run_and_is_the_first_mend_s_where_there_is_one(query: str) -> None:
    experiment = Experiment.from_query(query)
    with pytest.raises(ExperimentError):
        make_plan(experiment)
    values = {name: getattr(experiment, name) for name in PARAMETERS}
    make_plan(nearest(values))
    assert nearest(values) == experiment.changed(mends_for(values)[0].changes)


LONG = [
    "c=0.3&d=512&engine=sgd", "c=0.001&d=512&engine=sgd", "c=0.0001&engine=sgd&steps=100000000",
    "c=0.00001&engine=sgd&B=64", "J=6&engine=sgd", "J=3&d=4096&c=0.001&engine=sgd",
    "engine=correlation&c=0.0001", "d=128&c=0.0001&optimizer=adam&engine=sgd",
    "J=8&d=1000&c=10000&engine=sgd", "c=0.000001&engine=sgd", "c=0.000001&engine=sgd&B=1024",
    "c=0.01&steps=100000000000&engine=sgd", "d=1000&c=0.000001&engine=correlation",
    "d=1000000&engine=sgd", "d=512&c=0.000001&engine=sgd&optimizer=sign",
]  # fmt: skip


@pytest.mark.parametrize("query", LONG)
def test_a_larger_c_is_offered_and_advised_where_it_helps_alone(query: str) -> None:
    """Of a long run, and of one that is refused for its length: every c of the slider is tried."""
    experiment, advice = Experiment.from_query(query), ""

    def long(changes: dict[str, Any]) -> bool:
        """Whether a run is refused, or warned of its length or of its step size."""
        try:
            told = warnings_of(make_plan(experiment.changed(changes)))
        except ExperimentError:
            return True
        return "c" in told or ("d" in told and advice == "")

    try:
        offered = mends_of(experiment)["d"]
    except ExperimentError as error:
        advice = str(error)
        offered = mends_for({name: getattr(experiment, name) for name in PARAMETERS})
    parameter = PARAMETERS["c"]
    assert isinstance(parameter, Bounded)
    larger = [stop for stop in parameter.stops if isinstance(stop, float) and stop > experiment.c]
    helps = [c for c in larger if not long({"c": c})]
    assert ("raise c" in advice) == bool(advice and helps)
    for mend in offered:
        if mend.changes.keys() == {"c"}:
            assert mend.changes["c"] in helps
    assert experiment.steps == 0 or not helps


def test_a_slider_goes_no_further_than_it_must() -> None:
    """The stop before the one that is offered cannot run."""
    values = {name: getattr(Experiment(d=65536, P=1024, m=4096), name) for name in PARAMETERS}
    (mend, *_) = mends_for(values)
    assert mend.changes == {"m": 2048}
    with pytest.raises(ExperimentError):
        make_plan(Experiment.of(values | {"m": 2896}))
