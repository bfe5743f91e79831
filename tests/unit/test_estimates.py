"""What a run is said to take before it starts: fields of the flow against counted ones, memory
against what is allocated. (Seconds are a matter of the machine: `python -m
tests.benchmarks.estimates`.)"""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np
import pytest
from loky import ProcessPoolExecutor

from emergence import Experiment, engines
from emergence.engines import compile_kernels
from emergence.engines.decoupled import DecoupledDynamics
from emergence.engines.gradient_flow import GradientFlow
from emergence.runs import cost, speed
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation

FLOWS: list[dict[str, Any]] = [
    {"d": 1024, "P": 8, "m": 32}, {"d": 10**6, "P": 8, "m": 32}, {"d": 1024, "P": 32, "m": 8},
    {"d": 64, "P": 8, "m": 32, "horizon": 6.0}, {"d": 1024, "P": 8, "m": 32, "J": 3},
    {"d": 1024, "P": 16, "m": 160, "J": 6}, {"d": 1024, "P": 16, "m": 64, "J": 2},
    {"d": 32768, "P": 32, "m": 192}, {"d": 4096, "P": 16, "m": 150, "beta": 0.8, "s0": 0.01},
    {"d": 1024, "P": 8, "m": 16, "J": 1}, {"d": 2048, "P": 128, "m": 256, "beta": 0.8, "s0": 0.01},
]  # fmt: skip


@pytest.mark.parametrize("given", FLOWS, ids=str)
def test_a_flow_takes_as_many_fields_as_it_is_said_to(given: dict[str, Any]) -> None:
    """Within a factor of two: each is counted where it is computed."""
    e = Experiment(engine="flow", **given)
    end = make_plan(e).end
    flow = GradientFlow(e)
    flow.advance(end, 60.0)
    said = cost.work_of_flow(e, end).fields
    assert said / 2 < flow.evaluations < 2 * said


@pytest.mark.parametrize("given", [
    {"d": 64, "P": 8, "m": 32}, {"d": 1024, "P": 1, "m": 1}, {"d": 10**6, "P": 8, "m": 32},
    {"d": 2048, "P": 32, "m": 32}, {"d": 1024, "P": 64, "m": 256, "J": 2},
    {"d": 512, "P": 64, "m": 1024}, {"d": 64, "P": 8, "m": 32, "J": 6},
], ids=str)  # fmt: skip
def test_the_decoupled_equations_take_as_many_steps_as_they_are_said_to(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a factor of two."""
    plan = make_plan(Experiment(engine="decoupled", **given))
    engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
    step, steps = DecoupledDynamics._step, 0

    def counted(self: DecoupledDynamics) -> None:
        nonlocal steps
        steps += 1
        step(self)

    monkeypatch.setattr(DecoupledDynamics, "_step", counted)
    engine.advance(plan.end, 60.0)
    said = speed.solver_steps(plan.experiment, plan.end, np.sort(plan.T))
    assert said / 2 < steps < 2 * said


@pytest.mark.parametrize("given", [
    {"d": 2048, "P": 64, "m": 256, "beta": 0.8, "s0": 0.01}, {"d": 10**6, "P": 32, "m": 192},
], ids=str)  # fmt: skip
def test_what_is_left_of_a_flow_is_told_from_its_fields(given: dict[str, Any]) -> None:
    """By the share told, within a factor of two of those that are really left; by the time alone
    it would be told much too much."""
    e = Experiment(engine="flow", **given)
    plan, flow = make_plan(e), GradientFlow(e)
    moments = plan.end * np.array([0.01, 0.03, 0.1, 0.3, 1.0])
    counted = []
    for moment in moments:
        flow.advance(float(moment), 60.0)
        counted.append(flow.evaluations)
    real, fields = np.array(counted), [
        cost.work_of_flow(e, float(moment), plan.jumps).fields for moment in moments
    ]  # fmt: skip
    done = np.array(fields) / fields[-1]
    left, told = real[-1] - real[:-1], real[:-1] * (1 - done[:-1]) / done[:-1]
    assert np.all(np.abs(np.log2(told / left)) < 1)
    by_time = real[:-1] * (plan.end / moments[:-1] - 1)
    assert np.all(by_time[1:] > 2 * left[1:])


@pytest.mark.parametrize("engine", ["flow", "decoupled", "sgd", "correlation"])
def test_the_share_that_is_done_grows_from_nothing_to_all(engine: str) -> None:
    plan = make_plan(Experiment(d=32, P=4, m=16, engine=engine))
    shares = [plan.share(tau) for tau in np.linspace(0, plan.end, 50)]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert np.all(np.diff(shares) >= 0)


LARGE: list[dict[str, Any]] = [
    {"engine": "flow", "d": 1024, "P": 32, "m": 256, "horizon": 0.5},
    {"engine": "flow", "d": 2048, "P": 64, "m": 320, "J": 2, "horizon": 0.05},
    {"engine": "flow", "d": 512, "P": 8, "m": 1500, "horizon": 0.2},
    {"engine": "sgd", "d": 4096, "P": 8, "m": 256, "B": 512, "steps": 3},
    {"engine": "sgd", "d": 512, "P": 8, "m": 1024, "steps": 300},
    {"engine": "sgd", "d": 64, "P": 8, "m": 4096, "steps": 200},
    {"engine": "sgd-reduced", "d": 10**5, "P": 8, "m": 384, "steps": 800},
    {"engine": "correlation", "d": 512, "P": 64, "m": 1024, "steps": 300},
    {"engine": "decoupled", "d": 512, "P": 64, "m": 1024},
]


@pytest.mark.parametrize("given", LARGE, ids=str)
def test_a_run_takes_as_much_memory_as_it_is_said_to(
    given: dict[str, Any], apart: ProcessPoolExecutor
) -> None:
    """Within a factor of two of the most that is allocated at a time."""
    most = apart.submit(most_allocated, given).result()
    said = cost.memory(Experiment(**given))
    assert said / 2 < most < 2 * said


def most_allocated(given: dict[str, Any]) -> int:
    """The most bytes that the beginning of such a run holds at a time."""
    e = Experiment(**given)
    compile_kernels(e)
    make_plan(e.replace(seed=e.seed + 1))
    gc.collect()
    tracemalloc.start()
    simulation = Simulation(e)
    for _ in range(3 if e.engine == "flow" else 40):
        simulation.work(0.2)
    simulation.tip()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
