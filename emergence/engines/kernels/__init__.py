"""All compiled code: plain `@njit(nogil=True, cache=True)` functions over arrays and scalars.

Numba keeps compiled kernels beside the source, or in the user's cache folder; where neither can
be written (a read-only installation without a home) they go to a temporary folder, so that
importing a kernel never fails for want of a place.

BLAS is held to one thread: products are small, threads of its own would cost more than they bring
(five times the processor time of a flow, measured), and the cores belong to other runs.
"""

import os
import tempfile
from pathlib import Path

import scipy.linalg.cython_blas  # noqa: F401 (the BLAS that Numba calls has to be there)
from numba import config
from threadpoolctl import threadpool_limits


def _writable(folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK)


if not config.CACHE_DIR and not any(map(_writable, (Path(__file__).parent, Path.home()))):
    config.CACHE_DIR = str(Path(tempfile.gettempdir()) / f"emergence-numba-{os.getuid()}")

threadpool_limits(1, "blas")
