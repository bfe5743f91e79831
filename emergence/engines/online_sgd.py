"""Engine `sgd`: exact online SGD, one fresh batch a step (SCIENCE 1)."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from emergence.engines.base import Array, DivergedError, Measurement, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.sgd import sgd_batch_steps, sgd_steps
from emergence.experiment import Experiment
from emergence.theory.teacher import link_function, strengths

Float32 = NDArray[np.float32]

DIVERGENCE_FACTOR = 100.0
"""A run has diverged when sum_k |v_k|^2 exceeds this many times its size at the start or end."""
FIRST_CALL = 16
"""Steps in a call before the speed is known; the count then doubles up to the time budget."""


LANES = 16
"""Coordinates are padded to a multiple of this many."""
BLOCK_SAMPLES, BLOCK_NUMBERS = 16, 4096
"""Samples drawn at once: so many, or fewer to stay within so many normals."""


def _padded(n: int) -> int:
    return -(-n // LANES) * LANES


class OnlineSGD:
    """Online SGD on 1/2 (f - f*)^2 with batch size B. Implements `Engine`.

    The state is single precision (no visible difference from double: see the tests); every
    measurement is taken in double precision. Sample t is a pure function of (seed, t).
    """

    def __init__(self, experiment: Experiment) -> None:
        self.tau = 0.0
        self.step = 0
        self._reduced = experiment.engine_used == "sgd-reduced"
        self._eta = experiment.eta
        self._d, self._P = experiment.d, experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        self._sigma = self._link.polynomial.astype(np.float32)
        self._slope = polynomial.polyder(self._link.polynomial).astype(np.float32)
        self._key = np.random.SeedSequence([experiment.seed, 1]).generate_state(2, np.uint32)
        m = experiment.m
        self._used = experiment.P + 2 * m if self._reduced else experiment.d
        width = _padded(self._used)
        samples = m if self._reduced else max(1, min(BLOCK_SAMPLES, BLOCK_NUMBERS // width))
        start = experiment.s0 * initial_directions(experiment)
        self._V: Float32 = np.zeros((m, width), dtype=np.float32)
        self._V[:, : start.shape[1]] = start
        total = float(self._a.sum()) + m * experiment.s0**2
        self._limit = np.float32(DIVERGENCE_FACTOR * total)
        self._block: Float32 = np.zeros((samples, width), dtype=np.float32)
        self._uniform = np.zeros(samples * width // 2, dtype=np.float32)
        self._angle = np.zeros(samples * width // 2, dtype=np.int32)
        self._Vx, self._n2, self._A, self._C = np.zeros((4, m), dtype=np.float32)
        self._batch: Float32 | None = None
        if experiment.B > 1:
            self._batch = np.zeros((experiment.B, width), dtype=np.float32)
        self._pace = FIRST_CALL

    def advance(self, tau: float, seconds: float) -> None:
        steps = tau / self._eta
        target = math.ceil(steps - 1e-6 - 1e-15 * steps)
        started = time.perf_counter()
        while self.step < target:
            left = started + seconds - time.perf_counter()
            if left <= 0:
                return
            called = time.perf_counter()
            asked = min(target - self.step, self._pace)
            taken = self._take(asked)
            self.step += taken
            self.tau = self.step * self._eta
            if taken < asked:
                raise DivergedError
            spent = time.perf_counter() - called
            # Calls grow towards the budget, so that Python's share of the time vanishes.
            if asked == self._pace and spent < seconds / 4:
                self._pace *= 2
            elif spent > seconds and self._pace > 1:
                self._pace //= 2

    def _take(self, steps: int) -> int:
        teacher = (self._a.astype(np.float32), self._sigma, self._slope, self._d)
        limits = (np.float32(self._eta), self._limit)
        clock = (*self._key, np.int64(self.step), steps, self._uniform, self._angle)
        if self._batch is not None:
            samples = (self._batch, self._block)
            return int(sgd_batch_steps(self._V, *samples, *teacher, *limits, *clock))
        state, work = (self._V, self._Vx, self._n2, self._block), (self._A, self._C)
        return int(sgd_steps(*state, *teacher, self._reduced, *limits, *clock, *work))

    def overlaps(self) -> Array:
        n2 = np.einsum("ki,ki->k", self._V, self._V, dtype=float)
        return np.asarray(self._V[:, : self._P] / np.sqrt(n2)[:, None])

    def measure(self) -> Measurement:
        return measure_students(self._V[:, : self._used].astype(float), self._a, self._link)
