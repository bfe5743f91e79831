"""Command line: `python -m emergence run "d=64&P=8&..."`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from emergence.cli.bar import shown
from emergence.cli.files import Files
from emergence.cli.summary import summary
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import SEEDS, THREADS, Parameter
from emergence.runs.ensemble import simulate_seeds
from emergence.runs.result import Result, simulate

REFUSED, DIVERGED, FAILED = 2, 3, 4


def run(given: argparse.Namespace) -> int:
    """Exit status: 0 finished, 2 refused (the reason on stderr), 3 diverged, 4 a file could not be
    written."""
    machine, seeds = given.json, given.seeds
    changes = {name: getattr(given, name) for name in ("steps", "horizon")}
    changes = {name: value for name, value in changes.items() if value is not None}
    if "horizon" in changes:
        changes["steps"] = "0"
    experiment: Experiment | None = None
    started = time.perf_counter()
    try:
        experiment = Experiment.from_query(given.query).changed(changes)
        if "steps" in changes and "horizon" not in changes and not experiment.steps:
            raise ExperimentError({"steps": "steps = 0 is out of range: a whole number from 1"})
        count, workers = _whole(SEEDS, seeds), _whole(THREADS, given.threads)
        files = Files(given, alone=seeds is None)
        with shown(quiet=machine) as progress:
            if seeds is None:
                result = simulate(experiment, progress, rows=files.rows)
                files.see(result)
                results = result.as_dict()
            else:
                results = simulate_seeds(
                    experiment, count, workers, progress, files.see, files.rows
                )
    except ExperimentError as error:
        print(f"refused: {error}", file=sys.stderr)
        _print(Result.refused(experiment, error), machine)
        return REFUSED
    _print(results, machine)
    if not machine and results["state"] == "finished":
        wall = time.perf_counter() - started
        print(summary(results, experiment.P, wall), file=sys.stderr)
    if results["message"]:
        print(results["message"], file=sys.stderr)
    unwritten = files.close()
    for sentence in unwritten:
        print(sentence, file=sys.stderr)
    if unwritten:
        return FAILED
    return {"finished": 0, "refused": REFUSED, "diverged": DIVERGED}[results["state"]]


def _whole(parameter: Parameter, given: str | None) -> int:
    """The value of an option that is a whole number."""
    try:
        value = parameter.default if given is None else parameter.parse(given)
    except ValueError as error:
        raise ExperimentError({parameter.name: str(error)}) from None
    assert isinstance(value, int)
    return value


def _print(values: dict[str, Any], machine: bool) -> None:
    if machine:
        print(json.dumps(values))
        return
    rows = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
    print("{\n" + ",\n".join(rows) + "\n}")
