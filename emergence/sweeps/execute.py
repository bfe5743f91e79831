"""Where a sweep's points are computed: this machine's cores, or an existing Dask cluster."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES
from emergence.runs.ensemble import simulate_many
from emergence.runs.result import simulate
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.store import code_version

PATIENCE = 10
"""Seconds to wait for a scheduler's answer."""
RETRIES = 5
"""How often a point is computed again when its worker dies with it."""

Keep = Callable[[Outcome], None]


class ExecutionError(RuntimeError):
    """The points cannot be computed there; the message says why, in one line."""


class Executor(Protocol):
    """Computes experiments, calling `keep` with each outcome as soon as it is there.

    `share` is told the share of the work done now and then. Both may be called from any thread,
    one at a time. Returns early when `stop` is set; raises ExecutionError.
    """

    @property
    def workers(self) -> int: ...

    def run(
        self,
        experiments: Sequence[Experiment],
        keep: Keep,
        share: Callable[[float], None],
        stop: threading.Event,
    ) -> None: ...


class Local:
    """The cores of this machine."""

    def __init__(self, threads: int = CORES) -> None:
        self._threads = threads

    @property
    def workers(self) -> int:
        return self._threads

    def run(
        self,
        experiments: Sequence[Experiment],
        keep: Keep,
        share: Callable[[float], None],
        stop: threading.Event,
    ) -> None:
        lock = threading.Lock()

        def kept(result: Any) -> None:
            outcome = Outcome.of(result)
            with lock:
                keep(outcome)

        for answer in simulate_many(experiments, kept, self._threads, share, stop):
            if isinstance(answer, ExperimentError):
                raise ExecutionError(str(answer))


def compute_point(text: str) -> str:
    """On a worker: the outcome of an experiment, JSON to JSON, with the worker's code version."""
    experiment = Experiment.from_json(text)
    try:
        outcome = Outcome.of(simulate(experiment))
    except ExperimentError as error:
        return json.dumps({"refused": str(error)})
    return json.dumps({"code": code_version(), "outcome": outcome.as_dict()})


class Cluster:
    """An existing Dask cluster. A point whose worker is lost is computed by another."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ExecutionError(
                "a cluster needs Dask: pip install 'emergence-lab[cluster]'"
            ) from None
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ExecutionError(f"no Dask scheduler answers at {address}: {error}") from None

    @property
    def workers(self) -> int:
        return max(1, int(sum(self._client.nthreads().values())))

    def run(
        self,
        experiments: Sequence[Experiment],
        keep: Keep,
        share: Callable[[float], None],
        stop: threading.Event,
    ) -> None:
        texts = [experiment.to_json() for experiment in experiments]
        futures = self._client.map(compute_point, texts, pure=False, retries=RETRIES)
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for future in futures:
            future.add_done_callback(arrived.put)
        try:
            done = 0
            while done < len(futures) and not stop.is_set():
                # In short waits, so that a stop is obeyed while nothing arrives.
                try:
                    future = arrived.get(timeout=0.2)
                except queue.Empty:
                    self._check()
                    continue
                keep(self._outcome(future))
                done += 1
                share(done / len(futures))
        finally:
            self._client.cancel(futures, force=True)

    def _check(self) -> None:
        if self._client.status not in ("running", "connecting"):
            raise ExecutionError("the Dask scheduler is gone; finished points are kept")

    def _outcome(self, future: Any) -> Outcome:
        if future.status != "finished":
            raise ExecutionError(f"a point failed on the cluster: {future.exception()!r}")
        answer = json.loads(future.result())
        if "refused" in answer:
            raise ExecutionError(answer["refused"])
        if answer["code"] != code_version():
            raise ExecutionError(
                f"the cluster runs another version of the code ({answer['code']}, here "
                f"{code_version()}): install the same on its workers"
            )
        return Outcome.from_json(json.dumps(answer["outcome"]))

    def close(self) -> None:
        """Leave the cluster; it goes on for others."""
        self._client.close()


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
    """The cluster where an address is given, else this machine. Raises ExecutionError."""
    return Cluster(address) if address else Local(threads)
