"""How long a run takes: estimated before it starts, told from its pace while it goes on."""

from __future__ import annotations

from emergence.experiment import Experiment
from emergence.runs.cost import estimate, measuring, snapshot_count

SGD_FLOPS, FLOW_FLOPS = 3.5e10, 1.5e10
"""Floating-point operations a second on one core."""
STEP_SECONDS = 6e-7
"""The least that a step of SGD takes."""
LOUD_FIELDS, QUIET_SHARE = 1000, 0.3
"""Fields of a flow in which all neurons feel each other: their norms add up to more than 1. Where
to less, this share of as many, times what they add up to."""
EVIDENCE = (0.02, 1.0)
"""Share of the work done, and seconds of computing, from which on a time left is told."""


def seconds(experiment: Experiment, end: float) -> float:
    """Seconds of one core that a run up to time `end` = eta * steps takes, without compiling.

    Measured on a core of a Zen 4 EPYC: mostly within a factor of two. Short runs take as long as
    their snapshots, of the flow and of the decoupled dynamics as their jumps.
    """
    work = estimate(experiment, end)
    jumps = min(experiment.m, experiment.P)
    snapshots = 0.25 + snapshot_count(experiment) * measuring(experiment) / SGD_FLOPS
    if experiment.is_sgd:
        return snapshots + max(work.flops / SGD_FLOPS, STEP_SECONDS * work.steps)
    if experiment.engine == "flow":
        norms = experiment.m * experiment.s0**2
        field = 4.0 * experiment.m**2 * min(experiment.m, experiment.d)
        crowd = LOUD_FIELDS * field * (1.0 if norms > 1 else QUIET_SHARE * norms)
        return snapshots + 0.05 * jumps + (work.flops + crowd) / FLOW_FLOPS
    return snapshots + 0.15 + 0.02 * jumps


def seconds_left(share: float, spent: float) -> float | None:
    """Of a run whose `share` has taken `spent` seconds; None while too little is known."""
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
