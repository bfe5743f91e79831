"""SGD on the correlation loss -E[f f*], directions only: deflation switched off (Model 2.7).

Without f in the error nothing that is learned takes its signal away, and no neuron knows of the
others. With z_k = vbar_k . x, averaged over a batch of samples:

    vbar_k <- unit vector along vbar_k + eta f*(x) sigma'(z_k) (x - z_k vbar_k).

While the student is small its error is -f*, so that online SGD at the same eta starts alike.
Arrays as in `kernels.sgd`: neurons and samples are columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.blocks import (
    _add_samples,
    fill_block,
    inner_products,
    squared_lengths,
)
from emergence.engines.kernels.normals import FAST, Stream
from emergence.engines.kernels.sgd import _coefficients, _link, teacher_values

_F = np.float32
VIOLENT = _F(0.01)
"""Squared length of a step from which on it is followed by a renormalisation: an error of |vbar_k|
grows up to (1 + length)^2-fold in a step, and would overflow within a block of long ones."""


class Directions(NamedTuple):
    """The student and the present block of samples. All float32.

    V : unit vectors vbar_k, shape (d', m')
    X, y : samples, shape (d', S), and f* of them, shape (S,)
    Y, C : of batches: X^T V, and the multiples of the samples to add, shape (S, m')
    """

    V: Any
    X: Any
    y: Any
    Y: Any
    C: Any


class Room(NamedTuple):
    """Room to work in.

    uniform, angle : shape (S d'/2,), float32 and int32
    piece : see `add_samples`
    x : float32, shape (d',)
    z, scale, push : float32, shape (m',)
    """

    uniform: Any
    angle: Any
    piece: Any
    x: Any
    z: Any
    scale: Any
    push: Any


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def correlation_steps(directions, problem, clock, room):
    """Take clock.steps steps of batch size 1 from step clock.t; `directions` change in place.

    `problem` and `clock` as in `kernels.sgd`; sample q is column q mod size of block q div size.
    """
    V, X, y, _, _ = directions
    a, sigma, d, size, _, _, eta, _ = problem
    k0, k1, t, steps = clock
    uniform, angle, _, x, z, scale, push = room
    c, high = _coefficients(sigma)
    for step in range(t, t + steps):
        row = step % size
        if row == 0:
            fill_block(X, d, Stream(k0, k1, step // size, uniform, angle))
            teacher_values(X, a, sigma, y)
            normalise(V, scale)  # what single precision has lost in a block
        square = _F(0.0)
        z[:] = 0.0
        for i in range(V.shape[0]):
            x[i] = X[i, row]
            square += x[i] * x[i]
            for k in range(V.shape[1]):
                z[k] += x[i] * V[i, k]
        violent = _F(0.0)
        for k in range(V.shape[1]):
            p = eta * y[row] * _link(c, high, z[k])[1]
            violent += _F(1.0) if p * p * square > VIOLENT else _F(0.0)
            # |v + p (x - z v)|^2 for a unit vector v.
            inverse = _F(1.0) / np.sqrt(_F(1.0) + p * p * max(square - z[k] * z[k], _F(0.0)))
            scale[k] = (_F(1.0) - p * z[k]) * inverse
            push[k] = p * inverse
        for i in range(V.shape[0]):
            for k in range(V.shape[1]):
                V[i, k] = scale[k] * V[i, k] + push[k] * x[i]
        if violent > _F(0.0):
            normalise(V, scale)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def correlation_batch_steps(directions, problem, clock, room):
    """As `correlation_steps`, averaged over the samples of block t at step t."""
    V, X, y, Y, C = directions
    a, sigma, d, size, _, _, eta, _ = problem
    k0, k1, t, steps = clock
    uniform, angle, piece, _, _, scale, _ = room
    c, high = _coefficients(sigma)
    for step in range(t, t + steps):
        fill_block(X, d, Stream(k0, k1, step, uniform, angle))
        teacher_values(X, a, sigma, y)
        inner_products(X, V, Y)
        scale[:] = 1.0
        for b in range(size):
            for k in range(V.shape[1]):
                C[b, k] = eta / _F(size) * y[b] * _link(c, high, Y[b, k])[1]
                scale[k] -= C[b, k] * Y[b, k]
        for i in range(V.shape[0]):
            for k in range(V.shape[1]):
                V[i, k] *= scale[k]
        _add_samples(V, X, C, piece)
        normalise(V, scale)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def normalise(V, scale):
    """Make the columns of V that are not 0 unit vectors; `scale` (shape (m',)) is scratch."""
    squared_lengths(V, np.ones_like(scale), scale)
    for k in range(V.shape[1]):
        scale[k] = _F(1.0) / np.sqrt(max(scale[k], _F(1e-30)))
    for i in range(V.shape[0]):
        for k in range(V.shape[1]):
            V[i, k] *= scale[k]
