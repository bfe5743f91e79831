"""Online SGD steps (Model 1.7), a block of samples at a time.

With e = f(x) - f*(x), z_k = vbar_k . x, n_k = |v_k|, the step
v_k <- v_k - eta e [2 n_k sigma(z_k) vbar_k + n_k sigma'(z_k) (x - z_k vbar_k)] is, since
n_k vbar_k = v_k, a scaling of v_k and a multiple of x:

    v_k <- A_k v_k + C_k x,  A_k = 1 - eta e (2 sigma(z_k) - sigma'(z_k) z_k),
                             C_k = -eta e n_k sigma'(z_k).

So within a block of samples x_0 ... x_(S-1) the student stays a multiple of what it was, plus a
combination of the samples, and need not be written out at every step:

    v_k = alpha_k (V_k + sum_{s < t} gamma_sk x_s),
    v_k . x_t = alpha_k (Y_tk + sum_{s < t} G_ts gamma_sk),  Y = X^T V,  G = X^T X,
    |v_k|^2 <- A_k^2 |v_k|^2 + 2 A_k C_k (v_k . x_t) + C_k^2 G_tt,
    alpha_k <- A_k alpha_k,  gamma_tk = C_k / alpha_k,

and V_k <- V_k + sum_s gamma_sk x_s after the block. The sums over the d coordinates are three
matrix products a block, done near the speed of the processor; a step is left with sums over neurons
and over the samples before it in the block.

Sample q is column q mod S of block q div S. Where d is much larger than m + P, samples and student
are kept in fewer coordinates (`reduced`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.blocks import (
    _add_samples,
    add_combination,
    fill_block,
    inner_products,
    squared_lengths,
)
from emergence.engines.kernels.normals import FAST, Stream
from emergence.engines.kernels.reduced import AT_ONCE, compress, fill_reduced_block

_F = np.float32
SMALLEST, LARGEST = _F(2.0**-10), _F(2.0**10)
"""Where an |alpha_k| leaves these bounds, the students are written out."""
CANCELLED = _F(2.0**-10)
"""Where |v_k|^2 falls to this share of the terms that it is the sum of, likewise."""

RENEWED = 8
"""Blocks after which |v_k|^2, carried along by its recursion, is computed from v_k again."""


class Block(NamedTuple):
    """The student and the present block of samples: the state of a run. All float32.

    V : student at the block's start, each over its alpha, shape (d', m')
    X : samples, shape (d', S); the columns of S that a run does not use are never read
    Y, G : X^T V and X^T X, shapes (S + 1, m') and (S + 1, S); with a row more, of no meaning,
        the last sample needs no exception
    y : f*(x_s), shape (S,)
    gamma : combination of the samples, 0 for those to come, shape (S, m')
    alpha, n2 : scale (1 at first) and present |v_k|^2, shape (m',)
    """

    V: Any
    X: Any
    Y: Any
    G: Any
    y: Any
    gamma: Any
    alpha: Any
    n2: Any


class Problem(NamedTuple):
    """What is the same at every step.

    a : teacher strengths, float32, shape (P,)
    sigma : monomial coefficients of the link function, lowest degree first, float32, shape (9,)
    d, size : dimension and samples in a block
    basis, turn : P + m and the blocks between two turns of the basis of `reduced`; turn is 0 where
        students are kept in all d coordinates
    eta : step size, float32
    limit : the run has diverged where sum_k |v_k|^2 is not below it, float32
    """

    a: Any
    sigma: Any
    d: Any
    size: Any
    basis: Any
    turn: Any
    eta: Any
    limit: Any


class Clock(NamedTuple):
    """Which steps: `steps` of them from step t (int64) on. Key (k0, k1) (uint32) and step determine
    every sample."""

    k0: Any
    k1: Any
    t: Any
    steps: Any


class Scratch(NamedTuple):
    """Room to work in.

    uniform, angle : shape (S d'/2,), float32 and int32
    piece : see `add_samples`
    A, C : float32, shape (m',)
    """

    uniform: Any
    angle: Any
    piece: Any
    A: Any
    C: Any


@njit(nogil=True, inline="always")
def _coefficients(sigma):
    """The nine monomial coefficients as a tuple, which the compiler keeps in registers."""
    c = (
        sigma[0], sigma[1], sigma[2], sigma[3], sigma[4], sigma[5], sigma[6], sigma[7], sigma[8],
    )  # fmt: skip
    return c, (c[5] != 0.0) | (c[6] != 0.0) | (c[7] != 0.0) | (c[8] != 0.0)


@njit(nogil=True, inline="always")
def _link(c, high, z):
    """(sigma(z), sigma'(z)) by Horner's rule; the upper half is left out where it is 0."""
    if high:
        slope = c[8]
        value = c[8] * z + c[7]
        slope = slope * z + value
        value = value * z + c[6]
        slope = slope * z + value
        value = value * z + c[5]
        slope = slope * z + value
        value = value * z + c[4]
    else:
        slope = _F(0.0)
        value = c[4]
    slope = slope * z + value
    value = value * z + c[3]
    slope = slope * z + value
    value = value * z + c[2]
    slope = slope * z + value
    value = value * z + c[1]
    slope = slope * z + value
    value = value * z + c[0]
    return value, slope


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def teacher_values(X, a, sigma, y):
    """y_s = f*(x_s) = sum_p a_p sigma(x_sp), the w_p being the first P axes."""
    c, high = _coefficients(sigma)
    y[:] = 0.0
    for p in range(a.shape[0]):
        for s in range(y.shape[0]):
            y[s] += a[p] * _link(c, high, X[p, s])[0]


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def write_out(block, k, row, push):
    """Set V_k = alpha_k (V_k + sum_{s < row} gamma_sk x_s) + push x_row, as if a block began there.

    Ordinary steps never need it. A violent one may bring alpha_k near 0, or leave so little of
    |v_k|^2 that its recursion has lost its digits.
    """
    V, X, Y, _, _, gamma, alpha, n2 = block
    square = _F(0.0)
    for i in range(V.shape[0]):
        v = V[i, k]
        for s in range(row):
            v += gamma[s, k] * X[i, s]
        v = alpha[k] * v + push * X[i, row]
        V[i, k] = v
        square += v * v
    n2[k] = square
    alpha[k] = _F(1.0)
    gamma[: row + 1, k] = 0.0
    for s in range(row + 1, X.shape[1]):
        Y[s, k] = 0.0
        for i in range(V.shape[0]):
            Y[s, k] += X[i, s] * V[i, k]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_steps(block, problem, clock, scratch):
    """Take up to clock.steps steps of batch size 1 from step clock.t; returns the number taken.

    It stops early when the run has diverged. `block` (a `Block`) is changed in place; new samples
    are drawn when the step is a multiple of problem.size.
    """
    V, X, Y, G, y, gamma, alpha, n2 = block
    a, sigma, d, size, basis, turn, eta, limit = problem
    k0, k1, t, steps = clock
    uniform, angle, piece, A, C = scratch
    m, P, S = n2.shape[0], a.shape[0], X.shape[1]
    c, high = _coefficients(sigma)
    for step in range(t, t + steps):
        row = step % size
        if row == 0:
            number = step // size
            stream = Stream(k0, k1, number, uniform, angle)
            _add_samples(V, X, gamma, piece)
            gamma[:] = 0.0
            if number % RENEWED == 0:
                squared_lengths(V, alpha, n2)
            if turn:
                if number % turn == 0 and m <= AT_ONCE:
                    compress(V, P)
                begin = basis + number % turn * size
                fill_reduced_block(X, d, begin, size, stream)
            else:
                fill_block(X, d, stream)
            teacher_values(X, a, sigma, y)
            inner_products(X, V, Y[:S])
            inner_products(X, X, G[:S])
        error = -y[row]
        total = _F(0.0)
        for k in range(m):
            n = np.sqrt(n2[k])
            z = alpha[k] * Y[row, k] / max(n, _F(1e-30))
            value, slope = _link(c, high, z)
            error += n2[k] * value
            total += n2[k]
            A[k] = _F(2.0) * value - slope * z
            C[k] = n * slope
        if not total < limit:
            return step - t
        # The samples before this one; this one is added below, as soon as its gamma is known.
        add_combination(Y, row + 1, G, gamma, row, 0)
        rate = eta * error
        violent = _F(0.0)
        for k in range(m):
            scale = _F(1.0) - rate * A[k]
            push = -rate * C[k]
            terms = scale * scale * n2[k] + push * push * G[row, row]
            cross = _F(2.0) * scale * push * alpha[k] * Y[row, k]
            n2[k] = max(terms + cross, _F(0.0))
            alpha[k] *= scale
            gamma[row, k] = push / alpha[k]
            Y[row + 1, k] += G[row + 1, row] * gamma[row, k]
            violent += _F(0.0) if _tame(alpha[k], n2[k], terms) else _F(1.0)
        if violent > _F(0.0):
            for k in range(m):
                write_out(block, k, row, -rate * C[k])
    return steps


@njit(nogil=True, inline="always")
def _tame(alpha, n2, terms):
    """Whether a neuron can stay unwritten: not after a violent step."""
    size = abs(alpha)
    return (size >= SMALLEST) & (size <= LARGEST) & (n2 >= CANCELLED * terms)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def sgd_batch_steps(block, problem, clock, scratch):
    """As `sgd_steps`, with the gradient averaged over the samples of block t at step t.

    V is then always the present student.
    """
    V, X, Y, _, y, C, alpha, n2 = block
    a, sigma, d, size, _, _, eta, limit = problem
    k0, k1, t, steps = clock
    uniform, angle, piece, A, _ = scratch
    m, S = n2.shape[0], X.shape[1]
    c, high = _coefficients(sigma)
    for step in range(t, t + steps):
        if not n2.sum() < limit:
            return step - t
        fill_block(X, d, Stream(k0, k1, step, uniform, angle))
        teacher_values(X, a, sigma, y)
        inner_products(X, V, Y[:S])
        A[:] = 1.0
        for b in range(size):
            error = -y[b]
            for k in range(m):
                z = Y[b, k] / max(np.sqrt(n2[k]), _F(1e-30))
                error += n2[k] * _link(c, high, z)[0]
            rate = eta * error / _F(size)
            for k in range(m):
                n = np.sqrt(n2[k])
                z = Y[b, k] / max(n, _F(1e-30))
                value, slope = _link(c, high, z)
                A[k] -= rate * (_F(2.0) * value - slope * z)
                C[b, k] = -rate * n * slope
        for i in range(V.shape[0]):
            for k in range(m):
                V[i, k] *= A[k]
        _add_samples(V, X, C, piece)
        squared_lengths(V, alpha, n2)
    return steps
