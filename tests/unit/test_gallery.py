"""The examples: each opens, its picture is a run's, and its sentence is true of that run."""

from __future__ import annotations

import re

import numpy as np
import pytest

from emergence import simulate
from emergence.experiment import Experiment
from emergence.figures.lab.card import EDGE, HEIGHT, card
from emergence.runs.examples import EXAMPLES
from emergence.runs.plan import make_plan
from emergence.serving.gallery import Gallery, Story


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    """The finished pictures' numbers, by the examples' names."""
    *_, last = Gallery().results()
    assert last.done == 1
    return dict(zip((each.name for each in EXAMPLES), last.value, strict=True))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_an_example_is_an_address_and_runs_at_once(example: object) -> None:
    experiment: Experiment = example.experiment  # type: ignore[attr-defined]
    assert Experiment.from_query(experiment.to_query()) == experiment
    assert make_plan(experiment).seconds < 20
    assert make_plan(experiment.replace(engine="flow")).seconds < 4


def test_the_numbers_are_those_of_the_run(stories: dict[str, Story]) -> None:
    result = simulate(EXAMPLES[2].experiment.replace(engine="flow"))
    story = stories[EXAMPLES[2].name]
    np.testing.assert_array_equal(story.mse, result.mse[1:])
    np.testing.assert_array_equal(story.steps, result.steps[1:])
    np.testing.assert_array_equal(story.peak, result.record.get("peak")[1:])


def test_what_is_computed_once_is_not_computed_again(stories: dict[str, Story]) -> None:
    pieces = list(Gallery().results())
    assert len(pieces) == len(EXAMPLES)
    assert pieces[-1].value == tuple(stories.values())


def test_the_sentences_are_true(stories: dict[str, Story]) -> None:
    learned = {name: int((story.peak[-1] > 0.9).sum()) for name, story in stories.items()}
    assert learned["Eight jumps"] == learned["A million dimensions"] == 8
    assert learned["One skill"] == 1
    assert learned["Too few neurons"] <= 6
    left = {name: story.mse[-1] / story.mse[0] for name, story in stories.items()}
    few = stories["Too few neurons"]
    half = few.mse[np.searchsorted(few.steps, few.steps[-1] / 1.5)]
    assert few.mse[-1] > 0.9 * half
    assert left["Eight jumps"] < 0.01 < left["Too few neurons"]
    law, plan = stories["A power law"], make_plan(EXAMPLES[1].experiment)
    slope = plan.slope(law.steps * plan.experiment.eta, law.mse)
    assert slope is not None
    assert slope.value == pytest.approx(-1, rel=0.1)
    assert learned["A power law"] > 24


def test_a_card_draws_the_curves_to_scale() -> None:
    steps = np.geomspace(1, 1e4, 50)
    peak = np.stack([np.linspace(0, 1, 50), np.full(50, 0.25)], axis=1)
    svg = card(steps, peak, np.geomspace(1, 1e-3, 50))
    flat, rising, loss = (
        np.array([[float(part) for part in pair.split(",")] for pair in points.split()])
        for points in re.findall(r'points="([^"]+)"', svg)
    )
    inner = HEIGHT - 2 * EDGE
    np.testing.assert_allclose(flat[:, 1], HEIGHT - EDGE - 0.25 * inner, atol=0.05)
    np.testing.assert_allclose(rising[[0, -1], 1], [HEIGHT - EDGE, EDGE], atol=0.05)
    # A power law is a straight line.
    np.testing.assert_allclose(np.diff(loss[:, 1]), np.diff(loss[:, 1]).mean(), atol=0.11)
    assert np.all(np.diff(loss[:, 0]) > 0)
