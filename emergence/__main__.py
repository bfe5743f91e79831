"""Command line: `python -m emergence run "d=64&P=8&..."`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from tqdm import tqdm

from emergence.experiment import Experiment, ExperimentError

REFUSED, DIVERGED, INTERRUPTED, CLOSED = 2, 3, 130, 141


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 finished, 2 refused (message on stderr), 3 diverged."""
    parser = argparse.ArgumentParser(prog="emergence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one experiment without a browser")
    run.add_argument("query", help="the Live Lab's query string, e.g. 'd=64&P=8&J=4&m=32&c=0.1'")
    run.add_argument("--json", action="store_true", help="one line of JSON, no progress bar")
    end = run.add_mutually_exclusive_group()
    end.add_argument("--steps", help="exact number of steps, 1 or more")
    end.add_argument("--horizon", help="end of the run in units of max T_p (default 1.5)")
    given = parser.parse_args(arguments)
    changes = {name: getattr(given, name) for name in ("steps", "horizon")}
    changes = {name: value for name, value in changes.items() if value is not None}
    if "horizon" in changes:
        changes["steps"] = "0"
    try:
        status = _run(given.query, changes, given.json)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has closed it; Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    return status


def _run(query: str, changes: dict[str, str], machine: bool) -> int:
    from emergence.runs.result import Result, simulate

    experiment: Experiment | None = None
    try:
        experiment = Experiment.from_query(query).replace(**changes)
        if "steps" in changes and "horizon" not in changes and not experiment.steps:
            raise ExperimentError({"steps": "steps = 0 is out of range: a whole number from 1"})
        with tqdm(
            total=100, unit="%", disable=machine, bar_format="{l_bar}{bar}| {elapsed}<{remaining}"
        ) as bar:
            result = simulate(experiment, lambda share: bar.update(100 * share - bar.n))
    except ExperimentError as error:
        print(f"refused: {error}", file=sys.stderr)
        empty = dict.fromkeys(Result.__dataclass_fields__)
        del empty["record"]
        described = experiment.as_dict() if experiment else None
        _print(
            empty | {"experiment": described, "state": "refused", "message": str(error)}, machine
        )
        return REFUSED
    _print(result.as_dict(), machine)
    if result.message:
        print(result.message, file=sys.stderr)
    return DIVERGED if result.state == "diverged" else 0


def _print(values: dict[str, Any], machine: bool) -> None:
    if machine:
        print(json.dumps(values))
        return
    rows = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items())
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    sys.exit(main())
