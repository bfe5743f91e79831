"""The mirage's pictures: nothing before the guess, and then what was measured."""

from __future__ import annotations

import numpy as np

from emergence.lessons.mirage.figure import LEAST, four_measures, seeds
from emergence.lessons.mirage.model import MEASURES, FourMeasures
from emergence.lessons.mirage.seeds import MOMENTS, Spread
from tests.unit.traces import named


def run(J: int) -> FourMeasures:
    """A run made by hand."""
    u = np.array([0.0, 0.05, 0.5, 0.95, 1.0])
    return FourMeasures(J, np.linspace(1.0, 2.0, 5), u, u, 1 - u, 0.01)


def test_nothing_is_drawn_before_the_guess() -> None:
    for figure in (four_measures({}, 2, True), seeds(None, None, 1.0, None)):
        assert all(trace.x[0] is None for trace in figure.data)


def test_four_measures_and_how_sharp_they_are() -> None:
    runs = {2: run(2), 4: run(4)}
    figure = four_measures(runs, 4, False)
    for name in MEASURES:
        np.testing.assert_array_equal(named(figure, name).y[:-1], runs[4].curves[name])
    marks = named(figure, "J = 2")
    np.testing.assert_allclose(marks.x[:3], [runs[2].decades(name) for name in MEASURES[:3]])
    assert marks.x[3] == LEAST
    assert figure.layout.xaxis.type == "log"
    assert four_measures(runs, 4, True).layout.xaxis.type is None


def test_the_spread_at_a_moment_and_the_dip_at_all() -> None:
    exact = Spread(np.random.default_rng(1).random((len(MOMENTS), 40)))
    measured = Spread(exact.u[:, :20])
    figure = seeds(exact, measured, 2.0, 0.3)
    np.testing.assert_allclose(figure.data[0].y, exact.shares(2.0))
    np.testing.assert_allclose(figure.data[1].y, exact.dips)
    runs = [trace for trace in figure.data if trace.name == "20 runs"]
    np.testing.assert_allclose(runs[0].y, measured.shares(2.0))
    np.testing.assert_allclose(runs[1].y, measured.dips)
    guess = seeds(None, None, 1.0, 0.3)
    assert guess.data[0].name == "you guess 30% between"
