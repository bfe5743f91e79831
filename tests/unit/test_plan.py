"""What is known before the first step: the schedule, and refusals that name a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.engines.flow_steps import FlowSteps
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import DEGREES
from emergence.runs import cost
from emergence.runs.limits import FLOPS_AN_HOUR, STANDARD
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from emergence.runs.simulation import Simulation
from tests import naive
from tests.unit.planned import planned


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Small experiments of every kind."""
    P = draw(st.integers(1, 12))
    given: dict[str, object] = {
        "d": max(2, P + draw(st.integers(0, 100))), "P": P, "m": draw(st.integers(1, 20)),
        "beta": draw(st.floats(0, 3)), "s0": draw(st.floats(1e-4, 1)),
        "c": draw(st.floats(1e-4, 100)), "seed": draw(st.integers(0, 99)),
        "engine": draw(st.sampled_from(["sgd", "flow", "decoupled", "correlation"])),
        "normalisation": draw(st.sampled_from(["paper", "slides"])),
        "horizon": draw(st.sampled_from([0.01, 1.5, 100.0]) | st.floats(0.01, 100)),
        "steps": draw(st.sampled_from([0, 0, 1, 2, 1_000, 10**9])),
    }  # fmt: skip
    if draw(st.booleans()):
        return Experiment.of({"J": draw(st.sampled_from(DEGREES))} | given)
    return Experiment.of(
        {"mixture": draw(st.sampled_from(["1:0.5,2:1", "2:-0.3,4:0.9", "3:0.6,4:0.8"]))} | given
    )


@settings(max_examples=150, deadline=None)
@given(experiments())
def test_schedule(e: Experiment) -> None:
    plan = planned(e)
    assert plan.snapshots[0] == 0
    assert plan.snapshots[-1] == plan.checkpoints[-1] == plan.end > 0
    assert 2 <= len(plan.snapshots) <= cost.MOST_SNAPSHOTS + 1
    assert len(plan.checkpoints) < 10_000
    assert np.all(np.diff(plan.snapshots) > 0)
    assert np.all(np.diff(plan.checkpoints) > 0)
    assert np.all(np.isin(plan.snapshots[1:], plan.checkpoints))
    if e.is_sgd:
        steps = plan.checkpoints / e.eta
        np.testing.assert_allclose(steps, np.round(steps), rtol=1e-9)
        assert round(steps[0]) >= 1
    if e.steps:
        assert plan.end == pytest.approx(e.steps * e.eta, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(experiments())
def test_looks_are_half_a_percent_or_one_step_apart(e: Experiment) -> None:
    plan = planned(e)
    gaps = np.diff(plan.checkpoints)
    step = e.eta if e.is_sgd else 0.0
    # Rounding to whole steps may add one to either end of a gap.
    assert np.all(gaps <= 0.0051 * plan.checkpoints[:-1] + 1.01 * step)


@settings(max_examples=60, deadline=None)
@given(experiments())
def test_predictions_of_the_plan(e: Experiment) -> None:
    """iota is a matching with the times T, and both losses start from sum a^2 K(1)."""
    plan = planned(e)
    used = plan.iota[plan.iota >= 0]
    assert len(set(used.tolist())) == len(used) <= min(e.m, e.P)
    assert np.all(np.isinf(plan.T) == (plan.iota < 0))
    assert plan.unused.sum() == e.m - len(used)
    whole = plan.top * float(plan.a @ plan.a)
    late = [naive.staircase(0.0, plan.T, plan.a, plan.top), plan.staircase(np.zeros(1))[0]]
    assert late[0] == pytest.approx(late[1], rel=1e-12, abs=1e-12)
    times = np.array([0.0, plan.end])
    assert not np.any(plan.finite(times) > whole * (1 + 1e-9))
    assert np.all(np.isfinite(plan.decoupled(times)))


def test_length_follows_the_last_predicted_time() -> None:
    e = Experiment(d=32, P=4, m=16, engine="flow", horizon=2.5)
    assert make_plan(e).end == pytest.approx(2.5 * make_plan(e).T.max())


def test_a_neuron_that_starts_beyond_one_half_still_has_a_run() -> None:
    """At d = 2 some neuron may start with u > 1/2 and T_p = 0: the norm has to grow yet."""
    for J in (1, 2):
        for engine in ("sgd", "flow", "decoupled"):
            plan = make_plan(Experiment(d=2, P=1, m=4, J=J, engine=engine, seed=63))
            assert plan.T[0] == 0
            assert plan.end > 1


def test_no_neuron_on_the_right_side_is_refused_unless_steps_are_given() -> None:
    e = next(
        e for seed in range(100)
        if np.isinf(_T(e := Experiment(d=16, P=1, m=1, J=3, engine="flow", seed=seed, steps=5)))
    )  # fmt: skip
    assert make_plan(e).iota.tolist() == [-1]
    with pytest.raises(ExperimentError, match="wrong side") as refusal:
        make_plan(e.replace(steps=0))
    assert set(refusal.value.problems) == {"m"}


def _T(e: Experiment) -> float:  # noqa: N802
    return float(make_plan(e).T[0])


@pytest.mark.parametrize(
    ("heavy", "given"),
    [
        ("d", {"d": 10**6, "m": 256, "engine": "sgd-full"}),
        ("m", {"d": 4096, "P": 8, "m": 8192, "engine": "flow"}),
        ("m", {"d": 8192, "P": 8, "m": 4096}), ("B", {"d": 10**6, "m": 16, "B": 1024}),
    ],
)  # fmt: skip
def test_too_much_memory_is_refused_by_name(heavy: str, given: dict[str, object]) -> None:
    e = Experiment.of({"engine": "sgd"} | given)
    assert cost.memory(e) > 1e9 * STANDARD.gigabytes
    with pytest.raises(ExperimentError, match=rf"memory.*lower {heavy} \(now ") as refusal:
        make_plan(e)
    assert set(refusal.value.problems) == {heavy}
    low = {"d": 64, "m": 16, "B": 1}[heavy]
    assert cost.memory(e.changed({heavy: low})) < cost.memory(e) / 4


@pytest.mark.parametrize(
    ("lever", "given"),
    [
        ("d", {"d": 4096, "J": 8}), ("steps", {"steps": 2**40}),
        ("horizon", {"d": 2048, "c": 1e-4, "horizon": 50}),
        ("m", {"engine": "flow", "d": 10**5, "J": 2, "m": 1536, "P": 256, "beta": 2}),
    ],
)  # fmt: skip
def test_too_much_work_is_refused_by_name(lever: str, given: dict[str, object]) -> None:
    with pytest.raises(ExperimentError, match=rf"operations.*lower {lever} \(now ") as refusal:
        make_plan(Experiment.of({"engine": "sgd"} | given))
    assert set(refusal.value.problems) == {lever}


@pytest.mark.parametrize("d", [1024, 10**6])
def test_the_largest_flow_meant_to_run_is_not_refused(d: int) -> None:
    e = Experiment(engine="flow", d=d, P=256, m=1536)
    estimate = cost.estimate(e, make_plan(e).end)
    assert estimate.bytes < 1e9 * STANDARD.gigabytes
    assert estimate.flops < STANDARD.hours * FLOPS_AN_HOUR / 2


@pytest.mark.parametrize(("m", "P"), [(32, 8), (256, 64), (1024, 256), (2048, 64)])
def test_a_record_stays_within_its_share_of_memory(m: int, P: int) -> None:
    """The stated 12 MB, whatever the run's length; 100 snapshots at least."""
    for steps in (1_000, 10**6):
        plan = make_plan(Experiment(d=2048, P=P, m=m, engine="decoupled", steps=steps))
        record = Record(plan)
        assert record.bytes <= 1.01 * cost.RECORD_BYTES
        assert cost.FEWEST_SNAPSHOTS < len(plan.snapshots) <= cost.MOST_SNAPSHOTS + 1


def test_matched_neurons_are_shown_first() -> None:
    plan = make_plan(Experiment(d=512, P=100, m=700, engine="flow"))
    assert len(plan.neurons) == 512
    assert len(plan.directions) == 64
    assert plan.neurons[:100].tolist() == plan.iota.tolist()
    assert len(set(plan.neurons.tolist())) == 512


@pytest.mark.parametrize(
    "given", [{}, {"m": 64, "s0": 0.1}, {"P": 1, "m": 64}, {"P": 12, "m": 48, "beta": 0.5}], ids=str
)
@pytest.mark.parametrize("far", [30, 1000])
def test_the_work_of_a_flow_long_past_its_last_jump_is_estimated(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], far: float
) -> None:
    """Within a factor of four of what its fields take, each counted where it is computed."""
    done, step = [0.0], FlowSteps.step

    def counted(steps: FlowSteps) -> None:
        before = steps.evaluations
        step(steps)
        m, D = steps.state().shape
        done[0] += (steps.evaluations - before) * m * (4.0 * steps._field.sources * D + 60 * e.P)

    e = Experiment(engine="flow", **given)
    e = e.replace(steps=int(far * make_plan(e).T.max() / e.eta))
    monkeypatch.setattr(FlowSteps, "step", counted)
    Simulation(e).work(60)
    assert done[0] / 4 < cost.estimate(e, make_plan(e).end).flops < 4 * done[0]
