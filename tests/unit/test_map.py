"""CONTRIBUTING's map is true: it has every folder, and whatever it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.source import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCES = {".py", ".js", ".json", ".css"}
DEEPEST = 3
"""Levels of folders that the map goes down to; those of single lessons are described as one."""
ENTRY = re.compile(r"(?P<indent> *)(?P<name>[\w.]+/?)(?: +(?P<said>.*))?")


def read_map() -> dict[Path, str]:
    """The map's files and folders, and what is said of each; two spaces are a level."""
    block = TEXT.split("## The map")[1].split("```")[1].strip("\n")
    entries: dict[Path, str] = {}
    above: list[str] = []
    for line in re.sub(r"\n {10,}", " ", block).splitlines():
        match = ENTRY.fullmatch(line)
        assert match, line
        above = [*above[: len(match["indent"]) // 2], match["name"]]
        entries[Path(*above)] = match["said"] or ""
    return entries


def named(said: str) -> list[str]:
    """The parts of a folder that are named behind the colon; brackets explain."""
    _, _, parts = re.sub(r" \([^)]*\)", "", said).partition(": ")
    return parts.split(", ") if parts else []


def folders(top: str) -> set[Path]:
    """Folders below one of the tree's, that have sources of their own."""
    files = [path.relative_to(ROOT) for path in (ROOT / top).rglob("*") if path.suffix in SOURCES]
    return {
        path.parent for path in files
        if not {"node_modules", "__pycache__"} & set(path.parts)
    }  # fmt: skip


MAP = read_map()
FOLDERS = [
    path for path in MAP if (ROOT / path).is_dir() and path.parts[0] in ("emergence", "tests")
]


@pytest.mark.parametrize("entry", MAP, ids=str)
def test_what_is_on_the_map_is_in_the_tree(entry: Path) -> None:
    assert (ROOT / entry).exists()


@pytest.mark.parametrize("top", ["emergence", "tests"])
def test_every_folder_is_on_the_map(top: str) -> None:
    lessons = (Path("emergence/lessons"), Path("tests/unit/lessons"))
    there = {
        path for path in folders(top)
        if len(path.parts) <= DEEPEST and path.parent not in lessons
    }  # fmt: skip
    assert len(there) > 5
    assert there <= set(MAP)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_the_parts_that_a_folder_is_said_to_have_are_there(folder: Path) -> None:
    for name in named(MAP[folder]):
        place = ROOT / folder / name
        assert place.is_dir() or place.with_suffix(".py").exists(), f"{folder} has no {name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_module_of_a_folder_is_named(folder: Path) -> None:
    """Not those of tests, nor a lesson's own: its model, study and figure are described as one."""
    if folder.parts[0] == "emergence" and folder != Path("emergence/lessons"):
        modules = {path.stem for path in (ROOT / folder).glob("[!_]*.py")}
        above = {path.stem for path in MAP if path.parent == folder}
        assert modules - above <= set(named(MAP[folder]))


def test_every_lesson_is_on_the_map() -> None:
    lessons = {path.name for path in (ROOT / "emergence" / "lessons").iterdir() if path.is_dir()}
    assert set(named(MAP[Path("emergence/lessons")])) == lessons - {"__pycache__"}


def test_the_files_at_the_top_are_on_the_map() -> None:
    """Those that begin with an underscore are Python's own business."""
    files = {path.relative_to(ROOT) for path in (ROOT / "emergence").glob("[!_]*.py")}
    assert files <= set(MAP)


def test_the_map_is_read_as_it_is_written() -> None:
    assert named("one run: plan (predictions, schedule), record") == ["plan", "record"]
    assert named("all compiled code") == []
    assert Path("emergence/ui/server") in MAP
    assert "routes" in named(MAP[Path("emergence/ui/server")])


def test_every_file_that_the_text_names_is_in_the_tree() -> None:
    """In backticks, from the top of the tree or from `emergence`."""
    paths = set(re.findall(r"`([\w./]+/[\w./]*|[\w./]+\.(?:py|js|css|md|toml))`", TEXT))
    assert len(paths) > 10
    for path in paths:
        places = [ROOT / path, ROOT / "emergence" / path, ROOT / "emergence" / "ui" / path]
        assert any(place.exists() for place in places), path
