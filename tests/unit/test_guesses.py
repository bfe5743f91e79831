"""What may be guessed of a run, and the verdict that the run itself gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emergence.classroom.question import read_question
from emergence.experiment import Experiment
from emergence.runs.guesses import FACTOR, FIRST, SLOPE, WHEN, Answer, answers, guessables
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation
from emergence.ui.server.payload import payload


def finished(query: str) -> Simulation:
    simulation = Simulation(Experiment.from_query(query))
    while not simulation.finished:
        simulation.work(1.0, np.inf)
    return simulation


def by_name(simulation: Simulation) -> dict[str, Answer]:
    return {answer.name: answer for answer in answers(simulation)}


def test_a_run_answers_from_its_own_numbers() -> None:
    simulation = finished("d=256&P=16&m=64&engine=flow&seed=1")
    plan, record = simulation.plan, simulation.record
    asked = {each.name: each for each in guessables(plan)}
    found = by_name(simulation)
    assert set(found) == set(asked) == {FIRST, WHEN, SLOPE}
    # Independently of the crossings: the first row in which any overlap is above one half.
    rows = record.rows[: record.count]
    field = record.fields["peak"]
    peaks = rows[:, field["offset"] : field["offset"] + plan.experiment.P]
    row, p = np.argwhere(peaks > 0.5)[0]
    when = record.tau[row] / plan.experiment.eta
    before = record.tau[row - 1] / plan.experiment.eta
    assert found[FIRST].answer == f"direction {p + 1}"
    assert found[FIRST].right == (p,)
    assert before <= found[WHEN].after <= when
    stops = np.array(asked[WHEN].values)
    for i, stop in enumerate(stops):
        ratio = max(stop / found[WHEN].after, found[WHEN].after / stop)
        assert (i in found[WHEN].right) == (ratio <= FACTOR)
    slope = plan.slope(record.tau[: record.count], record.mse[: record.count])
    assert slope
    assert found[SLOPE].answer == f"{slope.value:.2f}"
    said = [float(asked[SLOPE].options[i]) for i in found[SLOPE].right]
    assert said
    assert all(abs(each - slope.value) <= 0.106 for each in said)
    assert all(not answer.why for answer in found.values())


@pytest.mark.parametrize(
    ("query", "name", "why"),
    [
        ("d=64&P=4&m=8&c=10000&J=4&seed=2&engine=sgd", WHEN, "diverged"),
        ("d=64&P=16&m=16&c=10000&J=4&seed=2&engine=sgd", SLOPE, "diverged"),
        ("d=64&P=4&m=8&engine=flow&horizon=0.2", WHEN, "no direction was learned"),
        ("d=64&P=16&m=2&engine=flow", SLOPE, ""),
    ],
)  # fmt: skip
def test_what_a_run_does_not_show_is_not_judged(query: str, name: str, why: str) -> None:
    answer = by_name(finished(query))[name]
    assert why in answer.why
    assert (answer.right, answer.answer) == ((), "")
    assert answer.why


def test_the_first_jump_is_judged_before_the_run_is_over() -> None:
    simulation = Simulation(Experiment.from_query("d=128&P=8&m=32&engine=flow&seed=1"))
    assert answers(simulation) == ()
    last: tuple[Answer, ...] = ()
    while not simulation.finished:
        simulation.work(0.02, np.inf)
        now = {answer.name: answer for answer in answers(simulation)}
        if not simulation.finished:
            assert SLOPE not in now
        for answer in last:
            assert now[answer.name] == answer, "an answer stays"
        last = tuple(now.values())


@pytest.mark.parametrize(
    "query", ["P=1&m=1&d=64", "P=512&m=512&d=1024&engine=flow", "d=64&P=16&m=16&beta=0.4",
              "d=64&P=4&m=8&engine=sgd&steps=3", "d=64&P=15&m=32&engine=flow",
              "d=64&P=16&m=32&engine=flow"],
)  # fmt: skip
def test_every_question_can_be_asked_in_a_room(query: str) -> None:
    experiment = Experiment.from_query(query)
    plan = make_plan(experiment)
    sent = json.loads(payload(experiment))["questions"]
    assert [each["name"] for each in sent] == [each.name for each in guessables(plan)]
    for each in sent:
        assert read_question(each, ("",)).to_json() == each
    names = {each["name"] for each in sent}
    assert (FIRST in names) == (experiment.P > 1)
    assert (SLOPE in names) == (plan.theory_slope is not None and experiment.P >= 16)
