"""A real small network, trained on multitask sparse parity: see `kernels.parity`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emergence.arrays import Array
from emergence.engines.kernels.parity import (
    Batch,
    Network,
    Tasks,
    measure_skills,
    parity_steps,
)


@dataclass(frozen=True)
class ParitySettings:
    """One training.

    Attributes
    ----------
    alpha : task k is asked for with p_k ~ k^-(alpha + 1)
    width : hidden neurons m
    seed : of the tasks' bits, the start and the samples
    tasks, n, k : K tasks, each the parity of k of n bits, no two of the same
    batch, eta : samples and step size of a step
    small : what the output weights of the usual start, N(0, 1/m), are multiplied by
    """

    alpha: float = 0.6
    width: int = 128
    seed: int = 1
    tasks: int = 20
    n: int = 12
    k: int = 3
    batch: int = 128
    eta: float = 0.05
    small: float = 0.1

    @property
    def p(self) -> Array:
        """How often each task is asked for, shape (K,)."""
        weights = np.arange(1.0, self.tasks + 1) ** -(self.alpha + 1)
        return np.asarray(weights / weights.sum())


class ParitySGD:
    """Online SGD: every step draws fresh samples.

    Start and samples are pure functions of the settings, however the steps are cut.

    Attributes
    ----------
    step : steps taken
    network : the parameters now
    bits : each task's bits, shape (K, k)
    """

    def __init__(self, settings: ParitySettings) -> None:
        n, K, m = settings.n, settings.tasks, settings.width
        rng = np.random.default_rng([settings.seed, 7])
        self.settings = settings
        self.step = 0
        subsets = np.array(list(combinations(range(n), settings.k)))
        self.bits = subsets[rng.choice(len(subsets), K, replace=False)]
        scale = 1 / np.sqrt(n + 1)  # of the n + 1 inputs that are not 0
        W, C = (scale * rng.standard_normal((rows, m)) for rows in (n, K))
        a = settings.small / np.sqrt(m) * rng.standard_normal(m)
        self.network = Network(*(each.astype(np.float32) for each in (W, C, np.zeros(m), a)))
        until = np.round(2.0**32 * np.cumsum(settings.p)).astype(np.uint64)
        self._tasks = Tasks(self.bits, until)
        self._change = Network(*(np.zeros_like(each) for each in self.network))
        B = settings.batch
        self._batch = Batch(
            np.zeros((B, n), np.float32), np.zeros(B, np.int64), np.zeros(B, np.float32),
            np.zeros(B, np.float32), np.zeros((B, m), np.float32), np.zeros((B, m), np.float32),
        )  # fmt: skip
        self._key = rng.integers(2**32, size=2, dtype=np.uint32)

    def advance(self, steps: int) -> None:
        """Take `steps` steps."""
        parity_steps(
            self.network, self._change, self._batch, self._tasks, np.float32(self.settings.eta),
            *self._key, np.int64(self.step), steps,
        )  # fmt: skip
        self.step += steps

    def measure(self) -> tuple[Array, Array]:
        """R_k = E f g_k and E (f - g_k)^2 of each task, over all inputs, shape (K,) each."""
        strength, loss = np.empty((2, self.settings.tasks))
        measure_skills(self.network, self.bits, strength, loss)
        return strength, loss


def compile_parity() -> float:
    """Have the kernels compiled or loaded; returns the seconds taken."""
    started = time.perf_counter()
    tiny = ParitySGD(ParitySettings(width=2, tasks=2, n=3, k=1, batch=2))
    tiny.advance(1)
    tiny.measure()
    return time.perf_counter() - started
