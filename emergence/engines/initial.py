"""The random start, shared by every engine, at a cost that does not depend on d (Model 1.6).

Only overlaps and the Gram matrix of the students enter the dynamics, and the Gaussian is rotation
invariant. So the teachers are the first P axes, and the complement of their span is turned so that
the students' parts in it form a lower-triangular matrix: the Bartlett factor of a Wishart matrix.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment


def initial_directions(experiment: Experiment) -> Array:
    """Unit directions vbar_k, uniform on the sphere of R^d, in P + min(m, d - P) coordinates.

    Returns a read-only array of shape (m, P + min(m, d - P)), the first P columns being the
    overlaps with the teachers; the d - P - m coordinates left out are zero.
    """
    return _directions(experiment.d, experiment.P, experiment.m, experiment.seed)


@lru_cache(maxsize=2)
def _directions(d: int, P: int, m: int, seed: int) -> Array:
    rng = np.random.default_rng([seed, 0])
    raw = np.zeros((m, P + min(m, d - P)))
    raw[:, :P] = rng.standard_normal((m, P))
    for k in range(m):
        below = min(k, d - P)
        raw[k, P : P + below] = rng.standard_normal(below)
        if k < d - P:
            raw[k, P + k] = np.sqrt(rng.chisquare(d - P - k))
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    raw.setflags(write=False)
    return raw
