"""A slope is reported where it means something, and everywhere else there is a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from emergence import Experiment, ExperimentError, simulate
from emergence.arrays import Array
from emergence.runs.plan import Plan, make_plan
from emergence.runs.simulation import BLOWN_UP, LEFT_BLOWN_UP, Simulation
from emergence.sweeps.export import row
from emergence.sweeps.outcome import Outcome
from emergence.theory.scaling import FLAT, fit_window, tail, window_directions

BLOWN = "d=64&P=4&m=8&J=1&c=100&seed=1&horizon=5&engine=sgd"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (BLOWN, "the run diverged"),
        ("c=10000&J=2&steps=300&engine=sgd", "the run diverged"),
        ("d=16&P=4&m=8&J=3&engine=correlation", "the loss cannot fall"),
        ("d=32&P=4&m=16&J=1&engine=flow", "add up to one"),
        ("d=32&P=8&m=16&beta=0.4&engine=decoupled", "β above 1/2"),
        ("d=32&P=2&m=16&engine=decoupled", "P = 2 is too few"),
        ("d=32&P=8&m=2&engine=decoupled", "three"),
        ("d=64&P=8&m=32&engine=decoupled&horizon=0.02", "too short"),
        ("d=32&P=8&m=16&steps=3", "too short"),
    ],
)
def test_no_slope_and_why(query: str, word: str) -> None:
    result = simulate(Experiment.from_query(query))
    found = result.as_dict()
    assert found["slope"] is None
    assert word in found["slope_reason"]
    point = row(Outcome.of(result))
    assert point["slope"] is point["slope_low"] is point["slope_high"] is None
    assert word in point["slope_reason"]


def test_a_loss_that_has_blown_up_has_diverged_and_keeps_its_history() -> None:
    result = simulate(Experiment.from_query(BLOWN))
    assert result.state == "diverged"
    assert "times that of the start" in result.message
    assert result.mse[-1] > BLOWN_UP * result.mse[0]
    assert (result.mse[:-1] <= BLOWN_UP * result.mse[0]).all(), "it stops at the first such moment"
    assert len(result.mse) == len(result.steps) == 2


def test_a_run_that_ends_far_above_its_start_has_diverged() -> None:
    """Its direction is found and its norm is far too large: it has learned nothing."""
    result = simulate(
        Experiment(P=1, m=8, s0=0.1, horizon=3, J=2, d=32, c=0.4, seed=22, engine="sgd")
    )
    assert LEFT_BLOWN_UP < result.mse[-1] / result.mse[0] < BLOWN_UP
    assert (result.state, Outcome.of(result).learned) == ("diverged", 0)


def test_a_run_that_comes_back_from_afar_has_not_diverged() -> None:
    """Heavy tails at B = 1: 115 times the loss of the start, and yet all is learned in the end."""
    result = simulate(
        Experiment(P=1, m=8, s0=0.1, horizon=3, J=4, d=32, c=0.4, seed=132, engine="sgd")
    )
    assert result.mse.max() > 50 * result.mse[0]
    assert result.mse[-1] < 0.5
    assert (result.state, Outcome.of(result).learned) == ("finished", 1)


def test_a_wild_run_that_comes_back_has_not_diverged() -> None:
    """Its loss reaches several times that of the start; at the end it has learned everything."""
    e = Experiment(d=4, P=2, m=16, J=3, c=0.138, s0=0.3, beta=1.0, steps=4195, seed=1, engine="sgd")
    worst = 1.0
    for seed in range(12):
        simulation = Simulation(e.replace(seed=seed))
        while not simulation.finished:
            simulation.work(1.0)
        mse = simulation.record.mse[: simulation.record.count]
        if mse[-1] < 0.1:
            assert simulation.diverged is None
            worst = max(worst, float(mse.max() / mse[0]))
    assert 1.2 < worst < BLOWN_UP


def curve(plan: Plan, kind: str, tau: Array) -> Array:
    """A loss over time made by hand."""
    start = plan.top * float(plan.a @ plan.a)
    if kind == "staircase":
        return plan.staircase(tau)
    if kind == "plateau":
        return np.full(len(tau), 0.7 * start)
    if kind == "floor":
        return np.full(len(tau), 1e-9 * start)
    if kind == "rising":
        return np.asarray(start * (1 + tau / tau[-1]))
    broken = np.array(plan.staircase(tau), float)
    broken[len(tau) // 2] = np.nan
    return broken


EXPERIMENTS = st.fixed_dictionaries(
    {
        "d": st.sampled_from([16, 64, 1024]), "P": st.integers(1, 12), "m": st.integers(1, 40),
        "beta": st.sampled_from([0.0, 0.5, 0.51, 0.8, 1.0, 2.0]), "J": st.integers(1, 6),
        "seed": st.integers(0, 50), "horizon": st.sampled_from([0.01, 0.3, 1.5, 5.0]),
        "engine": st.sampled_from(["flow", "decoupled", "correlation"]),
    }
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    EXPERIMENTS,
    st.sampled_from(["staircase", "plateau", "floor", "rising", "broken"]),
    st.sampled_from([2, 6, 300]),
)
def test_a_slope_or_a_reason(values: dict[str, object], kind: str, moments: int) -> None:
    """A slope only where all conditions hold, checked here by themselves; else a sentence."""
    try:
        e = Experiment.of(values)
        plan = make_plan(e)
    except ExperimentError:
        assume(False)
    tau = np.geomspace(plan.end / 1e3, plan.end, moments)
    mse = curve(plan, kind, tau)
    slope, why = plan.slope(tau, mse), plan.why_no_slope(tau, mse)
    assert (slope is None) == (why is not None)
    if slope is None:
        assert why
        assert why[0].islower() or why[0] in "Pm"
        return
    assert e.engine != "correlation"
    assert e.beta > 0.5
    assert min(e.P, e.m) >= 3
    assert e.J > 1
    low, high = window_directions(min(e.m, e.P))
    window = fit_window(plan.T1, high, low, e.beta)
    assert slope.window == pytest.approx(window)
    assert tau[-1] >= window[1]
    inside = (tau >= window[0]) & (tau <= window[1])
    assert inside.sum() >= 5
    assert np.isfinite(mse[inside]).all()
    there = np.isfinite(mse)
    y = np.interp(np.log(window), np.log(tau[there]), mse[there])
    y = np.log(y + tail(plan.a, e.beta, plan.top))
    assert kind in ("staircase", "broken"), "a hole outside the window does no harm"
    assert y[0] - y[1] > FLAT / 2
    assert np.isfinite(slope.value)
    assert slope.value < 0.5
    if slope.ci:
        assert slope.ci[0] < slope.value < slope.ci[1]


@pytest.mark.parametrize("engine", ["correlation", "flow"])
def test_no_local_slope_and_no_theory_where_there_is_no_law(engine: str) -> None:
    beta = 0.4 if engine == "flow" else 1.0
    result = simulate(Experiment(d=16, P=4, m=8, J=3, engine=engine, beta=beta, horizon=0.3))
    assert np.isnan(result.record.get("slope")).all()
    assert result.theory_slope is None
