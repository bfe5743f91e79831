"""Online SGD steps (SCIENCE 1), written for the processor's vector unit.

The student is V of shape (m, d'), d' being d padded with zeros to a multiple of 16. With
e = f(x) - f*(x), z_k = vbar_k . x, n_k = |v_k|, the step
v_k <- v_k - eta e [2 n_k sigma(z_k) vbar_k + n_k sigma'(z_k) (x - z_k vbar_k)] is, since
n_k vbar_k = v_k, a scaling of v_k and a multiple of x:

    v_k <- A_k v_k + C_k x,  A_k = 1 - eta e (2 sigma(z_k) - sigma'(z_k) z_k),
                             C_k = -eta e n_k sigma'(z_k).

Sample q (q = t for single samples) is row q mod S of block q div S, and a block of S samples is
drawn at once: a long loop draws a normal in 1 ns, one over a single sample takes 2. Where d is much
larger than m + P, blocks are drawn, and the student is kept, in fewer coordinates (`reduced`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST, fill_normals
from emergence.engines.kernels.reduced import compress, fill_reduced_block

_F = np.float32


@njit(nogil=True, cache=True, inline="always")
def _polynomial(coefficients, z):
    """sum_i coefficients_i z^i by Horner's rule."""
    value = coefficients[coefficients.shape[0] - 1]
    for i in range(coefficients.shape[0] - 2, -1, -1):
        value = value * z + coefficients[i]
    return value


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def fill_block(X, d, uniform, angle, k0, k1, block):
    """Fill X (float32, shape (S, d')) with S samples of d normals, the padding with zeros."""
    fill_normals(X.reshape(-1), uniform, angle, k0, k1, block)
    for s in range(X.shape[0]):
        for i in range(d, X.shape[1]):
            X[s, i] = _F(0.0)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def teacher_value(x, a, sigma):
    """f*(x) = sum_p a_p sigma(x_p), the w_p being the first P axes."""
    value = _F(0.0)
    for p in range(a.shape[0]):
        value += a[p] * _polynomial(sigma, x[p])
    return value


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def project(V, x, Vx, n2):
    """Set Vx = V x and n2 = |v_k|^2, both shape (m,)."""
    for k in range(V.shape[0]):
        dot = _F(0.0)
        square = _F(0.0)
        for i in range(V.shape[1]):
            dot += V[k, i] * x[i]
            square += V[k, i] * V[k, i]
        Vx[k] = dot
        n2[k] = square


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_steps(
    V, Vx, n2, X, a, sigma, slope, d, reduced, eta, limit, k0, k1, t, steps, uniform, angle, A, C
):
    """Take up to `steps` steps of batch size 1 from step t; returns the number taken.

    It stops early when sum_k |v_k|^2 is not below `limit`: the run has diverged.

    Parameters (float32 unless said otherwise)
    ----------
    V : student, shape (m, d'), changed in place
    Vx, n2 : V x_t and |v_k|^2, shape (m,), carried from step to step within a block
    X : the present block of samples, shape (S, d'), filled when t is a multiple of S
    a : teacher strengths, shape (P,)
    sigma, slope : monomial coefficients of sigma and sigma', lowest degree first
    d : dimension
    reduced : whether V and X are in the coordinates of `reduced` (then S is m)
    k0, k1, t : key (uint32) and step (int64), which determine every sample
    uniform, angle : scratch, shape (S d'/2,), float32 and int32
    A, C : scratch, shape (m,)
    """
    S = X.shape[0]
    for step in range(t, t + steps):
        row = step % S
        if row == 0:
            if reduced:
                compress(V, a.shape[0])
                fill_reduced_block(X, d, a.shape[0], V.shape[0], uniform, angle, k0, k1, step // S)
            else:
                fill_block(X, d, uniform, angle, k0, k1, step // S)
            project(V, X[0], Vx, n2)
        now = X[row]
        after = X[min(row + 1, S - 1)]  # past the block's end the projection is not used
        error = -teacher_value(now, a, sigma)
        total = _F(0.0)
        for k in range(n2.shape[0]):
            n = np.sqrt(n2[k])
            z = Vx[k] / max(n, _F(1e-30))
            value = _polynomial(sigma, z)
            derivative = _polynomial(slope, z)
            error += n2[k] * value
            total += n2[k]
            A[k] = _F(2.0) * value - derivative * z
            C[k] = n * derivative
        if not total < limit:
            return step - t
        rate = eta * error
        # One pass over V: update it with this sample, and project it on the next one.
        for k in range(V.shape[0]):
            scale = _F(1.0) - rate * A[k]
            push = -rate * C[k]
            dot = _F(0.0)
            square = _F(0.0)
            for i in range(V.shape[1]):
                v = scale * V[k, i] + push * now[i]
                V[k, i] = v
                dot += v * after[i]
                square += v * v
            Vx[k] = dot
            n2[k] = square
    return steps


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_batch_steps(V, X, drawn, a, sigma, slope, d, eta, limit, k0, k1, t, steps, uniform, angle):
    """As `sgd_steps`, with the gradient averaged over a batch, samples t B to t B + B - 1.

    X (shape (B, d')) and `drawn` (one block of samples, shape (S, d')) are scratch.
    """
    B, S = X.shape[0], drawn.shape[0]
    m = V.shape[0]
    n2 = np.empty(m, dtype=np.float32)
    A = np.empty(m, dtype=np.float32)
    C = np.empty((m, B), dtype=np.float32)
    held = -1
    for step in range(t, t + steps):
        for k in range(m):
            square = _F(0.0)
            for i in range(V.shape[1]):
                square += V[k, i] * V[k, i]
            n2[k] = square
        if not n2.sum() < limit:
            return step - t
        for b in range(B):
            block, row = divmod(step * B + b, S)
            if block != held:
                fill_block(drawn, d, uniform, angle, k0, k1, block)
                held = block
            X[b] = drawn[row]
        Z = np.dot(V, X.T)
        A[:] = _F(1.0)
        for b in range(B):
            error = -teacher_value(X[b], a, sigma)
            for k in range(m):
                Z[k, b] /= max(np.sqrt(n2[k]), _F(1e-30))
                error += n2[k] * _polynomial(sigma, Z[k, b])
            rate = eta * error / _F(B)
            for k in range(m):
                z = Z[k, b]
                derivative = _polynomial(slope, z)
                A[k] -= rate * (_F(2.0) * _polynomial(sigma, z) - derivative * z)
                C[k, b] = -rate * np.sqrt(n2[k]) * derivative
        update = np.dot(C, X)
        for k in range(m):
            for i in range(V.shape[1]):
                V[k, i] = A[k] * V[k, i] + update[k, i]
    return steps
