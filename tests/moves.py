"""The default experiment with one control moved."""

from __future__ import annotations

from collections.abc import Iterator

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import PARAMETERS, Bounded, Integer, Number, Value, WholeChoice

FITS: dict[str, dict[str, Value]] = {"d": {"P": 2}, "P": {"d": 1024}}
"""What goes with a stop that the other defaults leave no room for (P <= d)."""


def stops(parameter: Bounded | WholeChoice) -> tuple[Value, ...]:
    """Every stop of a slider, at most a hundred of one with even steps."""
    if isinstance(parameter, WholeChoice) or parameter.scale == "log":
        return parameter.stops
    count = round((parameter.high - parameter.low) / parameter.step)
    return tuple(
        parameter.clamp(round(parameter.low + i * parameter.step, 9))
        for i in range(0, count + 1, max(1, count // 100))
    )


def moves() -> Iterator[Experiment]:
    """The default with one slider moved, to every stop of every slider."""
    for name, parameter in PARAMETERS.items():
        if not isinstance(parameter, Integer | Number | WholeChoice) or name in ("seed", "steps"):
            continue
        for value in stops(parameter):
            try:
                yield Experiment.of({name: value})
            except ExperimentError:
                yield Experiment.of({name: value, **FITS[name]})
