"""Steps of SGD in calls that grow towards a budget of time, so that Python's share vanishes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from time import perf_counter

import numpy as np

from emergence.engines.base import DivergedError

FIRST_CALL, FIRST_FLOPS = 16, 1e8
"""Steps in a call before the speed is known, or fewer, of about so many operations; the count then
doubles up to the time budget."""


def steps_until(tau: float, eta: float) -> int:
    """The first step at or after a time, but for what rounding makes of tau / eta."""
    steps = tau / eta
    return math.ceil(steps - 1e-6 - 1e-15 * steps)


class PacedSteps(ABC):
    """Advances by `_take`. Part of an `Engine`.

    Parameters
    ----------
    eta : step size
    flops : about how many operations a step takes
    """

    def __init__(self, eta: float, flops: float) -> None:
        self.tau = 0.0
        self.step = 0
        self._eta = eta
        self._pace = int(np.clip(FIRST_FLOPS / flops, 1, FIRST_CALL))

    def advance(self, tau: float, seconds: float) -> None:
        """See `Engine`."""
        target = steps_until(tau, self._eta)
        started = perf_counter()
        while self.step < target:
            left = started + seconds - perf_counter()
            if left <= 0:
                return
            if self._turn():
                continue
            called = perf_counter()
            asked = self._uncut(min(target - self.step, self._pace))
            taken = self._take(asked)
            self.step += taken
            self.tau = self.step * self._eta
            if taken < asked:
                raise DivergedError
            spent = perf_counter() - called
            if asked == self._pace and spent < seconds / 4:
                self._pace *= 2
            elif spent > seconds and self._pace > 1:
                self._pace //= 2

    @abstractmethod
    def _take(self, steps: int) -> int:
        """Take so many steps; how many were taken, fewer where the run has diverged."""

    def _turn(self) -> bool:
        """Do a piece of what is due before the next step; False where nothing is."""
        return False

    def _uncut(self, steps: int) -> int:
        """Of so many steps, those before something else is due."""
        return steps
