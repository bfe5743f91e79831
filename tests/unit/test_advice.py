"""What a user is told of an experiment: no sentence that its own predictions deny."""

from __future__ import annotations

import pytest

from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.warnings import advise


def told(**fields: object) -> str:
    return advise(make_plan(Experiment(P=2, m=8, engine="flow").changed(fields))).get("J", "")


@pytest.mark.parametrize(
    ("mixture", "d", "sharp"),
    [("2:0.01,4:1", 50, True), ("2:0.15,4:1", 50, True), ("2:0.9,4:0.3", 50, False),
     ("2:0.15,4:1", 1000, True), ("1:0.5,4:1", 50, False), ("1:0.01,4:1", 50, True)],
)  # fmt: skip
def test_a_mixture_is_sharp_where_its_higher_terms_pull_first(
    mixture: str, d: int, sharp: bool
) -> None:
    words = told(mixture=mixture, d=d)
    assert ("make the transition sharp" in words) == sharp
    assert ("no sharp transition" in words) != sharp
    assert "Take P = 1" not in words


def test_a_link_of_one_term_up_to_2_is_not_sharp() -> None:
    assert "no sharp transition" in told(J=2)
    assert "Take P = 1" in told(J=1)
    assert told(J=4) == told(mixture="3:0.6,4:0.8") == ""
