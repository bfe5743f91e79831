"""Lesson 4's pictures draw the model they are given, and no pair before the guess."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emergence.lessons.idealised_dynamics import figure as figures
from emergence.lessons.idealised_dynamics.model import Idealised
from tests.unit.traces import named


def test_one_pair_is_hidden_until_the_guess() -> None:
    model = Idealised(1, 1.0, 4, 1024)
    before, after = (figures.one_pair(model, 0.9, 0.3, each) for each in (False, True))
    assert {t.name for t in before.data if t.name} == {
        "your guess, u = 0.3", "the moment asked about"
    }  # fmt: skip
    np.testing.assert_array_equal(named(after, "u").y, model.pair(model.pair_times)[0])
    json.loads(after.to_json())


@pytest.mark.parametrize("P", [1, 3, 64])
def test_the_steps_draw_the_model(P: int) -> None:
    model = Idealised(P, 0.9, 4, 1024, "matched, wide")
    times = figures.emergence(model)
    np.testing.assert_array_equal(named(times, "direction").y, model.T)
    summed = figures.summed(model)
    above = np.asarray(named(summed, "the two").y) > summed.layout.yaxis.range[0]
    np.testing.assert_allclose(
        np.asarray(named(summed, "the two").y)[above],
        np.maximum(model.solved[1], min(named(summed, "the two").y))[above],
    )
    change = figures.change_of_variables(model)
    left, right = (t for t in change.data if t.name == "sum over all q > p")
    np.testing.assert_array_equal(left.y, right.y)
    np.testing.assert_array_equal(right.x, model.T)
    growing = figures.growing(model)
    np.testing.assert_array_equal(named(growing, "with all").y, model.corrected)
