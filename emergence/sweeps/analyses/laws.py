"""The two exponents of the scaling law L ~ m^(1-2 beta) v t^((1-2 beta)/beta) (SCIENCE 4)."""

from __future__ import annotations

import numpy as np

from emergence.sweeps.analyses.base import Fit, nan_mean, slope, table
from emergence.sweeps.outcome import Outcome
from emergence.theory.scaling import window_directions


def time_exponent_fit(members: list[Outcome]) -> Fit | None:
    """Mean over seeds of each run's tail-corrected slope of the loss in time."""
    kept = [o for o in members if o.slope is not None]
    if not kept:
        return None
    slopes = np.array([o.slope for o in kept], dtype=float)
    low, high = window_directions(members[0].experiment.P)
    return Fit(
        statistic=lambda seeds: float(slopes[seeds].mean()),
        seeds=len(slopes),
        window=f"t/T_1 from {low + 0.5:g}^beta to {high}^beta, tail-corrected; {len(kept)} seeds",
        x=np.array(kept[0].steps),
        y=np.array(kept[0].mse) + (kept[0].missing or 0.0),
    )


def width_exponent_fit(members: list[Outcome]) -> Fit | None:
    """Slope in m of the plateau of learners with m < P, the tail beyond P added."""
    under = [o for o in members if o.experiment.m < o.experiment.P]
    if not under or under[0].missing is None:
        return None
    m, plateau = table(under, "m", _plateau)
    logs = np.log(plateau)
    return Fit(
        statistic=lambda seeds: slope(np.log(m), nan_mean(logs[:, seeds])),
        seeds=logs.shape[1],
        window=f"m from {m[0]:g} to {m[-1]:g}, all below P; {logs.shape[1]} seeds",
        x=m,
        y=np.exp(nan_mean(logs)),
    )


def _plateau(outcome: Outcome) -> float:
    return outcome.loss + (outcome.missing or 0.0) if outcome.state == "finished" else np.nan
