"""`engine = auto`: SGD where it should take less than 20 seconds, else the flow."""

from __future__ import annotations

import re

import numpy as np
import pytest

from emergence import simulate
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment, ExperimentError
from emergence.runs import plan as plan_module
from emergence.runs import speed
from emergence.runs.ensemble import simulate_seeds
from emergence.runs.facts import Promise
from emergence.runs.mends import mends_of
from emergence.runs.plan import make_plan, settled
from emergence.runs.titles import introduction
from emergence.serving.run import Run
from emergence.sweeps.outcome import Outcome
from tests.moves import moves


def test_any_slider_moved_alone_gives_a_run_of_at_most_twenty_seconds() -> None:
    """By estimate; and what was taken is what the rule says, SGD below 20 seconds."""
    taken = set()
    for experiment in moves():
        plan = make_plan(experiment)
        assert plan.auto is not None
        if experiment.m > 2896:  # both engines are slow: it is said, with what helps
            assert plan.seconds > 20
            assert plan.auto.taken == "sgd"
            assert mends_of(experiment)["d"]
            continue
        assert plan.seconds <= 20, experiment
        try:
            sgd = make_plan(experiment.replace(engine="sgd"))
        except ExperimentError:
            quick = False
        else:
            quick = speed.seconds(sgd.experiment, sgd.end) < 20 and sgd.experiment.c <= sgd.bound_c
        assert plan.experiment == experiment.replace(engine="sgd" if quick else "flow")
        taken.add(plan.experiment.engine)
    assert taken == {"sgd", "flow"}


@pytest.mark.parametrize("engine", ["sgd", "flow"])
def test_the_settled_run_is_that_of_the_engine_it_names(engine: str) -> None:
    """Plan, numbers and titles are those of the engine asked for by name."""
    asked = Experiment(d=16 if engine == "sgd" else 400, P=2, m=8, horizon=1.2)
    named = asked.replace(engine=engine)
    assert settled(asked) == named == settled(named)
    plan, other = make_plan(asked), make_plan(named)
    assert plan.asked == asked
    assert other.asked == named
    assert other.auto is None
    np.testing.assert_array_equal(plan.snapshots, other.snapshots)
    assert introduction(Promise.of(plan)) == introduction(Promise.of(other))
    found, expected = simulate(asked), simulate(named)
    assert found.experiment == asked
    assert found.engine_used == expected.engine_used == named.engine_used
    np.testing.assert_array_equal(found.mse, expected.mse)
    outcome = Outcome.of(found)
    assert outcome.experiment == asked
    assert outcome.engine_used == named.engine_used


def test_it_is_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many cores there are and whatever the clock says."""
    at_limit = Experiment(m=1448)
    before = settled(at_limit).engine
    plan_module._plans.clear()
    monkeypatch.setattr("emergence.parameters.CORES", 1)
    monkeypatch.setattr("time.perf_counter", lambda: 0.0)
    assert settled(at_limit).engine == before


def test_the_sentence_says_which_and_why() -> None:
    slow, quick, refused = (make_plan(Experiment(d=d)).auto for d in (512, 64, 10**6))
    assert slow is not None
    assert quick is not None
    assert refused is not None
    assert slow.sentence == (
        "SGD would take about 19 minutes: the gradient flow, its limit of small steps, shows the "
        "same story in about 1 second."
    )
    assert (slow.taken, slow.other) == ("flow", "sgd")
    assert quick.sentence == "Online SGD takes about 2 seconds here."
    assert (quick.taken, quick.other) == ("sgd", "flow")
    assert refused.sentence.startswith("SGD would take more than this server allows: the gradient")
    assert refused.other is None
    assert "floating-point operations" in refused.refusal


@pytest.mark.parametrize(
    "query", ["c=10000", "c=1&d=16&P=2&m=4&seed=21", "J=2&c=1", "P=64&m=16&c=20"]
)
def test_where_sgd_would_diverge_the_flow_is_taken_and_it_is_said(query: str) -> None:
    asked = Experiment.from_query(query)
    plan = make_plan(asked)
    assert plan.auto is not None
    assert (plan.auto.taken, plan.auto.other) == ("flow", "sgd")
    found = re.fullmatch(
        r"SGD is unstable at this step size, from c ≈ ([\d.]+) on: the gradient flow, .*\.",
        plan.auto.sentence,
    )
    assert found
    bound = float(found[1])
    assert asked.c > bound
    assert settled(asked.replace(c=0.9 * bound)).engine == "sgd"
    assert simulate(asked.replace(engine="sgd")).state == "diverged"


def test_what_both_refuse_is_refused() -> None:
    with pytest.raises(ExperimentError, match="GB of memory"):
        make_plan(Experiment(d=10**6, P=1024, m=4096))


def test_only_sgd_is_left_where_the_flow_does_not_fit() -> None:
    plan = make_plan(Experiment(d=4096, P=8, m=2500, J=2, c=0.1, horizon=0.2))
    assert plan.auto is not None
    assert plan.experiment.engine == "sgd"
    assert plan.auto.flow is None


def test_an_address_says_the_engine_and_means_auto_without_one() -> None:
    assert Experiment.from_query("d=64").engine == "auto"
    assert "engine=auto" in Experiment().to_query()
    assert Experiment.from_query("engine=sgd").engine == "sgd"
    assert Experiment.from_json(Experiment().to_json()) == Experiment()


def test_seeds_of_one_experiment_take_one_engine() -> None:
    found = simulate_seeds(Experiment(d=1000, P=2, m=8, seed=0, horizon=0.3), 3, 1)
    assert {run["engine_used"] for run in found["runs"]} == {found["engine_used"]} == {"flow"}
    assert found["experiment"]["engine"] == "auto"


def test_a_watched_run_takes_the_settled_engine() -> None:
    run = Run(Experiment(d=1000, P=1, m=4))
    run.want("a", np.inf)
    while not run.final:
        run.work(0.2)
    assert run.published.titles is not None
    assert run.bytes < 10**8


def test_nobody_guesses_the_kind_of_an_engine_that_is_not_settled() -> None:
    with pytest.raises(ValueError, match="settled"):
        _ = Experiment().is_sgd
    assert initial_directions(Experiment(d=8, P=2, m=3)).shape == (3, 5)
