"""Online SGD of ReLU neurons, the second layer tied to the first, on absolute values."""

from __future__ import annotations

import math

from numba import njit

from emergence.engines.kernels.normals import FAST


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def relu_steps(W, a, eta, X, z, n):
    """A step of W (shape (m, d)) on each sample of X (shape (steps, d)), one after the other.

    w_k <- w_k - eta e grad_k, e = f - f*, f = sum_k |w_k| ReLU(w_k.x), f* = sum_p a_p |x_p|, and
    grad_k = (w_k.x) w_k / |w_k| + |w_k| x where w_k.x > 0, else 0. `z` and `n` are scratch, (m,).
    """
    m, d = W.shape
    for t in range(X.shape[0]):
        error = 0.0
        for p in range(a.shape[0]):
            error -= a[p] * abs(X[t, p])
        for k in range(m):
            along = square = 0.0
            for i in range(d):
                along += W[k, i] * X[t, i]
                square += W[k, i] * W[k, i]
            z[k], n[k] = along, math.sqrt(square)
            if along > 0.0:
                error += n[k] * along
        for k in range(m):
            if z[k] > 0.0:
                shrink = 1.0 - eta * error * z[k] / n[k]
                push = eta * error * n[k]
                for i in range(d):
                    W[k, i] = shrink * W[k, i] - push * X[t, i]
