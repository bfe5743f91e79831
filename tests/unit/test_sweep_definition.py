"""What a sweep may be, and how it is refused: one line that begins with the field's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emergence import Experiment
from emergence.sweeps import definition
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import MOST_POINTS, Sweep, SweepError

EXAMPLES = Path(__file__).parents[2] / "emergence" / "sweeps" / "examples"


def test_a_grid_times_seeds() -> None:
    sweep = Sweep.of({"base": {"P": 2}, "grid": {"d": [16, 32], "beta": [1, 1.5]}, "seeds": 3})
    assert len(sweep.points) == 12
    assert sweep.points[0] == Experiment(P=2, d=16, beta=1.0, seed=1)
    assert {p.seed for p in sweep.points} == {1, 2, 3}
    assert {(p.d, p.beta) for p in sweep.points} == {(16, 1), (16, 1.5), (32, 1), (32, 1.5)}


def test_a_list_of_points_and_of_seeds() -> None:
    sweep = Sweep.of({"list": [{"d": 16, "eta": 1e-3}, {"d": 32}], "seeds": [5, 9]})
    assert [(p.d, p.seed) for p in sweep.points] == [(16, 5), (32, 5), (16, 9), (32, 9)]
    assert sweep.points[0].eta == pytest.approx(1e-3)


def test_equal_points_are_one() -> None:
    sweep = Sweep.of({"list": [{"d": 16}, {"d": 16}], "grid": {"beta": [1, 1.0]}})
    assert len(sweep.points) == 1


def test_the_text_gives_the_same_sweep() -> None:
    given = {"analysis": "width", "base": {"P": 8}, "grid": {"m": [2, 4]}, "seeds": 2}
    sweep = Sweep.of(given)
    assert Sweep.from_json(sweep.text) == sweep


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_has_an_example(name: str) -> None:
    sweep = Sweep.from_file(EXAMPLES / f"{name}.json")
    assert sweep.analysis == name
    assert 1 < len(sweep.points) <= 1000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"grids": {}}, "grids: there is no such field"),
        ({"analysis": "magic"}, "analysis: magic is not one of"),
        ({"analysis": 3}, "analysis: 3 is not one of"),
        ({"grid": {"bita": [1]}}, "grid.bita: there is no such field"),
        ({"grid": {"seed": [1]}}, "grid.seed: seeds are given"),
        ({"grid": {"beta": 1}}, "grid.beta: must be a list"),
        ({"grid": {"beta": []}}, "grid.beta: is empty"),
        ({"grid": {"beta": ["x"]}}, "grid.beta: beta = x is not a number"),
        ({"grid": {"beta": [True]}}, "grid.beta: beta = True"),
        ({"grid": {"beta": [[1]]}}, "grid.beta: beta = [1]"),
        ({"grid": {"d": [1]}}, "grid.d: d = 1 is out of range"),
        ({"grid": {"d": [64.5]}}, "grid.d: d = 64.5 is not a whole number"),
        ({"grid": {"m": [10]}, "list": [{"m": 12}]}, "grid.m: is in list as well"),
        ({"grid": []}, "grid: must be an object"), ({"grid": {}}, "grid: must be an object of one"),
        ({"base": [1]}, "base: must be an object"),
        ({"base": {"P": 0}}, "base.P: P = 0 is out of range"),
        ({"base": {"P": 100, "d": 50}}, "base.P: P = 100 orthonormal"),
        ({"base": {"d": 8}, "grid": {"d": [8]}}, "grid.d: is in base as well"),
        ({"list": []}, "list: must be a list of one or more"),
        ({"list": [{"d": 8}, 3]}, "list[1]: must be an object"),
        ({"list": [{"P": 1}, {"P": -1}]}, "list[1].P: P = -1"),
        ({"seeds": 0}, "seeds: 0 is out of range"),
        ({"seeds": []}, "seeds: must be"),
        ({"seeds": [1, -1]}, "seeds: seed = -1"),
        ({"seeds": True}, "seeds: must be"),
        ({"seeds": "8"}, "seeds: must be"),
        ({"grid": {"d": list(range(2, 202)), "P": [1, 2]}, "seeds": 200}, "grid: 80,000 points"),
    ],
)  # fmt: skip
def test_a_bad_definition_is_refused_in_one_line(given: dict[str, object], words: str) -> None:
    with pytest.raises(SweepError) as refused:
        Sweep.of(given)
    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "3", '"x"', "[" * 100_000, '{"seeds": NaN}'])
def test_what_is_not_a_definition_is_refused(text: str) -> None:
    with pytest.raises(SweepError):
        Sweep.from_json(text)


def test_a_huge_grid_is_refused_before_it_is_built() -> None:
    axes = {"d": list(range(2, 5000)), "m": list(range(1, 4000)), "P": [1], "beta": [1] * 9_000}
    with pytest.raises(SweepError, match=f"more than the {MOST_POINTS:,} allowed"):
        Sweep.of({"grid": axes})


def test_files(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match=r"file: .*No such file"):
        Sweep.from_file(tmp_path / "absent.json")
    with pytest.raises(SweepError, match=r"file: .*directory"):
        Sweep.from_file(tmp_path)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    with pytest.raises(SweepError, match="not UTF-8"):
        Sweep.from_file(tmp_path / "bytes.json")
    (tmp_path / "large.json").write_text(" " * 2_000_000)
    with pytest.raises(SweepError, match="larger than"):
        Sweep.from_file(tmp_path / "large.json")
    (tmp_path / "fine.json").write_text(json.dumps({"base": {"d": 8, "P": 2}}))
    assert Sweep.from_file(tmp_path / "fine.json").points == (Experiment(d=8, P=2, seed=1),)


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(SweepError, match=r"^grid: is given twice"):
        Sweep.from_json('{"grid": {"beta": [1]}, "grid": {"d": [64]}}')


def test_names_are_compared_once_each() -> None:
    """However many: a file of 40,000 took 25 seconds, when each was sought among all."""
    compared = 0

    class Counted(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    names = [Counted(f"name {i}") for i in range(2_000)]
    assert len(definition._once([(name, 1) for name in names])) == len(names)
    assert compared < 10 * len(names)
    with pytest.raises(SweepError, match="name 7: is given twice"):
        definition._once([(name, 1) for name in [*names, Counted("name 7")]])
