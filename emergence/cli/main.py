"""Command line: `python -m emergence run "d=64&P=8&..."`, `python -m emergence sweep FILE.json`,
`python -m emergence page "d=64&P=8&..." -o lab.html`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from emergence.parameters import CORES, SEEDS
from emergence.settings import SettingsError, settings

REFUSED, INTERRUPTED, CLOSED = 2, 130, 141


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 finished, 2 refused (message on stderr), 3 diverged (of a sweep all points),
    4 a sweep failed, or a file could not be written."""
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
    _add_files(run)
    _add_sweep(commands.add_parser("sweep", help="run a sweep, see emergence/sweeps/SWEEPS.md"))
    page = commands.add_parser("page", help="write the Live Lab as one HTML file")
    page.add_argument("query", help="the experiment it shows, as for run")
    page.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="that file")
    _add_parity(commands.add_parser("parity", help="train networks on multitask sparse parity"))
    schema = commands.add_parser("schema", help="print the JSON Schema of an experiment or a sweep")
    schema.add_argument("of", choices=("experiment", "sweep"), help="of which of them")
    given = parser.parse_args(arguments)
    try:
        settings()
        status = _command(given.command)(given)
        sys.stdout.flush()
    except SettingsError as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has closed it; Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    return status


def _add_files(run: argparse.ArgumentParser) -> None:
    run.add_argument("--save", type=Path, metavar="FILE", help="write the whole run as NPZ with "
                     "JSON; of --seeds one each: FILE-seed1.npz …")  # fmt: skip
    run.add_argument("--csv", type=Path, metavar="FILE", help="write a table as CSV")
    run.add_argument("--parquet", type=Path, metavar="FILE", help="write a table as Parquet")
    run.add_argument("--table", metavar="NAME", help="which table: loss (the "
                     "default), directions, neurons or overlaps")  # fmt: skip
    run.add_argument("--html", type=Path, metavar="FILE", help="write the six pictures, standalone")


def _add_parity(parity: argparse.ArgumentParser) -> None:
    parity.add_argument("--alpha", default="0.6", help="frequencies fall like k^-(alpha + 1); "
                        "several: 0.4,0.6 (default 0.6)")  # fmt: skip
    parity.add_argument("--width", default="128", help="hidden neurons; several: 64,128 "
                        "(default 128)")  # fmt: skip
    parity.add_argument("--seeds", default="4", help="seeds of each, from 1 on (default 4)")
    parity.add_argument("--steps", default="100000", help="steps of SGD (default 100000)")
    parity.add_argument("--json", action="store_true", help="one line of JSON")
    parity.add_argument("--threads", help=f"processes (default: one a core, here {CORES})")
    parity.add_argument("--scheduler", metavar="ADDRESS", help="compute on this Dask cluster")


def _add_sweep(sweep: argparse.ArgumentParser) -> None:
    sweep.add_argument("file", type=Path, help="the sweep's definition, JSON")
    sweep.add_argument("--json", action="store_true", help="one line of JSON on stdout")
    sweep.add_argument("--threads", help=f"threads (default: one a core, here {CORES})")
    sweep.add_argument("--scheduler", metavar="ADDRESS", help="compute on this Dask cluster")
    sweep.add_argument("--results", type=Path, metavar="DIR", help="where finished points are kept")
    sweep.add_argument("--csv", type=Path, metavar="FILE", help="write the points as CSV")
    sweep.add_argument("--parquet", type=Path, metavar="FILE", help="write the points as Parquet")
    sweep.add_argument("--html", type=Path, metavar="FILE", help="write the picture, standalone")


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The command of this name. Imported here: --help must not wait for Numba."""
    if name == "run":
        from emergence.cli.run import run as command
    elif name == "page":
        from emergence.cli.page import page as command
    elif name == "parity":
        from emergence.cli.parity import parity as command
    elif name == "schema":
        from emergence.cli.schema import schema as command
    else:
        from emergence.cli.sweep import run as command
    return command
