"""Population gradient flow in the order parameters (SCIENCE 2).

The state is V of shape (m, D): the students' coordinates, the first P of them along the teachers.
Only the first `sources` students exert a force: the others are so small, or so far from all, that
theirs is nothing. The last coordinate of such a student is along a direction of its own, orthogonal
to the teachers and to all sources: no force acts along it, and two of them are never compared.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SUMS = {"reassoc", "contract"}
"""What the compiler may do to floating-point arithmetic: sum in any order. NaN and inf stand."""


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def _power_series(c2, s, out):
    """Set out = sum_i c2_i s^i by Horner's rule, elementwise, shape (n,)."""
    top = c2.shape[0] - 1
    for j in range(s.shape[0]):
        out[j] = c2[top]
    for i in range(top - 1, -1, -1):
        c = c2[i]
        for j in range(s.shape[0]):
            out[j] = out[j] * s[j] + c


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def flow_field(V, sources, a, c2, dc2, out):
    """Set out = dV/dtau, minus the gradient of the population loss 1/2 E (f - f*)^2 (SCIENCE 2).

    dv_k/dtau = n_k (2 r_k vbar_k + (I - vbar_k vbar_k^T) q_k) with, over the sources l
    and k itself,
    r_k = sum_p a_p K(O_kp) - sum_l n_l^2 K(S_kl),
    q_k = sum_p a_p K'(O_kp) w_p - sum_l n_l^2 K'(S_kl) vbar_l.

    Parameters
    ----------
    V : student, shape (m, D), the first P columns along the teachers
    sources : number of students that exert a force, the first ones
    a : teacher strengths, shape (P,)
    c2, dc2 : coefficients of K(s) = sum_i c_i^2 s^i and of K'(s), lowest degree first
    out : shape (m, D)
    """
    m, D = V.shape
    P = a.shape[0]
    n = np.empty(m)
    unit = np.empty_like(V)
    for k in range(m):
        total = 0.0
        for i in range(D):
            total += V[k, i] * V[k, i]
        n[k] = np.sqrt(total)
        for i in range(D):
            unit[k, i] = V[k, i] / n[k]
    weight = n[:sources] ** 2
    S = np.dot(unit, unit[:sources].T)
    top = np.sum(c2)
    r = np.zeros(m)
    inside = np.zeros(m)  # <vbar_k, q_k>
    K = np.empty(max(P, sources))
    slope = np.empty(P)
    pull = np.empty((m, P))
    for k in range(m):
        o, s = unit[k, :P], S[k]
        _power_series(c2, o, K)
        _power_series(dc2, o, slope)
        for p in range(P):
            r[k] += a[p] * K[p]
            pull[k, p] = a[p] * slope[p]
            inside[k] += pull[k, p] * o[p]
        _power_series(c2, s, K)
        for j in range(sources):
            r[k] -= weight[j] * K[j]
        _power_series(dc2, s, K)
        for j in range(sources):
            K[j] *= -weight[j]
            inside[k] += K[j] * s[j]
        for j in range(sources):
            s[j] = K[j]
        if k >= sources:
            r[k] -= n[k] * n[k] * top
    q = np.dot(S, unit[:sources])
    for k in range(m):
        for p in range(P):
            q[k, p] += pull[k, p]
        along = 2 * r[k] - inside[k]
        for i in range(D):
            out[k, i] = n[k] * (along * unit[k, i] + q[k, i])


@njit(nogil=True, cache=True, error_model="numpy")
def spectral_radius(V, field, sources, a, c2, dc2, direction, rounds):
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
        flow_field(V + direction, sources, a, c2, dc2, there)
        direction[:] = there - field
        radius = np.sqrt(np.sum(direction * direction)) / nudge
        if radius == 0.0:
            break
    return radius
