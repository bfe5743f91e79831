"""What a budget buys: the best width m and number of samples t for C = m t (Model 4.1, 4.6).

A sample costs a student of m neurons in d dimensions about 4 m d operations, two products of the
neurons with it and two for their steps. So m t counts, with d fixed: the 6 N D of Hoffmann et al.,
*Training compute-optimal large language models*, 2022, with N = m d parameters and D = t samples.

Here all starts are equal and directions infinitely many: direction p is learned T_p = p^beta /
eta after the start, in units in which direction 1 takes 1 at the step size for it alone, and m
neurons learn the m strongest. Between whole p the sum of what is missing is the Hurwitz zeta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from emergence.arrays import Array
from emergence.theory.hermite import hermite
from emergence.theory.scaling import plateau_exponent, power_tail
from emergence.theory.stability import mean_square_bound
from emergence.theory.teacher import power_strengths

ONE, CONDITION, STABLE = RULES = ("one η for all", "tuned, η ∝ aₚ", "tuned, largest stable")
MOST = 1e18
"""Neurons up to which a best width is sought."""
FINE = 200
"""Points in a factor of e at which what has no closed form is inverted; between, by logarithms."""

STEP_SIZES = 40
"""Step sizes that are tried for a random start."""


@dataclass(frozen=True)
class Law:
    """Students with a step size by what their run can reach; beta > 1/2, J > 2.

    A run of m neurons and t samples reaches the p strongest directions. ONE: all runs have one
    step size. CONDITION: the theorem's, eta proportional to a_p, so that the signal of the weakest
    direction outweighs the noise of single samples. STABLE: the bound for a student that has
    fitted p directions, eta d E[sigma'^2] (a_1 kurtosis + sum_{1 < q <= p} a_q) + ... < 2 (7.1).
    """

    beta: float
    rule: str = ONE
    J: int = 4
    d: int = 4096

    def step_size(self, p: ArrayLike) -> Array:
        """eta of runs that reach p directions over that of one, shape of p."""
        p = np.asarray(p, dtype=float)
        if self.rule == ONE:
            return np.ones_like(p)
        if self.rule == CONDITION:
            return np.asarray(p**-self.beta)
        one, two = (1 / self.stable(k) for k in (1, 2))  # linear in the sum of the strengths
        added = partial_sum(np.maximum(p, 1.0), self.beta) - 1
        return np.asarray(one / (one + (two - one) / 2.0**-self.beta * added))

    def stable(self, p: int) -> float:
        """The bound on eta itself for a student of p directions."""
        return mean_square_bound(self.d, power_strengths(p, self.beta), hermite(self.J))

    def samples(self, p: ArrayLike) -> Array:
        """Samples until p directions are learned, T_p at the step size for them, shape of p."""
        return np.asarray(np.asarray(p, dtype=float) ** self.beta / self.step_size(p))

    def reached(self, t: ArrayLike) -> Array:
        """Directions that runs of t samples reach, shape of t, whatever the width."""
        if self.rule != STABLE:
            return np.asarray(np.asarray(t, dtype=float) ** (1 / self.growth))
        p = _grid(np.log(1e-6))
        return np.exp(np.interp(np.log(t), np.log(self.samples(np.exp(p))), p))

    def loss(self, m: ArrayLike, t: ArrayLike) -> Array:
        """sum_{q > p} q^(-2 beta) of runs of m neurons and t samples; broadcasts."""
        return power_tail(np.minimum(m, self.reached(t)), self.beta)

    def tuned(self, t: ArrayLike, T: Array) -> Array:
        """Least loss of P directions over the step sizes for p = 1 ... P, shape of t.

        Whatever is beyond p is not learned with the step size for p. `T` are the times at the
        step size 1, infinite for what is never learned, shape (P,).
        """
        t = np.asarray(t, dtype=float)
        p = np.arange(1, len(T) + 1)
        a2 = power_strengths(len(T), 2 * self.beta)
        if self.rule == ONE:
            return np.asarray((t[..., None] < T) @ a2)
        tried = np.unique(np.geomspace(1, len(T), STEP_SIZES).round())
        late = t[..., None, None] * self.step_size(tried)[:, None] < T
        return np.asarray(((late | (p > tried[:, None])) @ a2).min(axis=-1))

    def budget(self, m: ArrayLike) -> Array:
        """The budgets whose best widths are m, shape of m."""
        return np.asarray(np.asarray(m, dtype=float) * self.samples(m))

    def width(self, C: ArrayLike) -> Array:
        """The best widths for budgets C >= 1, shape of C: neurons and time are up together.

        More neurons would have less time for directions that the width does not limit, and fewer
        are used up before the time is.
        """
        if self.rule != STABLE:
            return np.asarray(np.asarray(C, dtype=float) ** self.a)
        m = _grid(0.0)
        return np.exp(np.interp(np.log(C), np.log(self.budget(np.exp(m))), m))

    def frontier(self, C: ArrayLike) -> Array:
        """The least loss for each budget, shape of C."""
        return power_tail(self.width(C), self.beta)

    @property
    def growth(self) -> float:
        """The power of p with which the samples to reach p directions grow, as p goes to infinity.

        beta with one eta; 2 beta if eta falls like a_p; with the largest stable one the larger of
        beta and 1, for sum_{q <= p} q^-beta grows like p^(1 - beta).
        """
        return {ONE: self.beta, CONDITION: 2 * self.beta, STABLE: max(self.beta, 1.0)}[self.rule]

    @property
    def a(self) -> float:
        """m_opt ~ C^a; t_opt ~ C^b with b = 1 - a."""
        return 1 / (1 + self.growth)

    @property
    def c(self) -> float:
        """L_opt ~ C^-c: c = (2 beta - 1) a."""
        return -plateau_exponent(self.beta) * self.a

    def local_a(self, C: float) -> float:
        """d log m_opt / d log C over a factor of two around a budget."""
        m = self.width(C * np.array([0.5**0.5, 2**0.5]))
        return float(np.log(m[1] / m[0]) / np.log(2))


def _grid(low: float) -> Array:
    """Logs of widths up to MOST."""
    return np.arange(low, np.log(MOST), 1 / FINE)


def partial_sum(p: Array, beta: float, exact: int = 1_000) -> Array:
    """sum_{q <= p} q^-beta for p >= 1, shape of p, between whole p by a line.

    Beyond `exact` by Euler and Maclaurin.
    """
    sums = np.cumsum(power_strengths(exact, beta))
    n = np.maximum(p, exact)
    grown = np.log(n / exact) if beta == 1 else (n ** (1 - beta) - exact ** (1 - beta)) / (1 - beta)
    beyond = sums[-1] + grown + (n**-beta - float(exact) ** -beta) / 2
    within = np.interp(p, np.arange(1, exact + 1), sums)
    return np.where(p <= exact, within, beyond)
