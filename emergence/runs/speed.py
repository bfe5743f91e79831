"""How long a run takes: estimated before it starts, told from its pace while it goes on."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.experiment import GENERAL, Experiment
from emergence.runs.cost import (
    general_flops,
    last_jump,
    measuring,
    sgd_coordinates,
    snapshot_count,
    work_of_flow,
)
from emergence.runs.flow_work import typical_jumps

# Seconds of one core of a Xeon with AVX-512, fitted to `python -m tests.benchmarks.estimates`.
BEGINNING, LOOKS = 0.05, 1500
"""Of any run; and looks for crossings, about as many whatever the size."""
LOOK, LOOK_PAIR, COPIED = 1e-4, 8e-10, 3
"""A look, and what it takes for each neuron and direction, so many times as much where those that
are not integrated are copied."""
SNAPSHOT, SNAPSHOT_NEURON, MEASURING_FLOPS = 1e-4, 1.5e-6, 2.2e10
"""A snapshot, what it takes for each neuron, and operations a second for pairs of them."""
GENERAL_FLOPS = 3.5e10
"""Operations a second of the general engine, which counts its own as several."""
STEP, NORMAL, STUDENT, SGD_FLOPS = 1e-7, 1e-9, 2e-9, 1.45e11
"""A step of SGD; of a sample each coordinate, each neuron; and operations a second."""
CACHED, UNCACHED = 250_000, 1.5
"""Numbers of a student that stay in a core's cache, and how much longer more of them take."""
REDUCED = 1.8
"""How much longer the reduced engine takes for a coordinate: its basis is turned."""
FIELD, FIELD_FLOPS, FIELD_COLUMN = 5e-6, 4.5e10, 2.2e-9
"""A field of the flow, operations a second of its products, and of a neuron each column."""
LARGE_PRODUCT, QUICKER = 2e5, 0.4
"""Numbers of a product's factor from which on it is quicker by so much."""
CHECK, CHECK_SOURCE, CHECK_DIRECTION, EVALUATIONS = 1.2e-4, 5e-6, 2e-6, 8
"""A step's look at who pulls, what it takes for each source, direction; and fields of a step."""
COUPLING, LEARNED = 2.2e-8, 1.3e-3
"""A new frame where a direction has been learned, for each neuron and coordinate; and what moves on
by itself."""
SOLVER_STEP, SOLVER_PAIR = 2.4e-4, 4.5e-7
"""A step of the decoupled equations' implicit solver, and what it takes for each pair."""
FIRST_STEPS, STEPS_A_FOLD = 200, 35
"""Steps of the solver beside the jumps, and for each factor of e by which one is nearer to its end
than to the next jump."""
COURSE = 60
"""Moments at which it is said how much of a run is done."""
EVIDENCE = (0.02, 1.0)
"""Share of the work done, and seconds of computing, from which on a time left is told."""


def seconds(experiment: Experiment, end: float, jumps: Array | None = None) -> float:
    """Seconds of one core that a run up to time `end` = eta * steps takes, without compiling.

    Within a factor of two on one kind of machine, where nothing else keeps the core busy.

    jumps : as in `cost.work_of_flow`
    """
    return _watching(experiment) + _engine(experiment, end, _given(experiment, end, jumps))


def course(
    experiment: Experiment, end: float, first: float, jumps: Array | None = None
) -> tuple[Array, Array]:
    """Moments from 0 to `end`, and the share of the seconds that the run takes to each; (n,) each.

    A run is looked at evenly in log t from `first` on.
    """
    jumps = _given(experiment, end, jumps)
    t = np.geomspace(min(first, end / 2), end, COURSE)
    engine = np.array([_engine(experiment, float(each), jumps) for each in t])
    done = np.maximum.accumulate(engine + _watching(experiment) * np.linspace(0, 1, COURSE))
    return np.append(0.0, t), np.append(0.0, done / done[-1])


def _given(experiment: Experiment, end: float, jumps: Array | None) -> Array:
    """The jumps of a run to `end`: those known, or where there are none a typical start's."""
    if jumps is not None and len(jumps):
        return jumps
    return typical_jumps(experiment, last_jump(experiment, end))


def _watching(experiment: Experiment) -> float:
    """Of all measurements and looks."""
    m, P = experiment.m, experiment.P
    alone = experiment.engine == "decoupled"
    pairs = 0.0 if alone else measuring(experiment) / MEASURING_FLOPS
    snapshots = snapshot_count(experiment) * (SNAPSHOT + SNAPSHOT_NEURON * m + pairs)
    return BEGINNING + snapshots + LOOKS * (LOOK + (COPIED if alone else 1) * LOOK_PAIR * m * P)


def _engine(experiment: Experiment, end: float, jumps: Array) -> float:
    if experiment.is_sgd:
        return end / experiment.eta * sgd_step(experiment)
    if experiment.engine == "flow":
        return _flow(experiment, end, jumps)
    pairs = min(experiment.m, experiment.P)
    return solver_steps(experiment, end, jumps) * (SOLVER_STEP + SOLVER_PAIR * pairs)


def solver_steps(experiment: Experiment, end: float, jumps: Array) -> float:
    """Steps of the decoupled equations' solver up to time `end`.

    A jump is a pole that it steps towards, and the next one it sees when this one is over.
    """
    e = experiment
    number = np.arange(1, np.count_nonzero(jumps <= end) + 1)
    near = max(e.J - 2, 0) / 2 * np.log(max(e.d / (2 * np.log(e.m) + 1), 1.0))
    folds = np.maximum(near - np.log(number / max(e.beta, 0.5)), 0).sum()
    return FIRST_STEPS + STEPS_A_FOLD * float(folds)


def sgd_step(experiment: Experiment) -> float:
    """Seconds of a step of SGD: a batch's normals, products and non-linearities."""
    if experiment.engine_used == GENERAL:
        return max(general_flops(experiment) / GENERAL_FLOPS, STEP)
    width, batch = sgd_coordinates(experiment), experiment.B
    samples = batch if batch == 1 else 8 * -(-batch // 8)
    neurons = 16 * -(-experiment.m // 16)
    far = UNCACHED if width * neurons > CACHED else 1.0
    sample = NORMAL * width + STUDENT * neurons + 8 * far * width * neurons / SGD_FLOPS
    turned = REDUCED if experiment.engine_used == "sgd-reduced" else 1.0
    return turned * (STEP + samples * sample)


def _flow(experiment: Experiment, end: float, jumps: Array) -> float:
    work = work_of_flow(experiment, end, jumps)
    m, P = experiment.m, experiment.P
    columns = work.sources + work.directions + work.width
    factor = work.sources * work.width
    rate = FIELD_FLOPS * (1 + QUICKER * min(1.0, factor / LARGE_PRODUCT))
    row = 4 * factor / rate + FIELD_COLUMN * columns
    steps = work.fields / EVALUATIONS
    checks = steps * (CHECK + CHECK_SOURCE * work.sources + CHECK_DIRECTION * P)
    coordinates = P + min(m, experiment.d - P)
    frames = work.learned * (LEARNED + m * coordinates * COUPLING) if experiment.J > 2 else 0.0
    return work.fields * (FIELD + work.students * row) + checks + frames


def seconds_left(share: float, spent: float) -> float | None:
    """Of a run whose `share` has taken `spent` seconds; None while too little is known."""
    if share >= 1:
        return 0.0
    if share < EVIDENCE[0] or spent < EVIDENCE[1]:
        return None
    return spent * (1 - share) / share


def time_left(seconds: float | None) -> str:
    """What a progress bar says of the time left; None where too little is known."""
    if seconds is None:
        return "estimating the time left"
    return f"about {duration(seconds)} left" if seconds else "done"


def duration(seconds: float) -> str:
    """A time in words, roughly."""
    if seconds < 90:
        return f"{seconds:.0f} seconds" if seconds >= 1.5 else "1 second"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"
