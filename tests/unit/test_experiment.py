"""Experiments: validation, clamping, and the round trips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence import Experiment, ExperimentError
from emergence.parameters import PARAMETERS


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "eta", "nonsense"]), st.text(max_size=30)))
def test_any_query_gives_an_experiment_with_notices(texts: dict[str, str]) -> None:
    query = "&".join(f"{name}={text}" for name, text in texts.items())
    experiment, _ = Experiment.clamped(query)
    again, notices = Experiment.clamped(experiment.to_query())
    assert again == experiment
    assert not notices


def test_refusal_names_the_parameter_and_the_range() -> None:
    with pytest.raises(ExperimentError, match="d = 1 is out of range: a whole number from 2"):
        Experiment(d=1)
