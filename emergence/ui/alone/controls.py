"""The parameters of a page that computes by itself: those of the table, with smaller ranges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emergence.experiment import Experiment
from emergence.parameters import (
    DEGREES,
    LEAST_COEFFICIENT,
    MOST_COEFFICIENT,
    PARAMETERS,
    Bounded,
    Integer,
    WholeChoice,
)  # fmt: skip
from emergence.ui.alone.template import MOST_DIMENSIONS, MOST_DIRECTIONS, MOST_NEURONS

SLIDERS = ("d", "P", "beta", "J", "m", "c", "seed")
OTHERS = ("s0", "B", "horizon", "steps")
"""Said in an address alone."""
MOST = {"d": MOST_DIMENSIONS, "P": MOST_DIRECTIONS, "m": MOST_NEURONS}
SEEDS = 100
"""Where the slider of seeds ends; an address may say any."""
ENGINES = ("sgd", "sgd-full", "sgd-reduced")


def computable(experiment: Experiment) -> bool:
    """Whether a browser computes it by itself: `experiment` has an engine that is settled."""
    small = all(getattr(experiment, name) <= most for name, most in MOST.items())
    known = experiment.normalisation == "paper" and not experiment.broken
    return small and known and experiment.engine in ENGINES


def controls() -> list[dict[str, Any]]:
    """Each parameter's range and words, as `browser/alone/experiment.js` takes them."""
    return [*(_control(name) for name in (*SLIDERS, *OTHERS)), _mixture()]


def _control(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    assert isinstance(parameter, Bounded | WholeChoice)
    if isinstance(parameter, Bounded):
        parameter = replace(parameter, high=min(parameter.high, MOST.get(name, parameter.high)))
        low, high = parameter.low, parameter.high
        stops = _stops(parameter) if name in SLIDERS else []
    else:
        low, high, stops = min(parameter.choices), max(parameter.choices), list(parameter.choices)
    return {
        "name": name, "symbol": parameter.symbol, "label": parameter.label,
        "help": parameter.help, "allowed": parameter.allowed, "default": parameter.default,
        "low": low, "high": high, "whole": not isinstance(parameter.default, float),
        "stops": stops, "only": isinstance(parameter, WholeChoice), "shown": name in SLIDERS,
    }  # fmt: skip


def _mixture() -> dict[str, Any]:
    """Sizes of its coefficients; the degrees that may be its smallest."""
    parameter = PARAMETERS["mixture"]
    return {
        "name": parameter.name, "symbol": parameter.symbol, "label": parameter.label,
        "help": parameter.help, "allowed": parameter.allowed, "default": 0,
        "low": LEAST_COEFFICIENT, "high": MOST_COEFFICIENT, "whole": False,
        "stops": list(DEGREES), "only": False, "shown": False,
    }  # fmt: skip


def _stops(parameter: Bounded) -> list[Any]:
    """Where a slider stops."""
    if parameter.scale == "log":
        return list(parameter.stops)
    if isinstance(parameter, Integer):
        return list(range(SEEDS))
    count = round((parameter.high - parameter.low) / parameter.step)
    return [round(parameter.low + i * parameter.step, 10) for i in range(count + 1)]
