"""The JSON Schemas say of an experiment and of a sweep what Experiment and Sweep say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emergence import Experiment, ExperimentError
from emergence.cli.main import main
from emergence.parameters import DEGREES, ETA, PARAMETERS, Bounded, WholeChoice, WordChoice
from emergence.sweeps.definition import AXES, FIELDS, Sweep, SweepError
from emergence.sweeps.schema import SCHEMAS, experiment_schema, sweep_schema

EXAMPLES = sorted((Path(__file__).parents[2] / "emergence/sweeps/examples").glob("*.json"))
ONE = Draft202012Validator(experiment_schema())
MANY = Draft202012Validator(sweep_schema())


def runs(values: Mapping[str, Any]) -> bool:
    """Whether Experiment takes these values."""
    try:
        Experiment.from_json(json.dumps(values))
    except ExperimentError:
        return False
    return True


def sweeps(values: Any) -> bool:
    """Whether Sweep takes this definition."""
    try:
        Sweep.from_json(json.dumps(values))
    except SweepError:
        return False
    return True


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_is_what_the_command_prints(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())
    assert main(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS[name]()


def test_every_parameter_has_its_place_with_its_words() -> None:
    fields = experiment_schema()["properties"]
    assert set(fields) == {*PARAMETERS, ETA.name}
    for name, parameter in PARAMETERS.items():
        assert fields[name]["title"] == parameter.label
        assert fields[name]["description"] == parameter.help
        assert runs({name: fields[name]["default"]})
    assert set(sweep_schema()["properties"]) == set(FIELDS)
    assert set(sweep_schema()["$defs"]) == set(AXES)


def edges() -> list[tuple[str, Any]]:
    """Of each parameter what is just allowed, and what just is not, and what is something else."""
    found: list[tuple[str, Any]] = []
    for name, parameter in (PARAMETERS | {ETA.name: ETA}).items():
        others: list[Any] = [True, None, [], {}, "many", [1]]
        if parameter is ETA:  # (with a c that is allowed)
            others += [1e-6, 1e-3, 0.5, 1, 0, -1, 1e-301, 2e6]
        elif isinstance(parameter, Bounded):
            low, high = parameter.low, parameter.high
            step = 1 if isinstance(parameter.default, int) else max(low, 1e-9)
            others += [low, high, low - step, high + step, -1, 0.5, 1e300]
        elif isinstance(parameter, WholeChoice):
            others += [*parameter.choices, 0, 5, 7, 9, 4.0, 4.5]
        elif isinstance(parameter, WordChoice):
            others += [*parameter.choices, "SGD", "", 1]
        if name != "mixture":
            found += [(name, int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 1e9
                       else v) for v in others]  # fmt: skip
    return found


@pytest.mark.parametrize(("name", "value"), edges(), ids=str)
def test_both_say_the_same_of_a_value(name: str, value: Any) -> None:
    # With what fits to it: neither can be wrong for the sake of another parameter.
    fits: dict[str, Any] = {
        "P": {"d": 1_000_000}, "d": {"P": 1, "m": 2}, "engine": {"d": 1_000_000},
        "eta": {"d": 2, "P": 1, "J": 1},
    }  # fmt: skip
    values = {**fits.get(name, {}), name: value}
    assert ONE.is_valid(values) == runs(values)


@pytest.mark.parametrize(
    ("mixture", "fine"),
    [
        ([], True), ([[3, 0.6], [4, 0.8]], True), ([[4, 0.8], [3, 0.6]], True), ([[8, -10]], True),
        ([[2, 1], [5, 0.5]], True), ([[5, 0], [6, 1]], True), ([[6, 1], [7, 1]], True),
        ([[5, 1]], False), ([[5, 1], [6, 1]], False), ([[7, 1], [8, 1]], False),
        ([[3, 0]], False), ([[9, 1]], False), ([[0, 1]], False), ([[3, 11]], False),
        ([[3, 1e-7]], False), ([[3, 1], [3, 2]], False), ([[3]], False), ([[3, 1, 2]], False),
        ([3, 1], False), ([[3.5, 1]], False), ([["a", 1]], False), (7, False),
        ("", True), ("3:0.6,4:0.8", True), (" 4 : .8 , 3:6e-1", True), ("3", False),
        ("9:1", False), ("3:x", False), ("3:1;4:1", False), ("3:0.6,", True), ("99:1", False),
        ("3:0", False), ("3:1,3:2", False), ("3:1,4:1,03:2", False), ("5:1", False), (" , ", True),
        ("5:1,6:1", False), ("5:0,6:1", True), ("5:0.0e3,8:1,6:-1", True), ("4:1,5:1", True),
        ("7:1,8:1", False), ("3:10", True), ("3:10.5", False), ("3:1e1", True), ("3:2e1", False),
        ("3:0.000001", True), ("3:1e-06", True), ("3:0.0000009", False), ("3:9e-7", False),
        ("3:-1.50e-05", True), ("3:100", False), ("3:nan", False), ("3:1:1", False), ("3:", False),
        (":1", False), ("3:.", False), ("3:1\n,\n4:1\n", True), ("5:0", False), ("+3:+1.", True),
    ],
)  # fmt: skip
def test_both_say_the_same_of_a_mixture(mixture: Any, fine: bool) -> None:
    assert runs({"mixture": mixture}) == fine
    assert ONE.is_valid({"mixture": mixture}) == fine


@pytest.mark.parametrize("values", [{"D": 64}, {"": 1}, {"seeds": 2}, [], "d=64", 3, None])
def test_both_refuse_what_is_no_experiment(values: Any) -> None:
    assert not ONE.is_valid(values)
    assert not runs(values)


NUMBERS = st.fixed_dictionaries({"d": st.integers(256, 2_000_000)}, optional={
        "P": st.integers(-1, 128), "m": st.integers(0, 5000),
    "beta": st.floats(-0.5, 3.5), "J": st.integers(0, 9), "c": st.floats(1e-7, 2e4),
    "s0": st.floats(0, 1.1), "B": st.integers(0, 1025), "seed": st.integers(-1, 2**32),
    "horizon": st.floats(0, 101), "steps": st.integers(-1, 2**40 + 1),
    "mixture": st.lists(st.tuples(st.integers(0, 9), st.floats(-11, 11)), max_size=4),
})  # fmt: skip


COEFFICIENTS = st.one_of(
    st.floats(-11, 11).map(repr),
    st.floats(-11, 11).map(lambda c: f"{c:.7f}"),
    st.floats(-2e-6, 2e-6).map(lambda c: f"{c:.3e}"),
    st.sampled_from(["0", "-0.0", "10", "10.0", "1e-6", "1E+01", "1e-07", ".5", "5.", "0e9", "+2"]),
)
PAIRS = st.tuples(st.integers(0, 11).map(str), COEFFICIENTS).map(":".join)
BETWEEN = st.sampled_from([",", " , ", ",,", ", \t"])


@given(BETWEEN, st.lists(PAIRS, max_size=5))
def test_both_say_the_same_of_a_mixture_as_a_text(between: str, pairs: list[str]) -> None:
    text = between.join(pairs)
    assert ONE.is_valid({"mixture": text}) == runs({"mixture": text})


@given(st.lists(st.sampled_from(["3", "5", "6:", ":", "1", "0", ".", ",", "e", "-", "+", " "])))
def test_no_text_is_valid_that_is_refused(parts: list[str]) -> None:
    text = "3:1," + "".join(parts)
    assert runs({"mixture": text}) or not ONE.is_valid({"mixture": text})


@given(NUMBERS)
def test_both_say_the_same_of_any_numbers(values: dict[str, Any]) -> None:
    given_ = json.loads(json.dumps(values))
    if "J" in given_ and given_.get("mixture"):
        del given_["J"]  # which of them is wrong where they differ, no schema says
    assert ONE.is_valid(given_) == runs(given_)


@given(NUMBERS)
def test_what_is_written_is_valid(values: dict[str, Any]) -> None:
    values.pop("J", None)
    if runs(values):
        written = json.loads(Experiment.from_json(json.dumps(values)).to_json())
        assert ONE.is_valid(written)
        assert runs(written)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_valid(example: Path) -> None:
    definition = json.loads(example.read_text())
    MANY.validate(definition)
    assert json.loads(Sweep.from_json(json.dumps(definition)).text)
    MANY.validate(json.loads(Sweep.from_json(json.dumps(definition)).text))


@pytest.mark.parametrize("value", [{}, {"seeds": 3}, {"seeds": [1, 5]}, {"list": [{"d": 100}]},
    {"base": {"d": 100}, "grid": {"beta": [0.5, 1]}, "analysis": "width"},
    {"grid": {"eta": [1e-6]}}, {"base": {"mixture": "3:0.6,4:0.8"}}])  # fmt: skip
def test_both_take_these_sweeps(value: dict[str, Any]) -> None:
    MANY.validate(value)
    assert sweeps(value)


@pytest.mark.parametrize("value", [
    {"analysis": "speed"}, {"analysis": 3}, {"seeds": 0}, {"seeds": 20_001}, {"seeds": []},
    {"seeds": [-1]}, {"seeds": "3"}, {"seeds": True}, {"seeds": 1.5}, {"base": {"seed": 3}},
    {"base": {"D": 3}}, {"base": []}, {"base": {"d": 1}}, {"base": {"engine": "sdg"}},
    {"grid": {}}, {"grid": []}, {"grid": {"d": 64}}, {"grid": {"d": []}}, {"grid": {"seed": [1]}},
    {"grid": {"d": [1]}}, {"grid": {"beta": [5]}}, {"list": []}, {"list": {}}, {"list": [3]},
    {"list": [{"J": 5}]}, {"points": 3}, [], 3, "time",
])  # fmt: skip
def test_both_refuse_these_sweeps(value: Any) -> None:
    assert not MANY.is_valid(value)
    assert not sweeps(value)


def test_the_smallest_degree_is_judged_by_the_table() -> None:
    for degree in range(1, 9):
        assert ONE.is_valid({"mixture": [[degree, 1]]}) == (degree in DEGREES)
