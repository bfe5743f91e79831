"""A network of one hidden layer, trained by mini-batch SGD on multitask sparse parity.

An input has one control bit for each of K tasks, of which one is 1, and n bits x_i = +1 or -1. The
label of task k is g_k, the product of the x_i over the task's own bits. The network is

    f(k, x) = sum_j a_j max(0, h_j),    h_j = b_j + C_kj + sum_i x_i W_ij:

the weights of the control bits are the rows of C. A step subtracts eta times the gradient of the
mean of (f - g)^2 / 2 over a batch. With e = (f - g) / B of a sample and 1 where h_j > 0,

    da_j = sum e max(0, h_j),   db_j = sum e a_j 1,   dC_kj = the same over task k's samples,
    dW_ij = sum e a_j 1 x_i.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST, threefry

_U = np.uint32
_F = np.float32


class Network(NamedTuple):
    """The parameters, or as many numbers for their gradients. All float32.

    W : weights of the n bits, shape (n, m)
    C : weights of the control bits, shape (K, m)
    b, a : biases and output weights, shape (m,)
    """

    W: Any
    C: Any
    b: Any
    a: Any


class Tasks(NamedTuple):
    """What is asked, and how often.

    bits : the bits of each task, int64, shape (K, k)
    until : 2^32 times the probability of this task and all before it, uint64, shape (K,)
    """

    bits: Any
    until: Any


class Batch(NamedTuple):
    """B samples, and room to work in.

    X : the bits, +1 or -1, float32, shape (B, n)
    task : int64, shape (B,)
    y : labels, float32, shape (B,)
    e : (f - y) / B, float32, shape (B,)
    H : max(0, h), float32, shape (B, m)
    G : gradients with respect to h, float32, shape (B, m)
    """

    X: Any
    task: Any
    y: Any
    e: Any
    H: Any
    G: Any


@njit(nogil=True, inline="always")
def _label(bits, x, k):
    """g_k(x)."""
    y = x[bits[k, 0]]
    for j in range(1, bits.shape[1]):
        y *= x[bits[k, j]]
    return y


@njit(nogil=True, inline="always")
def draw_batch(batch, tasks, k0, k1, step):
    """Draw the samples of step `step` (below 2^32): n is 32 at most."""
    X, task, y, _, _, _ = batch
    bits, until = tasks
    for s in range(X.shape[0]):
        word, which = threefry(k0, k1, _U(step), _U(s))
        k = 0
        while k < until.shape[0] - 1 and np.uint64(which) >= until[k]:
            k += 1
        task[s] = k
        for i in range(X.shape[1]):
            X[s, i] = _F(1.0) if (word >> _U(i)) & _U(1) else _F(-1.0)
        y[s] = _label(bits, X[s], k)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def gradients(network, batch, change):
    """The gradients of the batch's loss, into `change` (a `Network`)."""
    W, C, b, a = network
    X, task, y, e, H, G = batch
    dW, dC, db, da = change
    dC[:] = _F(0.0)
    db[:] = _F(0.0)
    da[:] = _F(0.0)
    np.dot(X, W, H)
    share = _F(1.0) / _F(X.shape[0])
    for s in range(X.shape[0]):
        k = task[s]
        f = _F(0.0)
        for j in range(a.shape[0]):
            H[s, j] = max(H[s, j] + C[k, j] + b[j], _F(0.0))
            f += a[j] * H[s, j]
        e[s] = (f - y[s]) * share
        for j in range(a.shape[0]):
            G[s, j] = e[s] * a[j] if H[s, j] > _F(0.0) else _F(0.0)
        for j in range(a.shape[0]):
            dC[k, j] += G[s, j]
        for j in range(a.shape[0]):
            da[j] += e[s] * H[s, j]
    for k in range(C.shape[0]):
        for j in range(a.shape[0]):
            db[j] += dC[k, j]
    np.dot(X.T, G, dW)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def parity_steps(network, change, batch, tasks, eta, k0, k1, t, steps):
    """Take `steps` steps of SGD from step t on; `network` changes in place, the rest is scratch."""
    W, C, b, a = network
    dW, dC, db, da = change
    for step in range(t, t + steps):
        draw_batch(batch, tasks, k0, k1, step)
        gradients(network, batch, change)
        for j in range(a.shape[0]):
            a[j] -= eta * da[j]
            b[j] -= eta * db[j]
        for i in range(W.shape[0]):
            for j in range(a.shape[0]):
                W[i, j] -= eta * dW[i, j]
        for k in range(C.shape[0]):
            for j in range(a.shape[0]):
                C[k, j] -= eta * dC[k, j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def measure_skills(network, bits, strength, loss):
    """R_k = E f g_k and E (f - g_k)^2 of each task over all 2^n inputs, shape (K,), float64.

    From one input to the next one bit changes (Gray's code), and with it h by 2 W_i.
    """
    W, C, b, a = network
    n = W.shape[0]
    h = b.copy()
    x = np.ones(n, dtype=np.float32)
    for i in range(n):
        for j in range(h.shape[0]):
            h[j] += W[i, j]
    strength[:] = 0.0
    loss[:] = 0.0
    count = 1 << n
    for number in range(1, count + 1):
        for k in range(C.shape[0]):
            f = _F(0.0)
            for j in range(h.shape[0]):
                f += a[j] * max(h[j] + C[k, j], _F(0.0))
            y = _label(bits, x, k)
            strength[k] += f * y
            loss[k] += (f - y) ** 2
        i = 0
        while i < n - 1 and (number >> i) & 1 == 0:
            i += 1
        x[i] = -x[i]
        for j in range(h.shape[0]):
            h[j] += _F(2.0) * x[i] * W[i, j]
    for k in range(C.shape[0]):
        strength[k] /= count
        loss[k] /= count
