"""Any experiment that can be set gives pictures, or a refusal in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence import Experiment, ExperimentError
from emergence.parameters import DEGREES, PARAMETERS, WordChoice
from emergence.ui.server.payload import payload


def words(name: str) -> tuple[str, ...]:
    """The words that a parameter may be."""
    parameter = PARAMETERS[name]
    assert isinstance(parameter, WordChoice)
    return parameter.choices


MIXTURES = ["", "2:1e-6,4:1", "2:0.001,4:1", "3:0.6,4:0.8", "1:0.5,2:0.5,3:-0.7"]
small: dict[str, st.SearchStrategy[object]] = {
    "d": st.integers(2, 300),
    "P": st.integers(1, 24),
    "m": st.integers(1, 40),
    "J": st.sampled_from(DEGREES),
    "beta": st.floats(0, 3),
    "c": st.floats(1e-6, 1e4),
    "s0": st.floats(1e-4, 1),
    "horizon": st.floats(0.01, 100),
    "seed": st.integers(0, 2**32 - 1),
    "engine": st.sampled_from(words("engine")),
    "normalisation": st.sampled_from(words("normalisation")),
    "steps": st.sampled_from([0, 0, 1, 2, 1000]),
    "mixture": st.sampled_from(MIXTURES),
}


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries(small))
def test_any_experiment_has_pictures_or_a_refusal(values: dict[str, object]) -> None:
    if values["mixture"]:
        del values["J"]
    try:
        answer = payload(Experiment.of(values))
    except ExperimentError:
        return
    figures = json.loads(answer)["figures"]
    assert set(figures) == {"overlaps", "loss", "map", "heatmap", "norms", "matching"}


@pytest.mark.parametrize(
    "query",
    [
        "J=2&P=1&d=8", "J=1&P=1&d=4", "J=2&P=2&d=4&c=.01", "engine=flow&J=2&P=1&d=8",
        "engine=decoupled&J=2&P=4&d=8", "mixture=2:0.01,4:1",
    ],
)  # fmt: skip
def test_pictures_of_runs_that_begin_beyond_their_transitions(query: str) -> None:
    assert payload(Experiment.from_query(query))
