"""Who may import whom, read from the syntax trees: comparing layers must be a true cross-check."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path.relative_to(ROOT)
    for place in ("emergence", "pages", "app.py")
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    if path.exists()
)


def imports(path: Path) -> set[str]:
    """Full names of all modules that a file imports, at its top or within a function."""
    found = set()
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [start, node.module]))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def importers(module: str) -> list[str]:
    """Files that import a module or one of its parts."""
    return [
        str(path) for path in FILES
        if any(name == module or name.startswith(module + ".") for name in imports(path))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "places"),
    [
        ("streamlit", ("emergence/ui/", "pages/", "app.py")),
        ("plotly", ("emergence/figures/", "emergence/ui/")),
        ("numba", ("emergence/engines/kernels/",)),
        ("emergence.engines.kernels", ("emergence/engines/",)),
        ("emergence.ui", ("emergence/ui/", "pages/", "app.py")),
        # A command line is a user interface, too.
        ("emergence.figures", ("emergence/figures/", "emergence/ui/", "pages/", "app.py",
                               "emergence/sweeps/command.py")),
        ("emergence.theory.predictions", ("emergence/theory/", "emergence/runs/",
                                          "emergence/figures/", "emergence/ui/",
                                          "emergence/sweeps/analyses/")),
    ],
)  # fmt: skip
def test_only_some_places_import(module: str, places: tuple[str, ...]) -> None:
    wrong = [path for path in importers(module) if not path.startswith(places)]
    assert wrong == []


@pytest.mark.parametrize(
    ("place", "forbidden"),
    [
        ("emergence/theory/", ("emergence.engines", "emergence.runs")),
        ("emergence/engines/", ("emergence.theory.predictions", "emergence.theory.scaling",
                                "emergence.runs")),
        ("emergence/runs/", ("emergence.figures", "emergence.ui")),
        ("emergence/experiment.py", ("numpy", "scipy", "emergence.theory", "emergence.engines")),
        ("emergence/parameters.py", ("numpy", "scipy", "emergence.theory", "emergence.engines")),
        ("pages/", ("numpy", "scipy", "numba", "emergence.engines")),
    ],
)  # fmt: skip
def test_a_place_does_not_import(place: str, forbidden: tuple[str, ...]) -> None:
    files = {str(path) for path in FILES if str(path).startswith(place)}
    wrong = {module: sorted(files & set(importers(module))) for module in forbidden}
    assert not any(wrong.values()), wrong


def test_the_rules_see_what_they_judge() -> None:
    """The finder finds imports that are known to be there, also those inside functions."""
    assert "emergence/engines/kernels/sgd.py" in importers("numba")
    assert "emergence/engines/__init__.py" in importers("emergence.engines.online_sgd")
    assert "emergence/runs/plan.py" in importers("emergence.theory.predictions")


def test_nothing_is_pickled_or_evaluated() -> None:
    for module in ("pickle", "marshal", "shelve"):
        assert importers(module) == []
    for path in FILES:
        names = {
            node.func.id
            for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not names & {"eval", "exec"}, path
