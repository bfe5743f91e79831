"""All compiled code: plain `@njit(nogil=True, cache=True)` functions over arrays and scalars, and
inlined those that they call (see `kept`).

All of them are imported at once, into the one folder that `cache` names; kernels import nothing of
the project but kernels, so that this folder's name covers whatever is compiled in.

BLAS is held to one thread: products are small, threads of its own would cost more than they bring
(five times the processor time of a flow, measured), and the cores belong to other runs.
"""

import importlib
import pkgutil

import scipy.linalg.cython_blas  # noqa: F401 (the BLAS that Numba calls has to be there)
from numba import config
from threadpoolctl import threadpool_limits

from emergence.engines.kernels.cache import cache_folder
from emergence.engines.kernels.checked import checked

threadpool_limits(1, "blas")

_given = config.CACHE_DIR
config.CACHE_DIR = str(cache_folder(_given) or "")
try:
    with checked():
        for _each in pkgutil.iter_modules(__path__, f"{__name__}."):
            importlib.import_module(_each.name)
finally:
    config.CACHE_DIR = _given  # other packages' kernels go where they went
