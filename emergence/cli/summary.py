"""What a run has come to, in a line or two for people; the JSON beside it is for programs."""

from __future__ import annotations

import sys
from typing import Any

from emergence.runs.speed import duration
from emergence.theory.thresholds import CAPTURED
from emergence.words import plural


def summary(results: dict[str, Any], P: int, wall: float) -> str:
    """Of `Result.as_dict`, or of what `simulate_seeds` gives; `wall`: seconds it all took."""
    seeds = results.get("seeds")
    said = [_learned(results, P) if seeds is None else _learned_by_seeds(results["learned"], P)]
    said += [_slope(results, seeds is not None), _took(results["seconds"], wall, seeds is None)]
    return "\n".join(filter(None, said))


def _learned(results: dict[str, Any], P: int) -> str:
    count = sum(share is not None and share > CAPTURED for share in results["capture"])
    return f"learned {count:,} of {plural(P, 'direction')} (R > {CAPTURED:g}), loss " + _number(
        results["mse"][-1]
    )


def _learned_by_seeds(learned: dict[str, Any] | None, P: int) -> str:
    if learned is None:
        return ""
    low, high = learned["quartiles"]
    return (
        f"found (u > 1/2) {learned['median']:g} of {plural(P, 'direction')} in the median of "
        f"{plural(learned['count'], 'seed')}, quartiles {low:g} and {high:g}"
    )


def _slope(results: dict[str, Any], of_seeds: bool) -> str:
    slope, theory = results["slope"], results["theory_slope"]
    if theory is None:
        return ""
    if not slope:
        return f"no slope: {results['slope_reason']}" if not of_seeds else "no slope of any seed"
    value, over = (slope["mean"], "over seeds") if of_seeds else (slope["value"], "of such starts")
    ci = f"95 % {over}: {slope['ci'][0]:.3f} to {slope['ci'][1]:.3f}" if slope["ci"] else ""
    return f"slope of the loss in time {value:.3f}{f' ({ci})' if ci else ''}, theory {theory:.3f}"


def _took(engine: float, wall: float, single: bool) -> str:
    most = _most_memory()
    within = f", {duration(engine)} of it in the engine's steps" if single else ""
    memory = f", at most {most / 1e6:,.0f} MB of memory" if most else ""
    return f"took {duration(wall)}{within}{memory}"


def _number(value: float | None) -> str:
    return "no number" if value is None else f"{value:.3g}"


def _most_memory() -> float | None:
    """Bytes that this process has held at most; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else 1024 * most)
