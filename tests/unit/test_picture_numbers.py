"""The numbers of any picture as a tidy table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from emergence import Experiment, simulate
from emergence.figures.numbers import decoded, numbers_of, plain


def table(figure: go.Figure) -> dict[str, list[Any]]:
    """As the browser sends the figure: in JSON, its arrays in Plotly's base64."""
    found = numbers_of(json.loads(figure.to_json()))
    assert len({len(column) for column in found.values()}) == 1
    return {name: column.tolist() for name, column in found.items()}


def test_curves_and_bars_give_a_row_for_each_point() -> None:
    found = table(
        go.Figure(
            [
                go.Scatter(x=np.arange(1, 4), y=np.array([0.5, np.nan, 0.7]), name="a<sub>p</sub>"),
                go.Bar(x=[1, 2], y=[10, 20], error_y={"array": [1, 2]}, name="<b>b", xaxis="x2"),
                go.Scatter(x=[9], y=[9], visible=False, name="off"),
                go.Scatter(y=[7], customdata=[31]),
            ],
            {"xaxis": {"title": {"text": "steps<br>in all"}}, "xaxis2": {"title": {"text": "p"}}},
        )
    )  # fmt: skip
    assert found == {
        "curve": [1, 1, 2, 2, 4],
        "name": ["ap", "ap", "b", "b", ""],
        "x_axis": ["steps in all", "steps in all", "p", "p", "steps in all"],
        "x": [1, 3, 1, 2, 0],
        "y": [0.5, 0.7, 10.0, 20.0, 7.0],
        "error": pytest.approx([np.nan, np.nan, 1.0, 2.0, np.nan], nan_ok=True),
        "of": pytest.approx([np.nan, np.nan, np.nan, np.nan, 31.0], nan_ok=True),
    }


def test_a_heatmap_gives_a_row_for_each_cell() -> None:
    z = np.arange(6.0).reshape(2, 3)
    found = table(go.Figure(go.Heatmap(x=[1, 2, 3], y=["k", "l"], z=z)))
    assert found["z"] == z.ravel().tolist()
    assert found["x"] == [1, 2, 3] * 2
    assert found["y"] == ["k"] * 3 + ["l"] * 3


def test_the_lab_s_pictures_give_their_run_back() -> None:
    result = simulate(Experiment(d=32, P=4, m=8, engine="flow", seed=3))
    loss = table(result.plot("loss"))
    measured = [name.startswith("measured") for name in loss["name"]]
    assert set(result.record.get("mse")[1:]) <= set(np.array(loss["y"])[measured])
    heat = table(result.plot("heatmap"))
    assert heat["z"] == pytest.approx(result.record.get("u")[-1].ravel().tolist())
    overlaps = table(result.plot("overlaps"))
    others = [k for k in overlaps["of"] if k == k]
    assert set(map(int, others)) == set(range(8))


@pytest.mark.parametrize(
    "figure",
    [
        {}, {"data": 3}, {"data": [3]}, {"data": [{"x": {"dtype": "f8", "bdata": "!"}, "y": [1]}]},
        {"data": [{"x": {"dtype": "O", "bdata": ""}, "y": [1]}]}, {"data": [], "layout": 3},
        {"data": [{"x": {"dtype": "f8", "bdata": "AAAA"}, "y": [1]}]},
        {"data": [{"x": {"dtype": "i1", "bdata": "AAAA", "shape": "2, 9"}, "y": [1]}]},
        {"data": [{"x": "text", "y": [1]}]},
    ],
)  # fmt: skip
def test_what_is_no_figure_is_refused_in_a_sentence(figure: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="this is no Plotly figure"):
        numbers_of(figure)


def test_a_table_is_bounded() -> None:
    with pytest.raises(ValueError, match="more than 10 numbers"):
        numbers_of({"data": [{"y": list(range(11))}]}, most=10)


def test_odd_figures_do_no_harm() -> None:
    """Lists of different lengths, texts, nested values: what pairs up is kept."""
    odd = {"data": [{"x": [1, 2, 3], "y": [1]}, {"z": [[1, "a"], [None]]}, {"x": [[1]], "y": [{}]}]}
    assert len(numbers_of(odd)["x"]) == 4
    assert decoded({"dtype": "u1", "bdata": "AQID", "shape": "3"}) == [1, 2, 3]
    assert plain({"text": "a &amp; b<br><i>c</i>"}) == "a & b c"
