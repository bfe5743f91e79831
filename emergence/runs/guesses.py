"""What a viewer may guess of a run before it plays, and what the run then shows of it."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass

import numpy as np

from emergence.runs.facts import degradation_of
from emergence.runs.plan import Plan
from emergence.runs.simulation import Simulation
from emergence.runs.titles import MANY
from emergence.words import short

MOST_DIRECTIONS = 24
"""That are offered by their numbers."""
STOPS = 41
"""Of the time axis, from the first snapshot to the end."""
FACTOR, MARGIN = 1.5, 0.1
"""A time is right within this factor, a slope within this much."""
FIRST, WHEN, SLOPE, LATE = "first", "when", "slope", "late"
BINS = (0.8, 1.25, 2.0)
"""Between the answers to how late directions are, where an assumption is broken."""
NEVER = "half of them or more never cross"


@dataclass(frozen=True)
class Guessable:
    """A question on a run.

    options : what may be said, as it is shown; `values` the same as numbers: the direction p,
        the step, the slope
    kind : "choice" or "number"
    """

    name: str
    text: str
    options: tuple[str, ...]
    values: tuple[float, ...]
    kind: str


@dataclass(frozen=True)
class Answer:
    """What a run has shown of a question.

    right : which options are
    bound : within what, in words
    answer : the measured answer in words, "" where there is none
    after : the step by which it is on the screen
    why : why there is none
    """

    name: str
    right: tuple[int, ...] = ()
    bound: str = ""
    answer: str = ""
    after: float = 0.0
    why: str = ""


def guessables(plan: Plan) -> tuple[Guessable, ...]:
    """What may be asked of an experiment: a slope only where theory and a run have one."""
    P, eta = plan.experiment.P, plan.experiment.eta
    asked = []
    if P > 1:
        numbered = min(P, MOST_DIRECTIONS)
        others = (f"one of {numbered + 1} to {P}",) if numbered < P else ()
        asked.append(
            Guessable(
                FIRST, "Which direction is learned first?",
                (*(f"direction {p + 1}" for p in range(numbered)), *others),
                tuple(float(p + 1) for p in range(numbered + len(others))), "choice",
            )
        )  # fmt: skip
    stops = np.geomspace(plan.snapshots[1] / eta, plan.end / eta, STOPS)
    if plan.experiment.is_sgd:
        stops = np.round(stops)
    named = {short(float(stop), 2): float(stop) for stop in stops}
    if len(named) > 1:
        what = "the first direction" if P > 1 else "the direction"
        asked.append(
            Guessable(WHEN, f"By which step is {what} learned?", tuple(named),
                      tuple(named.values()), "number")
        )  # fmt: skip
    if plan.theory_slope is not None and P >= MANY:
        slopes = [round(-3 + 0.1 * i, 1) for i in range(31)]
        asked.append(
            Guessable(SLOPE, "Which slope does the loss have, in log–log?",
                      tuple(f"{slope:g}" for slope in slopes), tuple(slopes), "number")
        )  # fmt: skip
    if plan.experiment.broken and np.isfinite(plan.T).any():
        low, middle, high = BINS
        options = (f"below {low:g}", f"{low:g} to {middle:g}: as predicted",
                   f"{middle:g} to {high:g}", f"above {high:g}", NEVER)  # fmt: skip
        asked.append(
            Guessable(LATE, "By which factor does the theory's time miss, crossing/Tₚ, in the "
                      "median?", options, tuple(map(float, range(len(options)))), "choice")
        )  # fmt: skip
    return tuple(asked)


def answers(simulation: Simulation) -> tuple[Answer, ...]:
    """What a run has shown so far; of one that is over, something on every question."""
    plan = simulation.plan
    crossing = simulation.crossing / plan.experiment.eta
    seen = bool(np.isfinite(crossing).any())
    first = int(np.nanargmin(crossing)) if seen else -1
    found = []
    for asked in guessables(plan):
        if asked.name == SLOPE:
            answer = _slope(simulation, asked) if simulation.finished else None
        elif asked.name == LATE:
            answer = _late(simulation, asked) if simulation.finished else None
        elif seen:
            step = float(crossing[first])
            answer = _first(asked, first, step) if asked.name == FIRST else _when(asked, step)
        elif simulation.finished:
            answer = Answer(asked.name, why="no direction was learned within this run")
        else:
            answer = None
        if answer and answer.why and simulation.diverged is not None:
            answer = Answer(asked.name, why="the run has diverged")
        if answer:
            found.append(answer)
    return tuple(found)


def _first(asked: Guessable, p: int, step: float) -> Answer:
    right = min(p, len(asked.options) - 1)
    return Answer(asked.name, (right,), "", f"direction {p + 1}", step)


def _when(asked: Guessable, step: float) -> Answer:
    stops = np.array(asked.values)
    right = np.flatnonzero((stops <= step * FACTOR) & (stops >= step / FACTOR))
    return Answer(
        asked.name, tuple(map(int, right)), f"within a factor {FACTOR:g}", short(step), step
    )


def _late(simulation: Simulation, asked: Guessable) -> Answer:
    plan = simulation.plan
    if simulation.diverged is not None:
        return Answer(asked.name, why="the run has diverged")
    found = degradation_of(plan, simulation.record, simulation.crossing)
    few = found.ratio is None or 2 * found.crossed <= found.timed
    right = len(BINS) + 1 if few or found.ratio is None else bisect(BINS, found.ratio[0])
    return Answer(asked.name, (right,), "", found.sentence, float(plan.end / plan.experiment.eta))


def _slope(simulation: Simulation, asked: Guessable) -> Answer:
    plan, record = simulation.plan, simulation.record
    tau, mse = record.tau[: record.count], record.mse[: record.count]
    slope = None if simulation.diverged is not None else plan.slope(tau, mse)
    if slope is None:
        return Answer(asked.name, why=plan.why_no_slope(tau, mse) or "there is no slope to fit")
    off = np.abs(np.array(asked.values) - round(slope.value, 2))
    right = np.flatnonzero(off <= MARGIN * (1 + 1e-9))
    return Answer(
        asked.name, tuple(map(int, right)), f"within {MARGIN:g}", f"{slope.value:.2f}",
        slope.window[1] / plan.experiment.eta,
    )  # fmt: skip
