"""What the import contracts in pyproject.toml cannot say of pages, and of all files."""

from __future__ import annotations

import ast

import pytest

from tests.unit.source import FILES, ROOT, importers, imports


@pytest.mark.parametrize("forbidden", ["numpy", "scipy", "numba", "emergence.engines"])
def test_pages_hold_no_formula_and_no_loop_over_neurons(forbidden: str) -> None:
    assert [path for path in importers(forbidden) if path.startswith("pages/")] == []


def test_a_page_imports_one_lesson_its_own() -> None:
    for path in FILES:
        if path.parts[0] == "pages":
            lessons = {name.split(".")[2] for name in imports(path)
                       if name.startswith("emergence.lessons.")}  # fmt: skip
            assert lessons <= {path.stem}, path


def test_every_lesson_has_its_page() -> None:
    lessons = {path.parts[2] for path in FILES if path.parts[:2] == ("emergence", "lessons")}
    pages = {path.stem for path in FILES if path.parts[0] == "pages"}
    assert lessons - {"__init__.py"} <= pages


def test_no_test_module_imports_another() -> None:
    """What several of them need is in a conftest or in a helper module beside it."""
    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py")]
    assert {name for path in tests for name in imports(path) if ".test_" in f".{name}"} == set()
    assert any("tests.unit.source" in imports(path) for path in tests), "the finder sees tests"


def test_the_rules_see_what_they_judge() -> None:
    """The finder finds imports that are known to be there, also those inside functions."""
    assert "emergence/engines/kernels/sgd.py" in importers("numba")
    assert "emergence/engines/__init__.py" in importers("emergence.engines.online_sgd")
    assert "pages/puzzle.py" in importers("emergence.theory.additive")


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
