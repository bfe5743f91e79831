"""The two exponents of the scaling law L ~ m^(1-2 beta) v t^((1-2 beta)/beta) (Model 4.1, 4.6)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from emergence.sweeps.analyses.base import Fit, counted, table
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import Slope, bootstrap, fit_line, slopes
from emergence.theory.scaling import fit_window, window_directions

MOST_USED = 0.75
"""Share of the neurons that must have met a direction for the loss to be on its plateau: at small
d now and then two share one (Model 4.6)."""
MOMENTS = 60
"""Points of a mean curve over the fit's window."""


def time_exponent_fit(members: list[Outcome]) -> Fit | None:
    """Mean over seeds of each run's tail-corrected slope of the loss in time."""
    sloped = [
        (o, o.window)
        for o in members
        if o.state == "finished" and o.slope is not None and o.window is not None
    ]
    if not sloped:
        return None
    experiment = members[0].experiment
    beta = experiment.beta
    low, high = window_directions(min(experiment.m, experiment.P))
    # The slope of the mean curve over the windows is the mean of the slopes.
    logs = [
        np.log(np.interp(np.geomspace(*window, MOMENTS), o.steps, o.mse) + (o.missing or 0.0))
        for o, window in sloped
    ]
    exponents = np.array([o.slope for o, _ in sloped], dtype=float)
    window = fit_window(1.0, high, low, beta)
    points = sum(
        int(np.count_nonzero((np.array(o.steps) >= first) & (np.array(o.steps) <= last)))
        for o, (first, last) in sloped
    )
    margin = bootstrap(lambda seeds: np.asarray(exponents[seeds].mean(axis=1)), len(exponents))
    return Fit(
        Slope(float(exponents.mean()), None, window, points).within(margin),
        basis=f"t/T₁ {low + 0.5:g}ᵝ to {high:g}ᵝ, tail-corrected; "
        f"{counted(len(sloped), len(members))}{_reasons(members)}",
        x=np.geomspace(*window, MOMENTS),
        y=np.exp(np.mean(logs, axis=0)),
    )


def _reasons(members: list[Outcome]) -> str:
    """Why finished runs have no slope, each reason with its number."""
    counts = Counter(o.slope_reason for o in members if o.state == "finished" and o.slope_reason)
    return "".join(f"; {count:,} without a slope: {why}" for why, count in counts.most_common())


def width_exponent_fit(members: list[Outcome]) -> Fit | None:
    """Slope in m of the plateau of learners with m < P, the tail beyond P added."""
    under = [o for o in members if o.experiment.m < o.experiment.P]
    if not under or under[0].missing is None:
        return None
    m, plateau = table(under, "m", _plateau)
    # The same seeds at every width: else the seeds that are still missing would bend the slope.
    logs = np.log(plateau[:, np.isfinite(plateau).all(axis=0)])
    if not logs.shape[1]:
        return None
    n = logs.shape[1]
    slope = fit_line(np.log(m), logs.mean(axis=1), over=m)
    if not slope:
        return None
    margin = bootstrap(lambda seeds: slopes(np.log(m), logs[:, seeds].mean(axis=2).T), n)
    return Fit(
        slope.within(margin),
        basis=f"m from {m[0]:g} to {m[-1]:g}, all below P; {counted(n, plateau.shape[1])}",
        x=m,
        y=np.exp(logs.mean(axis=1)),
    )


def _plateau(outcome: Outcome) -> float:
    """The last loss; NaN where the run ended before as many directions as neurons were met."""
    met = sum(crossing is not None for crossing in outcome.crossing)
    reached = outcome.state == "finished" and met >= MOST_USED * outcome.experiment.m
    return outcome.loss + (outcome.missing or 0.0) if reached else np.nan
