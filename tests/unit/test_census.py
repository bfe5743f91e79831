"""What neurons do is counted once, and the counts add up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.record import CLASSES, census, census_words
from emergence.runs.simulation import Simulation
from emergence.runs.titles import titles_of

NEURONS = st.lists(st.tuples(st.integers(-1, 6), st.booleans()), min_size=1, max_size=60)


@given(NEURONS)
def test_every_neuron_is_of_one_class(neurons: list[tuple[int, bool]]) -> None:
    owner, unmatched = (np.array(each) for each in zip(*neurons, strict=True))
    counts = census(owner, unmatched)
    assert counts.sum() == len(neurons)
    assert (counts >= 0).all()
    # One by one, in words.
    told = [0, 0, 0]
    for serves, left_out in neurons:
        told[0 if not left_out else 1 if serves >= 0 else 2] += 1
    assert counts.tolist() == told


@given(st.tuples(*[st.integers(0, 4000)] * 3))
def test_the_words_say_the_counts_and_their_sum(counts: tuple[int, int, int]) -> None:
    whole, *parts = (
        int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", census_words(counts))
    )
    assert whole == sum(parts) == sum(counts)
    assert tuple(parts) == counts
    assert all(kind in census_words(counts) for kind in CLASSES)


@pytest.mark.parametrize("query", ["P=8&engine=flow", "P=4&m=3&engine=flow", "P=1&m=1&engine=flow"])
def test_at_every_moment_of_a_run_they_add_up_and_the_title_says_the_last(query: str) -> None:
    simulation = Simulation(Experiment.from_query(query))
    while not simulation.finished:
        simulation.work(1.0)
    counts = simulation.record.get("census")
    plan = make_plan(simulation.plan.experiment)
    assert (counts.sum(axis=1) == plan.experiment.m).all()
    assert (counts[:, 0] == np.count_nonzero(plan.iota >= 0)).all()
    owner = simulation.record.get("owner")
    serving = np.count_nonzero(owner[:, plan.unused] >= 0, axis=1)
    np.testing.assert_array_equal(counts[:, 1], serving)
    title = titles_of(simulation)["matching"]
    assert title == f"Who learns what, {census_words(counts[-1])}"
