"""What a block of samples does to the student at once: matrix products and one pass.

Vectors are columns: the student is V of shape (d', m'), d' and m' being d and m padded with zeros
to whole vector registers; a block of S samples is X of shape (d', S).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from emergence.engines.kernels.kept import kept
from emergence.engines.kernels.normals import FAST, _fill_normals

ONE_THREAD = 1 << 18
"""Multiply-adds up to which OpenBLAS does a product of matrices in the calling thread. Larger
products are cut: threads would not pay here, and would take cores from other runs."""


def padded(n: int, lanes: int) -> int:
    """The next multiple of `lanes`."""
    return -(-n // lanes) * lanes


def scratch_rows(width: int, samples: int, neurons: int) -> int:
    """Rows of a piece of X times (samples, neurons)."""
    return min(width, max(1, ONE_THREAD // (samples * neurons)))


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def fill_block(X, d, stream):
    """Fill X (float32, shape (d', S), S even) with S samples of d normals; the padding stays 0.

    `stream`: a `Stream`.
    """
    k0, k1, block, uniform, angle = stream
    _fill_normals(X[:d].reshape(-1), uniform, angle, k0, k1, block)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def inner_products(X, V, out):
    """out = X^T V for X of shape (d', S), V of shape (d', n), out of shape (S, n)."""
    rows = max(1, ONE_THREAD // out.size)
    np.dot(X[:rows].T, V[:rows], out)
    for i in range(rows, V.shape[0], rows):
        out += np.dot(X[i : i + rows].T, V[i : i + rows])


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def _add_samples(V, X, b, piece):
    """v_k <- v_k + sum_s b_sk x_s for b of shape (S, m').

    `piece` (rows as of `scratch_rows`, m' columns) is scratch.
    """
    for begin in range(0, V.shape[0], piece.shape[0]):
        end = min(begin + piece.shape[0], V.shape[0])
        np.dot(X[begin:end], b, piece[: end - begin])
        # One long loop: short ones spend their time in finding out that arrays do not overlap.
        here, change = V[begin:end].reshape(-1), piece.reshape(-1)
        for i in range(here.shape[0]):
            here[i] += change[i]


add_samples = kept(_add_samples)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def lengths(V, n2):
    """n2_k = |v_k|^2, eight coordinates (d' is a multiple) in a pass."""
    n2[:] = 0.0
    for i in range(0, V.shape[0], 8):
        for k in range(V.shape[1]):
            low = (V[i, k] ** 2 + V[i + 1, k] ** 2) + (V[i + 2, k] ** 2 + V[i + 3, k] ** 2)
            high = (V[i + 4, k] ** 2 + V[i + 5, k] ** 2) + (V[i + 6, k] ** 2 + V[i + 7, k] ** 2)
            n2[k] += low + high


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def squared_lengths(V, alpha, n2):
    """n2_k = |alpha_k v_k|^2."""
    lengths(V, n2)
    for k in range(n2.shape[0]):
        n2[k] *= alpha[k] * alpha[k]


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def add_combination(out, i, c, rows, count, first):
    """out_ik += sum_{s < count} c_is rows_sk for k >= first, eight rows in a pass.

    The last pass runs over rows at and after `count` too: they, or their c_is, have to be 0.
    (Arrays and the index i, not views: Numba counts references to a view, in atomic operations.)
    """
    for s in range(0, count, 8):
        c0, c1, c2, c3 = c[i, s], c[i, s + 1], c[i, s + 2], c[i, s + 3]
        c4, c5, c6, c7 = c[i, s + 4], c[i, s + 5], c[i, s + 6], c[i, s + 7]
        for k in range(first, out.shape[1]):
            low = (c0 * rows[s, k] + c1 * rows[s + 1, k]) + (
                c2 * rows[s + 2, k] + c3 * rows[s + 3, k]
            )
            high = (c4 * rows[s + 4, k] + c5 * rows[s + 5, k]) + (
                c6 * rows[s + 6, k] + c7 * rows[s + 7, k]
            )
            out[i, k] += low + high
