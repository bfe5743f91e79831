"""The form of Hoffmann et al. (2022), L = E + A / m^alpha_m + B / t^alpha_t, and its fit.

Their third approach: the Huber loss (delta = 1e-3) of the log of the loss, summed over the runs,
least over the parameters log E, log A, alpha_m, log B, alpha_t, from several starts. Theirs was
L-BFGS, which "stopped before convergence due to a poor choice of loss scale" (Besiroglu, Erdil,
Barnett, You, *Chinchilla scaling: a replication attempt*, 2024); here a trust region takes the
same sum of squares apart run by run and goes to its end. `stopped_early` does what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares, minimize
from scipy.special import huber

from emergence.arrays import Array, IntArray

DELTA = 1e-3
"""Residuals of the log beyond this count by their size, not by its square."""
LOW = np.array([-40.0, -40.0, 0.0, -40.0, 0.0])
HIGH = np.array([20.0, 40.0, 5.0, 40.0, 5.0])
STARTS = tuple(product((-1.0, -6.0), (0.4, 1.2)))
"""log E below the middle of the logs, and both exponents."""


@dataclass(frozen=True)
class Form:
    """L = E + A / m^width + B / t^time."""

    E: float
    A: float
    width: float
    B: float
    time: float

    def loss(self, m: ArrayLike, t: ArrayLike) -> Array:
        """Shapes broadcast."""
        m, t = np.asarray(m, dtype=float), np.asarray(t, dtype=float)
        return np.asarray(self.E + self.A * m**-self.width + self.B * t**-self.time)

    @property
    def a(self) -> float:
        """m_opt ~ C^a with C = m t."""
        return self.time / (self.width + self.time)

    @property
    def c(self) -> float:
        """L_opt - E ~ C^-c."""
        return self.width * self.a

    def frontier(self, C: Array) -> Array:
        """The least loss for each budget C = m t, shape of C."""
        ratio = self.width * self.A / (self.time * self.B)
        m = ratio ** (1 / (self.width + self.time)) * C**self.a
        return self.loss(m, C / m)


@dataclass(frozen=True, eq=False)
class Points:
    """Runs to be fitted: widths m, samples t, losses, all of shape (n,)."""

    m: Array
    t: Array
    loss: Array

    def chosen(self, indices: IntArray) -> Points:
        """Some of them, perhaps some more than once."""
        return Points(self.m[indices], self.t[indices], self.loss[indices])

    @property
    def _centre(self) -> tuple[float, float]:
        return float(np.log(self.m).mean()), float(np.log(self.t).mean())

    def _parts(self, q: Array) -> Array:
        """Logs of the three terms, shape (3, n); q has A and B at the middle of the runs."""
        x, y = self._centre
        return np.stack([
            np.full(len(self.m), q[0]),
            q[1] - q[2] * (np.log(self.m) - x),
            q[3] - q[4] * (np.log(self.t) - y),
        ])  # fmt: skip

    def residuals(self, q: Array) -> Array:
        """log of the form over the loss, shape (n,)."""
        return np.asarray(np.logaddexp.reduce(self._parts(q)) - np.log(self.loss))

    def jacobian(self, q: Array) -> Array:
        """Of the residuals, shape (n, 5)."""
        parts = self._parts(q)
        share = np.exp(parts - np.logaddexp.reduce(parts))
        x, y = self._centre
        by_m, by_t = np.log(self.m) - x, np.log(self.t) - y
        return np.stack([share[0], share[1], -share[1] * by_m, share[2], -share[2] * by_t], axis=1)

    def starts(self) -> list[Array]:
        """Where to begin."""
        middle = float(np.median(np.log(self.loss)))
        return [
            np.array([middle + e, middle - 0.7, power, middle - 0.7, power])
            for e, power in STARTS
        ]  # fmt: skip

    def packed(self, form: Form) -> Array:
        """The parameters of a form, shape (5,)."""
        x, y = self._centre
        with np.errstate(divide="ignore"):
            q = np.array([np.log(form.E), np.log(form.A) - form.width * x, form.width,
                          np.log(form.B) - form.time * y, form.time])  # fmt: skip
        return np.asarray(np.clip(q, LOW + 1e-6, HIGH - 1e-6))

    def form(self, q: Array) -> Form:
        """The form of some parameters."""
        x, y = self._centre
        e, A, width, B, time = (float(each) for each in q)
        return Form(np.exp(e), np.exp(A + width * x), width, np.exp(B + time * y), time)


def objective(points: Points, form: Form) -> float:
    """The sum over the runs of the Huber loss of the log."""
    return float(np.sum(huber(DELTA, np.log(form.loss(points.m, points.t) / points.loss))))


def fit(points: Points, start: Form | None = None, steps: int = 200) -> Form:
    """The form with the least `objective`, from four starts, or from a given one alone."""
    starts = points.starts() if start is None else [points.packed(start)]
    found = [
        least_squares(points.residuals, q, points.jacobian, bounds=(LOW, HIGH), loss="huber",
                      f_scale=DELTA, x_scale="jac", max_nfev=steps)
        for q in starts
    ]  # fmt: skip
    return points.form(min(found, key=lambda each: float(each.cost)).x)


def stopped_early(points: Points) -> Form:
    """The same by L-BFGS-B with its own tolerances, the objective averaged instead of summed.

    So small a number looks flat to the solver, which stops before it has converged. From the first
    start alone.
    """
    n = len(points.m)

    def mean(q: Array) -> tuple[float, Array]:
        left = points.residuals(q)
        slope = np.clip(left, -DELTA, DELTA) @ points.jacobian(q)
        return float(np.sum(huber(DELTA, left))) / n, slope / n

    found = minimize(mean, points.starts()[0], jac=True, method="L-BFGS-B",
                     bounds=list(zip(LOW, HIGH, strict=True)))  # fmt: skip
    return points.form(found.x)


def resampled(points: Points, best: Form, count: int) -> Iterable[Form]:
    """Fits to the runs drawn anew, with repetitions (a bootstrap); always the same draws."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        drawn = points.chosen(rng.integers(len(points.m), size=len(points.m)))
        yield fit(drawn, best, steps=60)
