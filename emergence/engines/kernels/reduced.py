"""Online SGD whose cost does not depend on d, exact in law (Model 2.4).

Only the Gram matrix of students and teachers enters the dynamics. So the student is kept in
coordinates along the P teachers and along a basis of directions in the teachers' complement, m at
first, that contains all students. In these coordinates a fresh sample is N(0, 1); what it has
beyond them has a squared length that is chi-square with d - P - (basis) degrees of freedom, and
points along a new basis direction. After about m steps (16 where m is less) the basis is turned so
that the students fill m of its directions again, which no later sample can tell.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from emergence.engines.kernels.blocks import add_combination, inner_products
from emergence.engines.kernels.normals import FAST, _fill_normals, normal_pair, threefry

_U = np.uint32
_F = np.float32
CHI_COUNTERS = 1 << 23
"""Counters of the chi-squares of a block begin here, above those of its normals."""
PANEL = 64
"""Rows of a factor that are computed at once, mostly by products of matrices."""
AT_ONCE = 128
"""Neurons up to which the basis is turned within a step, by `compress`. Of more, it is turned by
whoever calls for steps, panel by panel: 20 times as fast for 2,000, and never long at a time."""


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def fill_reduced_block(X, d, begin, size, stream):
    """Fill X (float32, shape (d', S)) with a block of samples, of which `size` count.

    Sample s has normals in its first begin + s coordinates, the length of the rest of x in the
    next one, and zeros beyond. `stream`: a `Stream`.
    """
    k0, k1, block, uniform, angle = stream
    _fill_normals(X[: begin + size].reshape(-1), uniform, angle, k0, k1, block)
    for s in range(size):
        X[begin + s, s] = _F(np.sqrt(chi_square(d - begin - s, k0, k1, block, s)))
        for i in range(begin + s + 1, begin + size):
            X[i, s] = _F(0.0)
    X[begin + size :] = 0.0


@njit(nogil=True, error_model="numpy", inline="always")
def chi_square(freedom, k0, k1, block, s):
    """Chi-square variable s of a block, 1 or more degrees of freedom.

    Twice a Gamma(freedom / 2) by the rejection method of Marsaglia and Tsang, *A simple method
    for generating gamma variables*, ACM TOMS 26 (2000); one attempt in a hundred is rejected or
    fewer.
    """
    shape = 0.5 * freedom - 1.0 / 3.0
    spread = 1.0 / math.sqrt(9.0 * shape)
    low = _U(block & 0xFFFFFFFF)
    high = _U((block >> 32) << 24)
    attempt = 0
    while True:
        counter = CHI_COUNTERS + 64 * s + 2 * attempt
        normal, _ = normal_pair(k0, k1, block, counter)
        if freedom == 1:
            return normal * normal
        c, _ = threefry(k0, k1, low, _U(_U(counter + 1) | high))
        cube = (1.0 + spread * normal) ** 3
        attempt += 1
        if cube <= 0.0:
            continue
        log_u = math.log((c + 0.5) / 4294967296.0)
        if log_u < 0.5 * normal * normal + shape * (1.0 - cube + math.log(cube)) or attempt == 32:
            return 2.0 * shape * cube


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def compress(V, P):
    """Turn the basis of the complement so that the students fill its first m directions.

    V (float32, shape (d', m')) has the students' parts in the complement in rows P and on; they
    become the Cholesky factor of their Gram matrix, upper triangular, and what is below it 0.
    Where students' parts are linearly dependent a row of the factor is zero.
    """
    part = V[P:].astype(np.float64)
    m = V.shape[1]
    G = np.empty((m, m))
    inner_products(part, part, G)
    # G = U^T U, row by row.
    U, minus = np.zeros((m, m)), np.zeros((m, m))
    for j in range(m):
        least = 1e-12 * G[j, j]
        for i in range(j):
            minus[j, i] = -U[i, j]
        add_combination(G, j, minus, U, j, j)
        if G[j, j] > least:
            root = math.sqrt(G[j, j])
            for k in range(j, m):
                U[j, k] = G[j, k] / root
    # Element by element: Numba takes eight seconds to compile the assignment of an array.
    for i in range(V.shape[0] - P):
        for k in range(m):
            V[P + i, k] = _F(U[i, k]) if i < m else _F(0.0)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def turn_panel(students, U, begin, end):
    """Rows `begin` to `end` of U, the upper Cholesky factor of the Gram matrix of students.

    The rows of `students`, shape (m', n), are they; U has shape (m', m') and its rows above.
    Where students are linearly dependent on those before, a row of U is zero.
    """
    m = U.shape[0]
    S = np.dot(students[begin:end], students[begin:].T)
    if begin > 0:
        above = np.ascontiguousarray(U[:begin, begin:end])
        known = np.dot(above.T, U[:begin])
        for i in range(end - begin):
            for k in range(begin, m):
                S[i, k - begin] -= known[i, k]
    for i in range(end - begin):
        row = begin + i
        length = 0.0
        for k in range(students.shape[1]):
            length += students[row, k] * students[row, k]
        if S[i, i] > 1e-12 * length:
            root = math.sqrt(S[i, i])
            for k in range(row, m):
                U[row, k] = S[i, k - begin] / root
            for j in range(i + 1, end - begin):
                factor = U[row, begin + j]
                for k in range(begin + j, m):
                    S[j, k - begin] -= factor * U[row, k]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def put_turned(V, P, U):
    """Put a factor (see `turn_panel`) in the place of the students' parts in the complement."""
    m = V.shape[1]
    # Element by element: Numba takes eight seconds to compile the assignment of an array.
    for i in range(V.shape[0] - P):
        for k in range(m):
            V[P + i, k] = _F(U[i, k]) if i < m else _F(0.0)
