"""Where the tensor power method without deflation ends, in closed form (Model 6.2, 6.3).

T = sum_p a_p w_p^(x J), J > 2: a neuron's coordinates along the teachers go v_p <- a_p v_p^(J-1),
so that of the weighted overlaps b_p |v_p|, b_p = a_p^(1/(J-2)), the largest wins. Gradient flow on
the correlation loss -E[f f*] ends at the same direction: there |o_p|^-(J-2) falls at the rate
J (J-2) a_p on a clock that all p share (the blow-up of (Model 3.2), without any interaction).

Li, Ma, Zhang, *Learning over-parametrized two-layer neural networks beyond NTK* (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import erf

from emergence.arrays import Array, IntArray
from emergence.theory.predictions import neurons_enough
from emergence.theory.quantiles import quantiles
from emergence.theory.scaling import law_times
from emergence.theory.teacher import power_strengths

MIDDLE = (0.1, 0.5, 0.9)
"""Quantiles of trials: the ends of the middle 80 %, and the median between them."""
LOG_G = np.linspace(-25.0, np.log(12.0), 700)
"""Nodes of the quadrature in log |g|, g a standard normal."""


def middle_of_trials(trials: IntArray) -> Array:
    """The `MIDDLE` quantiles over the trials, (trials, n), of each point; shape (3, n)."""
    return np.asarray(np.quantile(trials, MIDDLE, axis=0))


def middle_of_each(trials: Sequence[Sequence[float]]) -> Array:
    """The `MIDDLE` quantiles of each point's own trials, infinite for never; shape (3, points)."""
    return np.array([quantiles(each, MIDDLE) for each in trials]).reshape(-1, 3).T


def first_finders(ends: IntArray, P: int) -> IntArray:
    """The first neuron that ends at each direction, increasing, shape (P,).

    `ends` (shape (m,)) has each neuron's direction, -1 for none. A direction that no neuron finds
    counts as m. So the i-th entry is below n where the first n neurons find more than i directions.
    """
    first = np.full(P, len(ends), dtype=np.int64)
    directions, where = np.unique(ends, return_index=True)
    first[directions[directions >= 0]] = where[directions >= 0]
    return np.sort(first)


def count_found(first: IntArray, m: ArrayLike) -> IntArray:
    """How many directions the first m neurons find, shape of m; see `first_finders`."""
    return np.asarray(np.searchsorted(first, np.asarray(m), side="left"))


@dataclass(frozen=True)
class PowerMethod:
    """Random neurons on strengths a_p proportional to p^-beta, link h_J, J > 2."""

    P: int
    beta: float
    J: int = 4

    @property
    def a(self) -> Array:
        """Strengths, a_1 = 1, shape (P,)."""
        return power_strengths(self.P, self.beta)

    @property
    def kappa(self) -> float:
        """Condition number a_1 / a_P."""
        return law_times(self.P, 1.0, self.beta)

    @property
    def log10_exp_kappa(self) -> float:
        """log10 of exp(kappa): the number itself may be beyond floating point."""
        return float(self.kappa / np.log(10))

    @property
    def enough(self) -> float:
        """P log P, the order of width that joint SGD needs; at least 1."""
        return max(float(neurons_enough(self.P)), 1.0)

    @property
    def probabilities(self) -> Array:
        """P(a random neuron ends at direction q), shape (P,): see `win_probabilities`."""
        return win_probabilities(self.P, self.beta, self.J)

    def expected(self, m: ArrayLike) -> Array:
        """Expected number of directions found by m neurons, sum_q 1 - (1 - p_q)^m, shape of m."""
        # In the exponent: p_q may be far below the rounding of 1.
        log_missed = np.log1p(-np.minimum(self.probabilities, 1 - 1e-15))
        return np.asarray(-np.expm1(np.asarray(m, float)[..., None] * log_missed).sum(axis=-1))

    def chance(self, m: float) -> float:
        """Probability that all directions are found by a Poisson number of neurons of mean m."""
        return float(np.prod(-np.expm1(-self.probabilities * m)))

    def needed(self, share: float = 0.5) -> float:
        """Number of neurons at which all P are found in this share of trials; at least P.

        P(all found) = prod_q (1 - exp(-p_q m)) for a Poisson number of neurons of mean m; it
        differs from a number fixed at m by a relative spread of 1/sqrt(m).
        """

        def excess(log_m: float) -> float:
            each = -np.expm1(-self.probabilities * np.exp(log_m))
            return float(np.log(each).sum() - np.log(share))

        # All are found by about log(P) / p_P neurons; a thousand times that is beyond any quantile.
        last = np.log(1e3 * (1 + np.log(self.P)) / self.probabilities.min())
        return max(float(np.exp(brentq(excess, -5.0, last))), float(self.P))

    @property
    def grid(self) -> Array:
        """Numbers of neurons from 1 to well beyond the need of any method, evenly in log."""
        return np.geomspace(1.0, max(5 * self.needed(), 8.0 * self.P), 160)

    @property
    def rarity_exponent(self) -> float:
        """gamma = 2 / (J - 2 + 2 beta): the power of kappa that `log_rarity` grows with."""
        return 2 / (self.J - 2 + 2 * self.beta)

    @property
    def log_rarity(self) -> float:
        """Leading order of -log p_P for many directions: (1/2 + g) x^2, g = beta / (J - 2).

        -log p_P is about the least x^2 / 2 + P C x^(-1/g) over the overlap x of a neuron that ends
        at direction P: the price of a large overlap with it, and of small ones with all others.
        C = integral_0^oo -log(erf(y / sqrt 2)) d(y^(1/g)), so x^(2 + 1/g) = P C / g. It grows as
        P^(2g / (1 + 2g)) = kappa^gamma (`rarity_exponent`). beta > 0.
        """
        g = self.beta / (self.J - 2)
        y = np.exp(LOG_G)
        C = np.trapezoid(-np.log(erf(y / np.sqrt(2))) * y ** (1 / g) / g, LOG_G)
        return float((0.5 + g) * (self.P * C / g) ** (2 * g / (1 + 2 * g)))


def needed_quantiles(teachers: Sequence[tuple[int, float]], J: int) -> Array:
    """10th, 50th, 90th percentile of the neurons needed by teachers (P, beta), shape (3, n)."""
    each = [PowerMethod(P, beta, J) for P, beta in teachers]
    return np.array([[theory.needed(share) for theory in each] for share in (0.1, 0.5, 0.9)])


@lru_cache(maxsize=256)
def win_probabilities(P: int, beta: float, J: int) -> Array:
    """P(a random neuron ends at direction q), shape (P,), read-only; they add up to 1.

    A uniform direction's overlaps are independent Gaussians g_q up to their common factor, so it
    is E over g_q of prod_{r != q} P(b_r |g_r| < b_q |g_q|), by the trapezoid rule in log |g_q|.
    """
    log_b = np.log(power_strengths(P, beta)) / (J - 2)
    g = np.exp(LOG_G)
    density = 2 * np.exp(-(g**2) / 2) * g / np.sqrt(2 * np.pi)
    probabilities = np.empty(P)
    for q in range(P):
        others = np.exp(LOG_G[:, None] + log_b[q] - np.delete(log_b, q))
        less = np.log(erf(others / np.sqrt(2))).sum(axis=1)
        probabilities[q] = np.trapezoid(density * np.exp(less), LOG_G)
    probabilities.setflags(write=False)
    return probabilities
