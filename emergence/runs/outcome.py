"""What a run has measured when it is over, in one sentence, beside what theory says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array
from emergence.runs.facts import degradation_of
from emergence.runs.plan import Plan
from emergence.runs.simulation import Simulation
from emergence.runs.titles import MANY
from emergence.theory.fits import Slope
from emergence.theory.thresholds import CAPTURED
from emergence.words import plural, short


@dataclass(frozen=True)
class Outcome:
    """A sentence of measured numbers; `after` is the step by which all it is about is on screen."""

    text: str
    after: float


def outcome_of(simulation: Simulation) -> Outcome | None:
    """The fitted slope where many directions have one, else when they were learned.

    None for a run that has diverged.
    """
    if simulation.diverged is not None:
        return None
    plan, record = simulation.plan, simulation.record
    e = plan.experiment
    if e.P >= MANY:
        slope = plan.slope(record.tau[: record.count], record.mse[: record.count])
        if slope:
            return Outcome(_slope(plan, slope), slope.window[1] / e.eta)
    if e.broken:
        found = degradation_of(plan, record, simulation.crossing)
        return Outcome(f"Against theory: {found.sentence}.", float(plan.end / e.eta))
    crossing = simulation.crossing / e.eta
    seen = crossing[np.isfinite(crossing)]
    return Outcome(
        _learned(plan, crossing, record.get("capture")[-1]),
        float(seen.max()) if seen.size else float(plan.end / e.eta),
    )


def _slope(plan: Plan, slope: Slope) -> str:
    decades = np.log10(slope.window[1] / slope.window[0])
    interval = f"95 %: {_signed(slope.ci[0])} to {_signed(slope.ci[1])}" if slope.ci else ""
    assert plan.theory_slope is not None  # else there is no fit
    return (
        f"Fitted slope {_signed(slope.value)} ({interval or slope.ci_reason}) over {decades:.1f} "
        f"decades of the thick line: {plural(plan.experiment.P, 'skill')} measured, the rest "
        f"added; theory {_signed(plan.theory_slope)}."
    )


def _learned(plan: Plan, crossing: Array, capture: Array) -> str:
    """How many the student has, and when some neuron found each, in the titles' words."""
    e, found = plan.experiment, np.isfinite(crossing)
    learned = int((found & (capture > CAPTURED)).sum())
    with np.errstate(invalid="ignore"):  # of neurons that start beyond u = 1/2: 0 / 0
        ratio = crossing / (plan.T / e.eta)
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    if e.P == 1 and learned and ratio.size:
        steps, predicted = short(float(crossing[0])), short(float(plan.T[0] / e.eta))
        return f"Learned at step {steps}; theory says {predicted}."
    count = f"{learned:,} of {plural(e.P, 'skill')} learned"
    if not ratio.size:
        return f"{count}."
    when = "found " if learned < found.sum() else ""
    return f"{count}, {when}after {ratio.min():.2f} to {ratio.max():.2f} times the predicted steps."


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
