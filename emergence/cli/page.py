"""Command line: `python -m emergence page "d=64&P=8&..." -o lab.html`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

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
        written = live(query) if computable(experiment) else replay(compute(experiment))
        file.parent.mkdir(parents=True, exist_ok=True)
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
