"""Markdown tables whose cells may hold anything: a bare | would end a cell, in a formula too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

RULES = {"l": ":--", "c": ":-:", "r": "--:"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> str:
    """Markdown of a table; `align` has a letter for each column, l (the default), c or r."""
    rules = [RULES[letter] for letter in align.ljust(len(head), "l")]
    lines = [[_cell(text) for text in row] for row in (head, *rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rules, *lines[1:]))


def _cell(text: str) -> str:
    r"""A cell with its | as \vert between dollars and as \| elsewhere."""
    parts = re.split(r"(\$[^$]*\$)", text)
    return "".join(part.replace("|", r"{\vert}" if part[:1] == "$" else r"\|") for part in parts)
