"""Runs that share budgets: their IsoFLOP curves, the parabolas' minima, the exponents of these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from emergence.arrays import Array
from emergence.lessons.budget.hoffmann import Form, Points, fit
from emergence.theory.fits import Slope, mean_margin, slopes

AROUND = 8.0
"""A parabola is fitted through the widths within this factor of the one with the least loss."""
LEAST_BUDGETS = 4
"""Minima that an exponent takes."""


def parabola(m: Array, loss: Array) -> tuple[float, float, float]:
    """Least squares of log(loss) = log(least) + bend log(m / best)^2: (bend, best, least).

    Through the finite losses within AROUND of the least one; both (n,). NaN for the rest where it
    does not bend upwards, or where its minimum is outside of these widths.
    """
    x, y = np.log(m), np.log(loss)
    usable = np.isfinite(y) & (np.abs(x - x[np.nanargmin(y)]) <= np.log(AROUND) * (1 + 1e-9))
    if np.count_nonzero(usable) < 4:
        return np.nan, np.nan, np.nan
    x, y = x[usable], y[usable]
    bend, tilt, level = np.polyfit(x, y, 2)
    best = -tilt / (2 * bend)
    if bend <= 0 or not x[0] <= best <= x[-1]:
        return float(bend), np.nan, np.nan
    return float(bend), float(np.exp(best)), float(np.exp(level - bend * best**2))


def complement(a: Slope | None) -> Slope | None:
    """b = 1 - a with its interval: of t_opt ~ C^b, as m_opt t_opt = C with m_opt ~ C^a."""
    if a is None:
        return None
    return replace(a, value=1 - a.value, ci=a.ci and (1 - a.ci[1], 1 - a.ci[0]))


@dataclass(frozen=True, eq=False)
class Iso:
    """Losses of students of w widths at n budgets, from S seeds.

    Attributes
    ----------
    m : widths, increasing, shape (w,)
    C : budgets m t, increasing, shape (n,)
    loss : shape (S, w, n); NaN where there is no run
    """

    m: Array
    C: Array
    loss: Array

    @property
    def seeds(self) -> int:
        """S."""
        return len(self.loss)

    @cached_property
    def mean(self) -> Array:
        """Over the seeds, shape (w, n)."""
        return np.asarray(self.loss.mean(axis=0))

    @cached_property
    def parabolas(self) -> Array:
        """(bend, best, least) of the mean over the seeds at each budget, shape (n, 3)."""
        return self._parabolas(self.mean)

    def _parabolas(self, loss: Array) -> Array:
        return np.array([parabola(self.m, column) for column in loss.T])

    def _slope(self, of: int) -> Slope | None:
        """Power of C, and its 95 % interval by Tukey's jackknife: each seed left out in turn.

        A single seed's curve is a staircase without a clear minimum, the mean has one. None where
        fewer than four budgets have one, with all the seeds and with each left out.
        """
        left_out = [
            self._parabolas(np.delete(self.loss, seed, axis=0).mean(axis=0))
            for seed in range(self.seeds) if self.seeds > 1
        ]  # fmt: skip
        values = np.array([self.parabolas, *left_out])[:, :, of]
        usable = np.isfinite(values).all(axis=0)
        if np.count_nonzero(usable) < LEAST_BUDGETS:
            return None
        C = self.C[usable]
        whole, *others = slopes(np.log(C), np.log(values[:, usable]))
        pseudo = self.seeds * whole - (self.seeds - 1) * np.array(others)
        fitted = Slope(float(whole), None, (float(C[0]), float(C[-1])), len(C))
        return fitted.within(mean_margin(pseudo))

    @cached_property
    def width_slope(self) -> Slope | None:
        """a: of the best width over the budget."""
        return self._slope(1)

    @cached_property
    def loss_slope(self) -> Slope | None:
        """-c: of the least loss over the budget."""
        return self._slope(2)

    def points(self, seed: int, near: Array) -> Points:
        """One seed's runs within AROUND of the widths `near` of each budget, shape (n,)."""
        m, C = np.broadcast_arrays(self.m[:, None], self.C)
        loss = self.loss[seed]
        usable = np.isfinite(loss) & (np.abs(np.log(m / near)) <= np.log(AROUND) * (1 + 1e-9))
        return Points(m[usable], (C / m)[usable], loss[usable])

    def forms(self, near: Array) -> list[Form]:
        """Hoffmann's form of each seed, fitted to its `points`."""
        first = fit(self.points(0, near))
        return [first, *(fit(self.points(seed, near), first) for seed in range(1, self.seeds))]
