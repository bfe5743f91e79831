"""Online SGD steps (SCIENCE 1), written for the processor's vector unit.

The student is stored transposed and padded with zeros, V of shape (d', m') with d' a multiple of 4
and m' of 16; a padded neuron has norm 0 and stays there. With e = f(x) - f*(x), z_k = vbar_k . x,
n_k = |v_k|, the step v_k <- v_k - eta e [2 n_k sigma(z_k) vbar_k + n_k sigma'(z_k)(x - z_k vbar_k)]
is, since n_k vbar_k = v_k, a scaling and a multiple of x:

    v_k <- A_k v_k + C_k x,  A_k = 1 - eta e (2 sigma(z_k) - sigma'(z_k) z_k),  C_k = -eta e n_k sigma'(z_k).
"""  # noqa: E501

from __future__ import annotations

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST, fill_normals

_F = np.float32


@njit(nogil=True, cache=True, inline="always")
def _polynomial(coefficients, z):
    value = coefficients[coefficients.shape[0] - 1]
    for i in range(coefficients.shape[0] - 2, -1, -1):
        value = value * z + coefficients[i]
    return value


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def fill_sample(x, d, uniform, angle, k0, k1, t, offset):
    """Fill x (float32, shape (d',)) with the d normals of sample t, the padding with zeros."""
    fill_normals(x, uniform, angle, k0, k1, t, offset)
    for i in range(d, x.shape[0]):
        x[i] = _F(0.0)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def teacher_value(x, a, sigma):
    """f*(x) = sum_p a_p sigma(x_p), the w_p being the first P axes."""
    value = _F(0.0)
    for p in range(a.shape[0]):
        value += a[p] * _polynomial(sigma, x[p])
    return value


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def project(V, x, Vx, n2):
    """Set Vx = V^T x and n2 = |v_k|^2, both shape (m',)."""
    Vx[:] = _F(0.0)
    n2[:] = _F(0.0)
    for i in range(V.shape[0]):
        for k in range(V.shape[1]):
            Vx[k] += V[i, k] * x[i]
            n2[k] += V[i, k] * V[i, k]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_steps(V, Vx, n2, x, a, sigma, slope, d, eta, limit, k0, k1, t, steps, uniform, angle, A, C):
    """Take up to `steps` steps of batch size 1 from step t; returns the number taken.

    It stops early when sum_k |v_k|^2 is not below `limit`: the run has diverged.

    Parameters (float32 unless said otherwise)
    ----------
    V : student, shape (d', m'), changed in place
    Vx, n2 : V^T x_t and |v_k|^2, shape (m',), carried from step to step
    x : x_t and scratch for x_{t+1}, shape (2, d'); row t % 2 is the current sample
    a : teacher strengths, shape (P,)
    sigma, slope : monomial coefficients of sigma and sigma', lowest degree first
    k0, k1, t : key (uint32) and step (int64), which determine every sample
    uniform, angle : scratch, shape (d'/2,), float32 and int32
    A, C : scratch, shape (m',)
    """
    for s in range(steps):
        now = x[(t + s) % 2]
        after = x[(t + s + 1) % 2]
        total = _F(0.0)
        for k in range(n2.shape[0]):
            total += n2[k]
        if not total < limit:
            return s
        error = -teacher_value(now, a, sigma)
        for k in range(n2.shape[0]):
            n = np.sqrt(n2[k])
            z = Vx[k] / max(n, _F(1e-30))
            value = _polynomial(sigma, z)
            derivative = _polynomial(slope, z)
            error += n2[k] * value
            A[k] = _F(2.0) * value - derivative * z
            C[k] = n * derivative
        rate = eta * error
        for k in range(n2.shape[0]):
            A[k] = _F(1.0) - rate * A[k]
            C[k] = -rate * C[k]
            Vx[k] = _F(0.0)
            n2[k] = _F(0.0)
        fill_sample(after, d, uniform, angle, k0, k1, t + s + 1, 0)
        # One pass: update V with this sample, and project it on the next one.
        for i in range(0, V.shape[0], 4):
            x0, x1, x2, x3 = now[i], now[i + 1], now[i + 2], now[i + 3]
            y0, y1, y2, y3 = after[i], after[i + 1], after[i + 2], after[i + 3]
            for k in range(V.shape[1]):
                v0 = A[k] * V[i, k] + C[k] * x0
                v1 = A[k] * V[i + 1, k] + C[k] * x1
                v2 = A[k] * V[i + 2, k] + C[k] * x2
                v3 = A[k] * V[i + 3, k] + C[k] * x3
                V[i, k] = v0
                V[i + 1, k] = v1
                V[i + 2, k] = v2
                V[i + 3, k] = v3
                Vx[k] += (v0 * y0 + v1 * y1) + (v2 * y2 + v3 * y3)
                n2[k] += (v0 * v0 + v1 * v1) + (v2 * v2 + v3 * v3)
    return steps


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_batch_steps(V, X, a, sigma, slope, d, eta, limit, k0, k1, t, steps, uniform, angle):
    """As `sgd_steps`, with the gradient averaged over the B rows of X, scratch of shape (B, d')."""
    B = X.shape[0]
    m = V.shape[1]
    n2 = np.empty(m, dtype=np.float32)
    A = np.empty(m, dtype=np.float32)
    C = np.empty((B, m), dtype=np.float32)
    for s in range(steps):
        n2[:] = _F(0.0)
        for i in range(V.shape[0]):
            for k in range(m):
                n2[k] += V[i, k] * V[i, k]
        if not n2.sum() < limit:
            return s
        for b in range(B):
            fill_sample(X[b], d, uniform, angle, k0, k1, t + s, b * uniform.shape[0])
        Z = np.dot(X, V)
        A[:] = _F(1.0)
        for b in range(B):
            error = -teacher_value(X[b], a, sigma)
            for k in range(m):
                z = Z[b, k] / max(np.sqrt(n2[k]), _F(1e-30))
                Z[b, k] = z
                error += n2[k] * _polynomial(sigma, z)
            rate = eta * error / _F(B)
            for k in range(m):
                z = Z[b, k]
                derivative = _polynomial(slope, z)
                A[k] -= rate * (_F(2.0) * _polynomial(sigma, z) - derivative * z)
                C[b, k] = -rate * np.sqrt(n2[k]) * derivative
        update = np.dot(X.T, C)
        for i in range(V.shape[0]):
            for k in range(m):
                V[i, k] = A[k] * V[i, k] + update[i, k]
    return steps
