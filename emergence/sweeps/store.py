"""Finished points on disk: written whole or not at all, found again by what they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from emergence.experiment import Experiment
from emergence.folders import content, own_folder
from emergence.settings import settings
from emergence.sweeps.outcome import Outcome

PACKAGE = Path(__file__).parents[1]
SOURCES = (
    "arrays.py", "parameters.py", "experiment.py", "recent.py", "words.py",
    "theory/hermite.py", "theory/teacher.py", "theory/risk.py", "theory/times.py",
    "theory/predictions.py", "theory/scaling.py", "theory/scatter.py", "theory/stability.py",
    "theory/fits.py", "theory/thresholds.py",
    "engines/__init__.py", "engines/base.py", "engines/initial.py", "engines/paced.py",
    "engines/online_sgd.py",
    "engines/correlation_sgd.py", "engines/gradient_flow.py", "engines/flow_parts.py",
    "engines/flow_steps.py", "engines/decoupled.py", "engines/general_sgd.py",
    "engines/kernels/__init__.py", "engines/kernels/cache.py", "engines/kernels/checked.py",
    "engines/kernels/kept.py",
    "engines/kernels/normals.py", "engines/kernels/blocks.py", "engines/kernels/sgd.py",
    "engines/kernels/reduced.py", "engines/kernels/correlation.py", "engines/kernels/flow.py",
    "engines/kernels/start.py", "engines/kernels/steps.py", "engines/kernels/general.py",
    "engines/sparse_parity.py", "engines/kernels/parity.py", "runs/sparse_parity.py",
    "runs/auto.py", "runs/cost.py", "runs/flow_work.py", "runs/limits.py", "runs/speed.py",
    "runs/stable.py", "runs/plan.py",
    "runs/simulation.py", "runs/slices.py", "runs/record.py", "runs/result.py",
    "sweeps/outcome.py",
)  # fmt: skip
"""What an outcome depends on, its sentences too: whatever `sweeps.outcome` imports, and so on.

`tests/unit/test_code_version.py` holds this list against the imports.
"""
LIBRARIES = ("llvmlite", "numba", "numpy", "scipy")
"""Others decide no number. (A kernel's machine code follows its sources: `kernels.cache`.)"""

MOST_BYTES = 4_000_000
"""A file of 1,024 directions has 100,000 bytes."""
DIGEST = "sha256"


def _digest(plain: dict[str, Any]) -> str:
    """Of an outcome's JSON, which is the same after it was read."""
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def version_of(package: Path) -> str:
    """A hash of the sources in a folder of the package `emergence`, and of the libraries."""
    digest = hashlib.sha256()
    for name in LIBRARIES:
        digest.update(f"{name} {metadata.version(name)}\0".encode())
    for name in SOURCES:
        digest.update(name.encode() + b"\0" + (package / name).read_bytes())
    return digest.hexdigest()[:16]


_VERSION = version_of(PACKAGE)
"""Taken at once: a file changed later is not what this process computes with."""


def code_version() -> str:
    """The version of what decides a result in this process."""
    return _VERSION


def default_directory() -> Path:
    """Where results go: the folder that the settings say, or one in the user's cache folder, or,
    where that cannot be written, a private temporary one. Raises SettingsError."""
    return settings().results or own_folder("results")


class Store:
    """Outcomes by (Experiment, code version), one file each."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or default_directory()

    def _file(self, experiment: Experiment) -> Path:
        what = json.dumps(experiment.as_dict(), sort_keys=True) + code_version()
        name = hashlib.sha256(what.encode()).hexdigest()
        return self.directory / name[:2] / f"{name[2:]}.json"

    def get(self, experiment: Experiment) -> Outcome | None:
        """The outcome of an experiment; None where there is none that is whole: it is computed."""
        found = content(self._file(experiment), MOST_BYTES)
        try:
            given = json.loads(found or b"")
            if given.pop(DIGEST) != _digest(given):
                return None
            outcome = Outcome.from_dict(given)
        except (ValueError, RecursionError, AttributeError, LookupError, TypeError):
            return None
        return outcome if outcome.experiment == experiment else None

    def missing(self, experiments: Iterable[Experiment]) -> list[Experiment]:
        """Those of which there is no file."""
        return [each for each in experiments if not os.path.isfile(self._file(each))]

    def refuse_unwritable(self) -> None:
        """Raise OSError, which names the folder, where nothing can be kept."""
        self.directory.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=self.directory).close()

    def put(self, outcome: Outcome) -> None:
        """Keep an outcome: the file appears complete, whatever happens. Raises OSError."""
        file = self._file(outcome.experiment)
        plain = outcome.as_dict()
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with open(handle, "w", encoding="utf-8") as written:
                json.dump(plain | {DIGEST: _digest(plain)}, written)
                written.flush()
                os.fsync(written.fileno())
            os.replace(part, file)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
