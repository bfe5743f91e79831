"""The opening's runs, computed: each act's sentence is true of its end."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from emergence.experiment import Experiment
from emergence.figures.lab.record import lab_figures
from emergence.runs.facts import Ending, rise_share
from emergence.runs.opening import ACTS, Act
from emergence.runs.outcome import Outcome, outcome_of
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation

ONE, EIGHT, MANY = ACTS
BY_NAME = pytest.mark.parametrize("act", ACTS, ids=[act.name for act in ACTS])


@cache
def finished(experiment: Experiment) -> Simulation:
    simulation = Simulation(experiment)
    while not simulation.finished:
        simulation.work(1.0)
    return simulation


def outcome(act: Act) -> Outcome:
    said = outcome_of(finished(act.experiment))
    assert said is not None
    return said


def ending(simulation: Simulation) -> Ending:
    return Ending.of(simulation.plan, simulation.record, simulation.crossing, diverged=False)


def numbers(text: str) -> list[float]:
    """The numbers of a sentence, in its order."""
    plain = text.replace("−", "-").replace(",", "")
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def test_one_skill_waits_and_then_jumps() -> None:
    simulation = finished(ONE.experiment)
    assert ONE.experiment.P == 1
    record = simulation.record
    tau, peak = record.tau[: record.count], record.get("peak")[:, 0]
    crossing = simulation.crossing[0]
    # Nothing for half of the wait, all of it at the end, most of the way within a quarter of it.
    assert peak[tau < crossing / 2].max() < 0.25
    assert peak[-1] > 0.95
    assert rise_share(tau, record.get("peak"), simulation.crossing)[0] > 0.7
    assert ending(simulation).jumped == 1
    steps, predicted = numbers(outcome(ONE).text)
    assert steps == pytest.approx(crossing / ONE.experiment.eta, rel=0.01)
    assert predicted == pytest.approx(simulation.plan.T[0] / ONE.experiment.eta, rel=0.01)


def test_eight_skills_are_learned_in_eight_jumps_near_the_predicted_times() -> None:
    simulation = finished(EIGHT.experiment)
    plan, crossing = simulation.plan, simulation.crossing
    assert EIGHT.experiment.is_sgd
    assert EIGHT.experiment.P == 8
    assert np.isfinite(crossing).all()
    end = ending(simulation)
    assert end.learned == end.jumped == 8
    ratio = crossing / plan.T
    assert np.abs(np.log(ratio)).max() < np.log(1.35)
    assert numbers(outcome(EIGHT).text)[:2] == [8, 8]
    assert numbers(outcome(EIGHT).text)[2:] == pytest.approx([ratio.min(), ratio.max()], abs=0.005)


def test_many_skills_fall_on_a_line_with_the_slope_of_theory() -> None:
    simulation = finished(MANY.experiment)
    plan, record = simulation.plan, simulation.record
    assert MANY.experiment.d == 1_000_000
    assert MANY.experiment.P > 64
    assert np.isfinite(simulation.crossing).sum() > 64
    tau, mse = record.tau[: record.count], record.mse[: record.count]
    slope = plan.slope(tau, mse)
    assert slope is not None
    assert slope.ci is not None
    theory = (1 - 2 * 1.0) / 1.0
    assert slope.value == pytest.approx(theory, rel=0.1)
    assert slope.ci[0] < theory < slope.ci[1]
    assert np.log10(slope.window[1] / slope.window[0]) > 1.5
    # A line that one sees: from the window's begin to the picture's end no point is further than
    # a factor of two from it.
    inside = tau >= slope.window[0]
    x, y = np.log10(tau[inside]), np.log10(mse[inside])
    line = np.polynomial.Polynomial.fit(x, y, 1)
    assert np.abs(y - line(x)).max() < np.log10(2)
    value, _, low, high, decades, first, said = numbers(outcome(MANY).text)
    assert (value, low, high) == pytest.approx((slope.value, *slope.ci), abs=0.005)
    assert (first, said) == (128, theory)
    # The sentence and the fit are about what is drawn thickest: it lies on theory's line.
    drawn = lab_figures(plan, record)["loss"].data
    thick = max((t for t in drawn if t.yaxis != "y2"), key=lambda t: t.line.width or 0)
    law = next(t for t in drawn if t.meta and t.meta.get("curve") == "power law")
    assert "of the thick line" in outcome(MANY).text
    steps, loss = np.asarray(thick.x), np.asarray(thick.y)
    low, high = np.array(slope.window) / MANY.experiment.eta
    within = (steps >= low) & (steps <= high)
    off = np.log10(loss / 10 ** np.interp(np.log10(steps), np.log10(law.x), np.log10(law.y)))
    assert np.abs(off[within]).max() < np.log10(1.8)
    assert np.abs(off[-1]) < np.log10(1.15)
    fitted = np.polyfit(np.log10(steps[within]), np.log10(loss[within]), 1)[0]
    assert fitted == pytest.approx(theory, rel=0.1)
    assert decades == pytest.approx(np.log10(high / low), abs=0.05)


@BY_NAME
def test_what_was_measured_is_on_the_screen_before_the_end(act: Act) -> None:
    plan = make_plan(act.experiment)
    assert 0 < outcome(act).after <= plan.end / act.experiment.eta


@BY_NAME
def test_an_act_says_which_seed_it_has_and_that_it_is_one_of_many(act: Act) -> None:
    assert act.seed.startswith(f"seed {act.experiment.seed},")
    assert "many" in act.seed or "chosen" in act.seed
    assert ("first" in act.seed) == (act.experiment.seed == 1)


@BY_NAME
def test_an_act_is_a_run_with_its_own_address(act: Act) -> None:
    assert Experiment.from_query(act.experiment.to_query()) == act.experiment


def test_a_diverged_run_has_measured_nothing() -> None:
    assert outcome_of(finished(Experiment(d=32, P=8, m=32, c=3, engine="sgd"))) is None


def test_a_run_that_fails_says_so() -> None:
    simulation = finished(Experiment(d=32, P=4, m=2, engine="flow", seed=1, horizon=3))
    said = outcome_of(simulation)
    assert said is not None
    learned = int(np.isfinite(simulation.crossing).sum())
    assert learned < 4
    assert said.text.startswith(f"{learned} of 4 skills learned")
