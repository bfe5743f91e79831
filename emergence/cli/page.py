"""Command line: `python -m emergence page "d=64&P=8&..." -o lab.html`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from emergence.cli.bar import shown
from emergence.experiment import Experiment, ExperimentError
from emergence.runs.plan import settled
from emergence.ui.alone.controls import computable
from emergence.ui.alone.page import live, replay
from emergence.ui.alone.recorded import TooLargeError, compute

REFUSED = 2


def page(given: argparse.Namespace) -> int:
    """Exit status: 0 written, 2 refused (the reason on stderr)."""
    file: Path = given.output
    try:
        experiment = settled(Experiment.from_query(given.query))
        query = experiment.to_query()
        _writable(file)
        if computable(experiment):
            written = live(query)
        else:
            with shown() as progress:
                written = replay(compute(experiment, progress))
        file.write_bytes(written)
    except (ExperimentError, TooLargeError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"refused: {file} cannot be written: {error.strerror}", file=sys.stderr)
        return REFUSED
    how = "computes live" if computable(experiment) else "replays a recorded run"
    print(f"{file}: {len(written) / 1e6:.2f} MB, {how}")
    return 0


def _writable(file: Path) -> None:
    """Raise OSError where a file cannot be written, before a run of minutes. Its folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    there = file.exists()
    file.open("ab").close()
    if not there:
        file.unlink()
