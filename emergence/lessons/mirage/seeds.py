"""The seeds of one skill: how their u is spread at a moment, and whether it has two peaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emergence.arrays import Array
from emergence.lessons.mirage.dip import THRESHOLD, dip
from emergence.lessons.mirage.model import overlap, time_to
from emergence.theory.thresholds import EMERGED, TRANSITION_BEGUN, TRANSITION_OVER

MOMENTS = (
    0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0,
    300.0,
)  # fmt: skip
"""In units of the time at which half of the seeds have emerged."""
BINS = 20
"""Of the histogram of u."""
FINE = 100
"""u is looked at to so many parts: what lies closer together is no peak of its own."""


def spread_out(u: Array) -> Array:
    """u, shape (n,), from 0 to 1, sorted; what is in the same of `FINE` parts is evenly spread."""
    part = np.minimum(np.sort(u) * FINE, FINE - 1).astype(int)
    first, counts = np.unique(part, return_index=True, return_counts=True)[1:]
    rank = np.arange(len(u)) - np.repeat(first, counts)
    return np.asarray((part + (rank + 0.5) / np.repeat(counts, counts)) / FINE)


@dataclass(frozen=True, eq=False)
class Spread:
    """u of many seeds, each its best neuron's, at `MOMENTS`; shape (moments, seeds)."""

    u: Array

    @cached_property
    def dips(self) -> Array:
        """Hartigan's dip at each moment, shape (moments,)."""
        return np.array([dip(spread_out(each)) for each in self.u])

    @property
    def two_peaked(self) -> Array:
        """The moments at which there is more than one peak, shape (any,)."""
        return np.array(MOMENTS)[self.dips > THRESHOLD]

    def shares(self, moment: float) -> Array:
        """Share of the seeds in each bin of u, shape (BINS,)."""
        counts, _ = np.histogram(self.u[MOMENTS.index(moment)], BINS, (0.0, 1.0))
        return np.asarray(counts / self.u.shape[1])

    def between(self, moment: float) -> float:
        """Share of the seeds whose u is between 10 % and 90 %."""
        u = self.u[MOMENTS.index(moment)]
        return float(np.mean((u > TRANSITION_BEGUN) & (u < TRANSITION_OVER)))


@dataclass(frozen=True, eq=False)
class Starts:
    """Best neurons' squared overlaps of `SEEDS` random starts, shape (seeds,), without a network.

    For P = 1 each neuron grows alone, and the best stays the best.
    """

    u0: Array
    J: int

    @cached_property
    def unit(self) -> float:
        """The time at which half of the seeds have emerged."""
        return float(time_to(EMERGED, np.median(self.u0), self.J))

    @property
    def tau(self) -> Array:
        """`MOMENTS` as times, shape (moments,)."""
        return np.array(MOMENTS) * self.unit

    @cached_property
    def spread(self) -> Spread:
        """In closed form."""
        return Spread(overlap(self.tau[:, None], self.u0, self.J))
