"""The tensor power method on T = sum_p a_p e_p^(x 4), left to itself and with deflation.

One round is v <- T(I, v, v, v) / |.|: along e_p, v_p <- a_p v_p^3, and what lies outside of all e_p
is gone.
"""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array, IntArray

ROUNDS = 8
"""Rounds that are drawn; each cubes the ratios of the overlaps."""
NEAR = 1e-9
"""A neuron that is so near to a direction has found it: 1 - u."""


def power_rounds(V: Array, a: Array, rounds: int) -> Array:
    """Squared overlaps u after each round, shape (rounds + 1, m, P), of directions V (m, d)."""
    v = V[:, : len(a)]
    path = [v**2]
    for _ in range(rounds):
        v = a * v**3
        v = v / np.linalg.norm(v, axis=1, keepdims=True)
        path.append(v**2)
    return np.array(path)


def deflated(V: Array, a: Array) -> tuple[Array, Array, IntArray]:
    """One neuron after the other; what a neuron has found is taken out of T.

    Parameters
    ----------
    V : directions of the neurons, in their order, shape (m, d)
    a : strengths, shape (P,)

    Returns
    -------
    Neurons used, with parts for the rounds of the present one, shape (n,); the largest squared
    overlap with each direction so far, shape (n, P); and the directions in the order they were
    found, shape (min(m, P),).
    """
    left = a.astype(float)
    used, best = [0.0], [np.zeros(len(a))]
    order: list[int] = []
    for number, start in enumerate(V[: len(a)]):
        path = [start[: len(a)] ** 2]
        v = start[: len(a)]
        while 1 - path[-1].max() > NEAR:
            v = left * v**3
            v = v / np.linalg.norm(v)
            path.append(v**2)
        for i, u in enumerate(path[1:], 1):
            used.append(number + i / (len(path) - 1))
            best.append(np.maximum(best[-1], u))
        order.append(int(path[-1].argmax()))
        left[order[-1]] = 0.0
    return np.array(used), np.array(best), np.array(order, dtype=np.int64)
