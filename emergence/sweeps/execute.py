"""Where a sweep's points are computed: this machine's cores, or an existing Dask cluster."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES
from emergence.runs.ensemble import simulate_many
from emergence.runs.plan import WrongSideError
from emergence.runs.result import Result, simulate
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.store import code_version

PATIENCE = 10
"""Seconds to wait for a scheduler's answer."""
RETRIES = 5
"""How often a point is computed again when its worker dies with it."""
GONE = "the Dask scheduler is gone, or has dropped the points; finished points are kept"


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


class Local:
    """The cores of this machine."""

    def __init__(self, threads: int = CORES) -> None:
        self._threads = threads

    def workers(self) -> int:
        return self._threads

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        lock = threading.Lock()

        def keep(result: Result) -> None:
            outcome = Outcome.of(result)
            with lock:
                receiver.keep(outcome)

        answers = simulate_many(experiments, keep, self._threads, receiver.tell, receiver.stopped)
        for experiment, answer in zip(experiments, answers, strict=False):
            with lock:
                if isinstance(answer, WrongSideError):
                    receiver.leave_out(experiment)
                elif isinstance(answer, ExperimentError):
                    receiver.give_up(experiment, str(answer))


def compute_point(text: str) -> str:
    """On a worker: the outcome of an experiment, JSON to JSON, with the worker's code version."""
    experiment = Experiment.from_json(text)
    try:
        outcome = Outcome.of(simulate(experiment))
    except WrongSideError:
        return json.dumps({"wrong_side": True})
    except ExperimentError as error:
        return json.dumps({"refused": str(error)})
    return json.dumps({"code": code_version(), "outcome": outcome.as_dict()})


class Cluster:
    """An existing Dask cluster. A point whose worker is lost is computed by another."""

    def __init__(self, address: str) -> None:
        self.address = address

    def _connect(self) -> Any:
        try:
            from distributed import Client
        except ImportError:
            raise ExecutionError(
                "a cluster needs Dask: pip install 'emergence-lab[cluster]'"
            ) from None
        try:
            return Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ExecutionError(f"no Dask scheduler answers at {self.address}: {error}") from None

    def workers(self) -> int:
        with self._connect() as client:
            return int(sum(client.nthreads().values()))

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        with self._connect() as client:
            texts = [experiment.to_json() for experiment in experiments]
            futures = client.map(compute_point, texts, pure=False, retries=RETRIES)
            arrived: queue.SimpleQueue[int] = queue.SimpleQueue()
            for i, future in enumerate(futures):
                future.add_done_callback(lambda _, i=i: arrived.put(i))
            try:
                done = 0
                while done < len(futures) and not receiver.stopped.is_set():
                    # In short waits, so that a stop is obeyed while nothing arrives.
                    try:
                        i = arrived.get(timeout=0.2)
                    except queue.Empty:
                        if client.status not in ("running", "connecting"):
                            raise ExecutionError(GONE) from None
                        continue
                    _receive(experiments[i], futures[i], receiver)
                    done += 1
                    receiver.tell(done / len(futures))
            finally:
                client.cancel(futures, force=True)


def _receive(experiment: Experiment, future: Any, receiver: Receiver) -> None:
    if future.status in ("cancelled", "lost"):
        raise ExecutionError(GONE)
    if future.status != "finished":
        receiver.give_up(experiment, f"it failed on the cluster: {future.exception()!r}")
        return
    answer = json.loads(future.result())
    if "wrong_side" in answer:
        receiver.leave_out(experiment)
        return
    if "refused" in answer:
        receiver.give_up(experiment, answer["refused"])
        return
    if answer["code"] != code_version():
        raise ExecutionError(
            f"the cluster runs another version of the code ({answer['code']}, here "
            f"{code_version()}): install the same on its workers"
        )
    receiver.keep(Outcome.from_json(json.dumps(answer["outcome"])))


def scheduler_address(option: str | None = None) -> str | None:
    """The option, or Dask's own: DASK_SCHEDULER_ADDRESS or `scheduler-address` in its files."""
    if option:
        return option
    try:
        import dask.config
    except ImportError:
        return os.environ.get("DASK_SCHEDULER_ADDRESS")
    address = dask.config.get("scheduler-address", None)
    return str(address) if address else None


def executor(address: str | None = None, threads: int = CORES) -> Local | Cluster:
    """The cluster where an address is given, else this machine."""
    return Cluster(address) if address else Local(threads)
