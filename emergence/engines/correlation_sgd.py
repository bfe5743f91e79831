"""Engine `correlation`: SGD on the correlation loss, deflation switched off (SCIENCE 6)."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from emergence.engines.base import Array, Measurement, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.correlation import correlation_steps
from emergence.engines.online_sgd import BLOCK_NUMBERS, BLOCK_SAMPLES, LANES
from emergence.experiment import Experiment
from emergence.theory.teacher import link_function, strengths

CALL = 1 << 20
"""Numbers of the student updated in one call of the kernel: less than a millisecond."""


class CorrelationSGD:
    """The students' directions follow -E[f f*], their norms stay s0. Implements `Engine`.

    Same start and, sample for sample, same data as online SGD in all d coordinates. It cannot
    diverge: every direction is a unit vector after every step.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.tau = 0.0
        self.step = 0
        self._eta, self._s0 = experiment.eta, experiment.s0
        self._d, self._P = experiment.d, experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        sigma = self._link.polynomial
        width = -(-experiment.d // LANES) * LANES
        samples = max(1, min(BLOCK_SAMPLES, BLOCK_NUMBERS // width))
        start = initial_directions(experiment)
        self._V: NDArray[np.float32] = np.zeros((experiment.m, width), dtype=np.float32)
        self._V[:, : start.shape[1]] = start
        self._batch = np.zeros((experiment.B, width), dtype=np.float32)
        self._block = np.zeros((samples, width), dtype=np.float32)
        self._teacher = (
            self._a.astype(np.float32), sigma.astype(np.float32),
            polynomial.polyder(sigma).astype(np.float32), experiment.d, np.float32(self._eta),
        )  # fmt: skip
        self._key = np.random.SeedSequence([experiment.seed, 1]).generate_state(2, np.uint32)
        half = samples * width // 2
        self._scratch = (np.zeros(half, dtype=np.float32), np.zeros(half, dtype=np.int32))
        self._call = max(1, CALL // (self._V.size * experiment.B))

    def advance(self, tau: float, seconds: float) -> None:
        steps = tau / self._eta
        target = math.ceil(steps - 1e-6 - 1e-15 * steps)
        deadline = time.perf_counter() + seconds
        while self.step < target and time.perf_counter() < deadline:
            taken = min(target - self.step, self._call)
            clock = (*self._key, np.int64(self.step), taken)
            correlation_steps(
                self._V, self._batch, self._block, *self._teacher, *clock, *self._scratch
            )
            self.step += taken
            self.tau = self.step * self._eta

    def overlaps(self) -> Array:
        n2 = np.einsum("ki,ki->k", self._V, self._V, dtype=float)
        return np.asarray(self._V[:, : self._P] / np.sqrt(n2)[:, None])

    def measure(self) -> Measurement:
        students = self._s0 * self._V[:, : self._d].astype(float)
        return measure_students(students, self._a, self._link)
