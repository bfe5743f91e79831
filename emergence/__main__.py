"""Command line: `python -m emergence run "d=64&P=8&..."`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tqdm import tqdm

from emergence.experiment import Experiment, ExperimentError

REFUSED, DIVERGED = 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 finished, 2 refused (message on stderr), 3 diverged."""
    parser = argparse.ArgumentParser(prog="emergence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one experiment without a browser")
    run.add_argument("query", help="the Live Lab's query string, e.g. 'd=64&P=8&J=4&m=32&c=0.1'")
    run.add_argument("--json", action="store_true", help="one line of JSON, no progress bar")
    run.add_argument("--steps", help="exact number of steps")
    run.add_argument("--horizon", help="end of the run in units of max T_p (default 1.5)")
    given = parser.parse_args(arguments)
    changes = {name: getattr(given, name) for name in ("steps", "horizon")}
    return _run(given.query, {k: v for k, v in changes.items() if v is not None}, given.json)


def _run(query: str, changes: dict[str, str], machine: bool) -> int:
    from emergence.runs.result import Result, simulate

    experiment: Experiment | None = None
    try:
        experiment = Experiment.from_query(query).replace(**changes)
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
