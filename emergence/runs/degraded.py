"""How far a run is from the theory whose assumptions it breaks: crossing / T_p, and iota."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array, BoolArray
from emergence.words import plural

FEWEST = 3
"""Directions that an exponent is fitted to, at least."""


@dataclass(frozen=True)
class Degradation:
    """What is left of T_p and iota in a run.

    Attributes
    ----------
    timed : directions with a predicted time above 0
    crossed : how many of them have crossed u = 1/2
    ratio : median, smallest and largest crossing / T_p of these, None where none has crossed
    followed : of how many of these it is iota's own neuron that has; None where not known
    exponents : of the crossings and of the T_p of these in p, fitted to both alike, None for fewer
        than three
    """

    timed: int
    crossed: int
    ratio: tuple[float, float, float] | None
    followed: int | None
    exponents: tuple[float, float] | None

    @classmethod
    def of(cls, T: Array, crossing: Array, followed: BoolArray | None) -> Degradation:
        """Of predicted and measured times, shape (P,): T infinite where there is none, crossing
        NaN where never, in one unit; `followed` says where iota's own neuron has crossed, (P,)."""
        timed = np.isfinite(T) & (T > 0)
        crossed = timed & np.isfinite(crossing) & (crossing > 0)
        ratio = crossing[crossed] / T[crossed]
        p = np.flatnonzero(crossed) + 1.0
        exponents = None
        if len(p) >= FEWEST:
            both = (np.polyfit(np.log(p), np.log(each[crossed]), 1)[0] for each in (crossing, T))
            measured, predicted = map(float, both)
            exponents = measured, predicted
        return cls(
            timed=int(timed.sum()),
            crossed=len(ratio),
            ratio=(
                (float(np.median(ratio)), float(ratio.min()), float(ratio.max()))
                if len(ratio) else None
            ),
            followed=None if followed is None else int((crossed & followed).sum()),
            exponents=exponents,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """All of it in words, without a full stop."""
        of = plural(self.timed, "direction")
        if self.ratio is None:
            return f"none of {of} with a Tₚ has crossed"
        median, low, high = self.ratio
        said = f"crossing/Tₚ {median:.2f}"
        if self.crossed > 1:
            said += f" (median of {self.crossed:,}; {low:.2f} to {high:.2f})"
        never = self.timed - self.crossed
        said += f", {never:,} of {of} never" if never else ""
        if self.followed is not None:
            said += f"; {self.followed:,} of {self.crossed:,} by ι's neuron"
        if self.exponents is not None:
            measured, predicted = self.exponents
            said += f"; times as p^{measured:.2f}, Tₚ as p^{predicted:.2f}"
        return said
