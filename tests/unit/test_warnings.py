"""What a user is told of an experiment: no sentence that its own predictions deny."""

from __future__ import annotations

import re

import numpy as np
import pytest

from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.speed import duration
from emergence.runs.warnings import SLOW_SECONDS, warnings_of
from emergence.sweeps.progress import estimate_seconds
from emergence.words import short


def told(**fields: object) -> str:
    return warnings_of(make_plan(Experiment(P=2, m=8, engine="flow").changed(fields))).get("J", "")


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


@pytest.mark.parametrize(
    ("query", "said"),
    [("m=4&engine=flow", True), ("m=4&engine=decoupled", True), ("m=4&beta=0.4", True),
     ("m=4&engine=correlation", False), ("m=4&J=1", False), ("m=4&mixture=1:0.5,3:0.8", True)],
)  # fmt: skip
def test_a_plateau_is_told_where_there_is_one_with_its_height(query: str, said: bool) -> None:
    plan = make_plan(Experiment.from_query(f"d=64&P=8&{query}"))
    words = warnings_of(plan).get("m", "")
    assert ("plateau" in words) == said
    if said:  # neurons that equal the m strongest directions, all orthogonal
        squares = np.arange(1.0, 9) ** (-2 * plan.experiment.beta)
        found = re.search(r"plateau: ([\d.]+) %", words)
        assert found
        assert float(found[1]) == pytest.approx(100 * squares[4:].sum() / squares.sum(), rel=0.05)


@pytest.mark.parametrize(
    "query",
    ["c=10000&m=32&engine=sgd", "m=4", "J=1", "J=2", "mixture=1:0.5,4:0.8", "s0=1",
     "engine=correlation", "beta=0.4", "m=4&engine=correlation", "c=10000&J=1&B=64&engine=sgd"],
)  # fmt: skip
def test_no_sentence_has_a_raw_formula(query: str) -> None:
    plan = make_plan(Experiment.from_query(f"d=64&P=8&{query}"))
    for words in [*warnings_of(plan).values(), plan.why_no_law or "", plan.remedy]:
        assert not re.search(r"\^|_|\de[+]\d|sigma|beta", words), words


def test_rounded_numbers_have_no_e() -> None:
    numbers = (43_690.2, 10_000, 0.025, 0.1, 1.2e-5, 3e19, 0, 999_600)
    assert [short(value) for value in numbers] == [
        "43,700", "10,000", "0.025", "0.1", "1.2 × 10⁻⁵", "3 × 10¹⁹", "0", "1,000,000",
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["engine=sgd&d=256&P=8&m=32", "engine=flow&d=4096&P=256&m=1024"])
def test_a_long_run_is_told_the_same_time_as_in_a_sweep(query: str) -> None:
    experiment = Experiment.from_query(query)
    expected = estimate_seconds([experiment])
    assert expected > SLOW_SECONDS
    words = warnings_of(make_plan(experiment))["d"]
    assert words == f"A long run: about {duration(expected)} on one core."
