"""Computing in slices, so that whoever waits can be told how far it is, and stop it.

What is computed does not depend on how it is cut.
"""

from __future__ import annotations

from collections.abc import Iterator

from emergence.engines.base import Engine
from emergence.runs.simulation import Simulation

SLICE = 0.05
"""Seconds of a slice."""


def worked(simulation: Simulation) -> Iterator[float]:
    """Run a simulation to its end; yields the share of the run that is done."""
    while not simulation.finished:
        simulation.work(SLICE)
        yield min(simulation.engine.tau / simulation.plan.end, 1.0)


def advanced(engine: Engine, until: float) -> Iterator[float]:
    """Advance an engine to time `until` (eta * steps); yields the times reached.

    Raises DivergedError as the engine does.
    """
    # A discrete engine's own eta * step may differ from `until` in the last digit.
    while engine.tau < until * (1 - 1e-12):
        engine.advance(until, SLICE)
        yield engine.tau
