"""Population gradient flow in the order parameters (Model 2.2, 2.3).

The state is V of shape (m, D): the students' coordinates, the first P of them along the teachers.
Only the first `sources` students exert a force: the others are so small, or so far from all, that
theirs is nothing. The last coordinate of such a student is along a direction of its own, orthogonal
to the teachers and to all sources: no force acts along it, and two of them are never compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.blocks import ONE_THREAD
from emergence.engines.kernels.kept import kept

SUMS = {"reassoc", "contract"}
"""What the compiler may do to floating-point arithmetic: sum in any order. NaN and inf stand."""


class VectorField(NamedTuple):
    """What `flow_field` depends on beside the state.

    sources : number of students that exert a force, the first ones
    a : teacher strengths, shape (P,)
    c2, dc2 : coefficients of K(s) = sum_i c_i^2 s^i and of K'(s), lowest degree first
    """

    sources: int
    a: Any
    c2: Any
    dc2: Any


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _power_series(c2, s, out):
    """Set out = sum_i c2_i s^i by Horner's rule, elementwise, shape (n,)."""
    top = c2.shape[0] - 1
    for j in range(s.shape[0]):
        out[j] = c2[top]
    for i in range(top - 1, -1, -1):
        c = c2[i]
        for j in range(s.shape[0]):
            out[j] = out[j] * s[j] + c


@njit(nogil=True, inline="always")
def _product(A, B, out):
    """Set out = A B, in blocks of rows small enough for one thread where these are not tiny.

    Several runs go on at once: threads of small products would wait for one another.
    """
    rows = ONE_THREAD // max(B.size, 1)
    if rows < 16:
        rows = A.shape[0]
    for k in range(0, A.shape[0], rows):
        np.dot(A[k : k + rows], B, out[k : k + rows])


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _norms(V, n):
    """Set n_k = |v_k|, shape (m,)."""
    for k in range(V.shape[0]):
        total = 0.0
        for i in range(V.shape[1]):
            total += V[k, i] * V[k, i]
        n[k] = np.sqrt(total)


norms = kept(_norms)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def peaks(V, P, out):
    """Set out_k to the largest squared overlap of a student with the first P axes, shape (m,)."""
    for k in range(V.shape[0]):
        total = top = 0.0
        for i in range(P):
            square = V[k, i] * V[k, i]
            total += square
            top = max(top, square)
        for i in range(P, V.shape[1]):
            total += V[k, i] * V[k, i]
        out[k] = top / total


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _directions(V, n, unit):
    """Set unit, shape (sources, D), to the first rows of V over their norms."""
    for j in range(unit.shape[0]):
        for i in range(V.shape[1]):
            unit[j, i] = V[j, i] / n[j]


directions = kept(_directions)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _add_sources(V, n, sizes, unit, vector_field, r, inside, out):
    """Set r_k, <vbar_k, q_k> and q_k to the sources' part of them (`flow_rows`).

    Parameters
    ----------
    sizes, unit : the sources' norms and directions
    r, inside : r_k and <vbar_k, q_k>, shape (m,)
    out : q_k, shape (m, D)
    """
    sources, _, c2, dc2 = vector_field
    S = np.empty((V.shape[0], sources))
    _product(V, unit.T, S)
    value, slope = np.empty(sources), np.empty(sources)
    for k in range(V.shape[0]):
        s = S[k]
        for j in range(sources):
            s[j] /= n[k]
        _power_series(c2, s, value)
        _power_series(dc2, s, slope)
        growth = pulled = 0.0
        for j in range(sources):
            weight = sizes[j] * sizes[j]
            growth -= weight * value[j]
            slope[j] *= -weight
            pulled += slope[j] * s[j]
        s[:] = slope
        r[k], inside[k] = growth, pulled
    _product(S, unit, out)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _flow_rows(V, n, sizes, unit, vector_field, first, out):
    """`flow_field` of some students only: those from the one of number `first` on.

    Parameters
    ----------
    V, n, out : rows of the whole, shapes (rows, D), (rows,), (rows, D)
    sizes, unit : norms of all students, or of the sources, and the sources' `directions`
    """
    sources, a, c2, dc2 = vector_field
    m, D = V.shape
    P = a.shape[0]
    top = np.sum(c2)
    r, inside = np.zeros(m), np.zeros(m)
    out[:] = 0.0
    if sources > 0:
        _add_sources(V, n, sizes, unit, vector_field, r, inside, out)
    o, value, slope = np.empty(P), np.empty(P), np.empty(P)
    for k in range(m):
        for p in range(P):
            o[p] = V[k, p] / n[k]
        _power_series(c2, o, value)
        _power_series(dc2, o, slope)
        growth = pulled = 0.0
        for p in range(P):
            growth += a[p] * value[p]
            slope[p] *= a[p]
            pulled += slope[p] * o[p]
        if first + k >= sources:
            growth -= n[k] * n[k] * top
        along = 2 * (r[k] + growth) - (inside[k] + pulled)
        for i in range(D):
            out[k, i] = along * V[k, i] + n[k] * out[k, i]
        for p in range(P):
            out[k, p] += n[k] * slope[p]


flow_rows = kept(_flow_rows)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _flow_field(V, vector_field, out):
    """Set out = dV/dtau, minus the gradient of the population loss 1/2 E (f - f*)^2 (Model 2.2).

    dv_k/dtau = n_k (2 r_k vbar_k + (I - vbar_k vbar_k^T) q_k) with, over the sources l
    and k itself,
    r_k = sum_p a_p K(O_kp) - sum_l n_l^2 K(S_kl),
    q_k = sum_p a_p K'(O_kp) w_p - sum_l n_l^2 K'(S_kl) vbar_l.

    Parameters
    ----------
    V : student, shape (m, D), the first P columns along the teachers
    vector_field : a `VectorField`
    out : shape (m, D)
    """
    n, unit = np.empty(V.shape[0]), np.empty((vector_field.sources, V.shape[1]))
    _norms(V, n)
    _directions(V, n, unit)
    _flow_rows(V, n, n, unit, vector_field, 0, out)


flow_field = kept(_flow_field)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def spectral_radius(V, field, vector_field, direction, rounds):
    """Largest |eigenvalue| of the flow's Jacobian at V by power iteration along `direction`.

    `direction` (shape of V) holds the eigenvector estimate before and after; all ones are taken
    where it is zero. 0 where there are no students.
    """
    there = np.empty_like(V)
    nudge = 1e-6 * np.sqrt(np.sum(V * V))
    radius = 0.0
    if V.size == 0:
        return radius
    for _ in range(rounds):
        length = np.sqrt(np.sum(direction * direction))
        if length == 0.0:
            direction[:] = 1.0
            length = np.sqrt(V.size)
        direction *= nudge / length
        _flow_field(V + direction, vector_field, there)
        direction[:] = there - field
        radius = np.sqrt(np.sum(direction * direction)) / nudge
        if radius == 0.0:
            break
    return radius
