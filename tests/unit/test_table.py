"""A table keeps its cells, whatever stands in them."""

from __future__ import annotations

import re

import pytest

from emergence.ui.glossary import SYMBOLS
from emergence.ui.table import table


def cells(line: str) -> list[str]:
    """Cells of a line as Markdown splits it: at every | without a backslash, formula or not."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@pytest.mark.parametrize(
    "row",
    [
        ("$|v_k|^2$", "a norm"), ("$a$ | $|b|$", "|z|"), ("", "x"), ("plain", "$|$"),
        *((f"${symbol}$", meaning) for symbol, meaning in SYMBOLS),
    ],
)  # fmt: skip
def test_a_row_has_as_many_cells_as_its_head(row: tuple[str, str]) -> None:
    lines = table(("symbol", "meaning"), [row], "lr").splitlines()
    assert [len(cells(line)) for line in lines] == [2, 2, 2]
    assert cells(lines[1]) == [":--", "--:"]


def test_a_bar_stays_a_bar() -> None:
    line = table(("$|v|$", "|z|"), []).splitlines()[0]
    assert cells(line) == [r"${\vert}v{\vert}$", r"\|z\|"]
