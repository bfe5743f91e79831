"""Trainings on sparse parity over processes, or on a Dask cluster, by the sweeps' machinery."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from emergence.arrays import Array
from emergence.engines.sparse_parity import ParitySettings
from emergence.runs.sparse_parity import Seeds, Training, over_seeds
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.local import Local
from emergence.sweeps.points import ExecutionError


@dataclass(frozen=True)
class ParityPoint:
    """One training of so many steps, as the executors hand it to a worker."""

    settings: ParitySettings
    steps: int

    def to_json(self) -> str:
        """What `compute_point` reads."""
        return json.dumps({"parity": asdict(self.settings), "steps": self.steps})


class Trainings:
    """Takes the trainings that come back: a `Receiver`.

    Attributes
    ----------
    done : by their settings
    stopped : set it to end early
    """

    def __init__(self) -> None:
        self.done: dict[ParitySettings, Training] = {}
        self.stopped = threading.Event()

    def keep(self, outcome: Training) -> None:
        self.done[outcome.settings] = outcome

    def give_up(self, experiment: ParityPoint, why: str, refused: bool = False) -> None:
        raise ExecutionError(f"seed {experiment.settings.seed}: {why}")

    def leave_out(self, experiment: ParityPoint) -> None:
        raise AssertionError("no training starts on a wrong side")

    def tell(self, shares: Array, spent: Array, workers: int) -> None:
        pass

    def say(self, note: str) -> None:
        pass


def sweep(
    settings: Iterable[ParitySettings], steps: int, where: Local | Cluster
) -> dict[ParitySettings, Training]:
    """Trainings of all settings, in their order, the same wherever they are computed.

    `where` as `sweeps.execute.executor` makes it. Raises ExecutionError.
    """
    given = list(settings)
    receiver = Trainings()
    where.run([ParityPoint(each, steps) for each in given], receiver)
    return {each: receiver.done[each] for each in given}


def grouped(trainings: dict[ParitySettings, Training]) -> dict[tuple[float, int], Seeds]:
    """What the seeds of each (alpha, width) have in common."""
    groups: dict[tuple[float, int], list[Training]] = {}
    for settings, training in trainings.items():
        groups.setdefault((settings.alpha, settings.width), []).append(training)
    return {group: over_seeds(members) for group, members in groups.items()}
