"""The random start, shared by every engine, at a cost that does not depend on d (Model 1.6).

Only overlaps and the Gram matrix of the students enter the dynamics, and the Gaussian is rotation
invariant. So the teachers are the first P axes, and the complement of their span is turned so that
the students' parts in it form a lower-triangular matrix: the Bartlett factor of a Wishart matrix.
Every number is a function of the seed and of its own place, by the counter-based generator of
`kernels.normals`: a browser draws the same start.
"""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.recent import Recent, remembering


def initial_directions(experiment: Experiment) -> Array:
    """Unit directions vbar_k, uniform on the sphere of R^d, in P + min(m, d - P) coordinates.

    Returns a read-only array of shape (m, P + min(m, d - P)), the first P columns being the
    overlaps with the teachers; the d - P - m coordinates left out are zero.
    """
    return _directions(experiment.d, experiment.P, experiment.m, experiment.seed)


_starts: Recent[object, Array] = Recent(2, lambda start: start.nbytes, 16e6)


def forget_start() -> None:
    """Keep no start."""
    _starts.clear()


@remembering(_starts)
def _directions(d: int, P: int, m: int, seed: int) -> Array:
    # Imported when it is needed: Numba's import takes a second. The package before its module, as
    # threads that import the two in different orders stand in each other's way.
    import emergence.engines.kernels  # noqa: F401
    from emergence.engines.kernels.start import fill_start

    start = np.zeros((m, P + min(m, d - P)))
    fill_start(start, d, P, seed)
    start.setflags(write=False)
    return start
