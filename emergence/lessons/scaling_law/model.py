"""L(m, t): what students of several widths learn, and the power laws of it (Model 4.6, 4.7).

Strengths are the slides' a_p = p^-beta. Times are eta t d^(1 - J/2), in which a random overlap of
size z / sqrt(d) makes T_p = p^beta / (J (J-2) z^(J-2)); J > 2. To every loss the
sum_{q > P} q^(-2 beta) of the directions that a finite teacher lacks is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from emergence.arrays import Array, BoolArray, IntArray
from emergence.theory.fits import Slope, mean_slope
from emergence.theory.hermite import hermite
from emergence.theory.predictions import greedy_matching, staircase
from emergence.theory.scaling import (
    fit_window,
    law_times,
    plateau_exponent,
    power_law,
    power_tail,
    reference_time,
)
from emergence.theory.teacher import power_strengths
from emergence.theory.times import inverse_time_constant, pair_times

MOMENTS = 240
FIRST_WIDTH = 4
"""Slopes are fitted from this width on: fewer neurons are no power of anything yet."""


def doubling(m: int) -> tuple[int, ...]:
    """Widths 1, 2, 4, ... up to m."""
    return tuple(2**i for i in range(m.bit_length()))


def tuned_exponent(beta: float) -> float:
    """(1 - 2 beta) / (2 beta): the loss against samples, eta tuned to each number of samples."""
    return plateau_exponent(beta) / (2 * beta)


def best_plateaus(m: Array | IntArray, beta: float) -> Array:
    """sum_{q > m} q^(-2 beta): what is left when the m strongest are learned, shape of m."""
    return power_tail(m, beta)


@dataclass(frozen=True, eq=False)
class Student:
    """One student.

    Attributes
    ----------
    T : predicted emergence times, infinite where no neuron is matched, shape (P,)
    learned : which directions are learned in the end, shape (P,)
    loss : at the moments, shape (n,)
    """

    T: Array
    learned: BoolArray
    loss: Array


@dataclass(frozen=True, eq=False)
class Widths:
    """Students of w widths, each from S seeds.

    Attributes
    ----------
    m : widths, increasing, shape (w,)
    t : moments, shape (n,)
    loss : shape (S, w, n)
    learned : whether each direction is learned in the end, shape (S, w, P)
    T1 : time at which the widest student learns direction 1 at its typical overlap
    """

    P: int
    beta: float
    m: IntArray
    t: Array
    loss: Array
    learned: BoolArray
    T1: float

    @property
    def total(self) -> float:
        """Loss of a student that knows nothing."""
        return float(power_tail(0, self.beta))

    @cached_property
    def mean(self) -> Array:
        """Loss averaged over the seeds, shape (w, n)."""
        return np.asarray(self.loss.mean(axis=0))

    @cached_property
    def plateau(self) -> Array:
        """Loss when all has been learned that will be, shape (S, w)."""
        a2 = power_strengths(self.P, 2 * self.beta)
        return np.asarray(~self.learned @ a2 + power_tail(self.P, self.beta))

    @property
    def _high(self) -> float:
        """Slopes are fitted up to this width or direction: a quarter of P, and at least 16."""
        return max(self.P / 4, 16.0)

    @cached_property
    def envelope(self) -> Array:
        """Least loss over the widths, shape (S, n)."""
        return np.asarray(self.loss.min(axis=1))

    @cached_property
    def C(self) -> Array:  # noqa: N802
        """Budgets m t, shape (n,)."""
        return np.geomspace(self.t[0], self.m[-1] * self.t[-1], 2 * MOMENTS)

    @cached_property
    def _at_budget(self) -> Array:
        """Loss of every student when it has used a budget, shape (S, w, budgets)."""
        x = np.log(self.C) - np.log(self.m)[:, None]
        t = np.log(self.t)
        return np.array(
            [[np.interp(x[i], t, each[i]) for i in range(len(self.m))] for each in self.loss]
        )

    @cached_property
    def frontier(self) -> Array:
        """Least loss for a budget C = m t over the widths, shape (S, budgets)."""
        return np.asarray(self._at_budget.min(axis=1))

    @cached_property
    def best(self) -> IntArray:
        """The width that is best for each budget on average over the seeds, shape (budgets,)."""
        return np.asarray(self.m[self._at_budget.mean(axis=0).argmin(axis=0)])

    @property
    def law(self) -> Array:
        """p^(1 - 2 beta) / (2 beta - 1) at p = (t / T1)^(1 / beta), shape (n,)."""
        return power_law(self.t, self.T1, np.ones(1), self.beta)

    def excess(self, m: int) -> float:
        """Mean plateau of width m < P over that of the m strongest directions; 1 without holes."""
        plateau = self.plateau[:, list(self.m).index(m)].mean()
        return float(plateau / best_plateaus(np.array(m), self.beta))

    def learned_first(self, m: int) -> list[int]:
        """The directions that the first seed's student of width m learns, counted from 1."""
        first = self.learned[0, list(self.m).index(m)]
        return [int(p) + 1 for p in np.flatnonzero(first)]

    def missed(self, m: int) -> float:
        """Share of the m strongest directions that students of width m leave, over all seeds."""
        return float(1 - self.learned[:, list(self.m).index(m), :m].mean())

    @property
    def plateau_slope(self) -> Slope | None:
        """Slope of the plateaus over widths from 4 to a quarter of P (at least 16)."""
        return mean_slope(self.m.astype(float), self.plateau, (FIRST_WIDTH, self._high))

    @property
    def time_slope(self) -> Slope | None:
        """Slope of the envelope from the middle of the first step to a quarter's T_p."""
        window = fit_window(self.T1, self._high, 1, self.beta)
        return mean_slope(self.t, self.envelope, window)

    @property
    def compute_slope(self) -> Slope | None:
        """Slope of the frontier over the budgets whose best width is in the plateaus' window."""
        inside = self.C[(self.best >= FIRST_WIDTH) & (self.best <= self._high)]
        if not inside.size:
            return None
        return mean_slope(self.C, self.frontier, (float(inside[0]), float(inside[-1])))


@dataclass(frozen=True)
class StepSizes:
    """Runs of SGD with step sizes eta_r proportional to r^-beta, wide enough, equal overlaps.

    SGD learns a direction only if eta is at most of the order of its a_p, for the signal must
    outweigh the noise of single samples (the theorem's condition on eta). So run r learns the
    directions up to r, direction p after p^beta r^beta samples, in units in which eta_1 learns
    direction 1 after one.
    """

    beta: float
    most: int = 256

    @cached_property
    def samples(self) -> Array:
        """Shape (n,)."""
        return np.geomspace(0.5, float(self.most) ** (2 * self.beta), MOMENTS)

    def run(self, r: int) -> Array:
        """Loss of run r, shape (n,)."""
        learned = np.floor((self.samples * (1 + 1e-12)) ** (1 / self.beta) / r)
        return best_plateaus(np.minimum(learned, r), self.beta)

    @property
    def runs(self) -> list[tuple[int, Array]]:
        """r = 1, 4, 16 ... and the loss of run r."""
        return [(r, self.run(r)) for r in doubling(self.most)[::2]]

    @cached_property
    def best(self) -> Array:
        """Least loss over all step sizes for each number of samples, shape (n,).

        min(r, samples^(1/beta) / r) is largest at r = samples^(1/(2 beta)).
        """
        learned = np.floor((self.samples * (1 + 1e-12)) ** (1 / (2 * self.beta)))
        return best_plateaus(np.minimum(learned, self.most), self.beta)

    @property
    def slope(self) -> Slope | None:
        """Slope of `best` from the middle of the first step on."""
        window = (1.5 ** (2 * self.beta), float(self.samples[-1]))
        return mean_slope(self.samples, self.best[None], window)


def moments(P: int, beta: float, J: int) -> Array:
    """Moments from before direction 1 emerges to well after direction P does, shape (n,)."""
    T = 1 / inverse_time_constant(J)  # of direction 1 at z = 1
    return np.geomspace(T / 40 ** (J / 2 - 1), law_times(P, 3 * T, beta), MOMENTS)


@lru_cache(maxsize=16)
def equal_widths(P: int, beta: float, J: int) -> Widths:
    """All overlaps equal, z = 1, and the m strongest directions learned; no chance in it."""
    m = np.array(doubling(2 * P))
    T = law_times(np.arange(1, P + 1), 1.0, beta) / inverse_time_constant(J)
    t = moments(P, beta, J)
    count = np.minimum(np.searchsorted(T, t, side="right"), m[:, None])
    learned = np.arange(P) < m[:, None]
    loss = power_tail(np.minimum(count, P), beta)
    return Widths(P, beta, m, t, loss[None], learned[None], float(T[0]))


def random_students(P: int, beta: float, J: int, seed: int, m: tuple[int, ...]) -> list[Student]:
    """Random starts in the limit of large d, matched by iota: a student for each width in m.

    A wider student has the neurons of a narrower one, and more.
    """
    a = power_strengths(P, beta)
    tail, link, t = float(power_tail(P, beta)), hermite(J), moments(P, beta, J)
    z = np.random.default_rng([seed, 8]).standard_normal((m[-1], P))
    times = pair_times(z, a, link)
    students = []
    for width in m:
        iota = greedy_matching(times[:width])
        T = np.where(iota >= 0, times[iota, np.arange(P)], np.inf)
        students.append(Student(T, iota >= 0, staircase(t, T, a, link) + tail))
    return students


def gather(P: int, beta: float, J: int, m: Iterable[int], seeds: list[list[Student]]) -> Widths:
    """Students of several seeds, one list of all widths for each seed, side by side."""
    a = power_strengths(P, beta)
    return Widths(
        P, beta, np.array(list(m)), moments(P, beta, J),
        loss=np.array([[student.loss for student in each] for each in seeds]),
        learned=np.array([[student.learned for student in each] for each in seeds]),
        T1=float(np.mean([reference_time(each[-1].T, a) for each in seeds])),
    )  # fmt: skip


@lru_cache(maxsize=16)
def random_widths(P: int, beta: float, J: int, seeds: int) -> Widths:
    """Random starts from `seeds` seeds; widths up to 2 P."""
    m = doubling(2 * P)
    each = [random_students(P, beta, J, seed, m) for seed in range(seeds)]
    return gather(P, beta, J, m, each)


def plateau_share(m: int, beta: float) -> float:
    """Plateau of the m strongest directions over that of the strongest alone, P infinite."""
    return float(power_tail(m, beta) / power_tail(1, beta))
