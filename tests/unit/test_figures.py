"""Figures are pure functions of arrays, and say what the arrays say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from emergence import Experiment, simulate
from emergence.figures import style
from emergence.figures.lab.overlaps import joined
from emergence.figures.lab.record import lab_figures
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from tests.looks import unnamed

EXPERIMENTS = [
    Experiment(d=16, P=2, m=8, engine="flow"),
    Experiment(d=64, P=16, m=12, engine="flow", horizon=0.5),
    Experiment(d=32, P=1, m=1, engine="decoupled"),
    Experiment(d=32, P=20, m=300, engine="decoupled", beta=0.0),
    Experiment(d=32, P=4, m=16, J=1, engine="flow"),
    Experiment(d=32, P=4, m=16, mixture="3:0.6,4:0.8", engine="flow", beta=0.5),
]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.to_query()[:40])
def test_lab_figures_of_empty_and_full_records_have_the_same_traces(experiment: Experiment) -> None:
    plan = make_plan(experiment)
    empty = lab_figures(plan, Record(plan))
    full = lab_figures(plan, simulate(experiment).record)
    for name, figure in empty.items():
        assert [t.meta for t in figure.data] == [t.meta for t in full[name].data]
        json.loads(figure.to_json())


def test_a_figure_is_what_plotly_makes_of_its_traces() -> None:
    """And what it does not know is still refused, in a trace and in the layout."""
    plan = make_plan(EXPERIMENTS[0])
    for made in lab_figures(plan, simulate(EXPERIMENTS[0]).record).values():
        checked = go.Figure(made.data, made.layout).to_json()
        assert json.loads(checked) == json.loads(made.to_json())
    with pytest.raises(ValueError, match="Invalid property"):
        style.figure([], "a title", xaxes={})
    with pytest.raises(ValueError, match="Invalid property"):
        style.figure([go.Scatter(xs=[1])], "a title")


def test_figures_show_the_numbers_of_the_record() -> None:
    experiment = Experiment(d=16, P=2, m=8, engine="flow")
    result = simulate(experiment)
    figures = lab_figures(make_plan(experiment), result.record)

    def trace(figure: str, role: str, p: int | None = None) -> Any:
        return next(
            t
            for t in figures[figure].data
            if t.meta and t.meta["role"] == role and (p is None or t.meta["p"] == p)
        )

    np.testing.assert_allclose(trace("loss", "mse").y, result.mse[1:], rtol=1e-6)
    np.testing.assert_allclose(trace("loss", "mse").x, result.steps[1:], rtol=1e-6)
    bars = trace("matching", "winner").y + trace("matching", "shared").y
    np.testing.assert_allclose(bars, result.capture, rtol=1e-6)
    u = result.record.get("u")
    k = list(make_plan(experiment).neurons).index(result.iota[1])
    np.testing.assert_allclose(trace("overlaps", "matched", 1).y, u[1:, k, 1])
    np.testing.assert_allclose(trace("heatmap", "overlaps").z, u[-1])


def test_the_loss_whose_slope_is_measured_is_drawn() -> None:
    """What the teacher lacks beyond P, summed here directly to a far end, is added to it."""
    experiment = Experiment(d=64, P=16, m=32, engine="flow", beta=1.0)
    result = simulate(experiment)
    traces = lab_figures(make_plan(experiment), result.record)["loss"].data
    [drawn] = [t for t in traces if t.meta and t.meta["role"] == "corrected"]
    plan, q = make_plan(experiment), np.arange(17, 2_000_000)
    beyond = plan.top * plan.a[0] ** 2 * np.sum(q**-2.0)
    np.testing.assert_allclose(np.asarray(drawn.y) - result.mse[1:], beyond, rtol=1e-5)
    # It is the thick one, with the dot; the loss alone is thin; each has its name at its end.
    roles = {t.meta["role"]: t for t in traces if t.meta}
    alone = roles["mse"]
    assert drawn.line.width > alone.line.width
    assert roles["head"].y[0] == drawn.y[-1] > alone.y[-1]
    assert (drawn.meta["end"], alone.meta["end"]) == ("all skills", "first 16")
    few = lab_figures(make_plan(EXPERIMENTS[0]), Record(make_plan(EXPERIMENTS[0])))["loss"]
    assert "corrected" not in [t.meta["role"] for t in few.data if t.meta]
    assert (
        next(t for t in few.data if t.meta and t.meta["role"] == "mse").line.width
        == drawn.line.width
    )


def test_overlaps_have_no_ticks_above_1() -> None:
    plan = make_plan(EXPERIMENTS[0])
    axis = lab_figures(plan, Record(plan))["overlaps"].layout.yaxis
    assert axis.range[1] > 1, "room for the triangles"
    assert max(axis.tickvals) == 1


@pytest.mark.parametrize("name", ["overlaps", "loss", "norms", "matching"])
def test_every_line_of_the_lab_is_named(name: str) -> None:
    figures = lab_figures(make_plan(EXPERIMENTS[0]), simulate(EXPERIMENTS[0]).record)
    assert unnamed(json.loads(figures[name].to_json())) == []


def test_joined_curves_are_separated_by_gaps() -> None:
    x, y, who = joined(np.array([1.0, 2.0]), np.array([[1.0, 3.0], [2.0, 4.0]]), [7, 9])
    np.testing.assert_array_equal(x, [1, 2, np.nan, 1, 2, np.nan])
    np.testing.assert_array_equal(y, [1, 2, np.nan, 3, 4, np.nan])
    np.testing.assert_array_equal(who, [7, 7, 7, 9, 9, 9])
