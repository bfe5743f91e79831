"""A sweep's points on their way: who computes them, who takes them, what passes between."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.plan import WrongSideError
from emergence.runs.result import simulate
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.store import code_version

RETRIES = 5
"""How often a point is computed again when its worker dies with it."""
LOOK = 0.2
"""Seconds between two looks at whether a stop is wanted."""


class ExecutionError(RuntimeError):
    """The points cannot be computed there; the message says why, in one line."""


class Receiver(Protocol):
    """Takes what comes of a sweep's points. Called from any thread, one at a time."""

    def keep(self, outcome: Outcome) -> None:
        """A point is finished."""

    def give_up(self, experiment: Experiment, why: str) -> None:
        """A point cannot be computed; the others go on."""

    def leave_out(self, experiment: Experiment) -> None:
        """A point starts on the wrong side (odd J) and never learns anything."""

    def tell(self, share: float) -> None:
        """So much of the work is done (0 to 1)."""

    @property
    def stopped(self) -> threading.Event:
        """Set when nothing more is wanted."""


class Executor(Protocol):
    """Where points are computed."""

    def workers(self) -> int:
        """Number of cores now. Raises ExecutionError where nobody answers."""

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        """Compute points until all are done or a stop is wanted. Raises ExecutionError."""


def compute_point(text: str, progress: Callable[[float], None] | None = None) -> str:
    """On a worker: the outcome of an experiment, JSON to JSON, with the worker's code version."""
    experiment = Experiment.from_json(text)
    try:
        outcome = Outcome.of(simulate(experiment, progress))
    except WrongSideError:
        return json.dumps({"wrong_side": True})
    except ExperimentError as error:
        return json.dumps({"refused": str(error)})
    return json.dumps({"code": code_version(), "outcome": outcome.as_dict()})


def take(experiment: Experiment, text: str, receiver: Receiver) -> None:
    """Hand on what `compute_point` answered. Raises ExecutionError for a worker of other code."""
    answer = json.loads(text)
    if "wrong_side" in answer:
        receiver.leave_out(experiment)
    elif "refused" in answer:
        receiver.give_up(experiment, answer["refused"])
    elif answer["code"] != code_version():
        raise ExecutionError(
            f"the workers have another version of the code or of its libraries "
            f"({answer['code']}, here {code_version()}): install the same there, or start anew here"
        )
    else:
        receiver.keep(Outcome.from_dict(answer["outcome"]))
