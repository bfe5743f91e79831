"""What a run is said to take before it starts: fields of the flow against counted ones, memory
against what is allocated. (Seconds are a matter of the machine: `python -m
tests.benchmarks.estimates`.)"""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from emergence import Experiment
from emergence.engines import compile_kernels
from emergence.engines.gradient_flow import GradientFlow
from emergence.runs import cost
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation

FLOWS: list[dict[str, Any]] = [
    {"d": 1024, "P": 8, "m": 32}, {"d": 10**6, "P": 8, "m": 32}, {"d": 1024, "P": 32, "m": 8},
    {"d": 64, "P": 8, "m": 32, "horizon": 6.0}, {"d": 1024, "P": 8, "m": 32, "J": 3},
    {"d": 1024, "P": 16, "m": 160, "J": 6}, {"d": 1024, "P": 16, "m": 64, "J": 2},
    {"d": 32768, "P": 32, "m": 192}, {"d": 4096, "P": 16, "m": 150, "beta": 0.8, "s0": 0.01},
    {"d": 1024, "P": 8, "m": 16, "J": 1},
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
