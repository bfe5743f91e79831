"""Gradient flow on a toy loss, integrated step by step (Model 8.1); w* = 1."""

from __future__ import annotations

import numpy as np
from scipy.integrate import LSODA

from emergence.arrays import Array
from emergence.theory.thresholds import ESCAPED

TOLERANCE = 1e-8


def escape_time(start: tuple[float, ...], power: int = 1, learned: float = ESCAPED) -> float:
    """Time until (w_1 ... w_L)^power has grown to `learned`, from positive w.

    dw_i/dt = -d/dw_i (1 - (w_1 ... w_L)^power)^2, all w_i on their own. The crossing is found on
    the integrator's own interpolant.
    """

    def product(w: Array) -> float:
        return float(np.prod(w)) ** power

    def field(_: float, w: Array) -> Array:
        reached = product(w)
        return np.asarray(2 * power * (1 - reached) * reached / w)

    solver = LSODA(field, 0.0, np.array(start), np.inf, rtol=TOLERANCE, atol=1e-14)
    while product(solver.y) < learned:
        solver.step()
    inside = solver.dense_output()
    low, high = float(solver.t_old), float(solver.t)
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if product(inside(middle)) < learned else (low, middle)
    return high
