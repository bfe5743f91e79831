"""Command line: `python -m emergence run "d=64&P=8&..."`, `python -m emergence sweep FILE.json`."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES, SEEDS, THREADS, Parameter

REFUSED, DIVERGED, INTERRUPTED, CLOSED = 2, 3, 130, 141


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 finished, 2 refused (message on stderr), 3 diverged (of a sweep all points),
    4 a sweep failed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a test's or a notebook's stream may be another
            # What a terminal's encoding lacks (β, ₀, –) is spelled \u03b2, not a crash.
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="emergence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run one experiment without a browser")
    run.add_argument("query", help="the Live Lab's query string, e.g. 'd=64&P=8&J=4&m=32&c=0.1'")
    run.add_argument("--json", action="store_true", help="one line of JSON, no progress bar")
    end = run.add_mutually_exclusive_group()
    end.add_argument("--steps", help="exact number of steps, 1 or more")
    end.add_argument("--horizon", help="end of the run in units of max T_p (default 1.5)")
    run.add_argument("--seeds", help=f"run so many seeds, from the query's on: {SEEDS.allowed}")
    run.add_argument("--threads", help=f"threads for the seeds (default: one a core, here {CORES})")
    _add_sweep(commands.add_parser("sweep", help="run a sweep of experiments, see the README"))
    given = parser.parse_args(arguments)
    try:
        status = _run(given) if given.command == "run" else _sweep(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has closed it; Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    return status


def _add_sweep(sweep: argparse.ArgumentParser) -> None:
    sweep.add_argument("file", type=Path, help="the sweep's definition, JSON")
    sweep.add_argument("--json", action="store_true", help="one line of JSON on stdout")
    sweep.add_argument("--threads", help=f"threads (default: one a core, here {CORES})")
    sweep.add_argument("--scheduler", metavar="ADDRESS", help="compute on this Dask cluster")
    sweep.add_argument("--results", type=Path, metavar="DIR", help="where finished points are kept")
    sweep.add_argument("--csv", type=Path, metavar="FILE", help="write the points as CSV")
    sweep.add_argument("--parquet", type=Path, metavar="FILE", help="write the points as Parquet")
    sweep.add_argument("--html", type=Path, metavar="FILE", help="write the picture, standalone")


def _sweep(given: argparse.Namespace) -> int:
    from emergence.cli.sweep import run

    return run(given)


def _run(given: argparse.Namespace) -> int:
    from emergence.runs.cost import seconds_left, time_left
    from emergence.runs.result import Result, simulate

    machine, seeds = given.json, given.seeds
    changes = {name: getattr(given, name) for name in ("steps", "horizon")}
    changes = {name: value for name, value in changes.items() if value is not None}
    if "horizon" in changes:
        changes["steps"] = "0"
    experiment: Experiment | None = None
    try:
        experiment = Experiment.from_query(given.query).changed(changes)
        if "steps" in changes and "horizon" not in changes and not experiment.steps:
            raise ExperimentError({"steps": "steps = 0 is out of range: a whole number from 1"})
        count, workers = _whole(SEEDS, seeds), _whole(THREADS, given.threads)
        layout = "{l_bar}{bar}| {elapsed}{postfix}"
        with tqdm(total=100, unit="%", disable=machine, bar_format=layout) as bar:
            started: float | None = None

            def progress(share: float) -> None:
                nonlocal started
                now = time.monotonic()
                started = now if started is None else started  # the kernels are compiled
                left = time_left(seconds_left(share, now - started))
                bar.set_postfix_str(left, refresh=False)
                bar.update(100 * share - bar.n)

            if seeds is None:
                found = simulate(experiment, progress).as_dict()
            else:
                from emergence.runs.ensemble import simulate_seeds

                found = simulate_seeds(experiment, count, workers, progress)
    except ExperimentError as error:
        print(f"refused: {error}", file=sys.stderr)
        _print(Result.refused(experiment, error), machine)
        return REFUSED
    _print(found, machine)
    if found["message"]:
        print(found["message"], file=sys.stderr)
    return {"finished": 0, "refused": REFUSED, "diverged": DIVERGED}[found["state"]]


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


if __name__ == "__main__":
    sys.exit(main())
