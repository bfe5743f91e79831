"""How far coupled neurons are off the decoupled ones, summed up (Model 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array


@dataclass(frozen=True, eq=False)
class Coupled:
    """Every direction's crossing of u > 1/2 by its own neuron iota(p), coupled and decoupled.

    Attributes
    ----------
    off : |coupled / decoupled time - 1|, infinite where the coupled one is never, shape (P,)
    grown : largest irrelevant overlap u d at the coupled crossing, NaN where never, shape (P,): of
        the pairs that iota does not match, with neurons and directions that are still to come
    """

    d: int
    J: int
    off: Array
    grown: Array

    @property
    def never(self) -> int:
        """Directions that their own neuron does not find."""
        return int(np.sum(~np.isfinite(self.off)))

    @property
    def largest(self) -> float:
        """The largest `off` of those that are found, NaN if there are none."""
        finite = self.off[np.isfinite(self.off)]
        return float(finite.max()) if finite.size else float("nan")

    @property
    def median(self) -> float:
        """The median of `off`, infinite where half or more are never found."""
        return float(np.sort(self.off)[len(self.off) // 2])


def by_dimension(coupled: Sequence[Coupled], J: int) -> tuple[Coupled, ...]:
    """The runs with this J, by d."""
    return tuple(sorted((each for each in coupled if each.J == J), key=lambda each: each.d))


@dataclass(frozen=True)
class Summary:
    """All starts at one d: see `Coupled`.

    Attributes
    ----------
    d, starts, directions : the dimension, how many starts, and their directions in all
    median : of `off` over all directions, infinite where half or more are never found
    never : how many directions their own neuron does not find
    grown : the largest irrelevant overlap u d at any crossing, NaN where there is none
    """

    d: int
    starts: int
    directions: int
    median: float
    never: int
    grown: float


def summaries(coupled: Sequence[Coupled], J: int) -> tuple[Summary, ...]:
    """The runs with this J, summed up for each d, in the order of d."""
    runs = by_dimension(coupled, J)
    rows = []
    for d in sorted({each.d for each in runs}):
        here = [each for each in runs if each.d == d]
        off = np.sort(np.concatenate([each.off for each in here]))
        grown = np.concatenate([each.grown for each in here])
        largest = float(np.nanmax(grown)) if np.isfinite(grown).any() else float("nan")
        never = sum(each.never for each in here)
        rows.append(Summary(d, len(here), len(off), float(off[len(off) // 2]), never, largest))
    return tuple(rows)


def medians(d: Array, values: Array) -> tuple[Array, Array]:
    """The dimensions among d, increasing, and the median of the values at each; d, values: (n,)."""
    each_d = np.unique(d)
    return each_d, np.array([np.median(values[d == one]) for one in each_d])
