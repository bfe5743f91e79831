"""What makes a stored point be computed again: the code that decides its outcome, and no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import grimp
import pytest

from emergence.sweeps.store import PACKAGE, SOURCES, code_version, version_of

GRAPH = grimp.build_graph("emergence", cache_dir=None)
WHERE = (
    "emergence.sweeps.points", "emergence.sweeps.store", "emergence.folders", "emergence.settings"
)  # fmt: skip
"""Where an outcome is computed and kept: they decide nothing of it."""
OTHERS = sorted(
    str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*")
    if path.suffix in (".py", ".js", ".css", ".md", ".json") and "__pycache__" not in path.parts
    and str(path.relative_to(PACKAGE)) not in SOURCES
)  # fmt: skip


def file_of(module: str) -> str:
    """A module's file, relative to the package."""
    place = Path(*module.split(".")[1:])
    package = PACKAGE / place / "__init__.py"
    return str((place / "__init__.py") if package.exists() else place.with_suffix(".py"))


def test_the_version_covers_whatever_an_outcome_imports_and_nothing_else() -> None:
    imported = GRAPH.find_upstream_modules("emergence.sweeps.points").difference(WHERE)
    assert set(SOURCES) == {file_of(module) for module in imported}
    assert len(SOURCES) == len(set(SOURCES))


def test_the_imports_within_functions_count() -> None:
    """Engines are imported where they are built, so that importing waits for no compiler."""
    assert "emergence.engines.online_sgd" in GRAPH.find_modules_directly_imported_by(
        "emergence.engines"
    )


def test_nothing_that_is_shown_is_covered() -> None:
    assert OTHERS
    for name in SOURCES:
        assert not name.startswith(("lessons/", "figures/", "serving/", "cli/", "ui/")), name
        assert "titles" not in name
        assert "warnings" not in name


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's files, to be changed."""
    package = tmp_path_factory.mktemp("tree") / "emergence"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    return package


def change(file: Path) -> bytes:
    """Append a line; returns what was there."""
    before = file.read_bytes()
    file.write_bytes(before + b"\n")
    return before


@pytest.mark.parametrize("name", SOURCES)
def test_a_change_of_what_decides_a_result_changes_the_version(copy: Path, name: str) -> None:
    assert version_of(copy) == code_version()
    before = change(copy / name)
    assert version_of(copy) != code_version()
    (copy / name).write_bytes(before)


def test_a_change_of_anything_else_does_not(copy: Path) -> None:
    for name in OTHERS:
        if "vendor" not in name:
            change(copy / name)
    assert version_of(copy) == code_version()
