"""What is kept of a sweep's point: small, and the same as JSON on disk and on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.result import Result
from emergence.theory.scaling import has_power_law, tail
from emergence.theory.teacher import link_function, strengths
from emergence.theory.thresholds import CAPTURED

LARGEST = 10**300
MOST_MOMENTS = 160
"""Moments of the loss that are kept, evenly spaced in log t."""


@dataclass(frozen=True)
class Outcome:
    """One point's results. Times are in steps; None stands for never or for nothing.

    Attributes
    ----------
    state : "finished" or "diverged", and `message` says why
    slope, ci, window : tail-corrected exponent of the loss in time (see `theory.scaling`);
        `slope_reason` says why there is none
    T, crossing, capture : per direction, see `runs.result.Result`
    loss : population MSE at the end; `missing` is the tail sum_{q > P} a_q^2 of the directions
        that a finite teacher lacks, None where beta <= 1/2
    steps, mse : the loss over time, thinned
    seconds : computing time
    """

    experiment: Experiment
    engine_used: str
    state: str
    message: str
    slope: float | None
    slope_reason: str | None
    ci: tuple[float, float] | None
    window: tuple[float, float] | None
    theory_slope: float | None
    T: tuple[float | None, ...]
    crossing: tuple[float | None, ...]
    capture: tuple[float | None, ...]
    loss: float
    missing: float | None
    steps: tuple[float, ...]
    mse: tuple[float, ...]
    seconds: float

    @classmethod
    def of(cls, result: Result) -> Outcome:
        """What is kept of a result."""
        experiment = result.experiment
        plain = result.as_dict()
        last = len(result.steps) - 1
        # Snapshots are evenly spaced in log t themselves.
        moments = np.unique(np.linspace(1, max(last, 1), MOST_MOMENTS).round().astype(int))
        moments = moments[moments <= last]
        slope = result.slope
        missing = None
        if has_power_law(experiment.beta):
            top = float(link_function(experiment).K(1.0))
            missing = tail(strengths(experiment), experiment.beta, top)
        return cls(
            experiment=experiment,
            engine_used=result.engine_used,
            state=result.state,
            message=result.message,
            slope=slope.value if slope else None,
            slope_reason=result.slope_reason,
            ci=slope.ci if slope else None,
            window=slope.window if slope else None,
            theory_slope=result.theory_slope,
            T=tuple(plain["T"]),
            crossing=tuple(plain["crossing"]),
            capture=tuple(plain["capture"]),
            loss=float(result.mse[-1]),
            missing=missing,
            steps=tuple(result.steps[moments].tolist()),
            mse=tuple(result.mse[moments].tolist()),
            seconds=result.seconds,
        )

    @property
    def learned(self) -> int:
        """Directions captured at the end, R_p > 1/2; 0 for a run that diverged."""
        if self.state != "finished":
            return 0
        return sum(1 for share in self.capture if share is not None and share > CAPTURED)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self) | {"experiment": self.experiment.as_dict()}

    @classmethod
    def from_json(cls, text: str | bytes) -> Outcome:
        """Read what `json.dumps(as_dict())` wrote. Raises ValueError for anything else."""
        try:
            return cls.from_dict(json.loads(text))
        except RecursionError:
            raise ValueError("not an outcome: nested too deeply") from None

    @classmethod
    def from_dict(cls, given: Any) -> Outcome:
        """Read what JSON made of `as_dict()`. Raises ValueError for anything else."""
        try:
            lists = {key: tuple(item) for key, item in given.items() if isinstance(item, list)}
            outcome = cls(**(given | lists | {"experiment": Experiment.of(given["experiment"])}))
        except (TypeError, KeyError, AttributeError, ExperimentError) as error:
            raise ValueError(f"not an outcome: {error}") from None
        name = _wrong(outcome)
        if name:
            raise ValueError(f"not an outcome: {name}: {getattr(outcome, name)!r:.40}")
        return outcome


def _wrong(outcome: Outcome) -> str | None:
    """The first field that cannot be what it is, of its kind or beside the others."""
    for name, right in KINDS.items():
        if not right(getattr(outcome, name)):
            return name
    for name in ("T", "crossing", "capture"):
        if len(getattr(outcome, name)) != outcome.experiment.P:
            return name
    if outcome.state not in ("finished", "diverged"):
        return "state"
    finished = outcome.state == "finished"
    if len(outcome.mse) != len(outcome.steps) or (finished and not np.isfinite(outcome.mse).all()):
        return "mse"
    if (finished and not outcome.steps) or not np.all(np.diff(outcome.steps, prepend=0.0) > 0):
        return "steps"
    return "loss" if finished and not np.isfinite(outcome.loss) else None


def ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Outcomes by their experiments: the same list, whatever the order they have arrived in."""
    return sorted(outcomes, key=lambda outcome: tuple(vars(outcome.experiment).values()))


def _text(value: object) -> bool:
    return isinstance(value, str)


def _maybe_text(value: object) -> bool:
    return value is None or _text(value)


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not isinstance(value, int) or abs(value) < LARGEST  # else no float holds it


def _maybe(value: object) -> bool:
    return value is None or _number(value)


def _numbers(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_number, value))


def _pair(value: object) -> bool:
    return value is None or (_numbers(value) and len(value) == 2)  # type: ignore[arg-type]


def _maybes(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_maybe, value))


KINDS = {
    "engine_used": _text, "state": _text, "message": _text, "slope": _maybe,
    "slope_reason": _maybe_text, "ci": _pair, "window": _pair, "theory_slope": _maybe,
    "T": _maybes, "crossing": _maybes, "capture": _maybes, "loss": _number, "missing": _maybe,
    "steps": _numbers, "mse": _numbers, "seconds": _number,
}  # fmt: skip
"""What each field of an outcome may be."""
