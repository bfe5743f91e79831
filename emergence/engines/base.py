"""What every engine offers. How to step is apart from what to keep: `runs.record` decides that."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from emergence.arrays import Array, BoolArray
from emergence.theory.hermite import LinkFunction
from emergence.theory.risk import population_mse
from emergence.theory.thresholds import EMERGED

TRAINED_ON = 2048
"""Samples that a training loss is estimated on, or all where there are fewer."""


class DivergedError(ArithmeticError):
    """The state left every bound; what was measured before stands."""


@dataclass(frozen=True)
class Measurement:
    """The order parameters at one moment.

    Attributes
    ----------
    overlaps : O_kp = <vbar_k, w_p>, shape (m, P)
    n2 : squared norms |v_k|^2, shape (m,)
    mse : population MSE, E (f - f*)^2
    train : mean of (f(x) - y)^2 over samples that are trained on again and again, with their
        labels; NaN where every sample is fresh
    """

    overlaps: Array
    n2: Array
    mse: float
    train: float = float("nan")


class Engine(Protocol):
    """One simulation, advanced in place. Not thread-safe: one thread at a time drives it."""

    tau: float
    """Time eta * steps reached."""

    def advance(self, tau: float, seconds: float) -> None:
        """Move on to time `tau`, or less far when `seconds` of computing are used up.

        Where the engine's time is discrete, it stops at the first step at or after `tau`. The
        result does not depend on how a run is cut into calls. Raises DivergedError.
        """

    def overlaps(self) -> Array:
        """Overlaps O_kp = <vbar_k, w_p> at the present time, shape (m, P)."""

    def emerged(self) -> BoolArray:
        """Whether max_k u_kp is above 1/2 at the present time, for each direction, shape (P,)."""

    def measure(self) -> Measurement:
        """All order parameters at the present time."""


def emerged(overlaps: Array) -> BoolArray:
    """The same of overlaps, shape (m, P)."""
    return np.asarray(np.max(overlaps**2, axis=0) > EMERGED)


def measure_students(
    V: Array, a: Array, link: LinkFunction, pool: Executor | None = None
) -> Measurement:
    """Measure students V, shape (m, D), whose first P coordinates are along the teachers.

    pool : threads that share the work of a large measurement
    """
    n2 = np.einsum("ki,ki->k", V, V)
    directions = V / np.sqrt(n2)[:, None]
    O = directions[:, : len(a)]  # noqa: E741
    return Measurement(O, n2, population_mse(O, directions, n2, a, link, pool))
