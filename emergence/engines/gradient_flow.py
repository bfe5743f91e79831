"""Engine `flow`: population gradient flow, the infinite-sample limit of SGD (SCIENCE 2)."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.polynomial import polynomial

from emergence.engines.base import Array, DivergedError, Measurement, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.flow import chebyshev_step, flow_field, spectral_radius
from emergence.experiment import Experiment
from emergence.theory.teacher import link_function, strengths

TOLERANCE = 3e-5
"""Largest error of one step, relative to the norm of each neuron."""
RADIUS_MARGIN = 1.25
RADIUS_EVERY = 8
"""Accepted steps between two looks at the spectral radius."""
MAX_STAGES = 200


class GradientFlow:
    """dV/dtau = -grad of 1/2 E (f - f*)^2 in the order parameters. Implements `Engine`.

    Adaptive Runge-Kutta-Chebyshev steps; between the ends of a step the state is the cubic
    Hermite interpolant. The cost does not depend on d.
    """

    def __init__(self, experiment: Experiment, tolerance: float = TOLERANCE) -> None:
        self.tau = 0.0
        self._tolerance = tolerance
        self._P = experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        self._c2 = self._link.c**2
        self._dc2 = polynomial.polyder(self._c2)
        V = experiment.s0 * initial_directions(experiment)
        field = np.empty_like(V)
        flow_field(V, self._a, self._c2, self._dc2, field)
        self._ends = (0.0, 0.0)
        self._states, self._fields = (V, V), (field, field)
        self._direction = np.random.default_rng(0).standard_normal(V.shape)
        self._radius = self._look(rounds=50)
        self._h = 0.01 / max(self._radius, 1e-300)
        self._accepted = 0

    def advance(self, tau: float, seconds: float) -> None:
        started = time.perf_counter()
        while self._ends[1] < tau:
            if time.perf_counter() - started >= seconds:
                self.tau = self._ends[1]
                return
            self._step()
        self.tau = tau

    def _look(self, rounds: int) -> float:
        radius = spectral_radius(
            self._states[1], self._fields[1], self._a, self._c2, self._dc2, self._direction, rounds
        )
        return RADIUS_MARGIN * float(radius)

    def _step(self) -> None:
        """Take one step, smaller and smaller until its error is within the tolerance."""
        start, V, field = self._ends[1], self._states[1], self._fields[1]
        new, new_field = np.empty_like(V), np.empty_like(V)
        while True:
            h = min(self._h, 0.65 * MAX_STAGES**2 / max(self._radius, 1e-300))
            stages = max(2, 1 + math.ceil(math.sqrt(1 + 1.54 * h * self._radius)))
            error = chebyshev_step(
                V, field, h, stages, self._a, self._c2, self._dc2, new, new_field
            )
            # The error of a step of order 2 grows as h^3; keep a margin, change h gently.
            ideal = 0.8 * (self._tolerance / max(error, 1e-300)) ** (1 / 3)
            self._h = h * min(max(ideal, 0.1), 2.0)
            if error <= self._tolerance:
                break
            if start + self._h == start:
                raise DivergedError
            self._radius = self._look(rounds=3)
        self._ends = (start, start + h)
        self._states, self._fields = (V, new), (field, new_field)
        self._accepted += 1
        if self._accepted % RADIUS_EVERY == 0:
            self._radius = self._look(rounds=2)

    def _state(self, columns: slice = slice(None)) -> Array:
        """Cubic Hermite interpolant of the last step at the present time."""
        start, end = self._ends
        h = end - start
        if self.tau >= end or h == 0.0:
            return np.asarray(self._states[1][:, columns])
        x = (self.tau - start) / h
        v0, v1 = (V[:, columns] for V in self._states)
        f0, f1 = (f[:, columns] for f in self._fields)
        rise = x * (1 - x) * ((1 - 2 * x) * (v1 - v0) + h * ((x - 1) * f0 + x * f1))
        return np.asarray((1 - x) * v0 + x * v1 + rise)

    def overlaps(self) -> Array:
        V = self._state()
        return np.asarray(V[:, : self._P] / np.linalg.norm(V, axis=1, keepdims=True))

    def measure(self) -> Measurement:
        return measure_students(self._state(), self._a, self._link)
