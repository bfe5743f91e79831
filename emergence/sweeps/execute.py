"""Where a sweep's points are computed: this machine's cores, or an existing Dask cluster."""

from __future__ import annotations

from emergence.parameters import CORES
from emergence.settings import settings
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.local import Local


def scheduler_address(option: str | None = None) -> str | None:
    """The option, or Dask's own: the settings' or `scheduler-address` in its files."""
    if option:
        return option
    try:
        import dask.config
    except ImportError:
        return settings().scheduler
    address = dask.config.get("scheduler-address", None)
    return str(address) if address else None


def executor(address: str | None = None, cores: int = CORES) -> Local | Cluster:
    """The cluster where an address is given, else this machine."""
    return Cluster(address) if address else Local(cores)
