"""Lesson 8's pictures draw the students they are given, and only the guess before it is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from emergence.figures.palette import width_colour
from emergence.figures.style import GUESS
from emergence.lessons.scaling_law import figure as figures
from emergence.lessons.scaling_law.model import StepSizes, equal_widths, random_widths
from tests.unit.traces import named


def colours(figure: go.Figure) -> set[str]:
    """Colours of all lines and markers."""
    return {t.line.color or t.marker.color for t in figure.data if t.type == "scatter"}


def test_the_scaling_law_is_hidden_until_the_guess() -> None:
    axes = equal_widths(64, 1.0, 4)
    for figure in (
        figures.over_time(axes, None, None, -0.5),
        figures.over_width(axes, None, -0.5),
        figures.over_budget(axes, None, -0.5),
        figures.step_sizes(StepSizes(1.0), -0.5, False),
    ):
        assert colours(figure) == {GUESS}


def test_the_scaling_law_is_drawn() -> None:
    students = random_widths(64, 1.0, 4, 3)
    time = figures.over_time(students, students, None, -0.5)
    np.testing.assert_allclose(named(time, "m = 8").y, students.mean[3])
    np.testing.assert_allclose(named(time, "least").y, students.envelope.mean(axis=0))
    width = figures.over_width(students, students, -0.5)
    np.testing.assert_allclose(named(width, "mean").y, students.plateau.mean(axis=0)[:6])
    holes = figures.holes(students, students, students, 32)
    dots = named(holes, "learned")
    drawn = {(p, m) for p, m in zip(dots.x, dots.y, strict=True)}
    row, p = np.nonzero(students.learned[0, :6, :32])
    assert drawn == set(zip(p + 1, row, strict=True))
    budget = figures.over_budget(students, students, -0.5)
    np.testing.assert_allclose(named(budget, "m = 8").x, 8 * students.t)
    assert f"{students.compute_slope.value:.2f}" in named(budget, "best width").name  # type: ignore[union-attr]


@pytest.mark.parametrize(("beta", "J"), [(0.6, 6), (0.8, 4), (2.0, 4)])
def test_the_title_of_the_holes_is_counted(beta: float, J: int) -> None:
    """At beta = 0.6 and J = 6 fewer than half of the m strongest are learned: not mostly."""
    students = random_widths(64, beta, J, 2)
    shares = [students.learned[0, i, :m].mean() for i, m in enumerate((1, 2, 4, 8, 16, 32))]
    title = figures.holes(students, students, None, 32).layout.title.text
    assert f"{sum(shares) / 6:.0%} of the m strongest" in title


def test_students_so_far_look_as_they_will_among_all() -> None:
    """Of a study under way: the narrower students, in their final colours, and no fit yet."""
    axes = random_widths(64, 1.0, 4, 1)
    students = replace(axes, m=axes.m[:3], loss=axes.loss[:, :3], learned=axes.learned[:, :3])
    time, whole = (figures.over_time(axes, each, axes, -0.5) for each in (students, axes))
    assert named(time, "m = 4").line == named(whole, "m = 4").line
    assert named(time, "least").name == "least over m"
    width = figures.over_width(axes, students, -0.5)
    np.testing.assert_array_equal(named(width, "mean").x, [1, 2, 4])
    budget = figures.over_budget(axes, students, -0.5)
    assert named(budget, "best width").name == "best width"
    holes = figures.holes(axes, students, axes, 32)
    assert set(named(holes, "learned").y) == {0, 1, 2}


def test_widths_are_coloured_from_narrow_to_wide() -> None:
    colours = [width_colour(i, 10) for i in range(10)]
    assert len(set(colours)) == 10
    assert colours[0] == "#E69F00"
    assert colours[-1] == "#0072B2"
    assert width_colour(0, 1) == "#E69F00"


def test_the_title_of_the_holes_says_whether_there_are_any() -> None:
    equal, random = equal_widths(64, 0.8, 4), random_widths(64, 0.8, 4, 2)
    said = {
        name: figures.holes(equal, students, None, 32).layout.title.text
        for name, students in (("none", None), ("equal", equal), ("random", random))
    }
    assert said["equal"].endswith("the m strongest")
    assert "% of the m strongest" in said["random"]
    assert said["none"].endswith("?")
