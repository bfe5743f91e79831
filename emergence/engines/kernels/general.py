"""SGD steps where assumptions of the theory are broken: any teacher, labels, data, optimiser.

The student is f(x) = sum_k b_k sigma(z_k), z_k = v_k . x / |v_k|: with tied weights b_k = |v_k|^2
and v_k is what moves (Model 1.7); with a second layer of its own v_k is a unit vector, put back on
the sphere after every step, and b_k moves beside it. For e = f(x) - y the gradient of e^2 / 2 is

    tied:  e [(2 sigma(z_k) - sigma'(z_k) z_k) v_k + |v_k| sigma'(z_k) x],
    own:   e b_k sigma'(z_k) (x - z_k v_k), and e sigma(z_k) in b_k,

averaged over the batch. In double precision, and written out at every step: what `sgd` gains by
writing out once a block is lost where a step depends on more than its own sample.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.blocks import ONE_THREAD, fill_block, inner_products, lengths
from emergence.engines.kernels.normals import FAST, Stream, normal_pair
from emergence.engines.kernels.sgd import _coefficients, _link

NOISE, AXES = 2, 3
"""What more a seed's random numbers are for, beside `start`: labels' noise, and a turn of the
axes."""
SGD, MOMENTUM, ADAM, SIGN = 0, 1, 2, 3
"""Optimizers."""
FIRST, SECOND, EPSILON = 0.9, 0.999, 1e-8
"""Decay of the running means of gradients and of their squares, and Adam's epsilon (Kingma and Ba,
*Adam: a method for stochastic optimization*, ICLR 2015)."""


class Student(NamedTuple):
    """The state of a run, double precision. d' is d padded with zeros to a multiple of 8.

    V : v_k as columns, shape (d', m); b : second layer, shape (m,), used where it is its own
    M, S : running means of V's gradients and of their squares, shape (d', m) where the optimizer
        has them, else (0, m)
    Mb, Sb : of b's, shape (m,)
    n2 : |v_k|^2, shape (m,)
    """

    V: Any
    b: Any
    M: Any
    S: Any
    Mb: Any
    Sb: Any
    n2: Any


class Data(NamedTuple):
    """Where samples come from.

    W : teacher directions as columns, shape (reach, P): further coordinates are 0
    a : their strengths, shape (P,)
    noise : standard deviation of the labels
    k0, k1, n0, n1 : keys of samples and of the labels' noise, uint32
    size : samples in a block, as in `sgd`
    X : the present block of fresh samples, float32, shape (d, S)
    kept, labels : samples to be taken again and again, shape (n, d), float32, with their labels,
        shape (n,); n = 0 where every sample is fresh
    """

    W: Any
    a: Any
    noise: Any
    k0: Any
    k1: Any
    n0: Any
    n1: Any
    size: Any
    X: Any
    kept: Any
    labels: Any


class Rule(NamedTuple):
    """What is the same at every step.

    sigma : monomial coefficients of the link function, shape (9,)
    own : whether b is trained beside V
    optimizer : one of SGD, MOMENTUM, ADAM, SIGN
    eta, eta_b : step sizes of V and of b
    limit : the run has diverged where sum_k |b_k| is not below it
    """

    sigma: Any
    own: Any
    optimizer: Any
    eta: Any
    eta_b: Any
    limit: Any


class Bench(NamedTuple):
    """Room to work in, double precision but for `uniform` and `angle`, which are of `Stream`.

    x : the batch, shape (d', B); y : its labels, shape (B,); t : w_p . x, shape (P,)
    Z, C : shape (B, m); G : gradient, shape (d', m)
    A, gb, slope : shape (m,); value : shape (m,)
    """

    uniform: Any
    angle: Any
    x: Any
    y: Any
    t: Any
    Z: Any
    C: Any
    G: Any
    A: Any
    gb: Any
    slope: Any
    value: Any


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def label(bench, column, data, sigma, number):
    """y = f*(x) + noise xi of column `column` of bench.x, sample `number` of the run."""
    W, a, x, t = data.W, data.a, bench.x, bench.t
    c, high = _coefficients(sigma)
    t[:] = 0.0
    for i in range(W.shape[0]):
        for p in range(W.shape[1]):
            t[p] += W[i, p] * x[i, column]
    y = 0.0
    for p in range(W.shape[1]):
        y += a[p] * _link(c, high, t[p])[0]
    if data.noise > 0.0:
        y += data.noise * normal_pair(data.n0, data.n1, number, 0)[0]
    return y


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def fill_kept(data, sigma, bench):
    """Draw the samples that are kept: the first n of those that a run of fresh ones would see."""
    n, size, d = data.kept.shape[0], data.size, data.X.shape[0]
    for q in range(n):
        if q % size == 0:
            stream = Stream(data.k0, data.k1, q // size, bench.uniform, bench.angle)
            fill_block(data.X, d, stream)
        for i in range(d):
            data.kept[q, i] = data.X[i, q % size]
            bench.x[i, 0] = data.X[i, q % size]
        data.labels[q] = label(bench, 0, data, sigma, q)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def take_samples(data, sigma, step, bench):
    """The batch of a step into bench.x and bench.y."""
    x, y = bench.x, bench.y
    d, count = data.X.shape[0], y.shape[0]
    n, size = data.kept.shape[0], data.size
    begin = step * count
    for b in range(count):
        if n > 0:
            q = (begin + b) % n
            for i in range(d):
                x[i, b] = data.kept[q, i]
            y[b] = data.labels[q]
        else:
            if (begin + b) % size == 0:
                block = (begin + b) // size
                fill_block(data.X, d, Stream(data.k0, data.k1, block, bench.uniform, bench.angle))
            for i in range(d):
                x[i, b] = data.X[i, (begin + b) % size]
            y[b] = label(bench, b, data, sigma, begin + b)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def project(x, V, Z):
    """Z_k = x . v_k for the first column of x, eight coordinates in a pass."""
    Z[:] = 0.0
    for i in range(0, V.shape[0], 8):
        x0, x1, x2, x3 = x[i, 0], x[i + 1, 0], x[i + 2, 0], x[i + 3, 0]
        x4, x5, x6, x7 = x[i + 4, 0], x[i + 5, 0], x[i + 6, 0], x[i + 7, 0]
        for k in range(V.shape[1]):
            low = (x0 * V[i, k] + x1 * V[i + 1, k]) + (x2 * V[i + 2, k] + x3 * V[i + 3, k])
            high = (x4 * V[i + 4, k] + x5 * V[i + 5, k]) + (x6 * V[i + 6, k] + x7 * V[i + 7, k])
            Z[k] += low + high


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def plain_step(V, x, scale, push, n2):
    """v_k <- scale_k v_k - push_k x and n2_k = |v_k|^2, eight coordinates in a pass."""
    n2[:] = 0.0
    for i in range(0, V.shape[0], 8):
        x0, x1, x2, x3 = x[i, 0], x[i + 1, 0], x[i + 2, 0], x[i + 3, 0]
        x4, x5, x6, x7 = x[i + 4, 0], x[i + 5, 0], x[i + 6, 0], x[i + 7, 0]
        for k in range(V.shape[1]):
            s, c = scale[k], push[k]
            v0, v1 = s * V[i, k] - c * x0, s * V[i + 1, k] - c * x1
            v2, v3 = s * V[i + 2, k] - c * x2, s * V[i + 3, k] - c * x3
            v4, v5 = s * V[i + 4, k] - c * x4, s * V[i + 5, k] - c * x5
            v6, v7 = s * V[i + 6, k] - c * x6, s * V[i + 7, k] - c * x7
            V[i, k], V[i + 1, k], V[i + 2, k], V[i + 3, k] = v0, v1, v2, v3
            V[i + 4, k], V[i + 5, k], V[i + 6, k], V[i + 7, k] = v4, v5, v6, v7
            n2[k] += ((v0 * v0 + v1 * v1) + (v2 * v2 + v3 * v3)) + (
                (v4 * v4 + v5 * v5) + (v6 * v6 + v7 * v7)
            )


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def fill_pulls(student, rule, bench):
    """The batch's gradient in its parts: A_k v_k + sum_s C_sk x_s of v_k, and gb_k of b_k."""
    V, b, n2 = student.V, student.b, student.n2
    x, y, Z, C = bench.x, bench.y, bench.Z, bench.C
    A, gb, slope, value = bench.A, bench.gb, bench.slope, bench.value
    c, high = _coefficients(rule.sigma)
    m, count = V.shape[1], y.shape[0]
    if count == 1:
        project(x, V, Z[0])
    else:
        inner_products(x, V, Z)
    A[:] = 0.0
    gb[:] = 0.0
    for s in range(count):
        error = -y[s]
        for k in range(m):
            length = math.sqrt(n2[k])
            Z[s, k] /= max(length, 1e-150)
            value[k], slope[k] = _link(c, high, Z[s, k])
            error += (b[k] if rule.own else n2[k]) * value[k]
        share = error / count
        for k in range(m):
            if rule.own:
                C[s, k] = share * b[k] * slope[k]
                A[k] -= C[s, k] * Z[s, k]
                gb[k] += share * value[k]
            else:
                C[s, k] = share * math.sqrt(n2[k]) * slope[k]
                A[k] += share * (2.0 * value[k] - slope[k] * Z[s, k])


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def fill_gradient(V, bench):
    """The gradient over the batch, bench.G, of the parts that `fill_pulls` makes."""
    x, C, G, A = bench.x, bench.C, bench.G, bench.A
    if C.shape[0] == 1:
        for i in range(V.shape[0]):
            for k in range(V.shape[1]):
                G[i, k] = A[k] * V[i, k] + x[i, 0] * C[0, k]
        return
    rows = max(1, ONE_THREAD // C.size)
    for i in range(0, V.shape[0], rows):
        np.dot(x[i : i + rows], C, G[i : i + rows])
    for i in range(V.shape[0]):
        for k in range(V.shape[1]):
            G[i, k] += A[k] * V[i, k]


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def move(v, g, mean, square, optimizer, eta, step):
    """One step of an optimizer on the numbers v with gradients g, all of shape (n,)."""
    n = v.shape[0]
    if optimizer == MOMENTUM:
        for k in range(n):
            mean[k] = FIRST * mean[k] + (1.0 - FIRST) * g[k]
            v[k] -= eta * mean[k]
    elif optimizer == ADAM:
        young = eta / (1.0 - FIRST ** (step + 1))
        old = 1.0 / (1.0 - SECOND ** (step + 1))
        for k in range(n):
            mean[k] = FIRST * mean[k] + (1.0 - FIRST) * g[k]
            square[k] = SECOND * square[k] + (1.0 - SECOND) * g[k] * g[k]
            v[k] -= young * mean[k] / (math.sqrt(old * square[k]) + EPSILON)
    elif optimizer == SIGN:
        for k in range(n):
            v[k] -= eta * np.sign(g[k])
    else:
        for k in range(n):
            v[k] -= eta * g[k]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def general_steps(student, data, rule, bench, t, steps):
    """Take up to `steps` steps from step t (int64) on; returns the number taken.

    It stops early when the run has diverged. `student` is changed in place.
    """
    V, b, n2 = student.V, student.b, student.n2
    d, m = V.shape
    flat = V.reshape(-1)
    mean, square = student.M.reshape(-1), student.S.reshape(-1)
    for step in range(t, t + steps):
        total = 0.0
        for k in range(m):
            total += abs(b[k]) if rule.own else n2[k]
        if not total < rule.limit:
            return step - t
        take_samples(data, rule.sigma, step, bench)
        fill_pulls(student, rule, bench)
        if rule.optimizer == SGD and bench.y.shape[0] == 1:
            for k in range(m):
                bench.A[k] = 1.0 - rule.eta * bench.A[k]
                bench.C[0, k] *= rule.eta
            plain_step(V, bench.x, bench.A, bench.C[0], n2)
        else:
            fill_gradient(V, bench)
            move(flat, bench.G.reshape(-1), mean, square, rule.optimizer, rule.eta, step)
            lengths(V, n2)
        if rule.own:
            move(b, bench.gb, student.Mb, student.Sb, rule.optimizer, rule.eta_b, step)
            for k in range(m):
                bench.A[k] = 1.0 / math.sqrt(n2[k])
                n2[k] = 1.0
            for i in range(d):
                for k in range(m):
                    V[i, k] *= bench.A[k]
    return steps


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def train_loss(student, data, rule, bench, count):
    """Mean of (f(x) - y)^2 over the first `count` of the samples that are kept."""
    V, b, n2 = student.V, student.b, student.n2
    c, high = _coefficients(rule.sigma)
    d, m = data.X.shape[0], V.shape[1]
    total = 0.0
    for q in range(count):
        bench.A[:] = 0.0
        for i in range(d):
            for k in range(m):
                bench.A[k] += data.kept[q, i] * V[i, k]
        error = -data.labels[q]
        for k in range(m):
            z = bench.A[k] / max(math.sqrt(n2[k]), 1e-150)
            error += (b[k] if rule.own else n2[k]) * _link(c, high, z)[0]
        total += error * error
    return total / count


@njit(nogil=True, cache=True, error_model="numpy")
def fill_turn(out, seed0, seed1):
    """Fill `out` (float64, shape (d, d)) with normals, row i being block i under the key."""
    for i in range(out.shape[0]):
        for j in range(0, out.shape[1], 2):
            one, other = normal_pair(seed0, seed1, i, j // 2)
            out[i, j] = one
            if j + 1 < out.shape[1]:
                out[i, j + 1] = other
