"""A sweep's points on an existing Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from emergence.sweeps.handout import Handout
from emergence.sweeps.points import ExecutionError, Receiver

PATIENCE = 10
"""Seconds to wait for a scheduler's answer."""


class Cluster:
    """An existing Dask cluster. A point whose worker is lost is computed by another."""

    def __init__(self, address: str) -> None:
        self.address = address

    def workers(self) -> int:
        with self._connect() as client:
            return int(sum(client.nthreads().values()))

    def run(self, experiments: Sequence[Any], receiver: Receiver) -> None:
        with self._connect() as client:
            handout = Handout(client, experiments, receiver)
            try:
                while handout.left and not receiver.stopped.is_set():
                    handout.go_on()
            finally:
                handout.end()

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
