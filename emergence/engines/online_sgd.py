"""Engine `sgd`: exact online SGD, one fresh batch a step (Model 1.7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emergence.arrays import Array, BoolArray, Float32, apart
from emergence.engines.base import Measurement, emerged, measure_students
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.blocks import add_samples, padded, scratch_rows
from emergence.engines.kernels.normals import stream_key
from emergence.engines.kernels.reduced import AT_ONCE, PANEL, put_turned, turn_panel
from emergence.engines.kernels.sgd import (
    Block,
    Clock,
    Problem,
    Scratch,
    sgd_batch_steps,
    sgd_steps,
)
from emergence.engines.kernels.start import SAMPLES
from emergence.engines.paced import PacedSteps
from emergence.experiment import Experiment
from emergence.parameters import MAX_DEGREE
from emergence.theory.hermite import LinkFunction
from emergence.theory.teacher import link_function, strengths

DIVERGENCE_FACTOR = 100.0
"""A run has diverged when sum_k |v_k|^2 exceeds this many times its size at the start or end."""
NEURON_LANES, LANES = 16, 8
"""Neurons are padded to a multiple of the first, coordinates and samples to one of the second."""
BLOCK_SAMPLES, BLOCK_NUMBERS = 16, 1 << 17
"""Most samples in a block, and most normals in it where it has more than eight samples."""


def block_size(experiment: Experiment) -> int:
    """Samples in a block in all d coordinates: a batch, or several single samples."""
    few = BLOCK_NUMBERS // experiment.d // LANES * LANES
    return experiment.B if experiment.B > 1 else int(np.clip(few, LANES, BLOCK_SAMPLES))


def sample_key(experiment: Experiment) -> NDArray[np.uint32]:
    """The generator's key, shape (2,). A sample is a function of the key and of its own number."""
    return np.array(stream_key(experiment.seed, SAMPLES), dtype=np.uint32)


def monomials(link: LinkFunction) -> Float32:
    """Monomial coefficients as the kernels take them, lowest degree first, shape (9,)."""
    sigma = apart(MAX_DEGREE + 1)
    sigma[: len(link.polynomial)] = link.polynomial
    return sigma


class OnlineSGD(PacedSteps):
    """Online SGD on 1/2 (f - f*)^2 with batch size B. Implements `Engine`.

    The state is single precision (no visible difference from double: see the tests); every
    measurement is taken in double precision. Sample t is a pure function of (seed, t).
    """

    def __init__(self, experiment: Experiment) -> None:
        self._m, self._P = m, P = experiment.m, experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        self._key = sample_key(experiment)
        self._batch = experiment.B > 1
        if experiment.engine_used == "sgd-reduced":
            # As many new directions as there are students, or a block's where those are fewer.
            size = min(BLOCK_SAMPLES, experiment.d - P - m - 2)
            basis, turn = P + m, max(1, m // size)
            width = P + m + turn * size
        else:
            size = block_size(experiment)
            basis, turn = 0, 0
            width = experiment.d
        rows, neurons = padded(width, LANES), padded(m, NEURON_LANES)
        samples = padded(size, LANES)
        start = experiment.s0 * initial_directions(experiment)
        V = apart(rows, neurons)
        V[: start.shape[1], :m] = start.T
        self._block = Block(
            V=V,
            X=apart(rows, samples),
            Y=apart(samples + 1, neurons),
            G=apart(samples + 1, 0 if self._batch else samples),
            y=apart(samples),
            gamma=apart(samples, neurons),
            alpha=apart(neurons),
            n2=apart(neurons),
        )
        self._block.alpha[:] = 1.0
        self._block.n2[:] = (V**2).sum(axis=0)
        piece = scratch_rows(rows, samples, neurons)
        self._scratch = Scratch(
            uniform=apart(rows * samples // 2),
            angle=np.zeros(rows * samples // 2, dtype=np.int32),
            piece=apart(piece, neurons),
            A=apart(neurons),
            C=apart(neurons),
        )
        a = apart(P)
        a[:] = self._a
        limit = DIVERGENCE_FACTOR * (float(self._a.sum()) + m * experiment.s0**2)
        self._problem = Problem(
            a=a,
            sigma=monomials(self._link),
            d=experiment.d,
            size=size,
            basis=basis,
            turn=turn,
            eta=np.float32(experiment.eta),
            limit=np.float32(limit),
        )
        super().__init__(experiment.eta, 8.0 * neurons * rows * experiment.B)
        self._every = turn * size if neurons > AT_ONCE else 0
        self._turning: tuple[Array, Array, int] | None = None
        self._turned = -1

    def _turn(self) -> bool:
        """Where the basis of many students is due to be turned, a piece of that; else False.

        The students are as they were until the last piece.
        """
        if not self._every or self.step % self._every or self._turned == self.step:
            return False
        V, P = self._block.V, self._P
        if self._turning is None:
            add_samples(V, self._block.X, self._block.gamma, self._scratch.piece)
            self._block.gamma[:] = 0.0
            m = V.shape[1]
            self._turning = V[P:].T.astype(float, order="C"), np.zeros((m, m)), 0
        students, U, begin = self._turning
        end = min(begin + PANEL, len(U))
        turn_panel(students, U, begin, end)
        self._turning = students, U, end
        if end == len(U):
            put_turned(V, P, U)
            self._turning, self._turned = None, self.step
        return True

    def _uncut(self, steps: int) -> int:
        return min(steps, self._every - self.step % self._every) if self._every else steps

    def _take(self, steps: int) -> int:
        take = sgd_batch_steps if self._batch else sgd_steps
        clock = Clock(self._key[0], self._key[1], np.int64(self.step), steps)
        return int(take(self._block, self._problem, clock, self._scratch))

    def students(self) -> Array:
        """The students at the present step, shape (m, D), the teachers' coordinates first.

        D is d or the number of coordinates kept; those beyond are 0.
        """
        V: Array = self._block.V[:, : self._m].T.astype(float, order="C")
        if not self._batch:
            gamma = self._block.gamma[:, : self._m].astype(float)
            V += gamma.T @ self._block.X.T.astype(float)
            V *= self._block.alpha[: self._m, None]
        return V

    def overlaps(self) -> Array:
        # Asked for a thousand times a run: P coordinates only, |v_k|^2 as the steps keep it.
        V = self._block.V[: self._P, : self._m].astype(float)
        if not self._batch:
            V += self._block.X[: self._P].astype(float) @ self._block.gamma[:, : self._m]
            V *= self._block.alpha[: self._m]
        return np.asarray(V.T / np.sqrt(self._block.n2[: self._m])[:, None])

    def emerged(self) -> BoolArray:
        return emerged(self.overlaps())

    def measure(self) -> Measurement:
        return measure_students(self.students(), self._a, self._link)
