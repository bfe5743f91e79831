"""The immutable, validated `Experiment`, and its way to and from a URL query and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict, Unpack
from urllib.parse import parse_qsl, urlencode

from emergence.parameters import (
    ASSUMPTIONS,
    ETA,
    PARAMETERS,
    Bounded,
    Mixture,
    Value,
    mixture_text,
    quote,
)

MAX_QUERY_LENGTH = 4_000
GENERAL = "sgd-general"
"""The engine that computes where an assumption is broken."""
TAKES_ANY = ("auto", "sgd", "sgd-full")
"""What may be asked for there."""


def broken(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of those parameters that break an assumption of the theory."""
    return tuple(name for name in ASSUMPTIONS if values[name] != PARAMETERS[name].default)


class ExperimentError(ValueError):
    """An experiment that cannot be run; `problems` maps each parameter's name to a sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(self.problems.values()))


class ExperimentValues(TypedDict, total=False):
    """What an experiment may be given by name; see `emergence.parameters.PARAMETERS`."""

    d: int
    P: int
    beta: float
    J: int
    m: int
    c: float
    eta: float
    s0: float
    B: int
    seed: int
    engine: str
    normalisation: str
    horizon: float
    steps: int
    mixture: Mixture | str
    rho: float
    noise: float
    samples: int
    second: str
    optimizer: str


@dataclass(frozen=True, init=False)
class Experiment:
    """An immutable, hashable, validated description of one run.

    Takes the parameters of `PARAMETERS` by name, and `eta` in place of `c`; what is not given has
    its default. Raises ExperimentError when a value is not allowed, a name is unknown, or the
    values do not fit one another (d < P, say).
    """

    d: int
    P: int
    beta: float
    J: int
    m: int
    c: float
    s0: float
    B: int
    seed: int
    engine: str
    normalisation: str
    horizon: float
    steps: int
    mixture: Mixture
    rho: float
    noise: float
    samples: int
    second: str
    optimizer: str

    def __init__(self, /, **given: Unpack[ExperimentValues]) -> None:
        problems: dict[str, str] = {}
        values = _read(given, problems)
        _settle(values, given, problems)
        if not problems:
            problems = _misfits(values)
        if problems:
            raise ExperimentError(problems)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Experiment:
        """From names and values of any kind, as a file or an address has them; raises as above."""
        return cls(**given)  # type: ignore[arg-type]

    @property
    def eta(self) -> float:
        """Step size, eta = c d^(-J/2) (Model 1.8)."""
        return self.c * math.pow(self.d, -self.J / 2)

    @property
    def is_sgd(self) -> bool:
        """Whether the engine takes whole steps on samples, whatever its coordinates.

        Not known of `auto`, which a plan settles (`runs.plan.settled`): ValueError.
        """
        if self.engine == "auto":
            raise ValueError("engine = auto is settled by the experiment's plan")
        return self.engine.startswith("sgd") or self.engine == "correlation"

    @property
    def engine_used(self) -> str:
        """The engine that computes: for `sgd` the faster of two that agree in law.

        Reduced coordinates are taken where they cost less, as measured, and the general engine
        where an assumption is broken. `auto` stays what it is until a plan settles it
        (`runs.plan.settled`).
        """
        if self.broken and self.engine != "auto":
            return GENERAL
        if self.engine != "sgd":
            return self.engine
        few = self.B == 1 and self.P + 4 * self.m + 64 <= self.d
        return "sgd-reduced" if few else "sgd-full"

    @property
    def broken(self) -> tuple[str, ...]:
        """The assumptions of the theory that do not hold here, by their parameters' names."""
        return broken({name: getattr(self, name) for name in ASSUMPTIONS})

    @property
    def coefficients(self) -> Mixture:
        """(degree, coefficient) of the link function, sigma = h_J unless there is a mixture."""
        return self.mixture or ((self.J, 1.0),)

    def replace(self, /, **changes: Unpack[ExperimentValues]) -> Experiment:
        """The same experiment with some parameters changed (`eta` counts as a change of c)."""
        return self.changed(changes)

    def changed(self, changes: Mapping[str, object]) -> Experiment:
        """As `replace`, with names and values of any kind."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        if "eta" in changes:
            del values["c"]
        if "J" in changes and self.mixture and "mixture" not in changes:
            values["mixture"] = ()
        if "mixture" in changes and "J" not in changes:
            del values["J"]
        return Experiment.of(values | dict(changes))

    def as_dict(self) -> dict[str, Any]:
        """All parameters and eta, ready for JSON."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return values | {"mixture": [list(pair) for pair in self.mixture], "eta": self.eta}

    def to_json(self) -> str:
        """JSON object of every parameter; `from_json` gives the equal experiment back."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Experiment:
        """Read `to_json`'s text. Raises ExperimentError where it is not such an object."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ExperimentError({"json": f"not JSON: {error}"}) from None
        if not isinstance(values, dict):
            raise ExperimentError({"json": "an experiment is a JSON object of its parameters"})
        return cls.of(values)

    def to_query(self) -> str:
        """URL query: the first line of parameters always, the others where not the default."""
        always = ("d", "P", "beta", "J", "m", "c", "s0", "seed", "engine")
        shown = {
            name: getattr(self, name)
            for name, parameter in PARAMETERS.items()
            if name in always or getattr(self, name) != parameter.default
        }
        if self.mixture:
            shown["mixture"] = mixture_text(self.mixture)
        return urlencode(shown, safe=":,")

    @classmethod
    def from_query(cls, query: str) -> Experiment:
        """Read a URL query strictly. Raises ExperimentError; see `clamped` for the lenient way."""
        values, problems = _split(query)
        if problems:
            raise ExperimentError(problems)
        return cls.of(values)

    @classmethod
    def clamped(cls, query: str) -> tuple[Experiment, list[str]]:
        """Read a URL query leniently: the nearest allowed experiment, and what was changed."""
        given, problems = _split(query)
        strict: dict[str, str] = {}
        _read(given, strict)
        values = _read(given, {}, lenient=True)
        _settle(values, given, strict)
        for name, remedy in (("P", "d"), ("engine", None), ("samples", "B")):
            misfit = _misfits(values).get(name)
            if misfit:
                strict[name] = misfit
                values[name] = values[remedy] if remedy else "sgd"
        notices = [
            sentence + _remedy(name.removesuffix(TWICE), values)
            for name, sentence in (problems | strict).items()
        ]
        return cls.of(values), notices


TWICE = " twice"
"""Ends the key of a problem: a name that a query gives more than once."""


def _split(query: str) -> tuple[dict[str, object], dict[str, str]]:
    """The names and texts in a URL query, and what is wrong with the query as such."""
    problems: dict[str, str] = {}
    if len(query) > MAX_QUERY_LENGTH:
        problems["query"] = f"the query is longer than {MAX_QUERY_LENGTH:,} characters; ignored"
        return {}, problems
    given: dict[str, object] = {}
    for name, text in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        if name in given:
            problems[quote(name) + TWICE] = f"{quote(name)} is given more than once"
        given[name] = text
    return given, problems


def _read(
    given: Mapping[str, object], problems: dict[str, str], lenient: bool = False
) -> dict[str, Value]:
    """Every parameter's value, the default where not given; adds to `problems`.

    What is not allowed has its default, or `lenient` the nearest allowed value.
    """
    values = {name: parameter.default for name, parameter in PARAMETERS.items()}
    for name, item in given.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            if name != ETA.name:
                names = ", ".join([*PARAMETERS, ETA.name])
                problems[quote(name)] = f"there is no parameter {quote(name)}: known are {names}"
            continue
        try:
            values[name] = parameter.clamp(item) if lenient else parameter.parse(item)
        except ValueError as error:
            problems[name] = str(error)
    return values


def _settle(
    values: dict[str, Value], given: Mapping[str, object], problems: dict[str, str]
) -> None:
    """Let the mixture set J and eta set c; adds to `problems` what contradicts itself."""
    mixture = values["mixture"]
    if mixture:
        lowest = mixture[0][0]  # type: ignore[index]
        if "J" in given and values["J"] != lowest:
            problems["J"] = f"J = {values['J']} but the mixture's smallest degree is {lowest}"
        values["J"] = lowest
        if len(mixture) == 1 and mixture[0] == (lowest, 1.0):  # type: ignore[arg-type,index]
            values["mixture"] = ()
    if ETA.name not in given:
        return
    try:
        eta = ETA.parse(given[ETA.name])
    except ValueError as error:
        problems[ETA.name] = str(error)
        return
    assert isinstance(eta, float)
    c = eta * float(values["d"]) ** (values["J"] / 2)  # type: ignore[arg-type,operator]
    if "c" in given and not math.isclose(c, float(values["c"]), rel_tol=1e-9):  # type: ignore[arg-type]
        problems["eta"] = f"eta = {eta:g} contradicts c = {_shown(values['c'])}: give one of them"
    elif "c" not in given:
        bounds = PARAMETERS["c"]
        assert isinstance(bounds, Bounded)
        # The c whose eta is the given one, bit for bit where there is one; the shortest such c, so
        # that the same step size given as c and as eta is the same experiment.
        scale = math.pow(float(values["d"]), -values["J"] / 2)  # type: ignore[arg-type,operator]
        near = (float(f"{c:.12g}"), c, math.nextafter(c, 0), math.nextafter(c, math.inf))
        c = min(near, key=lambda each: abs(each * scale - eta))
        if not bounds.low <= c <= bounds.high:
            problems["c"] = f"eta = {eta:g} means c = {c:g}, out of range: {bounds.allowed}"
        values["c"] = bounds.clamp(c)


def _misfits(values: Mapping[str, Value]) -> dict[str, str]:
    """What is wrong between parameters that are each fine."""
    d, P, m, B = (int(values[name]) for name in ("d", "P", "m", "B"))  # type: ignore[arg-type]
    problems: dict[str, str] = {}
    if d < P:
        problems["P"] = (
            f"P = {P} orthonormal teacher directions do not fit into d = {d} dimensions: raise d "
            f"to at least {P} or lower P"
        )
    elif values["engine"] == "sgd-reduced" and (B > 1 or d < P + 2 * m + 2):
        problems["engine"] = (
            f"sgd-reduced takes single samples (now B = {B}) in d of at least P + 2m + 2 = "
            f"{P + 2 * m + 2} dimensions (now {d}): take engine = sgd"
        )
    changes = broken(values)
    if changes and values["engine"] not in TAKES_ANY:
        changed = " and ".join(f"{name} = {_shown(values[name])}" for name in changes)
        whole = " and ".join(f"{name} = {_shown(PARAMETERS[name].default)}" for name in changes)
        problems["engine"] = (
            f"{values['engine']} computes what the theory assumes, and {changed} "
            f"break{'s' if len(changes) == 1 else ''} that: take engine = sgd, or {whole}"
        )
    samples = int(values["samples"])  # type: ignore[arg-type]
    if 0 < samples < B:
        problems["samples"] = f"samples = {samples} are fewer than a batch has: at least B = {B}"
    return problems


def _remedy(name: str, values: Mapping[str, Value]) -> str:
    """What a notice about a parameter ends with: the value that is used."""
    if name == "mixture" and not values[name]:
        return f"; using the pure h_{values['J']}"
    name = "c" if name == ETA.name else name
    return f"; using {name} = {_shown(values[name])}" if name in values else ""


def _shown(value: Value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
