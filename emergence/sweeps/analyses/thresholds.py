"""Thresholds that move with d or P: the largest step size, the fewest neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from emergence.sweeps.analyses.base import Array, Fit, Seeds, nan_mean, slope
from emergence.sweeps.outcome import Outcome
from emergence.theory.stability import stable_step_size
from emergence.theory.teacher import link_function, strengths
from emergence.theory.times import pair_times
from emergence.words import plural


def largest_step_size_fit(members: list[Outcome]) -> Fit | None:
    """Slope over d of the largest eta at which half of the seeds still learn everything.

    A seed has learned when its run has not diverged and every direction is captured at the end.
    The search needs eta = O(d^(-J/2)), J = 1 too eta = O(1/d) (SCIENCE 5, 6a). The fitted student
    is stable in the mean square up to an eta of order 1/d (`theory.stability`), which for J > 2 is
    the tighter bound as long as d is small: its slope stands in the window.
    """
    fit = _threshold_fit(
        members, "d", lambda o: -o.experiment.eta, lambda o: o.learned == o.experiment.P,
        lambda d: d, "d",
    )  # fmt: skip
    return replace(fit, window=f"{fit.window}; stability of the fit alone: {_fitted(members):.2f}")


def _fitted(members: list[Outcome]) -> float:
    """Slope over d of the step size at which the fitted student loses its stability."""
    first = {o.experiment.d: o.experiment for o in members}
    eta = [stable_step_size(d, strengths(e), link_function(e), e.B) for d, e in first.items()]
    return slope(np.log(np.array(list(first), dtype=float)), np.log(eta))


def neurons_needed_fit(members: list[Outcome]) -> Fit | None:
    """Slope over P log P of the fewest neurons with which half of the seeds learn all in time.

    In time: before the weakest direction would emerge from the typical overlap of one random
    neuron, 1/sqrt(d) (without a limit m = P is enough: the last direction waits for the last
    neuron). Theory says that O(P log P) are enough, a slope of 1 at most; the greedy map iota
    needs P and a few more.
    """
    return _threshold_fit(
        members, "P", lambda o: o.experiment.m, _all_in_time, lambda P: P * np.log(P),
        "P",
    )  # fmt: skip


def _all_in_time(outcome: Outcome) -> float:
    """1 or 0; NaN where the run ended too early to tell."""
    experiment = outcome.experiment
    overlap = np.full((1, 1), 1 / np.sqrt(experiment.d))
    weakest, link = strengths(experiment)[-1:], link_function(experiment)
    limit = float(pair_times(overlap, weakest, link)[0, 0]) / experiment.eta
    met = [crossing for crossing in outcome.crossing if crossing is not None]
    if outcome.state == "finished" and len(met) < experiment.P and outcome.steps[-1] < limit:
        return np.nan
    return float(outcome.state == "finished" and len(met) == experiment.P and max(met) <= limit)


def _threshold_fit(
    members: list[Outcome],
    axis: str,
    lever: Callable[[Outcome], float],
    succeeds: Callable[[Outcome], float],
    scale: Callable[[Array], Array],
    name: str,
) -> Fit:
    """Slope of log |lever| at the threshold: learning succeeds when the lever is large enough.

    Between two levers the threshold is interpolated; how far they are apart widens the interval, as
    if it lay anywhere between them.
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

    def crossings(chosen: Seeds) -> Array:
        return np.array([_crossing(levers, learned[:, chosen])[0] for levers, learned in sides])

    def statistic(chosen: Seeds) -> float:
        thresholds = crossings(chosen)
        if not np.isfinite(thresholds[np.isfinite(y)]).all():
            return np.nan
        return slope(log_x, np.log(thresholds))

    y, gaps = np.array([_crossing(levers, learned) for levers, learned in sides]).T
    return Fit(
        statistic=statistic,
        seeds=len(seeds),
        window=f"{name}: {_found(values, y)}; half of {plural(len(seeds), 'seed')}",
        x=x,
        y=y,
        resolution=_spacing_error(log_x, gaps),
    )


def _spacing_error(x: Array, gaps: Array) -> float:
    """Standard error of a slope over x whose points lie anywhere within their gaps."""
    there = np.isfinite(gaps) & np.isfinite(x)
    away = x[there] - x[there].mean() if there.any() else np.zeros(1)
    spread = float(away @ away)
    if spread == 0:
        return 0.0
    return float(np.sqrt(away**2 @ gaps[there] ** 2 / 12) / spread)


def _found(values: list[float], thresholds: Array) -> str:
    """The values whose threshold was found, and those it lies outside of the grid for."""
    there = [f"{v:g}" for v, y in zip(values, thresholds, strict=True) if np.isfinite(y)]
    gone = [f"{v:g}" for v, y in zip(values, thresholds, strict=True) if not np.isfinite(y)]
    return ", ".join(there) + (f" (no threshold in the grid at {', '.join(gone)})" if gone else "")


def _successes(
    members: list[Outcome],
    lever: Callable[[Outcome], float],
    succeeds: Callable[[Outcome], float],
    seeds: list[int],
) -> tuple[Array, Array]:
    """The levers in increasing order, shape (n,), and which seeds succeed, (n, seeds)."""
    levers = sorted({lever(o) for o in members})
    learned = np.full((len(levers), len(seeds)), np.nan)
    for o in members:
        place = levers.index(lever(o)), seeds.index(o.experiment.seed)
        learned[place] = succeeds(o)
    return np.array(levers), learned


def _crossing(levers: Array, learned: Array) -> tuple[float, float]:
    """|lever| at which the share of seeds reaches 1/2, interpolated in its logarithm, and by how
    much the logarithms of the levers around it differ."""
    told = np.isfinite(learned).any(axis=1)  # of the others nothing is known
    levers, learned = levers[told], learned[told]
    share = nan_mean(learned)
    above = np.flatnonzero(share >= 0.5)
    if not above.size or above[0] == 0:
        return np.nan, np.nan
    after = above[0]
    part = (0.5 - share[after - 1]) / (share[after] - share[after - 1])
    low, high = np.log(np.abs(levers[after - 1 : after + 1]))
    return float(np.exp(low + part * (high - low))), float(abs(high - low))
