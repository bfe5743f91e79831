"""How far a run with a broken assumption is from theory: the numbers, and where they are said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emergence import Experiment
from emergence.figures.lab.record import lab_figures
from emergence.parameters import ASSUMPTIONS
from emergence.results.tables import loss
from emergence.runs.degraded import Degradation
from emergence.runs.examples import BROKEN
from emergence.runs.facts import Promise
from emergence.runs.guesses import LATE, answers, guessables
from emergence.runs.mends import mends_for
from emergence.runs.outcome import outcome_of
from emergence.runs.plan import make_plan
from emergence.runs.record import other_losses
from emergence.runs.result import result_of
from emergence.runs.simulation import Simulation
from emergence.runs.titles import broken_words, introduction, titles_of
from emergence.runs.warnings import warnings_of
from emergence.ui.alone.controls import computable

SMALL: dict[str, Any] = {"d": 16, "P": 3, "m": 12, "c": 0.02, "engine": "sgd", "beta": 0.5}


@pytest.fixture(scope="module")
def noisy() -> Simulation:
    return run(noise=0.5, samples=3_000)


def run(**changes: object) -> Simulation:
    simulation = Simulation(Experiment.of({**SMALL, **changes}))
    while not simulation.finished:
        simulation.work(1.0)
    return simulation


def test_medians_and_exponents_are_of_the_directions_that_have_both_times() -> None:
    p = np.arange(1.0, 7.0)
    T, crossing = p**0.8, 1.5 * p**0.5
    crossing[1] = np.nan  # never
    T[4] = np.inf  # no neuron
    followed = np.array([True, False, True, False, True, True])
    found = Degradation.of(T, crossing, followed)
    ratio = (1.5 * p**-0.3)[[0, 2, 3, 5]]
    assert (found.timed, found.crossed, found.followed) == (5, 4, 3)
    assert found.ratio == pytest.approx((np.median(ratio), ratio.min(), ratio.max()))
    assert found.exponents == pytest.approx((0.5, 0.8))
    assert found.sentence == (
        "crossing/Tₚ 1.03 (median of 4; 0.88 to 1.50), 1 of 5 directions never; 3 of 4 by ι's "
        "neuron; times as p^0.50, Tₚ as p^0.80"
    )


def test_where_nothing_crosses_that_is_said() -> None:
    found = Degradation.of(np.array([1.0, 2.0]), np.full(2, np.nan), None)
    assert found.sentence == "none of 2 directions with a Tₚ has crossed"
    one = Degradation.of(np.array([2.0]), np.array([3.0]), None)
    assert one.sentence == "crossing/Tₚ 1.50"


def test_a_run_says_what_is_broken_and_how_far_it_is_off(noisy: Simulation) -> None:
    plan, crossing = noisy.plan, noisy.crossing
    said = introduction(Promise.of(plan))
    assert "labels have noise of standard deviation 0.5, 3,000 samples come again" in said
    ratio = crossing / plan.T
    median = f"crossing/Tₚ {np.nanmedian(ratio):.2f} (median of {np.isfinite(ratio).sum()};"
    assert median in titles_of(noisy)["board"]
    outcome = outcome_of(noisy)
    assert outcome is not None
    assert median in outcome.text
    whole = Experiment.of(SMALL)
    assert "Broken" not in introduction(Promise.of(make_plan(whole)))
    assert LATE not in [asked.name for asked in guessables(make_plan(whole))]


def test_where_crossings_cannot_tell_directions_apart_that_is_said() -> None:
    said = [broken_words(Experiment(rho=rho, engine="sgd")) for rho in (0.7, 0.75)]
    assert ["do not tell them apart" in each for each in said] == [False, True]


def test_what_is_guessed_of_it_is_judged_by_the_median(noisy: Simulation) -> None:
    (answer,) = (each for each in answers(noisy) if each.name == LATE)
    (asked,) = (each for each in guessables(noisy.plan) if each.name == LATE)
    ratio = noisy.crossing / noisy.plan.T
    median = float(np.nanmedian(ratio))
    assert 2 * np.isfinite(ratio).sum() > len(ratio)
    low, high = {0: (0, 0.8), 1: (0.8, 1.25), 2: (1.25, 2.0), 3: (2.0, np.inf)}[answer.right[0]]
    assert low <= median <= high
    assert len(asked.options) == 5


def test_half_that_never_cross_are_an_answer_of_their_own() -> None:
    short = run(optimizer="adam", steps=20)
    (answer,) = (each for each in answers(short) if each.name == LATE)
    assert answer.right == (4,)
    assert "none of 3" in answer.answer


def test_losses_beside_the_population_s_are_kept_and_drawn(noisy: Simulation) -> None:
    record = noisy.record
    assert other_losses(noisy.plan.experiment) == ("labels", "train")
    np.testing.assert_allclose(record.get("labels"), record.get("mse") + 0.25, rtol=1e-5)
    figure = lab_figures(noisy.plan, record)["loss"]
    drawn = {t.meta["field"]: t for t in figure.data if (t.meta or {}).get("role") == "beside"}
    ends = {t.name: t.meta["end"] for t in figure.data if "end" in (t.meta or {})}
    assert set(ends.values()) == {"noisy labels", "training", "population"}
    assert figure.layout.meta["ends"] == max(map(len, ends.values()))
    for name in ("labels", "train"):
        np.testing.assert_allclose(drawn[name].y, record.get(name)[1:])
    assert "first 2,048 of 3,000" in drawn["train"].name
    assert any(shape.y0 == 0.25 for shape in figure.layout.shapes)
    none = Experiment.of(SMALL)
    assert other_losses(none) == ()


def test_what_an_engine_cannot_compute_is_mended() -> None:
    values = {"rho": 0.3, "engine": "flow", "second": "own"}
    changes = [dict(mend.changes) for mend in mends_for(values)]
    assert {"engine": "auto"} in changes
    assert {"rho": 0.0, "second": "tied"} in changes


def test_auto_takes_sgd_and_says_nothing_of_the_flow() -> None:
    plan = make_plan(Experiment(optimizer="sign"))
    assert plan.auto is not None
    assert (plan.experiment.engine, plan.auto.other) == ("sgd", None)
    assert "flow" not in plan.auto.sentence
    slow = make_plan(Experiment(optimizer="adam", horizon=6.0))
    assert slow.auto is not None
    assert slow.experiment.engine == "sgd"
    assert "flow" not in slow.auto.sentence
    assert slow.seconds > 20


def test_the_bound_of_sgd_s_step_is_not_said_of_another_rule() -> None:
    assert "c" in warnings_of(make_plan(Experiment(c=5.0, engine="sgd", noise=0.1)))
    assert "c" not in warnings_of(make_plan(Experiment(c=5.0, engine="sgd", optimizer="adam")))


def test_losses_beside_the_population_s_are_taken_away(noisy: Simulation) -> None:
    result = result_of(noisy)
    for name in ("labels", "train"):
        np.testing.assert_array_equal(loss(result)[f"loss_{name}"], noisy.record.get(name))
    plain = result_of(run(steps=5))
    assert not [name for name in loss(plain) if name.startswith("loss_")]


def test_a_page_without_a_server_does_not_compute_what_is_broken() -> None:
    assert computable(Experiment(engine="sgd"))
    assert not computable(Experiment(engine="sgd", rho=0.1))


def test_each_assumption_has_an_example_that_breaks_nothing_else() -> None:
    assert [each.experiment.broken for each in BROKEN] == [(name,) for name in ASSUMPTIONS]
    for example in BROKEN:
        e = example.experiment
        assert Experiment.from_query(e.to_query()) == e
        assert make_plan(e).seconds < 20
