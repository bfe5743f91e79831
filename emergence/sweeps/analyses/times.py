"""When directions emerge: over the dimension, and relative to one another (Model 3.2, 5.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.sweeps.analyses.base import Fit, counted, table
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import Seeds, Slope, bootstrap, fit_line, slopes


def recovery_time_fit(members: list[Outcome]) -> Fit | None:
    """Slope over d of the steps in which the first direction emerges.

    From an overlap of 1/sqrt(d) gradient flow needs a time of order 1, log d and d^((J-2)/2) for
    J = 1, 2 and more, and 1/eta steps to a unit of time; with eta = c d^(-max(J/2, 1)) these are d,
    d log d and d^(J-1) (Ben Arous, Gheissari, Jagannath 2021).
    For J = 2 the steps are divided by log d.

    Times are medians over seeds, and a seed that is not there by the end of its run counts as later
    than all others: slow starts are not left out, they need not be waited for. Seeds whose neuron
    starts on the wrong side (odd J >= 3) at some d are left out, as in the theorem. The same seed
    starts at nearly the same sqrt(d) * overlap at every d: seeds are pairs.
    """
    J = members[0].experiment.J
    if recovery_exponent([o.experiment for o in members]) is None:
        return None
    d, crossing = table(members, "d", _first)
    steps = crossing[:, ~np.isnan(crossing).any(axis=0)]
    if not steps.shape[1]:
        return None
    if J == 2:
        steps = steps / np.log(d)[:, None]

    y = _median(steps)
    late = int(np.isinf(steps).any(axis=0).sum())
    of = counted(steps.shape[1], crossing.shape[1])
    slope = fit_line(np.log(d), np.log(y), over=d) if np.isfinite(y).all() else None
    if not slope:
        return None
    return Fit(
        slope.within(_margin(np.log(d), np.log(steps))),
        basis=f"d from {d[0]:g} to {d[-1]:g}{', steps / log d' if J == 2 else ''}; medians of "
        f"{of}, {late} of them not there by the end of some run",
        x=d,
        y=y,
    )


def recovery_exponent(experiments: Sequence[Experiment]) -> float | None:
    """Theory's exponent of the steps in d, with the experiments' own step sizes.

    None for a single d, and for several step sizes at one d: a seed has several times there.
    """
    eta = {e.d: e.eta for e in experiments}
    d = np.array(list(eta), dtype=float)
    if any(e.eta != eta[e.d] for e in experiments):
        return None
    per_time = fit_line(np.log(d), -np.log(list(eta.values())), over=d)
    return round(per_time.value, 9) + max(experiments[0].J / 2 - 1, 0.0) if per_time else None


def _margin(x: Array, logs: Array) -> float | None:
    """Half the width of the 95 % interval of the slope of the medians over x."""

    def statistic(seeds: Seeds) -> Array:
        medians = _median(logs[:, seeds])
        return slopes(x, np.where(np.isfinite(medians), medians, np.nan).T)

    return bootstrap(statistic, logs.shape[1], of_medians=True)


def _median(times: Array) -> Array:
    """Medians over the last axis, of an even number the lower: the upper may be infinite."""
    middle = (times.shape[-1] - 1) // 2
    return np.asarray(np.partition(times, middle, axis=-1)[..., middle])


def _first(outcome: Outcome) -> float:
    """Steps to direction 1, infinite where it was not met; NaN for a start on the wrong side."""
    if outcome.T[0] is None:
        return np.nan
    crossing = outcome.crossing[0]
    return crossing if crossing and outcome.state == "finished" else np.inf


def emergence_ratio_fit(members: list[Outcome]) -> Fit | None:
    """Slope of log(crossing_p / crossing_1) against log(T_p / T_1): 1 where theory holds.

    T_p / T_1 = (a_1 / a_p) (overlap_1 / overlap_p)^(J-2), overlaps at the start. The line goes
    through the origin: direction 1 has ratio 1 in both.
    """
    pairs = [_ratios(o) for o in members if o.experiment.J > 2]
    pairs = [(x, y) for x, y in pairs if x.size]
    if not pairs:
        return None

    # Sums over the directions of each seed, of which the slope is the ratio of two sums.
    xy, xx = np.array([(x @ y, x @ x) for x, y in pairs]).T

    def statistic(seeds: Seeds) -> Array:
        return np.asarray(xy[seeds].sum(axis=1) / xx[seeds].sum(axis=1))

    x, y = (np.concatenate(each) for each in zip(*pairs, strict=True))
    basis = f"all directions learned, through the first; {counted(len(pairs), len(members))}"
    window = (float(np.exp(x.min())), float(np.exp(x.max())))
    slope = Slope(float(xy.sum() / xx.sum()), None, window, len(x))
    return Fit(slope.within(bootstrap(statistic, len(pairs))), basis, np.exp(x), np.exp(y))


def _ratios(outcome: Outcome) -> tuple[Array, Array]:
    """log(T_p / T_1) and log(crossing_p / crossing_1) of the directions p > 1 learned."""
    T, crossing = (np.array(each, dtype=float) for each in (outcome.T, outcome.crossing))
    x, y = np.log(T[1:] / T[0]), np.log(crossing[1:] / crossing[0])
    learned = np.isfinite(x + y)
    return x[learned], y[learned]
