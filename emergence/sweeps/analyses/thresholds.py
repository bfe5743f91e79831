"""Thresholds that move with d or P: the largest step size, the fewest neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import compress

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.sweeps.analyses.base import Fit, nan_mean
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import (
    CONFIDENCE,
    RESAMPLES,
    USABLE,
    Slope,
    fit_line,
    fit_power,
    normal_quantile,
    slopes,
    student_quantile,
)
from emergence.theory.predictions import neurons_enough
from emergence.theory.stability import mean_square_bound
from emergence.theory.teacher import link_function, strengths
from emergence.theory.times import pair_times
from emergence.words import plural

ENOUGH = 0.5
"""Share of the seeds at which a threshold lies."""


def largest_step_size_fit(members: list[Outcome]) -> Fit | None:
    """Slope over d of the largest eta at which half of the seeds still learn everything.

    A seed has learned when its run has not diverged and every direction is captured at the end.
    The search needs eta = O(d^(-J/2)), J = 1 too eta = O(1/d) (Model 7.3, 7.1). The fitted student
    is stable in the mean square up to an eta of order 1/d (`theory.stability`), which for J > 2 is
    the tighter bound as long as d is small: its slope stands in the basis.
    """
    fit = _threshold_fit(
        members, "d", lambda o: -np.log(o.experiment.eta), -1,
        lambda o: o.learned == o.experiment.P, lambda d: d,
    )  # fmt: skip
    alone = _fitted(members)
    if not fit or not alone:
        return None
    return replace(fit, basis=f"{fit.basis}; stability of the fit alone: {alone.value:.2f}")


def _fitted(members: list[Outcome]) -> Slope | None:
    """Slope over d of the step size at which the fitted student loses its stability."""
    first = {o.experiment.d: o.experiment for o in members}
    eta = [mean_square_bound(d, strengths(e), link_function(e), e.B) for d, e in first.items()]
    return fit_power(list(first), eta)


def neurons_needed_fit(members: list[Outcome]) -> Fit | None:
    """Slope over P log P of the fewest neurons with which half of the seeds learn all in time.

    In time: before the weakest direction would emerge from the typical overlap of one random
    neuron, 1/sqrt(d) (without a limit m = P is enough: the last direction waits for the last
    neuron). Theory says that O(P log P) are enough, a slope of 1 at most; the greedy map iota
    needs P and a few more.
    """
    return _threshold_fit(
        members, "P", lambda o: np.log(o.experiment.m), 1, _all_in_time, neurons_enough
    )  # fmt: skip


def _all_in_time(outcome: Outcome) -> float:
    """1 or 0; NaN where the run ended too early to tell."""
    experiment = outcome.experiment
    limit = _limit(experiment)
    met = [crossing for crossing in outcome.crossing if crossing is not None]
    if outcome.state == "finished" and len(met) < experiment.P and outcome.steps[-1] < limit:
        return np.nan
    return float(outcome.state == "finished" and len(met) == experiment.P and max(met) <= limit)


@lru_cache(maxsize=1024)
def _limit(experiment: Experiment) -> float:
    """Steps in which the weakest direction emerges from the typical overlap of a random neuron."""
    overlap = np.full((1, 1), 1 / np.sqrt(experiment.d))
    weakest, link = strengths(experiment)[-1:], link_function(experiment)
    return float(pair_times(overlap, weakest, link)[0, 0]) / experiment.eta


def _threshold_fit(
    members: list[Outcome],
    axis: str,
    lever: Callable[[Outcome], float],
    sign: int,
    succeeds: Callable[[Outcome], float],
    scale: Callable[[Array], Array],
) -> Fit | None:
    """Slope of the threshold over an axis: learning succeeds when the lever is large enough.

    `lever`: the logarithm of what is changed, times `sign`. Between two levers the threshold is
    interpolated.
    """
    values = sorted({getattr(o.experiment, axis) for o in members})
    seeds = sorted({o.experiment.seed for o in members})
    sides = [
        _successes(
            [o for o in members if getattr(o.experiment, axis) == value], lever, succeeds, seeds
        )
        for value in values
    ]
    x = scale(np.array(values, dtype=float))
    with np.errstate(divide="ignore"):
        log_x = np.log(x)  # P log P is 0 for P = 1, which no slope can use
    crossings = np.array([_crossing(levers, nan_mean(learned)) for levers, learned in sides])
    at = crossings[:, 0]
    used = np.isfinite(log_x) & np.isfinite(at)
    slope = fit_line(log_x, sign * at, over=x)
    if not slope:
        return None
    return Fit(
        slope.within(_margin(log_x[used], crossings[used], list(compress(sides, used)))),
        basis=f"{axis}: {_in_grid(values, at)}; half of {plural(len(seeds), 'seed')}",
        x=x,
        y=np.exp(sign * at),
    )


def _margin(x: Array, crossings: Array, sides: list[tuple[Array, Array]]) -> float | None:
    """Half the width of the 95 % interval of a slope of thresholds over x.

    From simulated sweeps with the levers and seeds of the real one, fitted in the same way. There
    a threshold lies anywhere within the spacing of the levers around the measured one, and each
    seed's own scatters around it as measured. So the interval covers the seeds' scatter and the
    spacing, of which a resampling of seeds that agree shows nothing. None for one seed or x.

    Parameters
    ----------
    x : shape (n,)
    crossings : threshold and the spacing around it at each x (`_crossing`), shape (n, 2)
    sides : levers and successes at each x (`_successes`)
    """
    if len(np.unique(x)) < 2 or sides[0][1].shape[1] < 2:
        return None
    scatter = np.sqrt(np.mean([_variance(*side) for side in sides]))
    rng = np.random.default_rng(0)
    errors = np.empty((RESAMPLES, len(x)))
    for i, (levers, learned) in enumerate(sides):
        n = learned.shape[1]
        truth = crossings[i, 0] + crossings[i, 1] * rng.uniform(-0.5, 0.5, size=RESAMPLES)
        own = truth[:, None] + scatter * rng.standard_normal((RESAMPLES, n))
        share = np.mean(levers[:, None] >= own[:, None, :], axis=2)
        errors[:, i] = _crossing(levers, share)[0] - truth
    off = np.abs(slopes(x, errors))
    off = off[np.isfinite(off)]
    if len(off) < USABLE * RESAMPLES:
        return None
    # The scatter is itself an estimate, from few seeds.
    freedom = sum(learned.shape[1] - 1 for _, learned in sides)
    widening = student_quantile(freedom) / normal_quantile()
    return float(np.quantile(off, CONFIDENCE) * widening)


def _variance(levers: Array, learned: Array) -> float:
    """Variance over seeds of their own thresholds, the levers' spacing taken off (Sheppard).

    The share of successes over the levers is the distribution of the thresholds (Spearman and
    Kärber); what lies beyond the levers counts as one spacing away.
    """
    n = learned.shape[1]
    share = np.maximum.accumulate(nan_mean(learned))
    gaps = np.diff(levers)
    edges = np.concatenate([[levers[0] - gaps[0]], levers, [levers[-1] + gaps[-1]]])
    weight = np.diff(np.concatenate([[0.0], share, [1.0]]))
    place = (edges[1:] + edges[:-1]) / 2
    spread = weight @ (place - weight @ place) ** 2 * n / (n - 1)
    return max(float(spread - weight @ np.diff(edges) ** 2 / 12), 0.0)


def _in_grid(values: list[float], thresholds: Array) -> str:
    """The values whose threshold is in the grid, and those it lies outside of the grid for."""
    there = [f"{v:g}" for v, y in zip(values, thresholds, strict=True) if np.isfinite(y)]
    gone = [f"{v:g}" for v, y in zip(values, thresholds, strict=True) if not np.isfinite(y)]
    return ", ".join(there) + (f" (no threshold in the grid at {', '.join(gone)})" if gone else "")


def _successes(
    members: list[Outcome],
    lever: Callable[[Outcome], float],
    succeeds: Callable[[Outcome], float],
    seeds: list[int],
) -> tuple[Array, Array]:
    """The levers in increasing order, shape (n,), and which seeds succeed, (n, seeds).

    Levers at which every seed is NaN are left out.
    """
    levers = sorted({lever(o) for o in members})
    learned = np.full((len(levers), len(seeds)), np.nan)
    for o in members:
        place = levers.index(lever(o)), seeds.index(o.experiment.seed)
        learned[place] = succeeds(o)
    usable = np.isfinite(learned).any(axis=1)
    return np.array(levers)[usable], learned[usable]


def _crossing(levers: Array, share: Array) -> tuple[Array, Array]:
    """Where the share of seeds, shape (..., n), first is ENOUGH, and the spacing there, (...).

    Interpolated between two levers; NaN where it is reached at the first of them or never.
    """
    above = share >= ENOUGH
    after = np.argmax(above, axis=-1) if len(levers) else np.zeros(share.shape[:-1], int)
    there = after > 0
    after = np.maximum(after, 1)
    if len(levers) < 2:
        nowhere = np.full(share.shape[:-1], np.nan)
        return nowhere, nowhere
    low, high = (
        np.take_along_axis(share, i[..., None], axis=-1)[..., 0] for i in (after - 1, after)
    )
    gap = levers[after] - levers[after - 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (ENOUGH - low) / (high - low)
    return np.where(there, levers[after - 1] + part * gap, np.nan), np.where(there, gap, np.nan)
