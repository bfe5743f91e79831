"""Spherical online SGD of one neuron on one direction, for many seeds at once (Model 5.1).

With the overlap o = <v, w> and v = o w + sqrt(1 - o^2) e, a sample enters only through its
coordinates along w and e, which are N(0, 1), and the squared length of the rest, which is
chi-square with d - 2 degrees of freedom. So a step costs the same in any d, and is exact in law.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST, _fill_normals, threefry
from emergence.engines.kernels.reduced import chi_square

DEGREE = 6
"""Link functions are polynomials of this degree or less, padded with zeros."""
UNIFORM_COUNTERS = 1 << 22
"""Counters of a block's uniforms begin here, between its normals' and its chi-squares'."""

_U = np.uint32


class Samples(NamedTuple):
    """The present block of samples, and room to draw it.

    X : w.x, e.x and the rest's squared length, shape (rows, 3, seeds)
    normals : scratch, float32, shape (4 rows,)
    uniform, angle : scratch, float32 and int32, shape (2 rows,)
    """

    X: Any
    normals: Any
    uniform: Any
    angle: Any


class Neuron(NamedTuple):
    """What is the same at every step.

    sigma, slope : coefficients of sigma and sigma', lowest degree first, shape (DEGREE + 1,)
    eta : step size
    freedom : d - 2
    keys : each seed's key, uint32, shape (seeds, 2)
    """

    sigma: Any
    slope: Any
    eta: Any
    freedom: Any
    keys: Any


class Decomposition(NamedTuple):
    """What the steps of u = o^2 are made of, summed up over the steps.

    sums : the signal, the mean of a step, and the square of what a step is beyond its mean, shape
        (3, seeds)
    table : the first two at overlaps evenly spaced over [-1, 1], linear in between, shape
        (2, points)
    before : scratch, shape (seeds,)
    """

    sums: Any
    table: Any
    before: Any


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def fill_samples(samples, freedom, keys, block):
    """Draw block number `block` of the samples.

    A chi-square is twice a Gamma variable by Marsaglia and Tsang's method, as in `chi_square`;
    nearly all are accepted by their bound 1 - 0.0331 n^4, which needs no logarithm.
    """
    X, normals, uniform, angle = samples
    rows = X.shape[0]
    shape = 0.5 * freedom - 1.0 / 3.0
    spread = 1.0 / math.sqrt(9.0 * shape)
    low = _U(block & 0xFFFFFFFF)
    high = _U((block >> 32) << 24)
    for s in range(X.shape[2]):
        k0, k1 = keys[s, 0], keys[s, 1]
        _fill_normals(normals, uniform, angle, k0, k1, block)
        for i in range(rows):
            a, _ = threefry(k0, k1, low, _U(_U(UNIFORM_COUNTERS + i) | high))
            normals[3 * rows + i] = (np.float32(a) + np.float32(0.5)) * np.float32(2.0**-32)
        for i in range(rows):
            X[i, 0, s] = normals[i]
            X[i, 1, s] = normals[rows + i]
            n, u = np.float64(normals[2 * rows + i]), np.float64(normals[3 * rows + i])
            cube = (1.0 + spread * n) ** 3
            X[i, 2, s] = 2.0 * shape * cube
            if u >= 1.0 - 0.0331 * n**4:
                bound = 0.5 * n * n + shape * (1.0 - cube + math.log(max(cube, 1e-300)))
                if cube <= 0.0 or math.log(u) >= bound:
                    X[i, 2, s] = chi_square(freedom, k0, k1, block, i)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def _polynomial(c, z):
    """sum_i c_i z^i, c of shape (DEGREE + 1,)."""
    value = c[DEGREE]
    for i in range(DEGREE - 1, -1, -1):
        value = value * z + c[i]
    return value


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def take_step(o, x, sigma, slope, eta):
    """One step of every seed on its sample: x (shape (3, seeds)); o (shape (seeds,)) changes.

    v <- v - eta g (x - z v) with z = v.x, g = (sigma(z) - sigma(w.x)) sigma'(z); then v / |v|.
    """
    for s in range(o.shape[0]):
        now, y, side = o[s], x[0, s], x[1, s]
        across = math.sqrt(max(1.0 - now * now, 0.0))
        z = now * y + across * side
        push = eta * (_polynomial(sigma, z) - _polynomial(sigma, y)) * _polynomial(slope, z)
        tangent = across * y - now * side  # of x - z v, in the plane of v and w
        length = math.sqrt(1.0 + push * push * (tangent * tangent + x[2, s]))
        o[s] = (now - push * across * tangent) / length


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def advance(o, crossed, levels, samples, neuron, t, steps):
    """Take steps t ... t + steps - 1 of all seeds, o (shape (seeds,)) being their overlaps.

    `crossed` (int64, shape (levels, seeds)) keeps the number of steps after which o^2 first
    exceeded each of `levels`, -1 before. `samples` are drawn when t is a multiple of their rows.
    """
    X = samples.X
    sigma, slope, eta, freedom, keys = neuron
    for step in range(t, t + steps):
        row = step % X.shape[0]
        if row == 0:
            fill_samples(samples, freedom, keys, step // X.shape[0])
        take_step(o, X[row], sigma, slope, eta)
        for i in range(levels.shape[0]):
            for s in range(o.shape[0]):
                above = crossed[i, s] < 0 and o[s] * o[s] > levels[i]
                crossed[i, s] = step + 1 if above else crossed[i, s]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def advance_decomposed(o, decomposition, samples, neuron, t, steps):
    """Take steps as `advance` does, and sum up what u = o^2 changes by (a `Decomposition`)."""
    sums, table, before = decomposition
    X = samples.X
    sigma, slope, eta, freedom, keys = neuron
    last = table.shape[1] - 1
    for step in range(t, t + steps):
        row = step % X.shape[0]
        if row == 0:
            fill_samples(samples, freedom, keys, step // X.shape[0])
        before[:] = o
        take_step(o, X[row], sigma, slope, eta)
        for s in range(o.shape[0]):
            place = 0.5 * (before[s] + 1.0) * last
            i = min(max(int(place), 0), last - 1)
            part = place - i
            mean = table[1, i] + part * (table[1, i + 1] - table[1, i])
            rest = o[s] * o[s] - before[s] * before[s] - mean
            sums[0, s] += table[0, i] + part * (table[0, i + 1] - table[0, i])
            sums[1, s] += mean
            sums[2, s] += rest * rest
