"""Online SGD of Li, Ma and Zhang's network: see `kernels.relu`."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.engines.kernels.normals import fill_normals, stream_key
from emergence.engines.kernels.relu import relu_steps
from emergence.engines.kernels.start import SAMPLES

ROWS = 256
"""Samples drawn at once."""


class ReluSGD:
    """f = sum_k |w_k| ReLU(w_k.x) learns sum_p a_p |x_p| by one fresh Gaussian sample a step.

    Parameters
    ----------
    W : neurons at the start, shape (m, d)
    a : strengths, shape (P,)
    eta : step size
    seed : of the samples; they do not depend on how the steps are cut

    Attributes
    ----------
    W : neurons now
    step : steps taken
    """

    def __init__(self, W: Array, a: Array, eta: float, seed: int) -> None:
        self.W, self._a, self._eta = W.copy(), a, eta
        self._keys = stream_key(seed, SAMPLES)
        d = W.shape[1]
        count = ROWS * d
        self.step = 0
        self._drawn = np.zeros(count, dtype=np.float32)
        self._uniform = np.zeros(count // 2, dtype=np.float32)
        self._angle = np.zeros(count // 2, dtype=np.int32)
        self._z, self._n = np.zeros(len(W)), np.zeros(len(W))

    @property
    def tau(self) -> float:
        """Time of the flow: eta times the steps."""
        return self.step * self._eta

    def advance(self, steps: int) -> None:
        """Take so many steps."""
        X, end = self._drawn.reshape(ROWS, -1), self.step + steps
        while self.step < end:
            block, first = divmod(self.step, ROWS)
            if first == 0:
                fill_normals(self._drawn, self._uniform, self._angle, *self._keys, block)
            last = min(ROWS, first + end - self.step)
            relu_steps(self.W, self._a, self._eta, X[first:last], self._z, self._n)
            self.step += last - first


def compile_relu_sgd() -> None:
    """Compile its kernel, or load it."""
    ReluSGD(np.eye(2), np.ones(1), 1e-6, 1).advance(1)
