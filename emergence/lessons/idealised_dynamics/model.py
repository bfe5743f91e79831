"""The idealised dynamics: one neuron for each direction, no interaction (Model 3.1, 3.2, 4.1).

Times are eta t, strengths the slides' a_p = p^-beta.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import ceil
from typing import Literal

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.theory.fits import Slope, running_slopes
from emergence.theory.hermite import LinkFunction, hermite
from emergence.theory.predictions import (
    Pair,
    decoupled_mse,
    decoupled_pairs,
    greedy_matching,
    neurons_enough,
    staircase,
)
from emergence.theory.scaling import (
    fit_slope,
    law_times,
    power_law,
    power_tail,
    reference_time,
    remaining_by_integral,
    time_exponent,
    why_no_slope,
)
from emergence.theory.scatter import RandomStarts, slope_margin
from emergence.theory.teacher import power_strengths
from emergence.theory.thresholds import HALVED
from emergence.theory.times import half_times
from emergence.theory.times import pair_times as times_alone

Start = Literal["equal", "assigned", "matched", "matched, wide"]
RANDOM: tuple[Start, ...] = ("assigned", "matched", "matched, wide")

S0 = 0.01
"""Norm of every neuron at the start."""
SEED = 1
SEEDS = 24
"""Starts over which a slope is averaged."""
MOST_PAIRS = 64
"""Directions whose two equations are solved at most."""
POINTS = 500


@dataclass(frozen=True)
class Idealised:
    """P pairs of a neuron and its direction; beta > 1/2.

    start : what the pairs' overlaps are at t = 0
        "equal": all 1/sqrt(d), the typical size;
        "assigned": that of one random neuron, assigned before anything is known of its overlap;
        "matched": that of the neuron which the injective map iota names among P random ones;
        "matched, wide": likewise among P log P
    """

    P: int
    beta: float
    J: int
    d: int
    start: Start = "equal"
    seed: int = SEED

    @property
    def link(self) -> LinkFunction:
        """sigma = h_J."""
        return hermite(self.J)

    @cached_property
    def a(self) -> Array:
        """Strengths p^-beta, shape (P,)."""
        return power_strengths(self.P, self.beta)

    @property
    def exponent(self) -> float:
        """(1 - 2 beta) / beta."""
        return float(time_exponent(self.beta) or np.nan)

    def distance(self, slope: float) -> float:
        """Of a slope to `exponent`, relative to it."""
        return abs(slope / self.exponent - 1)

    @property
    def late_exponent(self) -> float:
        """-1 / (J - 2), J > 2: the power of t that near-zero overlaps hold an average loss up with.

        Neurons with an overlap below o are the share o of all, and emerge at T ~ o^-(J-2) or later.
        """
        return -1 / (self.J - 2)

    @property
    def m(self) -> int:
        """Random neurons: P log P, and at least P; P where the start says so."""
        if self.start in ("assigned", "matched"):
            return self.P
        return max(self.P, ceil(float(neurons_enough(self.P))))

    @cached_property
    def overlap(self) -> Array:
        """Initial <vbar, w_p> of each pair, shape (P,)."""
        if self.start == "equal":
            return np.asarray(np.full(self.P, self.d**-0.5))
        if self.start == "assigned":
            return np.diagonal(_overlaps(self.m, self.P, self.d, self.seed)).copy()
        among = _overlaps(self.m, self.P, self.d, self.seed)
        iota = greedy_matching(times_alone(among, self.a, self.link))
        return np.where(iota >= 0, among[iota, np.arange(self.P)], 0.0)

    @cached_property
    def T(self) -> Array:  # noqa: N802
        """Emergence time of each direction, infinite where never, shape (P,)."""
        return np.asarray(times_alone(self.overlap[None, :], self.a, self.link)[0])

    @cached_property
    def typical(self) -> Array:
        """Emergence times at the overlap 1/sqrt(d): T_1 p^beta, shape (P,)."""
        overlap = np.full((1, self.P), self.d**-0.5)
        return np.asarray(times_alone(overlap, self.a, self.link)[0])

    @property
    def T1(self) -> float:  # noqa: N802
        """Emergence time of direction 1 at the pairs' typical overlap, NaN where none emerges."""
        return reference_time(self.T, self.a)

    @property
    def never(self) -> int:
        """Number of directions that are never learned."""
        return int(np.count_nonzero(np.isinf(self.T)))

    @property
    def range(self) -> float:
        """P^beta: how many times later direction P emerges than direction 1, at one overlap."""
        return law_times(float(self.P), 1.0, self.beta)

    @property
    def experiment(self) -> Experiment:
        """The same in the Live Lab: MOST_PAIRS directions and their P log P neurons at most."""
        most = ceil(float(neurons_enough(MOST_PAIRS)))
        return Experiment(d=self.d, P=min(self.P, MOST_PAIRS), m=min(self.m, most), beta=self.beta,
                          J=self.J, seed=self.seed, normalisation="slides", s0=S0,
                          engine="decoupled")  # fmt: skip

    # Step 1: one pair, direction 1 at the overlap 1/sqrt(d).

    @cached_property
    def _first(self) -> Pair:
        return decoupled_pairs(np.array([self.d**-0.5]), np.ones(1), S0, self.link)

    @property
    def u0(self) -> float:
        """1/d: u of that pair at the start."""
        return 1 / self.d

    @cached_property
    def wait(self) -> float:
        """Time until u = 1/2 of a pair with a = 1 that starts at u = 1/d."""
        return float(half_times(np.array([self.d**-0.5]), self.link)[0])

    @property
    def pair_times(self) -> Array:
        """Times from 0 until the pair has met and its norm has grown, shape (n,)."""
        return np.linspace(0.0, 1.15 * self.wait + 3.0, 2 * POINTS)

    def pair(self, t: Array) -> tuple[Array, Array]:
        """u and |v|^2 / a of that pair at times t, each of shape (n,)."""
        o, rho = self._first.at(t[None, :])
        return o[0] ** 2, rho[0]

    def u_after(self, share: float) -> float:
        """u of that pair when `share` of its wait is over."""
        return float(self.pair(np.array([share * self.wait]))[0][0])

    def explosion(self, t: Array) -> Array | None:
        """u of the pair without its (1 - u): u_0 (1 - t/T)^(-2/(J-2)), NaN from T on, shape (n,).

        None for J <= 2, which do not explode in finite time.
        """
        if self.J <= 2:
            return None
        left = 1 - t / self.typical[0]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(left > 0, left ** (-2 / (self.J - 2)) / self.d, np.nan)

    # Step 3: the sum.

    @cached_property
    def t(self) -> Array:
        """Times, evenly spaced in log t, from before the first to after the last T_p, (n,)."""
        met = self.T[np.isfinite(self.T) & (self.T > 0)]
        low, high = (met.min(), met.max()) if met.size else (self.wait, self.wait)
        return np.geomspace(low / 5, max(3 * high, 20 * low), POINTS)

    @cached_property
    def stairs(self) -> Array:
        """L(t) = sum_p a_p^2 1{t < T_p}, shape (n,)."""
        return staircase(self.t, self.T, self.a, self.link)

    @cached_property
    def solved(self) -> tuple[Array, Array]:
        """u of each pair, shape (P, n), and the loss of the two equations of all, shape (n,).

        Meant for P up to 64. A pair that never meets keeps u = 0.
        """
        met = np.isfinite(self.T)
        u = np.zeros((self.P, len(self.t)))
        if not met.any():
            return u, self.stairs
        pairs = decoupled_pairs(self.overlap[met], self.a[met], S0, self.link)
        u[met] = pairs.at(self.a[met, None] * self.t)[0] ** 2
        return u, decoupled_mse(self.t, pairs, self.a, met, self.link)

    @property
    def first_halved(self) -> float:
        """Time at which direction 1's part of that loss has halved; infinite where never."""
        if not np.isfinite(self.T[0]):
            return float("inf")
        pair = decoupled_pairs(self.overlap[:1], self.a[:1], S0, self.link)
        left = decoupled_mse(self.t, pair, self.a[:1], np.ones(1, dtype=bool), self.link)
        return float(np.interp(-HALVED, -left, self.t, right=np.inf))

    # Step 4: the change of variables.

    @cached_property
    def p(self) -> Array:
        """1 ... P, shape (P,)."""
        return np.arange(1.0, self.P + 1)

    @property
    def times_by_law(self) -> Array:
        """T_1 p^beta, shape (P,)."""
        return law_times(self.p, self.T1, self.beta)

    @cached_property
    def remaining(self) -> Array:
        """sum_{q > p} q^(-2 beta) over all directions, also those beyond P, shape (P,)."""
        return power_tail(self.p, self.beta)

    @property
    def remaining_finite(self) -> Array:
        """The sum up to q = P only, shape (P,)."""
        return np.asarray(self.remaining - self.remaining[-1])

    @property
    def integral(self) -> Array:
        """p^(1 - 2 beta) / (2 beta - 1), shape (P,)."""
        return remaining_by_integral(self.p, self.beta)

    # Step 5: the power law.

    @cached_property
    def corrected(self) -> Array:
        """The staircase with the directions beyond P added, shape (n,)."""
        return np.asarray(self.stairs + self.remaining[-1])

    @property
    def smaller(self) -> list[Idealised]:
        """The same with P = 4, 16, 64 ..., and last this one."""
        fewer = [replace(self, P=4**i) for i in range(1, 6) if 4**i < self.P]
        return [*fewer, self]

    @property
    def law(self) -> Array:
        """The power law p^(1 - 2 beta) / (2 beta - 1) at p = (t / T_1)^(1 / beta), shape (n,)."""
        return power_law(self.t, self.T1, self.a, self.beta)

    @cached_property
    def slope(self) -> Array:
        """Local slope of log(corrected) in log t, shape (n,)."""
        return running_slopes(self.t, self.corrected)

    @property
    def why_not_fitted(self) -> str | None:
        """Why there is no `fitted` slope; None where there is one."""
        return why_no_slope(self.t, self.stairs, self.T1, self.a, self.beta, 1.0)

    @cached_property
    def fitted(self) -> Slope | None:
        """Tail-corrected slope of the staircase (`scaling.fit_slope`).

        Its 95 % interval covers the scatter over starts of this kind and the bias of finitely many
        directions (`theory.scatter`); equal starts have none, for nothing in them is random.
        """
        fit = fit_slope(self.t, self.stairs, self.T1, self.a, self.beta, 1.0)
        if fit is None or self.start == "equal":
            return fit
        m = None if self.start == "assigned" else self.m
        starts = RandomStarts(
            tuple(self.a.tolist()), self.beta, ((self.J, 1.0),), self.d, m, s0=None
        )
        return fit.within(slope_margin(starts))


@lru_cache(maxsize=64)
def mean_slopes(P: int, beta: float, J: int, d: int) -> dict[Start, tuple[float, int]]:
    """For each random start the mean of `fitted` over the seeds that have one, and their number.

    Of the seeds 1 ... SEEDS; left out is a start for which none has a slope.
    """
    values: dict[Start, list[float]] = {start: [] for start in RANDOM}
    for seed in range(1, SEEDS + 1):
        for start in RANDOM:
            fit = Idealised(P, beta, J, d, start, seed).fitted
            if fit:
                values[start].append(fit.value)
    return {start: (float(np.mean(each)), len(each)) for start, each in values.items() if each}


@lru_cache(maxsize=4)
def _overlaps(m: int, P: int, d: int, seed: int) -> Array:
    """Overlaps of m neurons, uniform on the sphere of R^d, with P orthonormal directions, (m, P).

    Read-only. Needs d > P.
    """
    rng = np.random.default_rng([seed, 4])
    z = rng.standard_normal((m, P))
    z /= np.sqrt(np.sum(z**2, axis=1) + rng.chisquare(d - P, m))[:, None]
    z.setflags(write=False)
    return z


def times_later(p: int) -> float:
    """T_p over T_1 of 64 directions, beta = 3/2, J = 4, from equal starts in 1,024 dimensions."""
    T = Idealised(64, 1.5, 4, 1024).T
    return float(T[p - 1] / T[0])
