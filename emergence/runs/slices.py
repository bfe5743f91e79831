"""Computing in slices, so that whoever waits can be told how far it is, and stop it.

What is computed does not depend on how it is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from emergence.arrays import Array
from emergence.engines.base import Engine, Measurement
from emergence.runs.simulation import Simulation

SLICE = 0.05
"""Seconds of a slice."""
STEPS = 1_500_000
"""Steps of a slice of one neuron's engine, over all seeds: about 0.03 s."""


def worked(simulation: Simulation) -> Iterator[float]:
    """Run a simulation to its end; yields the share of its work that is done, by estimate."""
    while not simulation.finished:
        simulation.work(SLICE)
        yield 1.0 if simulation.finished else simulation.plan.share(simulation.engine.tau)


def advanced(engine: Engine, until: float) -> Iterator[float]:
    """Advance an engine to time `until` (eta * steps); yields the times reached.

    Raises DivergedError as the engine does.
    """
    # A discrete engine's own eta * step may differ from `until` in the last digit.
    while engine.tau < until * (1 - 1e-12):
        engine.advance(until, SLICE)
        yield engine.tau


def worked_in_turn(simulations: Sequence[Simulation]) -> Iterator[None]:
    """Run simulations to their ends, a slice of each in turn; yields after every round."""
    while True:
        for simulation in simulations:
            simulation.work(SLICE)
        yield
        if all(simulation.finished for simulation in simulations):
            return


def measured(engine: Engine, moments: Array) -> Iterator[Measurement | None]:
    """An engine's measurement at each of some times, None for every slice on the way there.

    Raises DivergedError as the engine does.
    """
    for moment in moments:
        for _ in advanced(engine, float(moment)):
            yield None
        yield engine.measure()


class Stepping(Protocol):
    """An engine of several seeds whose steps are all alike."""

    step: int
    overlaps: Array

    def advance(self, steps: int) -> None: ...


def stepped(engine: Stepping, until: int) -> Iterator[None]:
    """Take the steps up to `until`; yields between two slices."""
    most = max(1, STEPS // len(engine.overlaps))
    while engine.step < until:
        engine.advance(min(most, until - engine.step))
        if engine.step < until:
            yield
