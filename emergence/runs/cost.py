"""Memory and work of a run, estimated before it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array
from emergence.experiment import GENERAL, Experiment
from emergence.runs.flow_work import FlowWork, flow_work, typical_jumps
from emergence.theory.risk import ROWS
from emergence.theory.teacher import strengths

RECORD_BYTES = 24_000_000
MEASURING_FLOPS = 7e10
"""Those of all snapshots together: two seconds or so."""
SOURCES = 160
"""Students that exert a force at a time where jumps are sharp, as far as memory is concerned."""
SHOWN_NEURONS = 512
SHOWN_DIRECTIONS = 64
MOST_SNAPSHOTS = 600
FEWEST_SNAPSHOTS = 100


@dataclass(frozen=True)
class Cost:
    """Estimates of a run: peak memory in bytes, steps (of SGD), floating-point operations."""

    bytes: float
    steps: float
    flops: float


def _coordinates(experiment: Experiment) -> int:
    """Coordinates D in which the students are drawn and the flow is integrated."""
    return experiment.P + min(experiment.m, experiment.d - experiment.P)


def sgd_coordinates(experiment: Experiment) -> int:
    """Coordinates in which SGD keeps the students."""
    reduced = experiment.engine_used == "sgd-reduced"
    return experiment.P + 2 * experiment.m if reduced else experiment.d


def memory(experiment: Experiment) -> float:
    """Peak memory of a run in bytes: start, state, one measurement, record."""
    m, P = experiment.m, experiment.P
    D = _coordinates(experiment)
    start = 8 * m * (D + 4 * P)
    measurement = 8 * (2 * m * min(m, ROWS) + 3 * m * P)
    state: float
    if experiment.is_sgd:
        width = sgd_coordinates(experiment)
        measurement += 24 * m * width
        # The student, a block of samples with its scratch, their products with one another.
        samples = experiment.B if experiment.B > 1 else 16
        state = 4 * width * m + 8 * (width + m) * samples + 4 * samples * samples + 1_000_000
        # Turning the basis takes two Gram matrices in double precision.
        state += 32 * m * m if width < experiment.d else 0
        if experiment.engine_used == GENERAL:
            state += _general_memory(experiment)
    elif experiment.engine == "flow":
        # The integrator's stages, states and slopes, in the coordinates of sources and teachers;
        # students, stiffest direction and the frame, in all.
        sources = D if m <= 128 or experiment.J <= 2 else SOURCES
        inner = experiment.P + min(sources, m, experiment.d - experiment.P) + 1
        state = 8 * m * (21 * inner + 7 * D)
    else:
        state, measurement = 0.0, 24 * m * P
    return float(start + state + measurement + _row(experiment) * snapshot_count(experiment))


def _general_memory(experiment: Experiment) -> int:
    """What the general engine has more: double precision, the teacher, kept samples, a turn of the
    axes."""
    e = experiment
    turned = 24 * e.d**2 if e.optimizer in ("adam", "sign") else 0
    batch = 8 * e.B * (e.d + 2 * e.m)
    return 8 * e.d * (4 * e.m + 2 * e.P) + batch + e.samples * (4 * e.d + 8) + turned


def estimate(experiment: Experiment, end: float) -> Cost:
    """Cost of a run up to time `end` = eta * steps."""
    m = experiment.m
    steps = end / experiment.eta
    if experiment.is_sgd:
        flops = steps * experiment.B * sgd_coordinates(experiment) * (8 * m + 60)
        if experiment.engine_used == GENERAL:
            flops = steps * general_flops(experiment)
    elif experiment.engine == "flow":
        flops = work_of_flow(experiment, end).flops
    else:
        flops = 100.0 * m * (100 * experiment.P + 40 * np.sqrt(experiment.J * end))
    return Cost(memory(experiment), steps, float(flops))


def general_flops(experiment: Experiment) -> float:
    """Of a step of the general engine, in those of the other, which is several times as fast."""
    e = experiment
    rule = {"sgd": 12, "momentum": 20, "adam": 60, "sign": 14}[e.optimizer]
    own = 8 if e.second == "own" else 0
    return float(e.d * e.m * (rule + own + 14 * e.B) + e.B * e.d * (6 * e.P + 60) + 80 * e.B * e.m)


def work_of_flow(experiment: Experiment, end: float, jumps: Array | None = None) -> FlowWork:
    """Fields of a flow up to time `end`, and their sizes.

    jumps : when directions jump, increasing; None: as they do from a typical start, of which the
        run to `end` is the whole run
    """
    if jumps is None or not len(jumps):
        jumps = typical_jumps(experiment, last_jump(experiment, end))
    return flow_work(experiment, end, jumps)


def last_jump(experiment: Experiment, end: float) -> float:
    """T of the weakest direction in a run to time `end`, by the nearest neuron's typical overlap
    where steps are given."""
    if not experiment.steps:
        return end / experiment.horizon
    J = experiment.J
    if J <= 2:
        return end
    weakest = strengths(experiment)[: experiment.m][-1]
    overlap = min(np.sqrt((1 + 2 * np.log(experiment.m)) / experiment.d), 1.0)
    return float(1 / (J * (J - 2) * weakest * overlap ** (J - 2)))


def measuring(experiment: Experiment) -> float:
    """Floating-point operations of one measurement: each pair of neurons once."""
    return float(experiment.m**2 * (_coordinates(experiment) + 20))


def heaviest(experiment: Experiment) -> str:
    """The parameter that takes the memory."""
    if not experiment.is_sgd:
        return "m"
    wide = "d" if sgd_coordinates(experiment) > 16 * experiment.m else "m"
    if 4 * experiment.samples > 24 * experiment.m:
        return "samples"
    # A batch takes 4 bytes a coordinate and sample, a student 20 a coordinate and neuron.
    return "B" if 5 * experiment.m < experiment.B else wide


def shown(experiment: Experiment) -> tuple[int, int]:
    """Neurons and directions whose overlaps are kept."""
    return min(experiment.m, SHOWN_NEURONS), min(experiment.P, SHOWN_DIRECTIONS)


def _row(experiment: Experiment) -> int:
    """Bytes of a snapshot (see `record.layout`)."""
    neurons, directions = shown(experiment)
    return 4 * (6 + 2 * experiment.m + 4 * experiment.P + neurons * directions)


def snapshot_count(experiment: Experiment) -> int:
    """Number of snapshots to keep: within RECORD_BYTES and MEASURING_FLOPS where it can."""
    most = min(RECORD_BYTES / _row(experiment), MEASURING_FLOPS / measuring(experiment))
    return int(np.clip(most, FEWEST_SNAPSHOTS, MOST_SNAPSHOTS))
