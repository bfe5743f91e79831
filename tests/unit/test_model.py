"""The numbered formulas of MODEL.md and the docstrings that cite them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "emergence" / "theory" / "MODEL.md").read_text(encoding="utf-8")
NUMBERS = re.findall(r"^### (\d+\.\d+) ", MODEL, re.M)
SOURCES = [path for place in ("emergence", "tests") for path in (ROOT / place).rglob("*.py")]


def cited(paths: list[Path]) -> set[str]:
    """All numbers in (Model 1.2, 3.4 ...)."""
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return {
        number
        for text in texts
        for citation in re.findall(r"Model (\d[\d., ]*)", text)
        for number in re.findall(r"\d+\.\d+", citation)
    }


def test_every_number_is_given_once_and_in_order() -> None:
    pairs = [tuple(map(int, number.split("."))) for number in NUMBERS]
    assert len(pairs) > 40
    assert pairs == sorted(set(pairs))


def test_every_number_cited_exists() -> None:
    assert cited(SOURCES) <= set(NUMBERS)


def test_every_formula_is_cited_by_the_code_that_uses_it() -> None:
    package = [path for path in SOURCES if path.is_relative_to(ROOT / "emergence")]
    assert set(NUMBERS) <= cited(package)


def test_every_formula_has_a_source() -> None:
    for section in re.split(r"^### ", MODEL.split("## 10 ")[0], flags=re.M)[1:]:
        assert "*Source:*" in section, section[:40]


def test_the_source_is_part_of_the_project() -> None:
    """A docstring that points outside the repository is of no use to who has only that."""
    outside = re.compile(r"\bSCIENCE\b")
    here = Path(__file__)
    assert not [path for path in SOURCES if path != here and outside.search(path.read_text())]
