"""The chain's pictures by quadrature and by an explicit tensor; nothing before a guess."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.lessons.tensor_power.chain import (
    Plane,
    normal_quadrature,
    normalised_hermite,
    partial_sum,
)
from emergence.lessons.tensor_power.figure import (
    hermite_sums,
    needed,
    on_circle,
    one_round,
    stages,
    three_ways,
)
from emergence.lessons.tensor_power.study import Grid, Joint, Needed, Teacher, ThreeWays, widths
from tests.unit.traces import named

TEACHER = Teacher(8, 16, 64)
WAYS = ThreeWays(TEACHER, 16, 1)
JOINT = Joint(
    np.array([1.0, 10.0]), np.array([[0.1] * 8, [0.9] * 7 + [0.4]]),
    np.array([[1.0] * 4, [0.1] * 4]), np.zeros(16, dtype=np.int64), True,
)  # fmt: skip


@pytest.mark.parametrize("top", [0, 2, 4])
def test_a_partial_sum_is_the_nearest_polynomial_of_its_degree(top: int) -> None:
    z, w = normal_quadrature()
    rest = np.abs(z) - partial_sum(z, top)
    for i in range(top + 1):
        assert w @ (rest * normalised_hermite(i, z)) == pytest.approx(0, abs=1e-9)
    assert w.sum() == pytest.approx(1)


def test_the_tensor_on_the_circle_is_the_integral_over_x() -> None:
    plane = Plane(4)
    degrees = np.linspace(0, 180, 9)
    np.testing.assert_allclose(plane.correlation(degrees), plane.tensor(degrees), atol=1e-8)
    figure = on_circle(plane)
    np.testing.assert_allclose(
        named(figure, "E[f* h₄(v·x)] / c₄").y,
        np.interp(np.linspace(0, 180, 13), *[named(figure, "T(v, v, v, v)")[c] for c in "xy"]),
        atol=1e-3,
    )


def test_a_round_is_the_tensor_s_and_the_watershed_stays() -> None:
    plane = Plane(4)
    v = np.array([0.6, 0.8])
    after = plane.a * v**3
    assert plane.round(v[:1] ** 2)[0] == pytest.approx(after[0] ** 2 / (after @ after))
    border = np.array(plane.watershed)
    assert float(plane.round(border)) == pytest.approx(float(border))
    up, down = (plane.staircase(float(border) * f, 12)[1][-1] for f in (1.1, 0.9))
    assert up > 0.99
    assert down < 0.01
    assert {trace.name for trace in one_round(plane).data} >= {"to e₁", "to e₂"}
    assert len(hermite_sums().data) == 4


def test_three_panels_and_the_third_after_the_guess() -> None:
    before, after = three_ways(WAYS, None, 5.0, False), three_ways(WAYS, JOINT, 5.0, True)
    third = [trace for trace in after.data if trace.xaxis == "x3"]
    assert len(third) == 8
    np.testing.assert_array_equal([trace.y[-1] for trace in third], JOINT.captured[-1][::-1])
    assert all(trace.x[0] is None for trace in before.data if trace.xaxis == "x3")
    texts = [note.text for note in after.layout.annotations]
    assert [text.rsplit(": ")[-1] for text in texts] == ["4 of 8", "8 of 8", "7 of 8"]
    assert before.layout.annotations[2].text.endswith("you say 5")
    asked, skipped = (three_ways(WAYS, None, None, shown) for shown in (False, True))
    assert asked.layout.annotations[2].text.endswith("your guess first")
    assert skipped.layout.annotations[2].text.endswith("computing")


def test_what_is_needed_is_drawn_beside_what_is_promised() -> None:
    study = Needed(8, 16, 4)
    found = np.full((len(widths(8)), 3), 8)
    found[:2] = 5
    grid = Grid(8, {4: found})
    figure = needed(study, grid, 16, 12.0, True)
    np.testing.assert_array_equal(named(figure, "joint training").y, found.mean(axis=1))
    below = [trace for trace in figure.data if trace.xaxis == "x2"]
    joint = [trace for trace in below if trace.name == "joint training"]
    assert list(joint[0].x) == [4]
    assert list(joint[0].y) == [widths(8)[2]]
    promised = named(figure, "exp(κ), without poly(d)")
    assert np.interp(4, promised.x, promised.y) == pytest.approx(np.exp(4), rel=1e-2)
    drawn = needed(study, None, 16, None, False).data
    assert all(trace.x[0] is None for trace in drawn)


def test_the_stages_are_drawn_by_degree() -> None:
    figure = stages(TEACHER, JOINT)
    for i, degree in enumerate((0, 1, 2, 4)):
        np.testing.assert_array_equal(named(figure, f"degree {degree}").y, JOINT.losses[:, i])
    assert all(trace.x[0] is None for trace in stages(TEACHER, None).data)
