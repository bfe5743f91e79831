"""Nam et al.'s exactly solvable model: each skill a product of two parameters, apart from the rest.

Multitask sparse parity (Michaud, Liu, Girit, Tegmark, *The quantization model of neural scaling*,
2023): skill k is asked for with probability p_k ~ k^-(alpha + 1). Its function g_k is the parity of
a few bits that are its own where it is asked for, and 0 elsewhere: the g_k are orthogonal.

The model (Nam, Fonseca, Lee, Mingard, Louis, *An exactly solvable model for emergence and scaling
laws in the multitask sparse parity problem*, 2024) is f = sum_{k <= N} a_k b_k g_k, its target
sum_k g_k (their S is 1 here). With the strengths R_k = a_k b_k the loss is
1/2 sum_k p_k (1 - R_k)^2, and gradient flow is

    da_k/dt = p_k b_k (1 - R_k),    db_k/dt = p_k a_k (1 - R_k).

a_k^2 - b_k^2 does not change. From a_k = b_k, dR_k/dt = 2 p_k R_k (1 - R_k): a logistic curve,

    R_k(t) = 1 / (1 + (1/R_k(0) - 1) e^(-2 p_k t)),

half learned at T_k = log(1/R_k(0) - 1) / (2 p_k), in proportion to k^(alpha + 1). When skill k has
been learned, sum_{q > k} p_q ~ k^-alpha is left: the loss falls like t^(-alpha / (alpha + 1)). With
D samples, trained to the end, skill k is known if one of them asked for it: again a matter of
p_k D. With N skills that fit in, k^-alpha of k = N is left. A budget C = N t is best spent on the N
with T_N = t, so that C ~ N^(alpha + 2).

Losses are sum_k p_k (1 - R_k)^2 here, without the 1/2: they begin at 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, zeta

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.theory.fits import Slope, mean_slope

SKILLS = 100_000
TIME, DATA, PARAMETERS, COMPUTE = RESOURCES = ("time", "data", "parameters", "compute")
SEEDS = 8
START = 1e-3
"""The mean of R_k(0): of the square of a normal start a_k(0) = b_k(0)."""
LOW, HIGH = 10.0, 1000.0
"""Slopes are fitted while these skills are learned: beyond the single steps, and before it shows
that there are no more than `SKILLS`."""
MOMENTS, WIDTHS = 100, 81
BEGUN, OVER = 0.01, 50.0
"""Of 2 p_k t: a skill that has grown by less has not begun (R_k is right to 1 %), beyond it is
learned."""
SHOWN = (1, 3, 10, 30, 100, 300, 1000, 3000)
"""Skills whose learning is drawn."""


def exponent(resource: str, alpha: float) -> float:
    """Of the loss in a resource, by theory."""
    more = {TIME: 1, DATA: 1, PARAMETERS: 0, COMPUTE: 2}[resource]
    return -alpha / (alpha + more) if more else -alpha


def strength(t: ArrayLike, p: ArrayLike, start: ArrayLike) -> Array:
    """R_k after a time t, from R_k(0) = `start`, 0 < start < 1; the three broadcast."""
    p, start = np.asarray(p, dtype=float), np.asarray(start, dtype=float)
    return np.asarray(1 / (1 + (1 / start - 1) * np.exp(-2 * p * np.asarray(t))))


def half_time(p: ArrayLike, start: float = START) -> Array:
    """T_k, when R_k = 1/2, shape of p."""
    return np.asarray(np.log(1 / start - 1) / (2 * np.asarray(p, dtype=float)))


def calibrated(t: Array, rank: Array, alpha: float, T1: float, width: float) -> Array:
    """R_k of skills of these ranks at times t, shape (n, ranks): known is how skill 1 is learned.

    It is half learned at `T1`, and goes from 10 % to 90 % in the time `width`: log 81 units of its
    logit. Skill k's clock runs slower by p_k / p_1 = k^-(alpha + 1).
    """
    logit = np.log(81) / width * (t[:, None] * rank ** -(alpha + 1) - T1)
    return np.asarray(expit(logit))


@dataclass(frozen=True)
class Skills:
    """Infinitely many skills, p_k = k^-(alpha + 1) / zeta(alpha + 1), the first K to be learned."""

    alpha: float
    K: int = SKILLS

    @cached_property
    def p(self) -> Array:
        """p_k of the first K, shape (K,)."""
        return self.frequency(np.arange(1, self.K + 1))

    def frequency(self, k: ArrayLike) -> Array:
        """p_k of any k, shape of k."""
        return np.asarray(np.asarray(k, dtype=float) ** -(self.alpha + 1) / zeta(self.alpha + 1))

    def beyond(self, k: ArrayLike) -> Array:
        """sum_{q > k} p_q, shape of k: the loss when k skills are known."""
        return np.asarray(zeta(self.alpha + 1, np.asarray(k) + 1) / zeta(self.alpha + 1))

    def time_losses(self, t: Array, widths: Array, starts: Array) -> Array:
        """The loss at times t, increasing, of models of several widths, shape (seeds, widths, n).

        `widths` are whole, increasing, up to K; `starts` are R_k(0), shape (seeds, K).
        """
        blocks = np.concatenate([[0], widths[:-1]]).astype(int)
        p, starts = self.p[: int(widths[-1])], starts[:, : int(widths[-1])]
        far, missing = 1 / starts - 1, p * (1 - starts) ** 2
        found = np.empty((len(starts), len(widths), len(t)))
        for i, moment in enumerate(t):
            grown = 2 * p * moment  # falling: the common skills are learned, the rare ones wait
            learned, waiting = np.searchsorted(-grown, [-OVER, -BEGUN])
            missing[:, :learned] = 0
            now = slice(learned, waiting)
            decay = np.exp(-grown[now])
            for row, odds, table in zip(missing, far, found, strict=True):
                left = odds[now] * decay
                left /= 1 + left
                row[now] = p[now] * left * left
                table[:, i] = np.add.reduceat(row, blocks)
        return np.asarray(np.cumsum(found, axis=1) + self.beyond(widths)[:, None])

    def data_loss(self, D: Array) -> Array:
        """The mean loss after training to the end on D samples, sum_k p_k (1 - p_k)^D; (n,)."""
        never = np.log1p(-self.p)
        return np.array([self.p @ np.exp(size * never) for size in D]) + self.beyond(self.K)

    def data_losses(self, D: Array, rng: np.random.Generator, seeds: int) -> Array:
        """The losses of random sets of data that grow, shape (seeds, n).

        Skill k is first asked for by a sample whose number is geometric, of mean 1/p_k.
        """
        first = rng.geometric(self.p, (seeds, self.K))
        order = np.argsort(first, axis=1)
        left = 1 - np.cumsum(self.p[order], axis=1)
        known = [np.searchsorted(each[row], D, "right")
                 for each, row in zip(first, order, strict=True)]  # fmt: skip
        full = np.hstack([np.ones((seeds, 1)), left])
        return np.array([each[count] for each, count in zip(full, known, strict=True)])


def window(resource: str, alpha: float) -> tuple[float, float]:
    """Amounts of a resource with which skills `LOW` and `HIGH` are learned."""
    low, high = (float(_amount(resource, alpha, k)) for k in (LOW, HIGH))
    return low, high


def _amount(resource: str, alpha: float, k: float) -> float | Array:
    p = Skills(alpha).frequency(k)
    amounts: dict[str, float | Array] = {
        TIME: half_time(p),
        DATA: 1 / p,
        PARAMETERS: k,
        COMPUTE: k * half_time(p),
    }
    return amounts[resource]


def unit(resource: str, alpha: float) -> float:
    """What is 1 on the axis: of time, that skill 1 is half learned in."""
    return float(_amount(resource, alpha, 1.0)) if resource in (TIME, COMPUTE) else 1.0


@dataclass(frozen=True, eq=False)
class Curves:
    """The loss over one resource.

    Attributes
    ----------
    x : amounts of the resource, increasing, shape (n,)
    loss : one row a seed, a single one where nothing is random, shape (seeds, n)
    learned : how much of each of `SHOWN` is learned, from a typical start, shape (len(SHOWN), n)
    widths : of a few models of fixed width, for a budget alone
    fixed : their losses, NaN where the budget pays for no time, shape (len(widths), n)
    """

    resource: str
    alpha: float
    x: Array
    loss: Array
    learned: Array
    widths: tuple[int, ...] = ()
    fixed: Array | None = None

    @property
    def window(self) -> tuple[float, float]:
        """Where the slope is fitted."""
        return window(self.resource, self.alpha)

    @cached_property
    def slope(self) -> Slope:
        """Over the window; its interval is that of the mean over the seeds."""
        fit = mean_slope(self.x, self.loss, self.window)
        assert fit is not None, "the window holds many points"
        return fit

    @cached_property
    def decades(self) -> tuple[float, float]:
        """The flattest and the steepest slope of a single decade of skills in the window.

        There are `PARTS` of them, which overlap.
        """
        low, high = np.log(self.window)
        half = (high - low) / 2
        begins = np.linspace(low, low + half, PARTS)
        windows = [(np.exp(begin) / EDGE, np.exp(begin + half) * EDGE) for begin in begins]
        found = [mean_slope(self.x, self.loss, each) for each in windows]
        values = [fit.value for fit in found if fit]
        return max(values), min(values)


PARTS, EDGE = 9, 1 + 1e-9


def weak_instead(alpha: float) -> Experiment:
    """The talk's model with a_p^2 ~ p^-(alpha + 1): the same weights, late because weak."""
    return Experiment(d=1024, P=64, m=192, J=4, beta=(alpha + 1) / 2, engine="flow")


@lru_cache(maxsize=32)
def curves(resource: str, alpha: float) -> Curves:
    """The loss of `SKILLS` skills over a resource."""
    skills = Skills(alpha)
    shown = skills.frequency(SHOWN)[:, None]
    if resource == PARAMETERS:
        N = whole(1, SKILLS, WIDTHS)
        known = (np.array(SHOWN)[:, None] <= N).astype(float)
        return Curves(resource, alpha, N, skills.beyond(N)[None], known)
    if resource == DATA:
        D = whole(1, 1 / float(skills.p[-1]), MOMENTS)
        known = 1 - np.exp(np.log1p(-shown) * D)
        loss = skills.data_losses(D, np.random.default_rng(18), SEEDS)
        return Curves(resource, alpha, D, loss, known)
    t, losses = _trained(alpha)
    if resource == TIME:
        known = strength(t, shown, START)
        return Curves(resource, alpha, t, losses[:, -1], known)
    return _budget(skills, t, losses)


BEFORE = 8
"""Moments before the first skill is half learned."""


@lru_cache(maxsize=8)
def _trained(alpha: float) -> tuple[Array, Array]:
    """Times, shape (n,), and the losses of all widths from random starts, (seeds, widths, n)."""
    skills = Skills(alpha)
    begin, end = half_time(skills.p[[0, -1]])
    t = np.geomspace(begin, end, MOMENTS)
    t = np.concatenate([t[0] * (t[0] / t[1]) ** np.arange(BEFORE, 0, -1), t])
    starts = START * np.random.default_rng(18).standard_normal((SEEDS, SKILLS)) ** 2
    return t, skills.time_losses(t, whole(1, SKILLS, WIDTHS), starts)


def _budget(skills: Skills, t: Array, table: Array) -> Curves:
    """The best loss for each budget C = N t, over widths N."""
    N = whole(1, SKILLS, WIDTHS)
    C = np.geomspace(t[0], SKILLS * t[-1], MOMENTS)
    spent = np.log(C / N[:, None])
    each = np.array([
        [np.interp(time, np.log(t), row) for time, row in zip(spent, of_seed, strict=True)]
        for of_seed in np.log(table)
    ])  # fmt: skip
    best = each.argmin(axis=1)
    width = N[best[0]]
    learned = strength(C / width, skills.frequency(SHOWN)[:, None], START)
    learned *= np.array(SHOWN)[:, None] <= width
    few = [int(np.argmin(np.abs(N - width))) for width in FEW]
    inside = spent[few] >= np.log(t[0])
    fixed = np.where(inside, np.exp(each[0, few]), np.nan)
    return Curves(COMPUTE, skills.alpha, C, np.exp(each.min(axis=1)), learned,
                  tuple(int(N[i]) for i in few), fixed)  # fmt: skip


FEW = (1, 10, 100, 1000, 10_000)
"""Widths whose losses are drawn over the budget."""


def whole(low: float, high: float, count: int) -> Array:
    """Different whole numbers, about evenly spaced in their logarithm, shape (count or fewer,)."""
    return np.unique(np.round(np.geomspace(low, high, count)))
