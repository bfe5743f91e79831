"""Engine `correlation`: SGD on the correlation loss, deflation switched off (SCIENCE 6)."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from emergence.engines.base import Array, Measurement, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.blocks import padded, scratch_rows
from emergence.engines.kernels.correlation import correlation_batch_steps, correlation_steps
from emergence.engines.online_sgd import (
    LANES,
    NEURON_LANES,
    Float32,
    block_size,
    monomials,
    sample_key,
)
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
        self._d, self._m, self._P = experiment.d, experiment.m, experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        size = block_size(experiment)
        rows, neurons = padded(experiment.d, LANES), padded(experiment.m, NEURON_LANES)
        samples = padded(size, LANES)

        def zeros(*shape: int) -> Float32:
            return np.zeros(shape, dtype=np.float32)

        start = initial_directions(experiment)
        self._V = zeros(rows, neurons)
        self._V[: start.shape[1], : self._m] = start.T
        self._given = (
            zeros(rows, samples), zeros(samples), self._a.astype(np.float32),
            monomials(self._link), experiment.d, size, np.float32(self._eta),
            *sample_key(experiment),
        )  # fmt: skip
        drawn = (zeros(rows * samples // 2), np.zeros(rows * samples // 2, dtype=np.int32))
        self._steps: Any = correlation_steps
        self._scratch: tuple[Any, ...] = (
            *drawn,
            zeros(rows),
            zeros(neurons),
            zeros(neurons),
            zeros(neurons),
        )
        if experiment.B > 1:
            self._steps = correlation_batch_steps
            batch = (zeros(samples, neurons), zeros(samples, neurons))
            piece = zeros(scratch_rows(rows, samples, neurons), neurons)
            self._scratch = (*drawn, *batch, piece, zeros(neurons))
        self._call = max(1, CALL // (self._V.size * experiment.B))

    def advance(self, tau: float, seconds: float) -> None:
        steps = tau / self._eta
        target = math.ceil(steps - 1e-6 - 1e-15 * steps)
        deadline = time.perf_counter() + seconds
        while self.step < target and time.perf_counter() < deadline:
            taken = min(target - self.step, self._call)
            self._steps(self._V, *self._given, np.int64(self.step), taken, *self._scratch)
            self.step += taken
            self.tau = self.step * self._eta

    def students(self) -> Array:
        """Unit vectors, shape (m, d)."""
        V = self._V[: self._d, : self._m].T.astype(float, order="C")
        return np.asarray(V / np.linalg.norm(V, axis=1, keepdims=True))

    def overlaps(self) -> Array:
        # Unit vectors but for what single precision loses in a block of samples.
        return self._V[: self._P, : self._m].T.astype(float)

    def measure(self) -> Measurement:
        return measure_students(self._s0 * self.students(), self._a, self._link)
