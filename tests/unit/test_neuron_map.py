"""The neuron map: rings that do not touch, neurons where their overlaps say."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence import Experiment, simulate
from emergence.figures.lab.neuron_map import CLOUD, LARGEST, MOST, Places, neuron_map
from emergence.figures.lab.record import lab_figures
from emergence.runs.plan import make_plan
from emergence.runs.record import Record


def trace(figure: go.Figure, role: str) -> go.Scatter:
    return next(each for each in figure.data if each.meta["role"] == role)


@given(st.integers(1, 64), st.floats(0, 3), st.integers(1, 512))
def test_rings_do_not_touch_and_have_areas_as_the_strengths(
    P: int, beta: float, neurons: int
) -> None:
    a = np.arange(1, P + 1.0) ** -beta
    places = Places.of(a, neurons)
    apart = np.hypot(places.x[:, None] - places.x, places.y[:, None] - places.y)
    free = apart - places.radius[:, None] - places.radius
    assert np.all(free[~np.eye(P, dtype=bool)] > 0)
    np.testing.assert_allclose((places.radius / places.radius[0]) ** 2, a)
    assert places.radius[0] <= LARGEST
    np.testing.assert_allclose(np.hypot(places.x, places.y), 1)
    assert places.y[0] == pytest.approx(1)  # the strongest is on top
    away = np.hypot(places.cloud_x, places.cloud_y)
    assert away.max() <= CLOUD < 1 - LARGEST  # the cloud touches no ring


def test_no_two_waiting_neurons_stand_on_one_another() -> None:
    places = Places.of(np.ones(3), 128)
    apart = np.hypot(
        places.cloud_x[:, None] - places.cloud_x, places.cloud_y[:, None] - places.cloud_y
    )
    assert apart[~np.eye(128, dtype=bool)].min() > CLOUD / np.sqrt(128)


def test_a_neuron_stands_between_the_directions_it_overlaps_with() -> None:
    places = Places.of(np.array([1.0, 0.5, 0.25]), 4)
    u = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [0.5, 0.5, 0]])
    x, y = places.of_neurons(u)
    assert (x[0], y[0]) == (places.cloud_x[0], places.cloud_y[0])
    assert (x[1], y[1]) == pytest.approx((places.x[0], places.y[0]))
    assert (x[2], y[2]) == pytest.approx((places.x[2], places.y[2]))
    assert x[3] == pytest.approx((places.x[0] + places.x[1]) / 2)


def test_a_neuron_that_has_its_strength_fills_its_ring() -> None:
    a = np.array([1.0, 0.25])
    figure = neuron_map(
        np.eye(2), a, a, np.array([1.0, 0.5]), np.array([0, 1]), np.arange(2), "title"
    )
    dots, rings = trace(figure, "dots"), trace(figure, "rings")
    x = np.asarray(rings.x)
    gap = int(np.flatnonzero(np.isnan(x))[0])
    sizes = np.asarray(dots.marker.size)
    ratio = np.ptp(x[:gap]) / np.ptp(x[gap + 1 :])
    assert sizes[0] / sizes[1] == pytest.approx(ratio, rel=1e-3)


def test_no_dot_is_larger_than_the_picture_has_room_for() -> None:
    """Where a run diverges, norms leave every bound."""
    figure = neuron_map(
        np.eye(2), np.array([1e12, 1.0]), np.ones(2), np.ones(2), np.array([0, 1]), np.arange(2),
        "title",
    )  # fmt: skip
    dots = trace(figure, "dots")
    whole, fitting = np.asarray(dots.marker.size)
    assert whole == pytest.approx(MOST * fitting)
    assert dots.meta["most"] == pytest.approx(MOST * dots.meta["radius"][0])


def test_a_clock_has_run_for_the_share_of_its_time() -> None:
    figure = neuron_map(
        np.zeros((1, 2)), np.zeros(1), np.ones(2), np.array([0.5, 0.0]), np.array([0, -1]),
        np.arange(1), "title",
    )  # fmt: skip
    half = next(each for each in figure.data if each.meta.get("p") == 0)
    x, y = np.asarray(half.x), np.asarray(half.y)
    assert np.all(np.diff(y) < 1e-12)  # from the top down, on the right
    assert x[0] == pytest.approx(x[-1])
    assert y[0] - y[-1] == pytest.approx(2 * LARGEST)


def test_before_the_run_the_map_shows_the_start_and_after_it_what_was_learned() -> None:
    experiment = Experiment(d=32, P=4, m=16, engine="flow", seed=3)
    plan = make_plan(experiment)
    empty = lab_figures(plan, Record(plan))["map"]
    places = Places.of(plan.a, len(plan.neurons))
    expected = places.of_neurons(plan.overlaps[plan.neurons] ** 2)
    np.testing.assert_allclose([trace(empty, "dots").x, trace(empty, "dots").y], expected)
    record = simulate(experiment).record
    full = lab_figures(plan, record)["map"]
    dots = trace(full, "dots")
    learned = int((record.get("capture")[-1] > 0.5).sum())
    near = np.hypot(np.asarray(dots.x)[:, None] - places.x, np.asarray(dots.y)[:, None] - places.y)
    assert (near.min(axis=0) < 0.1).sum() >= learned > 0


def test_five_hundred_and_twelve_neurons_are_all_on_the_map() -> None:
    plan = make_plan(Experiment(d=128, P=64, m=512, engine="flow"))
    figure = lab_figures(plan, Record(plan))["map"]
    assert len(trace(figure, "dots").x) == 512
