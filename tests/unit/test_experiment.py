"""Experiments: validation, clamping, and the round trips through URL and JSON."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from dataclasses import FrozenInstanceError
from typing import Any
from urllib.parse import quote as percent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence import Experiment, ExperimentError
from emergence.experiment import MAX_QUERY_LENGTH
from emergence.parameters import (
    ASSUMPTIONS,
    DEGREES,
    PARAMETERS,
    Bounded,
    Integer,
    MixtureOfDegrees,
    Number,
    Parameter,
    WholeChoice,
    WordChoice,
)
from tests.unit.conftest import HOSTILE

ANYTHING = (
    st.sampled_from(HOSTILE) | st.text(max_size=20) | st.integers() | st.floats() | st.booleans()
    | st.none() | st.lists(st.integers(), max_size=3) | st.sampled_from([10**400, -(10**400)])
    | st.lists(st.tuples(st.integers(-1, 9) | st.floats(), st.integers() | st.floats()), max_size=3)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
)  # fmt: skip
NAMES = st.sampled_from([*PARAMETERS, "eta", "nonsense", "d ", "D", "__class__", "self"])


def plain(parameter: Parameter) -> st.SearchStrategy[object]:
    """Allowed values of a parameter."""
    if isinstance(parameter, WordChoice | WholeChoice):
        return st.sampled_from(parameter.choices)
    if isinstance(parameter, Integer):
        return st.integers(int(parameter.low), int(parameter.high))
    assert isinstance(parameter, Number)
    return st.floats(parameter.low, parameter.high)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any valid experiment."""
    simple = [p for p in PARAMETERS.values() if not isinstance(p, MixtureOfDegrees)]
    given: dict[str, Any] = {p.name: draw(plain(p)) for p in simple}
    given["P"] = min(given["P"], given["d"])
    if given["engine"] not in ("auto", "sgd", "sgd-full"):
        given |= {name: PARAMETERS[name].default for name in ASSUMPTIONS}
    if given["samples"]:
        given["samples"] = max(given["samples"], given["B"])
    if given["engine"] == "sgd-reduced":
        given |= {"B": 1, "d": max(given["d"], given["P"] + 2 * given["m"] + 2)}
    coefficient = st.floats(-10, 10).filter(lambda c: abs(c) >= 1e-6)
    others = draw(st.dictionaries(st.integers(1, 8), coefficient, max_size=4))
    mixture = {i: c for i, c in others.items() if i > given["J"]}
    if bool(mixture) or draw(st.booleans()):
        given["mixture"] = [(given["J"], draw(coefficient)), *mixture.items()]
    return Experiment.of(given)


@given(experiments())
def test_url_round_trip(e: Experiment) -> None:
    query = e.to_query()
    assert Experiment.from_query(query) == e
    assert Experiment.from_query("?" + query) == e
    assert Experiment.clamped(query) == (e, [])
    assert query.isascii()
    assert len(query) < 500


@given(experiments())
def test_json_round_trip(e: Experiment) -> None:
    text = e.to_json()
    again = Experiment.from_json(text)
    assert again == e
    assert hash(again) == hash(e)
    assert again.to_json() == text
    assert json.loads(text)["eta"] == pytest.approx(e.c * e.d ** (-e.J / 2))


@given(experiments(), st.floats(1e-6, 1e4))
def test_replacing_eta_sets_c(e: Experiment, c: float) -> None:
    eta = c * math.pow(e.d, -e.J / 2)
    other = e.replace(eta=eta)
    assert other.eta == pytest.approx(eta, rel=1e-9)
    assert abs(other.eta - eta) <= math.ulp(eta) or other.c in (1e-6, 1e4)
    assert other.replace(c=e.c) == e


@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_anything_gives_an_experiment_or_a_refusal_with_names(given: dict[str, object]) -> None:
    """Nothing but ExperimentError is ever raised, and it says which parameter is meant."""
    problems: dict[str, str] = {}
    try:
        e = Experiment.of(given)
    except ExperimentError as error:
        problems = error.problems
    if not problems:
        assert Experiment.from_json(e.to_json()) == e
    for name, sentence in problems.items():
        assert name in sentence
        assert len(sentence) < 400
        assert sentence.isprintable()


@given(st.lists(st.tuples(NAMES, st.sampled_from(HOSTILE) | st.text(max_size=30)), max_size=8))
def test_any_query_gives_an_experiment_with_notices(pairs: list[tuple[str, str]]) -> None:
    """Leniently always; strictly only where there is nothing to notice."""
    query = "&".join(f"{name}={percent(text, errors='replace')}" for name, text in pairs)
    e, notices = Experiment.clamped(query)
    again, later = Experiment.clamped(e.to_query())
    assert again == e
    assert not later
    try:
        strict = Experiment.from_query(query)
    except ExperimentError:
        assert notices
    else:
        assert strict == e
        assert not notices


@given(st.text(max_size=200))
def test_any_text_is_a_query(text: str) -> None:
    e, _ = Experiment.clamped(text)
    assert Experiment.clamped(e.to_query()) == (e, [])


@given(st.text(max_size=60) | st.recursive(
    st.none() | st.floats() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(NAMES, x)
).map(json.dumps))  # fmt: skip
def test_any_json_gives_an_experiment_or_a_refusal(text: str) -> None:
    with contextlib.suppress(ExperimentError):
        e = Experiment.from_json(text)
        assert Experiment.from_json(e.to_json()) == e


@pytest.mark.parametrize("text", ["[" * 100_000, '{"mixture":[[Infinity,1]]}', '{"d":NaN}', "7"])
def test_hostile_json_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError):
        Experiment.from_json(text)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"d": 1}, "d = 1 is out of range: a whole number from 2 to 1,000,000"),
        ({"d": 64.5}, "d = 64.5 is not a whole number"),
        ({"m": "many"}, "m = many is not a whole number from 1 to 8,192"),
        ({"J": 5}, "J = 5 is not one of 1, 2, 3, 4, 6, 8"),
        ({"engine": "gpu"}, "engine = gpu is not one of auto, sgd, flow, decoupled"),
        ({"beta": float("nan")}, "beta = nan is not a number from 0 to 3"),
        ({"seed": True}, "seed = True is not a whole number"),
        ({"d": 4, "P": 8}, "raise d to at least 8 or lower P"),
        ({"c": 0.1, "eta": 0.1}, "contradicts c = 0.1: give one of them"),
        ({"eta": 1e5}, "c = 4.096e\\+08, out of range: a number from 1e-06 to 10,000"),
        ({"J": 4, "mixture": "3:1,4:1"}, "mixture's smallest degree is 3"),
        ({"mixture": "5:1"}, "smallest one of 1, 2, 3, 4, 6, 8"),
        ({"mixture": [[3.7, 1]]}, "degree:coefficient pairs"),
        ({"mixture": "3:1e-300"}, "nor nearer to zero than 1e-06"),
        ({"self": 3}, "there is no parameter self"),
        ({"width": 3}, "there is no parameter width: known are d, P, beta"),
    ],
)
def test_refusals_say_what_is_allowed(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Experiment.of(given)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ExperimentError) as refusal:
        Experiment.of({"d": 1, "m": 0, "J": 7, "engine": "x", "nonsense": 1})
    assert set(refusal.value.problems) == {"d", "m", "J", "engine", "nonsense"}


@pytest.mark.parametrize(
    ("query", "expected", "notices"),
    [
        ("d=1", Experiment(d=2, P=2), 2), ("d=1e9&P=1", Experiment(d=10**6, P=1), 1),
        ("J=5", Experiment(), 1), ("J=100", Experiment(J=8), 1), ("m=0", Experiment(m=1), 1),
        ("m=inf", Experiment(m=8192), 1), ("beta=nan", Experiment(), 1),
        ("d=4&P=100", Experiment(d=4, P=4), 1), ("m=3.6", Experiment(m=4), 1),
        ("c=1&eta=1", Experiment(c=1), 1), ("d=64&d=128", Experiment(d=128), 1),
        ("nonsense=1", Experiment(), 1), ("x" * (MAX_QUERY_LENGTH + 1), Experiment(), 1),
        ("mixture=5:1", Experiment(), 1), ("J=8&mixture=3:1,4:1", Experiment(mixture="3:1,4:1"), 1),
    ],
)  # fmt: skip
def test_clamping_goes_to_the_nearest(query: str, expected: Experiment, notices: int) -> None:
    found, said = Experiment.clamped(query)
    assert found == expected
    assert len(said) == notices


@pytest.mark.parametrize(
    ("query", "used"),
    [
        ("c=0.1&eta=0.01", "c = 0.1"), ("eta=x", "c = 0.05"), ("d=64&d=128", "d = 128"),
        ("mixture=nonsense", "the pure h_4"), ("J=2&mixture=5:1", "the pure h_2"), ("d=1", "d = 2"),
        ("eta=1e-4&eta=2e-4", "c = 0.8192"), ("J=8&mixture=3:1,4:1", "J = 3"),
    ],
)  # fmt: skip
def test_a_notice_ends_with_what_is_used(query: str, used: str) -> None:
    _, notices = Experiment.clamped(query)
    assert notices[0].endswith(f"; using {used}")


def test_strict_queries_refuse_what_lenient_ones_mend() -> None:
    for query, match in (
        ("d=64&d=64", "more than once"), ("x" * 5_000, "longer than"), ("d=1", "out of range"),
    ):  # fmt: skip
        with pytest.raises(ExperimentError, match=match):
            Experiment.from_query(query)


def test_step_size() -> None:
    for J in DEGREES:
        e = Experiment(d=50, J=J, c=0.3)
        assert e.eta == pytest.approx(0.3 * 50 ** (-J / 2), rel=1e-14)
        assert Experiment(d=50, J=J, eta=e.eta) == e


def test_a_mixture_of_one_is_the_pure_polynomial() -> None:
    assert Experiment(mixture="3:1") == Experiment(J=3)
    assert Experiment(mixture="3:0.5") != Experiment(J=3)
    assert Experiment.of({"mixture": {4: 0.8, 3: 0.6}}) == Experiment.of(
        {"mixture": [(3, 0.6), (4, "0.8")]}
    )
    assert Experiment(mixture="3:0.6,4:0.8").J == 3
    assert Experiment(mixture="3:0.6,4:0.8").replace(J=4) == Experiment()
    assert Experiment(mixture="3:0.6,4:0.8").replace(mixture="2:1,4:1").J == 2
    assert Experiment(J=3).coefficients == ((3, 1.0),)


def test_experiments_are_values() -> None:
    e = Experiment(d=64, beta=1)
    assert e == Experiment.of({"beta": 1.0, "d": "64"})
    assert len({e, Experiment(), Experiment(d=65), copy.deepcopy(e)}) == 2
    with pytest.raises(FrozenInstanceError):
        e.d = 5  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del e.d


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_table_of_parameters(parameter: Parameter) -> None:
    """Defaults and bounds are themselves allowed; the help is there."""
    assert parameter.parse(parameter.default) == parameter.default
    assert parameter.help
    assert parameter.symbol
    if isinstance(parameter, Bounded):
        assert parameter.parse(parameter.low) == parameter.low
        assert parameter.parse(parameter.high) == parameter.high
        assert parameter.clamp(-1e300) == parameter.low
        assert parameter.clamp(1e300) == parameter.high


BROKEN: list[tuple[str, str, str]] = [
    ("rho=1.5", "rho", "a number from 0 to 0.95"),
    ("rho=-0.1", "rho", "a number from 0 to 0.95"),
    ("noise=nan", "noise", "a number from 0 to 10"),
    ("samples=2.5", "samples", "whole number"),
    ("samples=3&B=4", "samples", "at least B = 4"),
    ("second=free", "second", "one of tied, own"),
    ("optimizer=adamw", "optimizer", "one of sgd, momentum, adam, sign"),
    ("rho=0.2&engine=flow", "engine", "take engine = sgd"),
    ("noise=1&engine=correlation", "engine", "noise = 1 breaks that"),
    ("optimizer=adam&engine=decoupled", "engine", "optimizer = adam"),
    ("second=own&engine=sgd-reduced&d=200", "engine", "second = own"),
]


@pytest.mark.parametrize(("query", "name", "sentence"), BROKEN)
def test_a_broken_assumption_that_cannot_be_is_refused_and_clamped(
    query: str, name: str, sentence: str
) -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment.from_query(query)
    assert sentence in caught.value.problems[name]
    near, notices = Experiment.clamped(query)
    assert any(sentence in notice for notice in notices)
    assert Experiment.from_query(near.to_query()) == near


def test_addresses_say_an_assumption_only_where_it_is_broken() -> None:
    """So those of before are as they were."""
    assert not any(f"{name}=" in Experiment().to_query() for name in ASSUMPTIONS)
    assert Experiment().broken == ()
    broken = Experiment(rho=0.2, second="own")
    assert broken.broken == ("rho", "second")
    assert broken.to_query().endswith("&rho=0.2&second=own")
    assert broken.engine_used == "auto"
    assert broken.replace(engine="sgd-full").engine_used == "sgd-general"
    assert broken.replace(engine="sgd").is_sgd
