"""The sidebar's controls: an Experiment from the page's URL, and back into it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emergence.experiment import TAKES_ANY, Experiment, ExperimentError, broken
from emergence.parameters import (
    ASSUMPTIONS,
    PARAMETERS,
    Bounded,
    Integer,
    MixtureOfDegrees,
    Number,
    Parameter,
    Value,
    WholeChoice,
    WordChoice,
    mixture_text,
)
from emergence.runs.mends import Mend, mends_for, mends_of, nearest
from emergence.runs.plan import Plan, make_plan
from emergence.runs.warnings import warnings_of
from emergence.ui import view
from emergence.ui.address import arrive, current
from emergence.ui.fields import STEP_SIZE, decimals, eta_text, in_c
from emergence.ui.formatting import exact, plain
from emergence.words import plural

FIRST = ("d", "P", "beta", "J", "m", "c", "engine", "seed")
LONG = "d"
"""The warning of a long run: it stands above the pictures, beside the engine's line."""
ENGINES = {"sgd": "online SGD", "flow": "the gradient flow"}
VALUES, PRESSED, VALID, NOTICES = "values", "pressed", "valid", "notices"
INSTEAD = "instead"
"""Of a visit: the controls' values when it began, those to take over, the last experiment that
could run, what was wrong with the address; the one shown where it began with what cannot run."""


@dataclass(frozen=True)
class Choice:
    """What the controls say: the experiment to show, what is wrong, what is worth knowing.

    `experiment` is the last one that could run, or the nearest that can where an address begins
    with what cannot; `problems` and `warnings` map a parameter's name to a sentence; `said` has
    what the controls say, by name.
    """

    experiment: Experiment
    problems: dict[str, str]
    warnings: dict[str, str]
    said: dict[str, Any]


def read_choice() -> Choice:
    """Read the URL and the widgets, before any is drawn; keep the URL up to date.

    Streamlit has the widgets' new values ready when the script begins, so that the picture, which
    takes the browser longest, can be sent before the controls.
    """
    visit = arrive("live_lab")
    if VALUES not in visit.memory:
        given = st.query_params
        own = [name for name in given if name not in view.OF_LAB]
        items = [(name, text) for name in own for text in given.get_all(name)]
        experiment, visit.memory[NOTICES] = Experiment.clamped(urlencode(items))
        for _, wrong in (view.view_of(visit), view.picture_of(visit)):
            visit.memory[NOTICES] += [wrong] if wrong else []
        visit.memory[VALUES] = values = _values(experiment)
        if not visit.fresh:
            st.session_state.update(values)
    st.session_state.update(visit.memory.pop(PRESSED, {}))
    problems, warnings = _settle()
    return Choice(visit.memory[VALID], problems, warnings, _said_by_controls())


def draw_notices(choice: Choice) -> DeltaGenerator | None:
    """Say in the page, once, what was changed or refused; where what mends it goes, if anything.

    Not in the sidebar: on a phone it is closed.
    """
    for notice in current().memory[NOTICES]:
        st.warning(plain(notice), icon=":material/info:")
    if not choice.problems:
        return None
    with st.container(key="refusal"):
        st.error(plain(_refusal(choice)))
        return st.container()


def draw_mends(place: DeltaGenerator | None) -> None:
    """What mends a refusal: found after the picture is sent, for it may take seconds."""
    if place:
        with place:
            _offer("refusal", mends_for(_given()))


def draw_engine(plan: Plan) -> None:
    """One line: which engine runs and why, or that the run is long; with what changes it."""
    slow = warnings_of(plan).get(LONG)
    if not (plan.auto or slow):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="engine_line"):
        said = plan.auto.sentence if plan.auto else ""
        st.caption(f":material/bolt: {said} {slow or ''}", width="content")
        if plan.auto and plan.auto.other:
            _button("engine_other", f"Take {ENGINES[plan.auto.other]}", {"engine": plan.auto.other})
        if slow:
            _offer(LONG, mends_of(plan.asked)[LONG])


def notices(choice: Choice) -> list[str]:
    """The same as sentences, for a picture that fills the window."""
    refusal = [_refusal(choice)] if choice.problems else []
    return [*current().memory[NOTICES], *refusal]


def mends(choice: Choice) -> list[Mend]:
    """What mends a refusal, for a picture that fills the window: the page has its own buttons."""
    alone = st.context.is_embedded or view.view_of(current())[0] == view.LECTURE
    return mends_for(_given()) if alone and choice.problems else []


def _refusal(choice: Choice) -> str:
    shown = "The last experiment that can is shown"
    if INSTEAD in current().memory:
        shown = f"The nearest that can is shown: {_unlike(choice.experiment)}"
    return f"This cannot run: {'; '.join(choice.problems.values())}. {shown}."


def draw_controls(choice: Choice) -> None:
    """The sidebar; warnings stand right below the control they are about, with what mends them."""
    with st.sidebar:
        _draw(choice)
    if current().memory.get(PRESSED):
        st.rerun()


def _draw(choice: Choice) -> None:
    problems, warnings = choice.problems, choice.warnings

    def control(parameter: Parameter) -> None:
        name = parameter.name
        _widget(parameter)
        if name == "c":
            st.caption(eta_text(_value("c"), _value("d"), _value("J") / 2))
        if name in warnings and name != LONG:
            with st.container(key=f"warning_{name}", gap="xsmall"):
                st.caption(f":orange[:material/warning: {warnings[name]}]")
                _offer(name, mends_of(choice.experiment)[name])

    for name in FIRST:
        control(PARAMETERS[name])
    changed = bool(broken({name: _value(name) for name in ASSUMPTIONS}))
    with st.expander("Break an assumption", expanded=changed):
        for name in ASSUMPTIONS:
            control(PARAMETERS[name])
    others = {*FIRST, *ASSUMPTIONS}
    rest = [parameter for name, parameter in PARAMETERS.items() if name not in others]
    astray = any(parameter.name in problems for parameter in rest)
    with st.expander("More parameters", expanded=astray):
        for parameter in rest:
            control(parameter)
    with st.popover("Exact values", icon=":material/keyboard:", width="stretch"):
        for parameter in PARAMETERS.values():
            if isinstance(parameter, Number) or _logarithmic(parameter):
                _exact_entry(parameter)


def _offer(name: str, mends: Iterable[Mend]) -> None:
    """A small button for each mend."""
    with st.container(horizontal=True, gap="xsmall", key=f"mends_{name}"):
        for number, mend in enumerate(mends):
            _button(f"mend_{name}_{number}", mend.label, mend.changes)


def _button(key: str, label: str, changes: Mapping[str, Value]) -> None:
    st.button(label, key=key, type="tertiary", on_click=take, args=(changes,))


def _as_shown(name: str, value: Value) -> Any:
    """A parameter's value as its control has it."""
    return mixture_text(value) if name == "mixture" else value


def _given() -> dict[str, Any]:
    """What the controls say, as an experiment's values."""
    values = _said_by_controls()
    if values["mixture"]:
        del values["J"]  # the mixture says it
    return values


def _said_by_controls() -> dict[str, Any]:
    """What the controls say, by name."""
    return {name: _value(name) for name in PARAMETERS}


def _values(experiment: Experiment) -> dict[str, Any]:
    """What the controls show of an experiment, by name."""
    values = {name: getattr(experiment, name) for name in PARAMETERS}
    return values | {"mixture": mixture_text(experiment.mixture)}


def _value(name: str) -> Any:
    """What a control says: in a fresh session what the address did, until it is drawn."""
    return st.session_state[name] if name in st.session_state else current().memory[VALUES][name]


def take(changes: Mapping[str, Value]) -> None:
    """Have the controls show a mend's changes, in another run."""
    _take_over({name: _as_shown(name, value) for name, value in changes.items()})


def _take_over(values: dict[str, Any]) -> None:
    """Have the controls show other values, in another run."""
    current().memory[PRESSED] = current().memory.get(PRESSED, {}) | values


def _widget(parameter: Parameter) -> None:
    """One parameter's control, its help saying what it does to the physics."""
    name, symbol = parameter.name, parameter.symbol
    same = symbol.lower() == parameter.label.lower()
    label = parameter.label if same else f"{symbol} · {parameter.label}"
    label = STEP_SIZE if name == "c" else label
    value = _value(name)
    # A value must not be given twice: the session's is the control's own, once it has one.
    fresh = name not in st.session_state
    first: dict[str, Any] = {"value": value} if fresh else {}
    idle = idle_because(name, {each: _value(each) for each in ("engine", "mixture", "steps", "P")})
    more: dict[str, Any] = {
        "key": name,
        "help": f"{parameter.help}\n\nAllowed: {parameter.allowed}.{idle and f' Off: {idle}.'}",
        "disabled": bool(idle),
    }
    shown: Any
    if isinstance(parameter, MixtureOfDegrees):
        shown = st.text_input(label, placeholder="3:0.6,4:0.8", **first, **more)
    elif isinstance(parameter, WordChoice):
        first = {"index": parameter.choices.index(value)} if fresh else {}
        shown = st.selectbox(label, parameter.choices, **first, **more)
    elif stops_of(parameter):
        # Streamlit takes a stop this near for the value, and would run another experiment.
        others = (stop for stop in stops_of(parameter) if not math.isclose(stop, value))
        stops = sorted({*others, value})
        shown = st.select_slider(label, stops, format_func=stop_text(name), **first, **more)
    elif isinstance(parameter, Number) and parameter.high <= 10:
        shown = st.slider(label, parameter.low, parameter.high, step=parameter.step,
                          format=decimals(value, parameter.step), **first, **more)  # fmt: skip
    elif isinstance(parameter, Bounded):
        shown = _number_input(parameter, label, **first, **more)
    if shown != value:  # the server was restarted: the browser knows better than the address
        _take_over({name: shown})


def stops_of(parameter: Parameter) -> tuple[Any, ...]:
    """Where a parameter's slider stops; none where its control is none with stops."""
    if isinstance(parameter, WholeChoice) or _logarithmic(parameter):
        return parameter.stops
    return ()


def stop_text(name: str) -> Callable[[float], str]:
    """What such a slider shows of a value."""
    return in_c if name == "c" else exact


def idle_because(name: str, values: Mapping[str, Any]) -> str:
    """Why a parameter does nothing beside these values of others, "" where it does."""
    if name == "J" and values["mixture"]:
        return "the mixture's smallest degree is J"
    if name == "horizon" and values["steps"]:
        return "the number of steps is given"
    if name == "B" and values["engine"] in ("flow", "decoupled"):
        return "this engine takes no samples"
    if name in ASSUMPTIONS and values["engine"] not in TAKES_ANY:
        return "this engine computes what the theory assumes: take auto or sgd"
    if name == "rho" and values.get("P") == 1:
        return "there is one direction only"
    return ""


def _logarithmic(parameter: Parameter) -> TypeGuard[Bounded]:
    return isinstance(parameter, Bounded) and parameter.scale == "log"


def _number_input(parameter: Bounded, label: str, **more: Any) -> Any:
    number = int if isinstance(parameter, Integer) else float
    low, high = number(parameter.low), number(parameter.high)
    step = number(parameter.step) if parameter.scale == "linear" else None
    style = None if number is int else "%g"
    return st.number_input(label, low, high, step=step, format=style, **more)


def _exact_entry(parameter: Bounded) -> None:
    """A field for the exact value, which the slider's stops may not offer."""
    name, key, visit = parameter.name, f"{parameter.name}_exact", current()
    value = _value(name)
    first = {}
    if visit.fresh and key not in st.session_state:
        first = {"value": value}
    elif key not in visit.memory or st.session_state.get(key) == visit.memory[key]:
        st.session_state[key] = value  # nothing has been entered
    shown = _number_input(parameter, f"{parameter.symbol} · {parameter.label}", key=key, **first)
    visit.memory[key] = shown
    if shown != value:
        _take_over({name: parameter.clamp(shown)})


def _make_room() -> str:
    """Where P has been moved above d, or d below P, the other follows; what was done, if it was."""
    before = current().memory.get(VALID)
    d, P = _value("d"), _value("P")
    if before is None or d >= P or before.d < before.P:
        return ""
    other, size, how = ("d", P, "raised") if d == before.d else ("P", d, "lowered")
    st.session_state[other] = size
    return (
        f"{plural(P, 'orthonormal direction')} do not fit into d = {d:,} dimensions: {other} is "
        f"{how} to {size:,}."
    )


def _unlike(experiment: Experiment) -> str:
    """What of an experiment is unlike the controls, in words."""
    return ", ".join(
        f"{PARAMETERS[name].symbol} = {_said(_as_shown(name, getattr(experiment, name)))}"
        for name, value in _given().items()
        if _as_shown(name, getattr(experiment, name)) != value
    )


def _said(value: Value) -> str:
    return exact(value) if isinstance(value, int | float) else f"{value or 'none'}"


def _settle() -> tuple[dict[str, str], dict[str, str]]:
    """Make the widgets' values an experiment: (problems, warnings), by parameter."""
    visit, moved = current(), _make_room()
    try:
        experiment = Experiment.of(_given())
        plan = make_plan(experiment)
    except ExperimentError as error:
        if VALID not in visit.memory:
            visit.memory[VALID] = visit.memory[INSTEAD] = nearest(_given())
        return error.problems, {}
    visit.memory.pop(INSTEAD, None)
    if visit.memory.get(VALID) not in (None, experiment):
        visit.memory[NOTICES] = [moved] if moved else []
    visit.memory[VALID] = experiment
    if _value("J") != experiment.J:
        st.session_state["J"] = experiment.J
    shown = {name: text for name, text in visit.said.items() if name in view.OF_LAB}
    asked = {name: text for name, text in visit.said.items() if name not in view.OF_LAB}
    if Experiment.clamped(urlencode(asked)) != (experiment, []):
        visit.said = dict(parse_qsl(experiment.to_query())) | shown
        visit.publish()
    return {}, warnings_of(plan)
