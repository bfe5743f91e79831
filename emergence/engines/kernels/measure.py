"""What is measured of a state, for whoever has no NumPy: the closed forms of `theory.risk`.

The server measures with NumPy (`engines.base`, `theory.risk`); the tests hold the two together.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST


@njit(nogil=True, cache=True, error_model="numpy")
def fill_link(c, sigma, squares):
    """Set the monomial coefficients of sigma = sum_i c_i h_i and c_i^2, all of shape (9,).

    h_i = He_i / sqrt(i!); He_(i+1) = z He_i - i He_(i-1), lowest degree first.
    """
    n = c.shape[0]
    before, now, after = np.zeros(n), np.zeros(n), np.zeros(n)
    total = np.zeros(n)
    now[0] = 1.0
    factorial = 1.0
    for i in range(n):
        factorial *= max(i, 1)
        for j in range(n):
            total[j] += c[i] / math.sqrt(factorial) * now[j]
            after[j] = -i * before[j]
            if j:
                after[j] += now[j - 1]
        for j in range(n):
            before[j], now[j] = now[j], after[j]
        squares[i] = c[i] * c[i]
    for j in range(n):
        sigma[j] = np.float32(total[j])


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def write_students(block, written, students):
    """Set `students` (float64, shape (m, D)) to the first D coordinates of a block's students.

    `block` is a `kernels.sgd.Block`. Where students are `written` out at every step, as by
    batches, its gamma is of no meaning.
    """
    V, X, _, _, _, gamma, alpha, _ = block
    for k in range(students.shape[0]):
        for i in range(students.shape[1]):
            v = np.float64(V[i, k])
            if not written:
                for s in range(X.shape[1]):
                    v += np.float64(gamma[s, k]) * np.float64(X[i, s])
                v *= np.float64(alpha[k])
            students[k, i] = v


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def present_overlaps(block, written, overlaps):
    """Set `overlaps` (shape (m, P)), with |v_k|^2 as the steps keep it."""
    write_students(block, written, overlaps)
    for k in range(overlaps.shape[0]):
        for p in range(overlaps.shape[1]):
            overlaps[k, p] /= math.sqrt(np.float64(block.n2[k]))


@njit(nogil=True, error_model="numpy", inline="always")
def _kernel(squares, s):
    """K(s) = sum_i c_i^2 s^i (Model 1.4)."""
    value = squares[8]
    for i in range(7, -1, -1):
        value = value * s + squares[i]
    return value


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def measure_students(students, a, squares, overlaps, n2):
    """Fill overlaps (shape (m, P)) and |v_k|^2 (shape (m,)); returns E (f - f*)^2 (Model 2.1)."""
    m, P = overlaps.shape
    for k in range(m):
        n2[k] = 0.0
        for i in range(students.shape[1]):
            n2[k] += students[k, i] * students[k, i]
        for p in range(P):
            overlaps[k, p] = students[k, p] / math.sqrt(n2[k])
    nothing, whole = _kernel(squares, 0.0), _kernel(squares, 1.0)
    total, square = 0.0, 0.0
    for p in range(P):
        total += a[p]
        square += a[p] * a[p]
    mse = square * (whole - nothing) + total * total * nothing
    for k in range(m):
        for p in range(P):
            mse -= 2.0 * n2[k] * a[p] * _kernel(squares, overlaps[k, p])
        mse += n2[k] * n2[k] * whole
        for j in range(k):
            inner = 0.0
            for i in range(students.shape[1]):
                inner += students[k, i] * students[j, i]
            mse += 2.0 * n2[k] * n2[j] * _kernel(squares, inner / math.sqrt(n2[k] * n2[j]))
    return mse
