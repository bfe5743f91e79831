"""Command line: `python -m emergence sweep FILE.json`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import emergence
from emergence.cli.bar import bar
from emergence.cli.files import unwritable
from emergence.parameters import CORES, THREADS
from emergence.runs.speed import duration, time_left
from emergence.sweeps import export, report
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.analyses.base import named
from emergence.sweeps.definition import Sweep, SweepError
from emergence.sweeps.execute import executor, scheduler_address
from emergence.sweeps.points import ExecutionError
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.sweeps.store import Store
from emergence.words import plural

REFUSED, DIVERGED, FAILED = 2, 3, 4


def run(given: argparse.Namespace) -> int:
    """Exit status: 0 finished, 2 refused (one line on stderr), 3 all diverged, 4 failed, 130
    interrupted."""
    try:
        store = Store(given.results)
        sweep = Sweep.from_file(given.file)
        _refuse_unwritable(given, store)
        threads = CORES if given.threads is None else THREADS.parse(given.threads)
        where = executor(scheduler_address(given.scheduler), threads)
        missing = store.missing(sweep.points)
        workers = where.workers()
        seconds = estimate_seconds(missing, max(workers, 1))
    except (ValueError, ExecutionError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    running = SweepRun(sweep, store, where)
    if not given.json:
        on_disk = len(sweep.points) - len(missing)
        points, cores = plural(len(sweep.points), "point"), plural(workers or 1, "core")
        print(f"{points}, {on_disk:,} of them on disk; the others take about {duration(seconds)} "
              f"on {cores}", flush=True)  # fmt: skip
        if not workers:
            print("The cluster has no workers yet; the points wait for some.", flush=True)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        _wait(running, thread, given.json)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it takes a second to end
        running.stop()
        thread.join()
        raise
    estimates = sweep.estimates(running.outcomes)
    unwritten = _write(given, running, estimates)
    _tell(given, running, estimates)
    diverged = report.notes(running) if running.all_diverged else []
    for message in filter(None, (running.message, *diverged, *unwritten)):
        print(message, file=sys.stderr)
    if running.state is not SweepState.FINISHED or unwritten:
        return FAILED
    if running.all_diverged:
        return DIVERGED
    return 0 if running.outcomes else REFUSED


def _refuse_unwritable(given: argparse.Namespace, store: Store) -> None:
    """Raise SweepError before anything is computed that could not be written."""
    try:
        store.directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SweepError(f"results: {store.directory}: {error.strerror}") from None
    for sentence in unwritable(given, "csv", "parquet", "html"):
        raise SweepError(sentence)
    if not os.access(store.directory, os.W_OK):
        raise SweepError(f"results: {store.directory} cannot be written")


def _wait(running: SweepRun, thread: threading.Thread, quiet: bool) -> None:
    """Tell how far it is; `quiet`: on a terminal alone."""
    total = len(running.sweep.points)
    with bar(quiet and not sys.stderr.isatty()) as tell:
        while thread.is_alive():
            thread.join(0.1)
            done = f"{len(running.outcomes):,} of {plural(total, 'point')}"
            note = f" ({running.note})" if running.note else ""
            tell(running.share, f"{time_left(running.seconds_left)}, {done}{note}")


def _write(given: argparse.Namespace, running: SweepRun, estimates: list[Estimate]) -> list[str]:
    """Write the files asked for; what could not be written, in words."""
    outcomes, sweep = running.outcomes, running.sweep

    def html() -> str:
        from emergence.figures.sweeps.outcomes import sweep_figures

        [first, *_] = sweep_figures(sweep, outcomes, estimates).values()
        figure = next(iter(first.values()))()
        return str(figure.to_html(include_plotlyjs=True))

    contents: dict[str, Callable[[], str | bytes]] = {
        "csv": lambda: export.csv_text(sweep, outcomes, emergence.__version__),
        "parquet": lambda: export.parquet_bytes(sweep, outcomes, emergence.__version__),
        "html": html,
    }
    problems = []
    for name, content in contents.items():
        path = getattr(given, name)
        if not path:
            continue
        written = content()
        try:
            path.write_bytes(written.encode() if isinstance(written, str) else written)
        except OSError as error:
            problems.append(f"{name}: {path}: {error.strerror}")
    return problems


def _tell(given: argparse.Namespace, running: SweepRun, estimates: list[Estimate]) -> None:
    sweep = running.sweep
    summary = export.summary(sweep, running.outcomes, estimates)
    summary |= report.described(running, estimates)
    if given.json:
        print(json.dumps(summary))
        return
    print(ANALYSES[sweep.analysis].title)
    for each in summary["exponents"]:
        print(f"  {_line(each, 'at most ' if ANALYSES[sweep.analysis].bound else '')}")
    if not estimates:
        print(f"  {report.why_none(running)}")
    for note in report.notes(running):
        print(f"  {note}")
    print(f"  points: {report.tally(running)}")


def _line(each: dict[str, Any], at_most: str) -> str:
    ci = "{:.3f} to {:.3f}".format(*each["ci"]) if each["ci"] else "too few seeds for an interval"
    of, measured, theory = named(each["of"].items()), each["measured"], each["theory"]
    return f"{of}: {measured:.3f} ({ci}), theory {at_most}{theory:.3f} [{each['window']}]"
