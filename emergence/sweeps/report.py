"""What became of a sweep's points, in numbers and sentences: the same on every way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.theory.scaling import has_power_law
from emergence.words import plural

HINT = "β above 1/2, "
"""What an analysis's needs begin with where theory has a law only then."""


def tally(run: SweepRun) -> str:
    """Points by what became of them: "20 finished, 4 diverged"."""
    return ", ".join(f"{count:,} {what}" for what, count in run.counts.items() if count)


def notes(run: SweepRun) -> list[str]:
    """What to say beside the exponents, or in place of them: which runs diverged, and how."""
    gone = [o for o in run.outcomes if o.state == "diverged"]
    if not gone:
        return []
    total = plural(len(run.sweep.points), "point")
    many = "all" if len(gone) == len(run.sweep.points) else f"{len(gone):,} of"
    first = gone[0]
    return [f"{many} {total} diverged, the first ({first.experiment.to_query()}): {first.message}"]


def why_none(run: SweepRun) -> str:
    """Why there is no exponent, in a sentence."""
    finished = [o for o in run.outcomes if o.state == "finished"]
    if not run.outcomes:
        return "no exponent: no point was computed"
    if not finished:
        return f"no exponent: every computed point diverged ({plural(len(run.outcomes), 'point')})"
    reasons = _reasons(finished) if run.sweep.analysis == "time" else []
    if reasons:
        return f"no exponent: no point has a slope ({'; '.join(reasons)})"
    needs = ANALYSES[run.sweep.analysis].needs
    if all(has_power_law(o.experiment.beta) for o in finished):
        needs = needs.removeprefix(HINT)
    return f"no exponent: to measure it takes {needs}"


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    counts = Counter(o.slope_reason for o in outcomes if o.slope_reason)
    return [f"{plural(count, 'point')}: {reason}" for reason, count in counts.most_common()]


def state(run: SweepRun) -> str:
    """Where the sweep stands; "diverged" for one that is through and all of whose points did."""
    over = run.state is SweepState.FINISHED and run.all_diverged
    return "diverged" if over else str(run.state)


def described(run: SweepRun, estimates: Sequence[Estimate]) -> dict[str, Any]:
    """State, counts and sentences, ready for JSON."""
    said = notes(run) + ([] if estimates else [why_none(run)])
    return {
        "state": state(run),
        "message": "; ".join(filter(None, [run.message, *said])),
        "counts": run.counts,
    }
