"""The random start and what a seed is turned into (see `engines.initial` for the law)."""

from __future__ import annotations

import math

from numba import njit

from emergence.engines.kernels.normals import _stream_key, normal_pair
from emergence.engines.kernels.reduced import chi_square

STARTS, SAMPLES = 0, 1
"""What a seed's random numbers are for: each has a key of its own."""


@njit(nogil=True, cache=True, error_model="numpy")
def fill_start(start, d, P, seed):
    """Fill `start` (float64 zeros, shape (m, P + min(m, d - P))) with a seed's unit directions.

    Neuron k is block k: normals along the teachers and along the directions of the neurons before
    it, then the length of the rest, the root of a chi-square with d - P - k degrees of freedom.
    So a neuron's direction does not depend on how many come after it.
    """
    k0, k1 = _stream_key(seed, STARTS)
    for k in range(start.shape[0]):
        normals = P + min(k, d - P)
        for i in range(0, normals, 2):
            one, other = normal_pair(k0, k1, k, i // 2)
            start[k, i] = one
            if i + 1 < normals:
                start[k, i + 1] = other
        if k < d - P:
            start[k, P + k] = math.sqrt(chi_square(d - P - k, k0, k1, k, 0))
        square = 0.0
        for i in range(start.shape[1]):
            square += start[k, i] * start[k, i]
        length = math.sqrt(square)
        for i in range(start.shape[1]):
            start[k, i] /= length
