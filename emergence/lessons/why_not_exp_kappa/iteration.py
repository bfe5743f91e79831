"""The tensor power method without deflation, iterated (Model 6.1)."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array

ROUNDS = 40
"""Far more than are needed: from one round to the next the exponents grow by the factor J - 1."""


def power_method(overlaps: Array, a: Array, J: int, rounds: int = ROUNDS) -> Array:
    """Unit neurons along the teachers after some rounds of v <- T(I, v, ..., v) / |.|.

    T = sum_p a_p w_p^(x J), J > 2. The rest of v is gone after one round, so that only the
    teachers' coordinates v_p <- a_p v_p^(J-1) are kept. Neurons at rest (all zero) stay there.

    Parameters
    ----------
    overlaps : <vbar_k, w_p> at the start, shape (..., P); the result has the same shape
    a : teacher strengths, shape (P,)
    J : degree of the tensor
    """
    v = np.array(overlaps, dtype=float)
    for _ in range(rounds):
        # Scaled by the largest coordinate first: no power over- or underflows to nothing.
        v /= np.maximum(np.abs(v).max(axis=-1, keepdims=True), 1e-300)
        v = a * v ** (J - 1)
        v /= np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-300)
    return v
