"""The population flow of many starts at once, by stabilised steps.

What is fitted relaxes fast and for ever, what is not is slow: Runge-Kutta-Chebyshev steps (see
`engines.kernels.steps`) take a tenth of the fields that others would need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from emergence.arrays import Array
from emergence.engines.kernels.steps import chebyshev_weights
from emergence.lessons.tensor_power.model import field

TOLERANCE = 5e-3
"""Largest error of a step, relative to each neuron's norm."""
MARGIN = 1.25
EVERY = 5
"""Steps between two looks at the stiffness."""


def flow(W: Array, a: Array, end: float, lowest: int = 0) -> Iterator[tuple[float, Array]]:
    """States (time, neurons) after each step, up to time `end`; neurons have the shape of W.

    Parameters
    ----------
    W : neurons at time 0, shape (starts, m, d)
    a, lowest : see `model.field`
    """
    tau, h, steps = 0.0, 0.02, 0
    slope = field(W, a, lowest)
    direction = W.copy()
    while tau < end:
        if steps % EVERY == 0:
            rounds = 2 if steps else 20
            radius, direction = _stiffness(W, slope, a, lowest, direction, rounds)
        h = min(h, end - tau)
        stages = max(2, 1 + math.ceil(math.sqrt(1 + 1.54 * h * radius)))
        weights = chebyshev_weights(stages)
        before, now = W, W + weights[1, 2] * h * slope
        for mu, nu, scaled, share in weights[2:]:
            push = h * scaled * (field(now, a, lowest) - share * slope)
            before, now = now, (1 - mu - nu) * W + mu * now + nu * before + push
        new_slope = field(now, a, lowest)
        error = np.linalg.norm(0.8 * (W - now) + 0.4 * h * (slope + new_slope), axis=-1)
        worst = float(np.max(error / np.linalg.norm(now, axis=-1))) / TOLERANCE
        if worst <= 1:
            tau = end if tau + h >= end * (1 - 1e-12) else tau + h
            W, slope, steps = now, new_slope, steps + 1
            yield tau, W
        h *= min(max(0.8 * max(worst, 1e-9) ** (-1 / 3), 0.2), 3.0)


def _stiffness(
    W: Array, slope: Array, a: Array, lowest: int, direction: Array, rounds: int
) -> tuple[float, Array]:
    """The largest rate of any start, by the power method, and the direction of each."""
    size = 1e-6 * _lengths(W)
    radius = 0.0
    for _ in range(rounds):
        nudge = size * direction / _lengths(direction)
        direction = (field(W + nudge, a, lowest) - slope) / size
        radius = MARGIN * float(np.max(_lengths(direction)))
    return radius, direction


def _lengths(W: Array) -> Array:
    """Length of all neurons of a start together, shape (starts, 1, 1)."""
    return np.asarray(np.sqrt(np.sum(W * W, axis=(-1, -2), keepdims=True)))
