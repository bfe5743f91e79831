"""Engine `correlation`: SGD on the correlation loss, deflation switched off (Model 2.7)."""

from __future__ import annotations

import time

import numpy as np

from emergence.arrays import Array, BoolArray, Float32
from emergence.engines.base import Measurement, emerged, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.blocks import padded, scratch_rows
from emergence.engines.kernels.correlation import (
    Directions,
    Room,
    correlation_batch_steps,
    correlation_steps,
)
from emergence.engines.kernels.sgd import Clock, Problem
from emergence.engines.online_sgd import LANES, NEURON_LANES, block_size, monomials, sample_key
from emergence.engines.paced import steps_until
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
        V = zeros(rows, neurons)
        V[: start.shape[1], : self._m] = start.T
        self._batch = experiment.B > 1
        batch = (samples, neurons) if self._batch else (0, 0)
        self._directions = Directions(
            V=V, X=zeros(rows, samples), y=zeros(samples), Y=zeros(*batch), C=zeros(*batch)
        )
        self._problem = Problem(
            a=self._a.astype(np.float32), sigma=monomials(self._link), d=experiment.d, size=size,
            basis=0, turn=0, eta=np.float32(self._eta), limit=np.float32(np.inf),
        )  # fmt: skip
        self._key = sample_key(experiment)
        piece = scratch_rows(rows, samples, neurons) if self._batch else 0
        self._room = Room(
            uniform=zeros(rows * samples // 2),
            angle=np.zeros(rows * samples // 2, dtype=np.int32),
            piece=zeros(piece, neurons),
            x=zeros(rows),
            z=zeros(neurons),
            scale=zeros(neurons),
            push=zeros(neurons),
        )
        self._call = max(1, CALL // (V.size * experiment.B))

    def advance(self, tau: float, seconds: float) -> None:
        target = steps_until(tau, self._eta)
        deadline = time.perf_counter() + seconds
        take = correlation_batch_steps if self._batch else correlation_steps
        while self.step < target and time.perf_counter() < deadline:
            taken = min(target - self.step, self._call)
            clock = Clock(self._key[0], self._key[1], np.int64(self.step), taken)
            take(self._directions, self._problem, clock, self._room)
            self.step += taken
            self.tau = self.step * self._eta

    def students(self) -> Array:
        """Unit vectors, shape (m, d)."""
        V = self._directions.V[: self._d, : self._m].T.astype(float, order="C")
        return np.asarray(V / np.linalg.norm(V, axis=1, keepdims=True))

    def overlaps(self) -> Array:
        # Unit vectors but for what single precision loses in a block of samples.
        return np.asarray(self._directions.V[: self._P, : self._m].T.astype(float))

    def emerged(self) -> BoolArray:
        return emerged(self.overlaps())

    def measure(self) -> Measurement:
        return measure_students(self._s0 * self.students(), self._a, self._link)
