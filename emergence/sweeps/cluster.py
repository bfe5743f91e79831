"""A sweep's points on an existing Dask cluster."""

from __future__ import annotations

import logging
import queue
from collections.abc import Sequence
from typing import Any

import numpy as np

from emergence.experiment import Experiment
from emergence.sweeps.points import LOOK, RETRIES, ExecutionError, Receiver, compute_point, take

PATIENCE = 10
"""Seconds to wait for a scheduler's answer."""
GONE = "the Dask scheduler is gone, or has dropped the points; finished points are kept"


class Cluster:
    """An existing Dask cluster. A point whose worker is lost is computed by another."""

    def __init__(self, address: str) -> None:
        self.address = address

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
            shares, spent = np.zeros(len(futures)), np.zeros(len(futures))
            try:
                done = 0
                while done < len(futures) and not receiver.stopped.is_set():
                    try:
                        i = arrived.get(timeout=LOOK)
                    except queue.Empty:
                        if client.status not in ("running", "connecting"):
                            raise ExecutionError(GONE) from None
                        continue
                    shares[i], spent[i] = 1.0, _receive(experiments[i], futures[i], receiver)
                    done += 1
                    workers = sum(client.nthreads().values())
                    receiver.tell(shares, spent, workers)
            finally:
                client.cancel(futures, force=True)

    def _connect(self) -> Any:
        try:
            from distributed import Client
            from distributed.comm import get_address_host_port
            from distributed.security import Security
        except ImportError:
            raise ExecutionError(
                "a cluster needs Dask: pip install 'emergence-lab[cluster]'"
            ) from None
        # What it logs of a lost scheduler, tracebacks included, our own sentences say.
        for name in [name for name in logging.root.manager.loggerDict if "distributed" in name]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        secured = Security().get_connection_args("client").get("ssl_context")
        if self.address.startswith(("tls://", "wss://")) and not secured:
            raise ExecutionError(
                f"scheduler: {self.address} needs certificates: distributed.comm.tls in Dask's "
                "configuration"
            )
        try:
            get_address_host_port(self.address)
        except (ValueError, ImportError) as error:
            raise ExecutionError(
                f"scheduler: {self.address} is not an address like tcp://host:8786: {error}"
            ) from None
        try:
            return Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise ExecutionError(f"no Dask scheduler answers at {self.address}: {error}") from None


def _receive(experiment: Experiment, future: Any, receiver: Receiver) -> float:
    """Hand on a point; returns the seconds it has taken."""
    if future.status in ("cancelled", "lost"):
        raise ExecutionError(GONE)
    if future.status != "finished":
        receiver.give_up(experiment, f"it failed on the cluster: {future.exception()!r}")
        return 0.0
    return take(experiment, future.result(), receiver)
