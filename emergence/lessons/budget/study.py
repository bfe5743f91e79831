"""Students on a budget: with equal starts, matched by iota, and integrated; and fits to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from emergence import engines
from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.lessons.budget.hoffmann import Form, Points, fit, resampled, stopped_early
from emergence.lessons.budget.iso import AROUND, Iso
from emergence.lessons.budget.model import ONE, Law
from emergence.runs.plan import make_plan
from emergence.runs.slices import measured
from emergence.serving.study import Partial
from emergence.theory.fits import Slope, mean_margin
from emergence.theory.hermite import hermite
from emergence.theory.predictions import greedy_matching
from emergence.theory.scaling import power_tail
from emergence.theory.teacher import power_strengths
from emergence.theory.times import inverse_time_constant, pair_times

EQUAL, RANDOM, FLOW = SOURCES = ("equal starts", "random starts", "gradient flow")
BUDGETS = 10
LOWEST = {EQUAL: 3.0, RANDOM: 2.0, FLOW: 2.0}
"""Exponents are measured from the budget whose best width is this with equal starts. Random ones
are faster, so that their best students are wider."""
DIRECTIONS = {EQUAL: 0, RANDOM: 512, FLOW: 32}
"""Equal starts have infinitely many."""
HIGHEST = {EQUAL: 128.0, RANDOM: 64.0, FLOW: 5.0}
"""And up to the budget whose best width is this."""
WIDEST = {EQUAL: 1024, RANDOM: 512, FLOW: 32}
SEEDS = {EQUAL: 1, RANDOM: 8, FLOW: 4}
DIMENSIONS = {4: 4096, 6: 256}
"""d of the flow by J. The search takes d^(J/2-1), so that of a million would not be seen to end."""
S0 = 0.01


def widths(most: int) -> Array:
    """1, 2, 3, 4, 6, 8, 12, ... up to `most`, shape (w,)."""
    powers = 2.0 ** np.arange(0, np.log2(most) + 1)
    both = np.unique(np.concatenate([powers, 1.5 * powers[1:]]))
    return both[both <= most]


@dataclass(frozen=True, eq=False)
class Bought:
    """What budgets bought.

    Attributes
    ----------
    iso : the runs so far
    predicted : of iota and the decoupled equations from the starts of the flow; None elsewhere
    forms : Hoffmann's form, of each seed; none before the end
    """

    iso: Iso
    predicted: Iso | None = None
    forms: tuple[Form, ...] = ()

    @property
    def form_a(self) -> Slope | None:
        """Mean a of the forms, with its 95 % interval over the seeds; None before there are any."""
        return self._over_seeds([form.a for form in self.forms])

    @property
    def form_c(self) -> Slope | None:
        """The same of c."""
        return self._over_seeds([form.c for form in self.forms])

    def _over_seeds(self, values: list[float]) -> Slope | None:
        C = self.iso.C
        if not values:
            return None
        mean = Slope(float(np.mean(values)), None, (float(C[0]), float(C[-1])), len(C))
        return mean.within(mean_margin(np.array(values)))


@dataclass(frozen=True)
class Buying:
    """The students of one source, at one law's budgets."""

    law: Law
    source: str

    def __post_init__(self) -> None:
        if self.source == FLOW and self.law.rule != ONE:
            raise ValueError("a gradient flow has no noise, and so no step size to tune")

    @property
    def m(self) -> Array:
        """Widths, shape (w,)."""
        return widths(WIDEST[self.source])

    @property
    def C(self) -> Array:  # noqa: N802
        """Budgets, shape (n,)."""
        low, high = self.law.budget(np.array([LOWEST[self.source], HIGHEST[self.source]]))
        return np.geomspace(low, high, BUDGETS)

    @property
    def t(self) -> Array:
        """Samples of each width at each budget, shape (w, n)."""
        return np.asarray(self.C / self.m[:, None])

    def experiment(self, m: int, seed: int) -> Experiment:
        """One student of the flow; how long it runs is set by its budget, not by steps."""
        return Experiment(
            d=DIMENSIONS[self.law.J], P=DIRECTIONS[FLOW], beta=self.law.beta, J=self.law.J, m=m,
            s0=S0, seed=seed, engine="flow", normalisation="slides",
        )  # fmt: skip

    def results(self) -> Iterator[Partial[Bought]]:
        """Seed after seed, the forms at the end."""
        m, C, seeds = self.m, self.C, SEEDS[self.source]
        losses: list[Array] = []
        predicted: list[Array] = []
        bought: Bought | None = None
        for seed in range(seeds):
            if self.source == FLOW:
                rows, theirs = [], []
                for i, width in enumerate(m):
                    loss, alone = self._integrated(int(width), seed + 1, self.t[i])
                    rows.append(loss)
                    theirs.append(alone)
                    if bought:
                        done = (seed + i / len(m)) / seeds
                        yield Partial(0.98 * done, bought)
                losses.append(np.array(rows))
                predicted.append(np.array(theirs))
            elif self.source == RANDOM:
                losses.append(self._matched(seed))
            else:
                losses.append(self.law.loss(m[:, None], self.t))
            bought = Bought(
                Iso(m, C, np.array(losses)),
                Iso(m, C, np.array(predicted)) if predicted else None,
            )
            yield Partial(0.98 * (seed + 1) / seeds, bought)
        assert bought
        yield Partial(1.0, replace(bought, forms=tuple(bought.iso.forms(self.law.width(C)))))

    def _integrated(self, m: int, seed: int, t: Array) -> tuple[Array, Array]:
        """One student's loss by the coupled flow, and by the decoupled equations, (n,) each."""
        plan = make_plan(self.experiment(m, seed))
        unit = plan.experiment.d ** (self.law.J / 2 - 1) / inverse_time_constant(self.law.J)
        rest = float(power_tail(len(plan.a), self.law.beta))
        engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
        states = [state for state in measured(engine, t * unit) if state is not None]
        flow = np.array([state.mse for state in states]) + rest
        return flow, np.asarray(plan.decoupled(t * unit) + rest)

    def _matched(self, seed: int) -> Array:
        """A random start in the limit of large d, matched by iota: losses, shape (w, n).

        A wider student has the neurons of a narrower one, and more.
        """
        P, J = DIRECTIONS[RANDOM], self.law.J
        a, link = power_strengths(P, self.law.beta), hermite(J)
        z = np.random.default_rng([seed, 18]).standard_normal((int(self.m[-1]), P))
        times = pair_times(z, a, link) * inverse_time_constant(J)
        rows = []
        for width, t in zip(self.m, self.t, strict=True):
            iota = greedy_matching(times[: int(width)])
            T = np.where(iota >= 0, times[iota, np.arange(P)], np.inf)
            rows.append(self.law.tuned(t, T))
        return np.array(rows) + power_tail(P, self.law.beta)


FIRST = 10.0
"""The budget from which on runs are fitted."""
RANGES = {2: 1e2, 3: 1e3, 4: 1e4, 6: 1e6, 8: 1e8}
"""And up to which, by the power of ten."""
FITTED = 7
"""Budgets of a fit, evenly spaced in its range."""
DRAWS = 24
PERCENTILES = (10, 90)
"""Of an interval, as Hoffmann et al. give it: 80 % of the draws are within."""


def runs_of(law: Law, last: float) -> Points:
    """Runs of equal starts at FITTED budgets, 13 widths of each around the best, and at least 1."""
    C = np.geomspace(FIRST, last, FITTED)
    m = law.width(C) * AROUND ** np.linspace(-1, 1, 13)[:, None]
    t = C / m
    real = m >= 1
    return Points(m[real], t[real], law.loss(m, t)[real])


@dataclass(frozen=True)
class Fitted:
    """Hoffmann's form, fitted to runs of budgets up to `last`.

    Attributes
    ----------
    draws : fits to the runs drawn anew, with repetitions
    early : what a solver says that stops before it has converged
    """

    last: float
    runs: int
    form: Form
    draws: tuple[Form, ...]
    early: Form

    @property
    def interval(self) -> tuple[float, float]:
        """The 80 % interval of a."""
        low, high = np.percentile([form.a for form in self.draws], PERCENTILES)
        return float(low), float(high)

    def holds(self, a: float) -> bool:
        """Whether the interval contains an exponent."""
        return self.interval[0] <= a <= self.interval[1]

    def band(self, C: Array) -> tuple[Array, Array]:
        """The 80 % interval of the least loss for each budget, shape (n,) each."""
        drawn = np.array([form.frontier(C) for form in self.draws])
        low, high = np.percentile(drawn, PERCENTILES, axis=0)
        return low, high


@dataclass(frozen=True)
class Ranges:
    """Fits to a short range of budgets, and to longer and longer ones."""

    law: Law

    def results(self) -> Iterator[Partial[tuple[Fitted, ...]]]:
        """The fits so far, by their ranges."""
        done: tuple[Fitted, ...] = ()
        for last in RANGES.values():
            points = runs_of(self.law, last)
            form = fit(points)
            draws: list[Form] = []
            for draw in resampled(points, form, DRAWS):
                draws.append(draw)
                yield Partial((len(done) + len(draws) / DRAWS) / len(RANGES), done)
            early = stopped_early(points)
            done = (*done, Fitted(last, len(points.m), form, tuple(draws), early))
            yield Partial(len(done) / len(RANGES), done)
