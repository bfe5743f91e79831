"""What the neurons of one start are pulled by, and their irrelevant overlaps (Model 2.2, 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.theory.fits import Slope, fit_power
from emergence.theory.hermite import LinkFunction
from emergence.theory.predictions import norm_growth_delay
from emergence.theory.teacher import power_strengths


def order(T: Array) -> tuple[int, int]:
    """The two directions that theory expects first, by their emergence times T, shape (P,)."""
    first, second = np.argsort(T, kind="stable")[:2]
    return int(first), int(second)


def span(T: Array, a: Array, s0: float, link: LinkFunction) -> float:
    """Time by which theory expects two directions to be fitted, the norms included.

    T : emergence times, a : strengths, shape (P,); s0 : norm of a neuron at the start
    """
    second = order(T)[1]
    delay = norm_growth_delay(a, s0, link)
    return float(1.1 * (T[second] + 1.6 * delay[second]))


def hardest(u: Array, signal: Array, link: LinkFunction) -> IntArray:
    """How many neurons each direction pulls harder than any other does, shape (P,).

    Direction p pulls the overlap of neuron k with a_p (1 - R_p) |K'(O_kp)|: its own signal as
    far as it is not fitted (Model 2.2). `u` has shape (m, P), `signal` = a_p (1 - R_p) (P,).
    """
    strongest = np.argmax(signal * np.abs(link.K_prime(np.sqrt(u))), axis=1)
    return np.bincount(strongest, minlength=u.shape[1])


def irrelevant(u: Array, iota: IntArray, T: Array, d: int) -> tuple[Array, Array]:
    """Overlaps squared of all pairs that iota does not match, in units of 1/d.

    Those with the first direction and those with the others, each of shape (pairs,).

    Parameters
    ----------
    u : overlaps squared, shape (m, P)
    iota : the neuron of each direction, -1 for none, shape (P,)
    T : emergence times, shape (P,)
    """
    free = np.ones(u.shape, dtype=bool)
    served = np.flatnonzero(iota >= 0)
    free[iota[served], served] = False
    first = np.arange(u.shape[1]) == order(T)[0]
    scaled = u * d
    return scaled[free & first], scaled[free & ~first]


@dataclass(frozen=True)
class IrrelevantOverlaps:
    """The largest and the median of a run's irrelevant overlaps u d with all directions but the
    first (`irrelevant`).

    NaN where the run ended before it had found a first direction.
    """

    d: int
    J: int
    largest: float = float("nan")
    median: float = float("nan")

    @property
    def known(self) -> bool:
        """Whether the run found a first direction."""
        return bool(np.isfinite(self.largest))


def with_exponent(runs: Sequence[IrrelevantOverlaps], J: int) -> list[IrrelevantOverlaps]:
    """The runs with this J that found a first direction."""
    return [each for each in runs if each.J == J and each.known]


def growth_exponent(runs: Sequence[IrrelevantOverlaps], J: int) -> Slope | None:
    """Exponent of d in the largest irrelevant overlap u d over the runs with this J.

    By least squares in log-log; None for fewer than three dimensions. Runs that found no first
    direction have no such overlap: see `unfound`.
    """
    runs = with_exponent(runs, J)
    if len({each.d for each in runs}) < 3:
        return None
    return fit_power([each.d for each in runs], [each.largest for each in runs])


def fitted_level(runs: Sequence[IrrelevantOverlaps], power: float) -> float:
    """The constant before d^power nearest to the largest irrelevant overlaps of some runs.

    Least squares in log-log, the power given.
    """
    d = np.array([each.d for each in runs], dtype=float)
    largest = np.array([each.largest for each in runs])
    return float(np.exp(np.mean(np.log(largest) - power * np.log(d))))


def unfound(runs: Sequence[IrrelevantOverlaps]) -> int:
    """How many of the runs ended before they had found a first direction."""
    return sum(not each.known for each in runs)


def grown(beta: float) -> float:
    """By what factor a squared overlap with direction 2 grows until T_1, both from the same u_0.

    du/dtau = 2 J a u^(J/2) gives u_0 / (1 - 8 a_2 u_0 tau) at J = 4, and T_1 = 1 / (8 a_1 u_0):
    the start does not count.
    """
    a = power_strengths(2, beta)
    return float(1 / (1 - a[1] / a[0]))
