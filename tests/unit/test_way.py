"""Where a guess is marked in a figure, and that a figure without its answer does not tell it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emergence.classroom.question import Question
from emergence.figures.way import Way
from emergence.lessons.idealised_dynamics import figure as idealised
from emergence.lessons.idealised_dynamics.model import Idealised
from emergence.lessons.puzzle.figure import STEEPEST, guessed_slope, skills_and_loss
from emergence.theory.additive import AdditiveModel
from emergence.ui.marker import Marker

SLOPES = np.round(np.arange(STEEPEST, 0.01, 0.1), 9)


def test_a_slope_is_marked_where_its_line_leaves_the_axes() -> None:
    way = Way.fan(SLOPES, (2.0, 5.0), 300.0, 0.01)
    assert way.start is not None
    fitted = np.log(way.y / 5.0) / np.log(way.x / 2.0)
    np.testing.assert_allclose(fitted, SLOPES, atol=1e-12)
    at_the_right, at_the_bottom = np.isclose(way.x, 300.0), np.isclose(way.y, 0.01)
    assert (at_the_right | at_the_bottom).all()
    assert at_the_right.any()
    assert at_the_bottom.any()


@pytest.mark.parametrize("P", [3, 512])
def test_the_puzzle_s_marks_lie_on_the_line_that_it_draws_of_a_guess(P: int) -> None:
    model = AdditiveModel(P, 1.0, 16.0)
    way = guessed_slope(model, SLOPES.tolist())
    drawn = skills_and_loss(model, -1.5, revealed=False)
    [line] = [trace for trace in drawn.data if str(trace.name).startswith("your guess")]
    i = int(np.flatnonzero(SLOPES == -1.5)[0])
    assert np.log(way.y[i]) == pytest.approx(
        np.interp(np.log(way.x[i]), np.log(line.x), np.log(line.y)), abs=1e-6
    )
    low, high = drawn.layout.yaxis.range
    assert (np.log10(way.y) >= low - 1e-9).all()
    assert (np.log10(way.y) <= high).all()


def test_the_pair_s_mark_is_where_the_guess_is_drawn() -> None:
    model, stops = Idealised(1, 1.0, 4, 1024), (0.0, 0.25, 0.5)
    way = idealised.guessed_pair(model, 0.9, stops)
    drawn = idealised.one_pair(model, 0.9, 0.25, revealed=False)
    [mark] = [trace for trace in drawn.data if str(trace.name).startswith("your guess")]
    assert (way.x[1], way.y[1]) == (mark.x[0], mark.y[0])


def test_the_puzzle_s_axes_do_not_tell_the_slope() -> None:
    """The same axis of slopes whatever the slope is."""
    ranges = {
        str(skills_and_loss(AdditiveModel(3, beta, 16.0), None, revealed=False).layout.yaxis2.range)
        for beta in (0.6, 1.0, 2.0)
    }
    assert len(ranges) == 1


def test_a_marker_is_what_its_question_offers() -> None:
    values = tuple(map(repr, SLOPES.tolist()))
    named = tuple(f"{slope:g}" for slope in SLOPES)
    question = Question("puzzle", "guess", "Which?", named, values, "number", " %")
    way = Way.up(1.0, SLOPES)
    sent = json.loads(json.dumps(Marker(question, "w", -1.5, way).to_json()))
    assert sent["named"][sent["at"]] == "-1.5 %"
    assert len(sent["x"]) == len(sent["y"]) == len(sent["named"])
    assert Marker(question, "w", None, way).to_json()["at"] is None
