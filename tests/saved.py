"""A table as it was saved, for tests."""

from __future__ import annotations

import csv

Row = dict[str, str]


def of_csv(text: str) -> tuple[dict[str, str], list[Row]]:
    """What a CSV says of itself behind a #, by name, and its rows."""
    lines = text.splitlines()
    count = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    said = dict(line.removeprefix("# ").split(": ", 1) for line in lines[:count])
    return said, list(csv.DictReader(lines[count:]))
