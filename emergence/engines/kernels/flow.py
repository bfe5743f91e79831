"""Population gradient flow in the order parameters (SCIENCE 2), and a stabilised explicit step.

The state is V of shape (m, D): the students' coordinates along the P teachers and along a basis of
the rest of the students' initial span, D = P + min(m, d - P). The flow never leaves that span.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, inline="always")
def _power_series(c2, s):
    """sum_i c2_i s^i by Horner's rule."""
    value = 0.0
    for i in range(c2.shape[0] - 1, -1, -1):
        value = value * s + c2[i]
    return value


@njit(nogil=True, cache=True, error_model="numpy")
def flow_field(V, a, c2, dc2, out):
    """Set out = dV/dtau, minus the gradient of the population loss 1/2 E (f - f*)^2 (SCIENCE 2).

    Parameters
    ----------
    V : student, shape (m, D), the first P columns along the teachers
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
    S = np.dot(unit, unit.T)
    r = np.zeros(m)
    inside = np.zeros(m)
    for k in range(m):
        for j in range(m):
            s = S[k, j]
            weight = n[j] * n[j]
            slope = _power_series(dc2, s) * weight
            r[k] -= weight * _power_series(c2, s)
            inside[k] -= slope * s
            S[k, j] = -slope
    # q_k = sum_p a_p K'(O_kp) w_p - sum_l n2_l K'(S_kl) vbar_l, and inside_k = <vbar_k, q_k>.
    q = np.dot(S, unit)
    for k in range(m):
        for p in range(P):
            o = unit[k, p]
            slope = a[p] * _power_series(dc2, o)
            r[k] += a[p] * _power_series(c2, o)
            inside[k] += slope * o
            q[k, p] += slope
        for i in range(D):
            out[k, i] = n[k] * ((2 * r[k] - inside[k]) * unit[k, i] + q[k, i])


@njit(nogil=True, cache=True, error_model="numpy")
def spectral_radius(V, field, a, c2, dc2, direction, rounds):
    """Largest |eigenvalue| of the flow's Jacobian at V by power iteration along `direction`.

    `direction` (shape of V) holds the eigenvector estimate before and after.
    """
    there = np.empty_like(V)
    nudge = 1e-6 * np.sqrt(np.sum(V * V))
    radius = 0.0
    for _ in range(rounds):
        direction *= nudge / np.sqrt(np.sum(direction * direction))
        flow_field(V + direction, a, c2, dc2, there)
        direction[:] = there - field
        radius = np.sqrt(np.sum(direction * direction)) / nudge
        if radius == 0.0:
            break
    return radius


@njit(nogil=True, cache=True, error_model="numpy")
def chebyshev_step(V, field, h, stages, a, c2, dc2, new, new_field):
    """One Runge-Kutta-Chebyshev step of order 2; returns the largest relative error of a neuron.

    Sommeijer, Shampine, Verwer, *RKC: an explicit solver for parabolic PDEs*, J. Comput. Appl.
    Math. 88 (1998): stable up to h * radius of about 0.65 stages^2 on the negative real axis,
    where a gradient flow's Jacobian has its eigenvalues. Fills `new` and the field there.
    """
    w0 = 1.0 + 2.0 / (13.0 * stages * stages)
    # T_j(w0), T_j'(w0), T_j''(w0) by their recurrences, at the last stage first for w1.
    t1, t2, d1, d2, dd1, dd2 = w0, 1.0, 1.0, 0.0, 0.0, 0.0
    for _ in range(2, stages + 1):
        t = 2 * w0 * t1 - t2
        d = 2 * w0 * d1 - d2 + 2 * t1
        dd = 2 * w0 * dd1 - dd2 + 4 * d1
        t2, t1, d2, d1, dd2, dd1 = t1, t, d1, d, dd1, dd
    w1 = d1 / dd1
    b1 = b2 = 1.0 / (4.0 * w0 * w0)
    t1, t2, d1, d2, dd1, dd2 = w0, 1.0, 1.0, 0.0, 0.0, 0.0
    previous = V.copy()
    current = V + (w1 * b1 * h) * field
    stage_field = np.empty_like(V)
    for _ in range(2, stages + 1):
        t = 2 * w0 * t1 - t2
        d = 2 * w0 * d1 - d2 + 2 * t1
        dd = 2 * w0 * dd1 - dd2 + 4 * d1
        b = dd / (d * d)
        share = 1.0 - b1 * t1
        mu = 2 * w0 * b / b1
        nu = -b / b2
        scaled = 2 * w1 * b / b1
        flow_field(current, a, c2, dc2, stage_field)
        for k in range(V.shape[0]):
            for i in range(V.shape[1]):
                following = (1 - mu - nu) * V[k, i] + mu * current[k, i] + nu * previous[k, i]
                following += h * scaled * (stage_field[k, i] - share * field[k, i])
                previous[k, i] = current[k, i]
                current[k, i] = following
        t2, t1, d2, d1, dd2, dd1 = t1, t, d1, d, dd1, dd
        b2, b1 = b1, b
    new[:] = current
    flow_field(new, a, c2, dc2, new_field)
    worst = 0.0
    for k in range(V.shape[0]):
        error = 0.0
        norm = 0.0
        for i in range(V.shape[1]):
            e = 0.8 * (V[k, i] - new[k, i]) + 0.4 * h * (field[k, i] + new_field[k, i])
            error += e * e
            norm += new[k, i] * new[k, i]
        if not np.isfinite(error / norm):
            return np.inf
        worst = max(worst, np.sqrt(error / norm))
    return worst
