"""CONTRIBUTING's list of the private parts we lean on is complete, and each has its test."""

from __future__ import annotations

import re
from pathlib import Path

from tests.private_parts import UI, used

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
SECTION = TEXT.split("## Private parts we lean on")[1].split("\n## ")[0]
ROWS = [line.split("|")[1:4] for line in SECTION.splitlines() if line.startswith("| `")]
LISTED = {
    name
    for parts, _, _ in ROWS
    for code in re.findall(r"`([^`]+)`", parts)
    for name in re.findall(r"[\w-]+", code)
}


def test_every_private_part_in_use_is_in_the_list() -> None:
    assert len(used()) > 25
    assert used() <= LISTED, used() - LISTED


def test_every_part_in_the_list_is_in_use() -> None:
    files = [path for kind in ("py", "js", "css") for path in UI.rglob(f"*.{kind}")]
    files += (UI.parent / "figures").rglob("*.py")
    text = "".join(path.read_text() for path in files if "vendor" not in path.parts)
    for name in LISTED:
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", text), name


def test_every_part_has_a_test_that_there_is() -> None:
    assert len(ROWS) >= 6
    for parts, _, tests in ROWS:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert named, parts
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"
