"""A count and its noun agree, everywhere: numbers that may be 1 go through `plural`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emergence.words import plural

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "emergence").rglob("*.py")), *sorted((ROOT / "pages").glob("*.py"))]
NOUNS = (
    "steps|starts|neurons|directions|skills|points|seeds|runs|pairs|cores|samples|terms|nodes|"
    "threads|workers|layers|students|widths|jumps|trials|moments|snapshots"
)
CONSTANT = re.compile(r"(\w+\.)*[A-Z_]{2,}")
MORE_THAN_ONE = {
    "pages/many_neurons.py: m neurons",  # 32
    "pages/many_neurons.py: P directions",  # 8
    "pages/why_not_exp_kappa.py: P directions",  # from 4
    "pages/one_neuron.py: recovery.seeds neurons",  # a constant of the study
    "pages/sharp_transitions.py: L layers",  # from 2
    "emergence/lessons/sharp_transitions/figure.py: model.L layers",
    "pages/one_neuron.py: paths.u.shape[1] neurons",  # a constant of the study
    "emergence/runs/plan.py: runs runs",  # measured, a constant
    "emergence/runs/plan.py: e.P directions",  # where P > 1 or m < P
    "emergence/runs/warnings.py: e.P directions",  # where m < P
    "emergence/sweeps/definition.py: count points",  # where there are too many
}
"""Counts that are never 1."""
COUNTED = re.compile(rf"\**\$? (?:[a-z-]+ )?({NOUNS})\b")


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 neurons"), (1, "1 neuron"), (2, "2 neurons"), (1000, "1,000 neurons")],
)
def test_plural(count: int, words: str) -> None:
    assert plural(count, "neuron") == words


def test_an_irregular_plural_is_given() -> None:
    assert plural(2, "index", "indices") == "2 indices"


def counted(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place where a computed whole number stands before a noun in the plural.

    Numbers written with g, e or f are measurements, not counts. A constant is more than one.
    """
    for text in ast.walk(tree):
        if not isinstance(text, ast.JoinedStr):
            continue
        for value, after in zip(text.values, text.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            found = COUNTED.match(str(after.value))
            spec = ast.unparse(value.format_spec) if value.format_spec else ""
            said = ast.unparse(value.value)
            if found and not re.search(r"[gef%]'$", spec) and not CONSTANT.fullmatch(said):
                yield text.lineno, f"{said} {found[1]}"


def test_no_count_is_followed_by_a_plural_that_it_may_not_be() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {said}"
        for path in SOURCES
        for line, said in counted(ast.parse(path.read_text()))
        if f"{path.relative_to(ROOT)}: {said}" not in MORE_THAN_ONE
    ]
    assert not wrong, "\n".join(wrong)


def test_the_search_finds_what_it_looks_for() -> None:
    sample = 'f"over {len(x)} starts", f"{n:,} of {m} orthonormal directions", f"{MOST} runs"'
    found = [said for _, said in counted(ast.parse(sample + ', f"{t:.2g} steps"'))]
    assert found == ["len(x) starts", "m directions"]
