"""What mends an experiment that is refused or warned of, by one change: tried, not guessed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import ASSUMPTIONS, PARAMETERS, Bounded, Value
from emergence.runs.auto import PATIENCE
from emergence.runs.limits import refuse_memory, server_limits
from emergence.runs.plan import Plan, make_plan
from emergence.runs.speed import duration
from emergence.runs.stable import shortest_c
from emergence.runs.warnings import warnings_of
from emergence.theory.predictions import neurons_enough
from emergence.theory.scaling import has_power_law
from emergence.theory.stability import MARGIN
from emergence.words import short

MOST = 2
"""Mends offered for one sentence."""
Changes = Mapping[str, Value]


@dataclass(frozen=True)
class Mend:
    """One change that mends: `changes` of parameters by name, `label` for its button."""

    label: str
    changes: Changes


@lru_cache(maxsize=64)
def mends_of(experiment: Experiment) -> dict[str, list[Mend]]:
    """For each warning of an experiment, by its name, what takes it away and brings no other.

    Raises ExperimentError as `make_plan` does.
    """
    plan = make_plan(experiment)
    told = warnings_of(plan)
    return {name: _first(_tried(plan, name, set(told))) for name in told}


@lru_cache(maxsize=64)
def mends_of_divergence(experiment: Experiment) -> list[Mend]:
    """What to run in place of one that has diverged: steps that theory allows, or the flow."""
    plan = make_plan(experiment)
    calm = min(MARGIN * plan.bound_c, experiment.c / 2)
    smaller: list[Changes] = [{"c": c} for c in _stops("c", experiment.c, False) if c <= calm]
    mends = []
    for changes in (*smaller[:1], {"engine": "flow"}):
        try:
            mends.append(Mend(_label(changes, make_plan(experiment.changed(changes))), changes))
        except ExperimentError:
            continue
    return mends


def mends_for(values: Mapping[str, object]) -> list[Mend]:
    """What makes an experiment of these values one that can run: where no one change, several."""
    found = _first(_runnable(values))
    if not found:
        near = nearest(values)
        several = {name: getattr(near, name) for name in PARAMETERS}
        found = [Mend("Take the nearest that can", several)]
    return found


def nearest(values: Mapping[str, object]) -> Experiment:
    """An experiment that can run in place of one of these values, which is refused.

    With the first of `mends_for` where there is one, else with several changes, the last of which
    are those that make any run short.
    """
    small: list[Changes] = [{}, {"engine": "auto"}, {"engine": "auto", "steps": 0, "horizon": 1.5}]
    small += [{**small[-1], **each} for each in ({"P": 64}, {"P": 8}, {"P": 8, "m": 32, "d": 64})]
    for changes in small:
        changed = {**values, **changes}
        for mend in (*_running(changed, {}), *_runnable(changed)):
            return Experiment.of({**changed, **mend.changes})
    return Experiment()


def _first(mends: Iterator[Mend]) -> list[Mend]:
    return [mend for _, mend in zip(range(MOST), mends, strict=False)]


def _tried(plan: Plan, name: str, told: set[str]) -> Iterator[Mend]:
    """Candidates for one warning after which it is gone; the first of each kind."""
    found: set[tuple[str, ...]] = set()
    for changes in _candidates(plan, name):
        if tuple(changes) in found:
            continue
        try:
            mended = make_plan(plan.asked.changed(changes))
        except ExperimentError:
            continue
        left = set(warnings_of(mended))
        if name not in left and left <= told:
            found.add(tuple(changes))
            yield Mend(_label(changes, mended), changes)


def _candidates(plan: Plan, name: str) -> Iterator[Changes]:
    e = plan.experiment
    if name == "engine":
        yield {"engine": "auto"}
    elif name == "c":
        yield from ({"c": c} for c in _stops("c", e.c, False) if c <= MARGIN * plan.bound_c)
        yield {"engine": "flow"}
    elif name == "m":
        enough = enough_neurons(e.P)
        quiet = math.sqrt(float(plan.a[-1]) / enough)  # m s0^2 = a_P
        yield {"m": enough}
        yield {"m": enough, "s0": max((s for s in _stops("s0", 2, False) if s <= quiet), default=1)}
        yield {"P": e.m}
    elif name == "beta":
        yield from ({"beta": beta} for beta in (0.55, 1.0) if has_power_law(beta))
    elif name == "J":
        yield {"J": 4}
        yield {"J": 3}
    elif name == "mixture":
        yield {"mixture": (), "J": e.J}
    elif name == "s0":
        yield from ({"s0": s0} for s0 in _stops("s0", e.s0, False) if e.m * s0**2 <= plan.a[-1])
    elif name == "d":
        yield {"engine": "flow"}
        # First what shows the same story: a run that is cut short or has lost skills is the last.
        for lever, up in (("steps", False), ("c", True), ("s0", False), ("m", False),
                          ("P", False), ("horizon", False)):  # fmt: skip
            stops = _stops(lever, getattr(e, lever), up)
            if lever == "c":
                yield from ({"c": c} for c in stops if c <= shortest_c(e))
            else:
                least = enough_neurons(e.P) if lever == "m" and e.m >= enough_neurons(e.P) else 1
                yield from ({lever: stop} for stop in stops if lever != "m" or stop >= least)


def enough_neurons(P: int) -> int:
    """Whole neurons with which each of P directions should find one."""
    return max(P, math.ceil(float(neurons_enough(P))))


def _runnable(values: Mapping[str, object]) -> Iterator[Mend]:
    """Candidates for values that are refused which can run, one for each parameter."""
    whole = {name: PARAMETERS[name].default for name in ASSUMPTIONS if name in values}
    whole = {name: value for name, value in whole.items() if values[name] != value}
    plain: list[Changes] = [{"engine": "auto"}, {"mixture": ()}, whole]
    for changes in plain:
        if any(name in values and values[name] != value for name, value in changes.items()):
            yield from _running(values, changes)
    for name, up in (("d", True), ("m", False), ("P", False), ("m", True), ("seed", True),
                     ("d", False), ("horizon", False), ("steps", False), ("c", True)):  # fmt: skip
        before = values.get(name, PARAMETERS[name].default)
        if not isinstance(before, int | float):
            continue
        exact: list[Value] = []
        if name in ("d", "P"):  # they just fit one another
            other = values.get({"d": "P", "P": "d"}[name], 0)
            exact = [other] if isinstance(other, int) and (other > before) == up else []
        stops = [*exact, *_stops(name, before, up)]
        if name == "c":
            stops = [c for c in stops if isinstance(c, float) and c <= _shortest_c(values)]
        yield from _first_running(values, [{name: stop} for stop in stops])


def _shortest_c(values: Mapping[str, object]) -> float:
    """`shortest_c` of values that may be no experiment, or have an engine that is not settled."""
    try:
        experiment = Experiment.of(values)
    except ExperimentError:
        return 0.0
    return shortest_c(
        experiment.replace(engine="sgd") if experiment.engine == "auto" else experiment
    )


def _first_running(values: Mapping[str, object], changes: list[Changes]) -> list[Mend]:
    """The first of ever greater changes that can run, or none.

    To see whether one does may take seconds. What is tried goes away from the first in growing
    steps, and then back between the last that could not and the one that can.
    """
    fits = [each for each in changes if _fits(values, each)]
    low, tried = -1, 0
    while tried < len(fits) and not _running(values, fits[tried]):
        low, tried = tried, 2 * tried + 1
    high = tried
    while high < len(fits) and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _running(values, fits[middle]) else (middle, high)
    return _running(values, fits[high]) if high < len(fits) else []


def _fits(values: Mapping[str, object], changes: Changes) -> bool:
    """Whether changed values are an experiment, and one that memory is there for."""
    try:
        experiment = Experiment.of({**values, **changes})
        auto = experiment.engine == "auto"
        refuse_memory(experiment.replace(engine="flow") if auto else experiment, server_limits())
    except ExperimentError:
        return False
    return True


def _running(values: Mapping[str, object], changes: Changes) -> list[Mend]:
    """The mend, where it is one."""
    try:
        plan = make_plan(Experiment.of({**values, **changes}))
    except ExperimentError:
        return []
    return [Mend(_label(changes, plan), changes)]


def _stops(name: str, value: float, up: bool) -> list[float]:
    """A slider's stops above or below a value, the nearest first."""
    parameter = PARAMETERS[name]
    assert isinstance(parameter, Bounded)
    if parameter.scale == "log":
        stops = [stop for stop in parameter.stops if isinstance(stop, int | float)]
    elif name == "steps":
        stops = [0]
    elif name == "seed":
        stops = [value + i for i in range(1, 11)]
    else:
        stops = [float(short(value / 2**i).replace(",", "")) for i in range(1, 8)]
        stops = [stop for stop in stops if stop >= parameter.low]
    beyond = sorted((stop for stop in stops if (stop > value) == up and stop != value), key=abs)
    return beyond if up else beyond[::-1]


def _label(changes: Changes, plan: Plan) -> str:
    """What a button says: what is changed, and how long the run then takes."""
    e, seconds = plan.experiment, f"about {duration(plan.seconds)}"
    if "engine" in changes:
        name = {"flow": "the gradient flow", "sgd": "SGD"}[e.engine]
        return f"Take {name}: {seconds}"
    if "mixture" in changes:
        return f"σ = h{str(e.J).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))} alone"
    if changes.get("m") == math.ceil(float(neurons_enough(e.P))) and len(changes) == 1:
        return f"m = {e.m:,} = P log P"
    says = ", ".join(f"{_symbol(name)} = {_shown(value)}" for name, value in changes.items())
    return f"{says}: {seconds}" if plan.seconds <= PATIENCE else says


def _symbol(name: str) -> str:
    return "horizon" if name == "horizon" else PARAMETERS[name].symbol


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return value
    return short(value) if isinstance(value, float) else f"{value:,}"
