"""The sweeps that were not over when the server ended, in a file: definition, owner, how often."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from emergence.folders import content
from emergence.sweeps.definition import Sweep, SweepError

log = logging.getLogger(__name__)

MOST_BYTES = 50_000_000

Kept = tuple[Sweep, str, int]
"""A sweep, the hash of its owner's secret, how often it has gone on after a restart."""


def read(file: Path | None) -> list[Kept]:
    """What a file remembers; nothing of one that is not there, or damaged."""
    found = content(file, MOST_BYTES) if file else None
    if found is None:
        return []
    try:
        return [
            (Sweep.from_json(each["sweep"]), str(each["owner"]), int(each["resumed"]))
            for each in json.loads(found)
        ]
    except (ValueError, RecursionError, TypeError, LookupError, SweepError) as error:
        log.warning("%s is not read: %s", file, error)
        return []


def write(file: Path, kept: Sequence[Kept]) -> None:
    """Remember, whole or not at all; a file that cannot be written is logged."""
    said = [{"sweep": sweep.text, "owner": owner, "resumed": count} for sweep, owner, count in kept]
    part = ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with open(handle, "w", encoding="utf-8") as written:
            json.dump(said, written)
        os.replace(part, file)
    except OSError as error:
        log.warning("sweeps are not remembered over a restart: %s", error)
        Path(part).unlink(missing_ok=True) if part else None
