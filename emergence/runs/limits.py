"""What one run may take, and the refusal of what takes more.

A server's limits are the same on every machine, unless its settings say others: so the same
address is refused, or not, everywhere. A command's follow the machine: nobody else waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES
from emergence.runs import cost
from emergence.runs.stable import shortest_c
from emergence.settings import settings

SERVER_GB, SERVER_HOURS = 1.0, 4.0
SHARE = 0.7
"""Of the memory that is free, what a command may take."""
CORE_HOURS = 200.0
"""Hours that a command may take, for each core."""
FLOPS_AN_HOUR = 1.25e14
"""Floating-point operations of an hour of one core of SGD."""


@dataclass(frozen=True)
class Limits:
    """GB of memory, and hours of one core, that a run may take by estimate."""

    gigabytes: float = SERVER_GB
    hours: float = SERVER_HOURS


STANDARD = Limits()
"""By which `engine = auto` is settled, alike on every machine."""


def server_limits() -> Limits:
    """Those of the pages: the settings', or the standard ones."""
    given = settings()
    return Limits(given.run_memory or SERVER_GB, given.run_hours or SERVER_HOURS)


def machine_limits(threads: int | None = None) -> Limits:
    """Those of a command or a script: the settings', or what this machine has.

    threads : how many runs are computed at a time, which share the memory
    """
    given, at_once = settings(), max(threads or 1, 1)
    free = max(SHARE * free_gigabytes() / at_once, SERVER_GB)
    return Limits(given.run_memory or free, given.run_hours or CORE_HOURS * CORES)


def free_gigabytes() -> float:
    """Memory that is free, with what the system would give up for it, and within the container's
    bound; 2 GB where the system does not say."""
    found = [
        1024 * float(line.split()[1])
        for line in _lines("/proc/meminfo") if line.startswith("MemAvailable:")
    ]  # fmt: skip
    found.extend(float(line) for line in _lines("/sys/fs/cgroup/memory.max") if line.isdigit())
    return min(found, default=2e9) / 1e9


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []


def refuse_memory(experiment: Experiment, limits: Limits) -> None:
    """Raise ExperimentError, naming the parameter to lower, when the run would not fit."""
    needed = cost.memory(experiment)
    if needed <= limits.gigabytes * 1e9:
        return
    heavy = cost.heaviest(experiment)
    raise ExperimentError({
        heavy: f"this run needs about {needed / 1e9:.2g} GB of memory, more than the "
        f"{limits.gigabytes:.2g} GB allowed: lower {heavy} (now {getattr(experiment, heavy):,}), "
        "or raise EMERGENCE_RUN_MEMORY where it is computed"
    })  # fmt: skip


def refuse_work(experiment: Experiment, end: float, limits: Limits) -> None:
    """Raise ExperimentError, naming the parameter to change, when the run would take days."""
    work, allowed = cost.estimate(experiment, end), limits.hours * FLOPS_AN_HOUR
    if work.flops <= allowed:
        return
    lever = "steps" if experiment.steps else "horizon" if experiment.horizon > 2 else "d"
    if lever == "d" and not experiment.is_sgd:
        lever = "m"
    now = getattr(experiment, lever)
    helps = experiment.c * work.flops / allowed <= shortest_c(experiment)
    other = f", or raise c (now {experiment.c:g})" if helps else ""
    raise ExperimentError({
        lever: f"this run needs about {work.steps:.2g} steps and {work.flops:.1g} floating-point "
        f"operations, more than the {allowed:.0e} allowed: lower {lever} (now {now:g}){other}; "
        "EMERGENCE_RUN_HOURS allows more where it is computed"
    })  # fmt: skip
