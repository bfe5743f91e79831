"""A sweep's points on their way: who computes them, who takes them, what passes between."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from emergence.arrays import Array
from emergence.engines.sparse_parity import ParitySettings, compile_parity
from emergence.experiment import Experiment, ExperimentError
from emergence.runs.limits import server_limits
from emergence.runs.plan import WrongSideError
from emergence.runs.result import simulate
from emergence.runs.sparse_parity import Training, trained
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.store import code_version

RETRIES = 5
"""How often a point is computed again when its worker dies with it."""
LOOK = 0.2
"""Seconds between two looks at whether a stop is wanted."""


class ExecutionError(RuntimeError):
    """The points cannot be computed there; the message says why, in one line."""


class Receiver(Protocol):
    """Takes what comes of a sweep's points. Called from any thread, one at a time.

    A point is an Experiment, its outcome an Outcome; or a `sweeps.parity.ParityPoint` and a
    Training.
    """

    def keep(self, outcome: Any) -> None:
        """A point is finished."""

    def give_up(self, experiment: Any, why: str, refused: bool = False) -> None:
        """A point cannot be computed, or this machine should not run it; the others go on."""

    def leave_out(self, experiment: Any) -> None:
        """A point starts on the wrong side (odd J) and never learns anything."""

    def tell(self, shares: Array, spent: Array, workers: int) -> None:
        """The share done of each point (0 to 1), and the seconds it took, without compiling.

        Both of shape (points,), in the order of the points; `workers` compute at a time.
        """

    def say(self, note: str) -> None:
        """What there is to know meanwhile of where they are computed; empty where nothing is."""

    @property
    def stopped(self) -> threading.Event:
        """Set when nothing more is wanted."""


class Executor(Protocol):
    """Where points are computed."""

    def workers(self) -> int:
        """Number of cores now. Raises ExecutionError where nobody answers."""

    def run(self, experiments: Sequence[Any], receiver: Receiver) -> None:
        """Compute points until all are done or a stop is wanted. Raises ExecutionError."""


def compute_point(text: str, progress: Callable[[float, float], None] | None = None) -> str:
    """On a worker: the outcome of a point, JSON to JSON, with the worker's code version.

    `progress` is called with the share done and the seconds it has taken, without compiling.
    """
    started: float | None = None

    def tell(share: float) -> None:
        nonlocal started
        now = time.perf_counter()
        started = now if started is None else started  # the first call comes after compiling
        if progress:
            progress(share, now - started)

    given = json.loads(text)
    if "parity" in given:
        compile_parity()
        training = trained(ParitySettings(**given["parity"]), given["steps"], tell)
        answer: dict[str, Any] = {"training": training.as_dict()}
        spent = time.perf_counter() - (started or 0.0)
        return json.dumps({"code": code_version(), "spent": spent} | answer)
    try:
        experiment = Experiment.from_json(text)
        outcome = Outcome.of(
            simulate(experiment, tell, threads=1, limits=server_limits(), rows=False)
        )
    except WrongSideError:
        return json.dumps({"wrong_side": True})
    except ExperimentError as error:
        return json.dumps({"refused": str(error)})
    spent = time.perf_counter() - (started or 0.0)
    return json.dumps({"code": code_version(), "spent": spent, "outcome": outcome.as_dict()})


def take(experiment: Any, text: str, receiver: Receiver) -> float:
    """Hand on what `compute_point` answered; returns the seconds it has taken, without compiling.

    Raises ExecutionError for a worker of other code.
    """
    answer = json.loads(text)
    if "wrong_side" in answer:
        receiver.leave_out(experiment)
    elif "refused" in answer:
        receiver.give_up(experiment, answer["refused"], refused=True)
    elif answer["code"] != code_version():
        raise ExecutionError(
            f"the workers have another version of the code or of its libraries "
            f"({answer['code']}, here {code_version()}): install the same there, or start anew here"
        )
    elif "training" in answer:
        receiver.keep(Training.from_dict(answer["training"]))
    else:
        receiver.keep(Outcome.from_dict(answer["outcome"]))
    return float(answer.get("spent", 0.0))
