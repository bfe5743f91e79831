"""A sweep's definition and its outcome, small and by hand; a Dask cluster of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from distributed import LocalCluster

from emergence import Experiment
from emergence.sweeps.outcome import Outcome

SMALL = {
    "analysis": "emergence",
    "base": {"P": 2, "m": 8, "engine": "decoupled", "s0": 0.01},
    "grid": {"d": [64, 1024]},
    "seeds": 3,
}
"""A definition that takes moments."""

BLANK = Outcome(
    experiment=Experiment(), engine_used="flow", state="finished", message="", slope=None,
    slope_reason=None, ci=None, window=None, theory_slope=None, T=(1.0,), crossing=(1.0,),
    capture=(1.0,), loss=0.0, missing=0.0, steps=(1.0,), mse=(1.0,), seconds=0.1,
)  # fmt: skip
"""An outcome to be changed where a test asks for something."""


@contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    """The address of a cluster of so many processes of one thread."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1",
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address
