"""Adaptive steps of the flow, with a state at every moment between them."""

from __future__ import annotations

import math

import numpy as np

from emergence.arrays import Array
from emergence.engines.base import DivergedError
from emergence.engines.kernels.flow import VectorField, flow_field, spectral_radius
from emergence.engines.kernels.steps import Point, chebyshev_step, dormand_prince_step

RADIUS_MARGIN = 1.25
RADIUS_EVERY = 4
"""Steps between two looks at the spectral radius."""
SMOOTH_LIMIT = 3.3
"""Largest h * radius at which a step of order 5 is stable on the negative real axis."""
MAX_STAGES = 200


class FlowSteps:
    """Steps of order 5 where accuracy limits them, stabilised ones of order 2 where stiffness does.

    Between the ends of a step the state is an interpolant of order 4, or the cubic Hermite one.

    Parameters
    ----------
    V : state at time `start`, shape (m, D), not changed
    tolerance : largest error of one step, relative to each neuron's norm and overlaps
    direction : first estimate of the stiffest direction, shape (m, D), changed in place
    h : length of the first step to try, or None for one that is surely short

    Attributes
    ----------
    end, h : time up to which steps were taken, and the next one's length
    steps, evaluations : steps taken, and fields computed for them
    """

    def __init__(
        self, V: Array, field: VectorField, start: float, tolerance: float, direction: Array,
        h: float | None = None,
    ) -> None:  # fmt: skip
        self.end, self.steps, self.evaluations = start, 0, 1
        self.direction = direction
        self._field, self._start, self._tolerance = field, start, tolerance
        slope = np.empty_like(V)
        flow_field(V, field, slope)
        self._states, self._slopes, self._bend = (V, V), (slope, slope), np.zeros_like(V)
        self._k = np.empty((7, *V.shape))
        self._smooth = True
        self._radius = self._stiffness(rounds=50 if h is None else 5)
        self.h = h or 0.01 / self._radius
        self._last = (self.h, tolerance)

    def _stiffness(self, rounds: int) -> float:
        self.evaluations += rounds
        V, slope = self._states[1], self._slopes[1]
        radius = spectral_radius(V, slope, self._field, self.direction, rounds)
        return max(RADIUS_MARGIN * float(radius), 1e-300)

    def step(self) -> None:
        """Take one step, smaller and smaller until its error is within the tolerance.

        Raises DivergedError where no step is small enough.
        """
        V, slope = self._states[1], self._slopes[1]
        new, new_slope, bend = np.empty_like(V), np.empty_like(V), np.zeros_like(V)
        begin, end = Point(V, slope), Point(new, new_slope)
        while True:
            if self._smooth:
                h, stages, power = min(self.h, SMOOTH_LIMIT / self._radius), 6, 5
                error = dormand_prince_step(begin, h, self._field, end, bend, self._k)
            else:
                h, power = min(self.h, 0.65 * MAX_STAGES**2 / self._radius), 3
                stages = max(2, 1 + math.ceil(math.sqrt(1 + 1.54 * h * self._radius)))
                error = chebyshev_step(begin, h, stages, self._field, end)
            self.evaluations += stages
            # The error grows as h^power. Where it has been growing it will grow on: towards a jump
            # each step is shorter than the last (Gustafsson's predictive controller).
            error = max(error, 1e-300)
            ideal = 0.85 * (self._tolerance / error) ** (1 / power)
            if error <= self._tolerance:
                break
            self.h = h * max(ideal, 0.1)
            if self.end + self.h == self.end:
                raise DivergedError
            if h * self._radius > 1:
                self._radius = self._stiffness(rounds=3)
        trend = h / self._last[0] * (self._last[1] / error) ** (1 / power)
        self._last = (h, error)
        self.h = h * min(max(ideal * min(trend, 1.0), 0.1), 4.0)
        self._start, self.end = self.end, self.end + h
        self._states, self._slopes, self._bend = (V, new), (slope, new_slope), bend
        self.steps += 1
        if self.steps % RADIUS_EVERY == 0:
            self._radius = self._stiffness(rounds=2)
        # A stabilised step of 2 / radius costs less than a smooth one at its limit.
        limit = 1.5 * SMOOTH_LIMIT if self._smooth else 2.0
        self._smooth = self.h * self._radius < limit

    def state(self, tau: float = math.inf) -> Array:
        """The state at time tau within the last step, at its end if beyond, shape (m, D)."""
        h = self.end - self._start
        if tau >= self.end or h == 0.0:
            return self._states[1]
        x = (tau - self._start) / h
        (v0, v1), (f0, f1) = self._states, self._slopes
        hermite = (1 - 2 * x) * (v1 - v0) + h * ((x - 1) * f0 + x * f1)
        fall = x * (1 - x)
        return np.asarray((1 - x) * v0 + x * v1 - fall * hermite + fall**2 * self._bend)
