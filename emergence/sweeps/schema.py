"""JSON Schemas of an experiment and of a sweep, made of the table of parameters.

What no schema can say is left to Experiment and Sweep: P above d, a J that is not the mixture's
smallest degree, c and eta that contradict each other, an engine that does not fit, more points than
allowed. A mixture's text is refused for what it means, and for a number that is written as nobody
does: of those with an exponent, what has not one digit before its point (12e-1 for 1.2).
"""

from __future__ import annotations

import math
from typing import Any

from emergence.parameters import (
    DEGREES,
    ETA,
    LEAST_COEFFICIENT,
    MAX_DEGREE,
    MOST_COEFFICIENT,
    PARAMETERS,
    Integer,
    MixtureOfDegrees,
    Number,
    Parameter,
    WholeChoice,
    WordChoice,
)
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import AXES, MOST_POINTS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
KNOWN = PARAMETERS | {ETA.name: ETA}


def experiment_schema() -> dict[str, Any]:
    """Of what `Experiment.from_json` reads and `to_json` writes."""
    return {
        "$schema": DRAFT,
        "$id": "urn:emergence-lab:experiment",
        "title": "Experiment",
        "description": "One run of Emergence Lab; what is not given has its default.",
        **_object(KNOWN),
    }


def sweep_schema() -> dict[str, Any]:
    """Of what `Sweep.from_json` reads: a grid, a list, or both, times seeds."""
    fields = {name: {"$ref": f"#/$defs/{name}"} for name in AXES}
    some = {"minItems": 1, "maxItems": MOST_POINTS}
    assignments = {"type": "object", "properties": fields, "additionalProperties": False}
    axes = {name: {"type": "array", **some, "items": field} for name, field in fields.items()}
    seeds = {"type": "array", **some, "items": _value(PARAMETERS["seed"])}
    return {
        "$schema": DRAFT,
        "$id": "urn:emergence-lab:sweep",
        "title": "Sweep",
        "description": f"Experiments and what is measured on them, {MOST_POINTS:,} at most.",
        "type": "object",
        "properties": {
            "analysis": {"enum": list(ANALYSES), "default": "time"},
            "base": {"description": "Fields that all points share.", **assignments},
            "grid": {
                "description": "A list of values for each field to vary.",
                "type": "object", "properties": axes, "minProperties": 1,
                "additionalProperties": False,
            },
            "list": {
                "description": "Points, whose fields go before those of base.",
                "type": "array", **some, "items": assignments,
            },
            "seeds": {
                "description": "How many seeds (1, 2, …), or which.", "default": 1,
                "anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_POINTS}, seeds],
            },
        },
        "additionalProperties": False,
        "$defs": {name: _field(KNOWN[name]) for name in AXES},
    }  # fmt: skip


SCHEMAS = {"experiment": experiment_schema, "sweep": sweep_schema}


def _object(parameters: dict[str, Parameter]) -> dict[str, Any]:
    fields = {name: _field(parameter) for name, parameter in parameters.items()}
    return {"type": "object", "properties": fields, "additionalProperties": False}


def _field(parameter: Parameter) -> dict[str, Any]:
    """What a field may be, and what it is."""
    default: object = parameter.default if isinstance(parameter.default, int | float | str) else []
    said: dict[str, Any] = {"title": parameter.label, "description": parameter.help}
    if parameter is not ETA:
        said["default"] = default
    return said | _value(parameter)


def _value(parameter: Parameter) -> dict[str, Any]:
    match parameter:
        case Integer(low=low, high=high):
            return {"type": "integer", "minimum": int(low), "maximum": int(high)}
        case Number(low=low, high=high):
            return {"type": "number", "minimum": low, "maximum": high}
        case WholeChoice(choices=whole):
            return {"type": "integer", "enum": list(whole)}
        case WordChoice(choices=words):
            return {"type": "string", "enum": list(words)}
        case MixtureOfDegrees():
            return {"anyOf": [_mixture(), _mixture_text()]}
    raise TypeError(f"{parameter.name} has no schema")


def _mixture() -> dict[str, Any]:
    """Pairs of degree and coefficient: each degree once, the smallest one that has an exponent."""
    size = {"minimum": LEAST_COEFFICIENT, "maximum": MOST_COEFFICIENT}
    negative = {"minimum": -MOST_COEFFICIENT, "maximum": -LEAST_COEFFICIENT}
    pair = {
        "type": "array", "minItems": 2, "maxItems": 2,
        "prefixItems": [
            {"type": "integer", "minimum": 1, "maximum": MAX_DEGREE},
            {"type": "number", "anyOf": [{"const": 0}, size, negative]},
        ],
    }  # fmt: skip
    once = [{"contains": _pair_of(degree), "minContains": 0, "maxContains": 1}
            for degree in range(1, MAX_DEGREE + 1)]  # fmt: skip
    smallest = [
        {"contains": _pair_of(degree, nonzero=True),
         "not": {"contains": _pair_of(*range(1, degree), nonzero=True)}}
        for degree in DEGREES
    ]  # fmt: skip
    return {"type": "array", "items": pair, "allOf": once, "anyOf": [{"maxItems": 0}, *smallest]}


def _pair_of(*degrees: int, nonzero: bool = False) -> dict[str, Any]:
    coefficient = {"not": {"const": 0}} if nonzero else {}
    return {"type": "array", "prefixItems": [{"enum": list(degrees)}, coefficient]}


def _mixture_text() -> dict[str, Any]:
    """The same pairs as a text, by one regular expression (ECMA's and Python's)."""
    begin, nonzero = r"(?:^|,)\s*\+?0*", r"\s*:\s*[+-]?[0.]*[1-9]"
    once = rf"(?![\s\S]*{begin}([1-{MAX_DEGREE}])\s*:[\s\S]*,\s*\+?0*\1\s*:)"
    smallest = "|".join(
        rf"(?=[\s\S]*{begin}{degree}{nonzero})"
        + (rf"(?![\s\S]*{begin}[1-{degree - 1}]{nonzero})" if degree > 1 else "")
        for degree in DEGREES
    )
    pair = rf"\+?0*[1-{MAX_DEGREE}]\s*:\s*[+-]?(?:{'|'.join(_coefficients())})"
    pairs = rf"[\s,]*{pair}(?:\s*,[\s,]*{pair})*[\s,]*$"
    return {"type": "string", "pattern": rf"^(?:[\s,]*$|{once}(?:{smallest}){pairs})"}


def _coefficients() -> tuple[str, ...]:
    """Of a coefficient's size all spellings: zero, then what is within its bounds, powers of 10."""
    least, most = round(math.log10(LEAST_COEFFICIENT)), round(math.log10(MOST_COEFFICIENT))
    small, large = ("|".join(map(str, range(end))) for end in (1 - least, most))
    return (
        r"(?:0+\.?0*|\.0+)(?:[eE][+-]?[0-9]+)?",
        rf"0*\.0{{0,{-least - 1}}}[1-9][0-9]*",
        rf"0*[1-9][0-9]{{0,{most - 1}}}(?:\.[0-9]*)?",
        rf"0*1{'0' * most}(?:\.0*)?",
        rf"0*[1-9](?:\.[0-9]*)?[eE](?:-0*(?:{small})|\+?0*(?:{large}))",
        rf"0*1(?:\.0*)?[eE]\+?0*{most}",
    )
