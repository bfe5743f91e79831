"""Steps of the flow: one of order 5 where it is smooth, a stabilised one of order 2 where stiff."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.flow import SUMS, _flow_field
from emergence.engines.kernels.kept import kept

STAGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
ERROR = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
MIDDLE = 0.5 * np.array(
    [
        6025192743 / 30085553152, 0.0, 51252292925 / 65400821598, -2691868925 / 45128329728,
        187940372067 / 1594534317056, -1776094331 / 19743644256, 11237099 / 235043384,
    ]
)  # fmt: skip
"""Dormand, Prince, J. Comput. Appl. Math. 6 (1980); the value at half a step, of order 4, is that
of Shampine, Math. Comp. 46 (1986)."""


class Point(NamedTuple):
    """A state and the flow's field there, of shape (m, D) both."""

    V: Any
    field: Any


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _worst(error, V, P):
    """Largest error of a neuron, relative to its norm and to its overlaps; inf where not finite.

    The overlaps decide when a neuron jumps, small as they are beside its norm.
    """
    worst = 0.0
    for k in range(V.shape[0]):
        e_overlaps = overlaps = 0.0
        for i in range(P):
            e_overlaps += error[k, i] * error[k, i]
            overlaps += V[k, i] * V[k, i]
        e_all, all_ = e_overlaps, overlaps
        for i in range(P, V.shape[1]):
            e_all += error[k, i] * error[k, i]
            all_ += V[k, i] * V[k, i]
        if not np.isfinite(e_all / all_):
            return np.inf
        worst = max(worst, e_all / all_)
        if overlaps > 0.0:
            worst = max(worst, e_overlaps / overlaps)
    return np.sqrt(worst)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _add(V, k, weights, stages, out, first, last):
    """Set rows of out = V + sum_s weights_s k_s over some stages, k of shape (stages, m, D)."""
    for i in range(first, last):
        for j in range(V.shape[1]):
            out[i, j] = V[i, j]
        for s in range(stages):
            weight = weights[s]
            for j in range(V.shape[1]):
                out[i, j] += weight * k[s, i, j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def dormand_prince_step(begin, h, vector_field, end, bend, k):
    """One step of order 5; returns the largest relative error of a neuron (`_worst`).

    From a `Point` begin it fills the Point `end`, and `bend`: the cubic Hermite interpolant of the
    step plus x^2 (1 - x)^2 bend is of order 4 at all x in [0, 1]. `k`, shape (7, m, D), is for its
    stages.
    """
    V, field = begin
    new, _ = end
    k[0] = field
    for stage in range(1, 7):
        _dormand_prince_stage(V, h, stage, k, new, 0, V.shape[0])
        _flow_field(new, vector_field, k[stage])
    return _dormand_prince_end(begin, h, vector_field, end, bend, k, 0, V.shape[0])


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _dormand_prince_stage(V, h, stage, k, new, first, last):
    """Set rows of `new` to where a stage (1 to 6) wants the field: the last is the step's end."""
    _add(V, k, h * STAGES[stage], stage, new, first, last)


dormand_prince_stage = kept(_dormand_prince_stage)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _dormand_prince_end(begin, h, vector_field, end, bend, k, first, last):
    """What `dormand_prince_step` does with some rows once the fields of all stages are in k."""
    V, _ = begin
    new, new_field = end
    new_field[first:last] = k[6, first:last]
    # What the value at half a step has more than the cubic interpolant.
    for i in range(first, last):
        for j in range(V.shape[1]):
            bend[i, j] = 0.5 * (V[i, j] - new[i, j]) + 0.125 * h * (k[6, i, j] - k[0, i, j])
    _add(bend, k, h * MIDDLE, 7, bend, first, last)
    bend[first:last] *= 16.0
    error = k[0]
    error[first:last] *= h * ERROR[0]
    _add(error, k[1:], h * ERROR[1:], 6, error, first, last)
    return _worst(error[first:last], new[first:last], vector_field.a.shape[0])


dormand_prince_end = kept(_dormand_prince_end)


@njit(nogil=True, cache=True, error_model="numpy")
def interpolant(v0, v1, f0, f1, bend, h, x, out):
    """Set out to the state at the share x of a step of length h; all have the shape (m, D).

    v0, v1 : states at its ends; f0, f1 : the fields there
    bend : what the value at half the step has more than the cubic interpolant, times 16
    """
    fall = x * (1 - x)
    for k in range(v0.shape[0]):
        for i in range(v0.shape[1]):
            hermite = (1 - 2 * x) * (v1[k, i] - v0[k, i]) + h * ((x - 1) * f0[k, i] + x * f1[k, i])
            out[k, i] = (1 - x) * v0[k, i] + x * v1[k, i] - fall * hermite + fall**2 * bend[k, i]


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _chebyshev_weights(stages):
    """Of each stage j of a Runge-Kutta-Chebyshev step: mu, nu, mu~ and 1 - b_(j-1) T_(j-1)(w0).

    Shape (stages + 1, 4); of the first stage only mu~ is of meaning.
    """
    weights = np.zeros((stages + 1, 4))
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
    weights[1, 2] = w1 * b1
    t1, t2, d1, d2, dd1, dd2 = w0, 1.0, 1.0, 0.0, 0.0, 0.0
    for j in range(2, stages + 1):
        t = 2 * w0 * t1 - t2
        d = 2 * w0 * d1 - d2 + 2 * t1
        dd = 2 * w0 * dd1 - dd2 + 4 * d1
        b = dd / (d * d)
        weights[j, 0], weights[j, 1] = 2 * w0 * b / b1, -b / b2
        weights[j, 2], weights[j, 3] = 2 * w1 * b / b1, 1.0 - b1 * t1
        t2, t1, d2, d1, dd2, dd1 = t1, t, d1, d, dd1, dd
        b2, b1 = b1, b
    return weights


chebyshev_weights = kept(_chebyshev_weights)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _chebyshev_stage(begin, h, weight, stage_field, previous, current):
    """Move `previous` and `current` on by a stage, from the field at `current`."""
    V, field = begin
    mu, nu, scaled, share = weight
    for k in range(V.shape[0]):
        for i in range(V.shape[1]):
            following = (1 - mu - nu) * V[k, i] + mu * current[k, i] + nu * previous[k, i]
            following += h * scaled * (stage_field[k, i] - share * field[k, i])
            previous[k, i] = current[k, i]
            current[k, i] = following


chebyshev_stage = kept(_chebyshev_stage)


@njit(nogil=True, error_model="numpy", fastmath=SUMS, inline="always")
def _chebyshev_error(begin, h, vector_field, end, room):
    """The largest relative error of a neuron after all stages; `room` is scratch."""
    V, field = begin
    new, new_field = end
    for k in range(V.shape[0]):
        for i in range(V.shape[1]):
            change = V[k, i] - new[k, i]
            room[k, i] = 0.8 * change + 0.4 * h * (field[k, i] + new_field[k, i])
    return _worst(room, new, vector_field.a.shape[0])


chebyshev_error = kept(_chebyshev_error)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=SUMS)
def chebyshev_step(begin, h, stages, vector_field, end):
    """One Runge-Kutta-Chebyshev step of order 2; returns the largest relative error of a neuron.

    Sommeijer, Shampine, Verwer, *RKC: an explicit solver for parabolic PDEs*, J. Comput. Appl.
    Math. 88 (1998): stable up to h * radius of about 0.65 stages^2 on the negative real axis,
    where a gradient flow's Jacobian has its eigenvalues. From a `Point` begin it fills `end`.
    """
    V, field = begin
    new, new_field = end
    weights = _chebyshev_weights(stages)
    previous = V.copy()
    new[:] = V + (weights[1, 2] * h) * field
    for j in range(2, stages + 2):
        _flow_field(new, vector_field, new_field)
        if j <= stages:
            weight = (weights[j, 0], weights[j, 1], weights[j, 2], weights[j, 3])
            _chebyshev_stage(begin, h, weight, new_field, previous, new)
    return _chebyshev_error(begin, h, vector_field, end, previous)
