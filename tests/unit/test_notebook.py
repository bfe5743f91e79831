"""The notebook among the examples: each cell is run again, and gives what is written below it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

import emergence

NOTEBOOK = Path(emergence.__file__).parent / "examples" / "first_steps.ipynb"
LARGEST = 300_000
"""Bytes."""


def given_by(source: str, names: dict[str, Any]) -> Any:
    """What a cell's last line is worth, None where it is no expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def output(value: Any) -> dict[str, Any]:
    """As Jupyter keeps it: a figure as Plotly's JSON, all else as text."""
    if isinstance(value, go.Figure):
        return {"application/vnd.plotly.v1+json": json.loads(value.to_json())}
    return {"text/plain": repr(value)}


def numbers(text: str) -> list[float]:
    """All that are in a text."""
    return [float(each) for each in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)]


def test_every_cell_gives_what_is_written_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = json.loads(NOTEBOOK.read_text())
    assert (notebook["nbformat"], len(NOTEBOOK.read_bytes()) < LARGEST) == (4, True)
    names: dict[str, Any] = {}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        source = "".join(cell["source"])
        [kept] = cell["outputs"]
        assert kept["execution_count"] == cell["execution_count"]
        found = output(given_by(source, names))
        assert set(found) == set(kept["data"]), source
        if "text/plain" not in found:
            [drawn], [before] = found.values(), kept["data"].values()
            assert drawn["layout"]["title"] == before["layout"]["title"]
            assert [each.get("name") for each in drawn["data"]] == [
                each.get("name") for each in before["data"]
            ]
            continue
        text = "".join(kept["data"]["text/plain"])
        # Another processor may round a step's last digits otherwise.
        assert numbers(found["text/plain"]) == pytest.approx(numbers(text), rel=0.02)
        assert re.sub(r"[\d.e+-]+", "", found["text/plain"]) == re.sub(r"[\d.e+-]+", "", text)


def test_what_its_text_says_is_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] == "code":
            given_by("".join(cell["source"]), names)
    result, directions = names["result"], names["directions"]
    assert result.state == "finished"
    order = directions.sort_values("T")
    assert order["crossing"].is_monotonic_increasing, "in the order that theory says"
    assert order["direction"].iloc[-1] == 3, "the third comes last"
    assert ((directions["crossing_over_T"] - 1).abs() < 0.1).all(), "within a tenth"
    assert result.mse[-1] / result.mse[0] < 0.05, "little is left at the end"
    assert names["figure"].layout.title.text.startswith("Loss:")
    assert float(names["early"]) < 0.25, "a tenth of the way it has hardly begun"
    assert names["winner"] == result.iota[0]
    assert names["again"].experiment == result.experiment
