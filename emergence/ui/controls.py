"""The sidebar's controls: an Experiment from the page's URL, and back into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from emergence.experiment import PRESETS, Experiment, ExperimentError
from emergence.parameters import (
    PARAMETERS,
    Bounded,
    Integer,
    MixtureOfDegrees,
    Number,
    Parameter,
    WholeChoice,
    WordChoice,
    mixture_text,
)
from emergence.runs.plan import make_plan
from emergence.runs.warnings import warnings_of
from emergence.ui import view
from emergence.ui.address import arrive, current
from emergence.ui.fields import decimals
from emergence.ui.formatting import exact, plain, scientific

FIRST = ("d", "P", "beta", "J", "m", "c", "engine", "seed")
VALUES, PRESSED, VALID, NOTICES = "values", "pressed", "valid", "notices"
"""Of a visit: the controls' values when it began, those to take over, the last experiment that
could run, what was wrong with the address."""


@dataclass(frozen=True)
class Choice:
    """What the controls say: the experiment to show, what is wrong, what is worth knowing.

    `experiment` is the last one that could run, None when there was none; `problems` and
    `warnings` map a parameter's name to a sentence.
    """

    experiment: Experiment | None
    problems: dict[str, str]
    warnings: dict[str, str]


def read_choice() -> Choice:
    """Read the URL and the widgets, before any is drawn; keep the URL up to date.

    Streamlit has the widgets' new values ready when the script begins, so that the picture, which
    takes the browser longest, can be sent before the controls.
    """
    visit = arrive("live_lab")
    if VALUES not in visit.memory:
        given = st.query_params
        items = [(name, text) for name in given for text in given.get_all(name) if name != view.LAB]
        experiment, visit.memory[NOTICES] = Experiment.clamped(urlencode(items))
        _, wrong = view.view_of(visit)
        visit.memory[NOTICES] += [wrong] if wrong else []
        visit.memory[VALUES] = values = _values(experiment)
        if not visit.fresh:
            st.session_state.update(values)
    st.session_state.update(visit.memory.pop(PRESSED, {}))
    problems, warnings = _settle()
    return Choice(visit.memory.get(VALID), problems, warnings)


def draw_notices(choice: Choice) -> None:
    """Say in the page what was changed or refused: on a phone the sidebar is closed."""
    for notice in current().memory[NOTICES]:
        st.warning(plain(notice), icon=":material/info:")
    if choice.problems:
        st.error(plain(_refusal(choice)))


def notices(choice: Choice) -> list[str]:
    """The same as sentences, for a picture that fills the window."""
    refusal = [_refusal(choice)] if choice.problems else []
    return [*current().memory[NOTICES], *refusal]


def _refusal(choice: Choice) -> str:
    shown = " The last experiment that can is shown." if choice.experiment else ""
    return f"This cannot run: {'; '.join(choice.problems.values())}.{shown}"


def draw_controls(choice: Choice) -> None:
    """The sidebar; problems and warnings stand right below the control they are about."""
    with st.sidebar:
        _draw(choice.problems, choice.warnings)
    if current().memory.get(PRESSED):
        st.rerun()


def _draw(problems: dict[str, str], warnings: dict[str, str]) -> None:
    preset = st.selectbox(
        "Start from", list(PRESETS), index=None, placeholder="Start from a preset …",
        key="preset", label_visibility="collapsed",
    )  # fmt: skip
    if preset:
        _take_over(_values(PRESETS[preset]) | {"preset": None})

    def control(parameter: Parameter) -> None:
        name = parameter.name
        _widget(parameter)
        if name == "c":
            st.caption(_eta_text())
        if name in problems:
            st.error(plain(problems[name]), icon=":material/error:")
        elif name in warnings:
            st.caption(f":orange[:material/warning: {warnings[name]}]")

    for name in FIRST:
        control(PARAMETERS[name])
    rest = [parameter for name, parameter in PARAMETERS.items() if name not in FIRST]
    astray = any(parameter.name in problems for parameter in rest)
    with st.expander("More parameters", expanded=astray):
        for parameter in rest:
            control(parameter)
    with st.popover("Exact values", icon=":material/keyboard:", width="stretch"):
        for parameter in PARAMETERS.values():
            if isinstance(parameter, Number) or _logarithmic(parameter):
                _exact_entry(parameter)
    for name in problems.keys() - PARAMETERS.keys():
        st.error(plain(problems[name]), icon=":material/error:")


def _values(experiment: Experiment) -> dict[str, Any]:
    """What the controls show, by name."""
    values = {name: getattr(experiment, name) for name in PARAMETERS}
    return values | {"mixture": mixture_text(experiment.mixture)}


def _value(name: str) -> Any:
    """What a control says: in a fresh session what the address did, until it is drawn."""
    return st.session_state[name] if name in st.session_state else current().memory[VALUES][name]


def _take_over(values: dict[str, Any]) -> None:
    """Have the controls show other values, in another run."""
    current().memory[PRESSED] = current().memory.get(PRESSED, {}) | values


def _widget(parameter: Parameter) -> None:
    """One parameter's control, its help saying what it does to the physics."""
    name, symbol = parameter.name, parameter.symbol
    same = symbol.lower() == parameter.label.lower()
    label = parameter.label if same else f"{symbol} · {parameter.label}"
    value = _value(name)
    # A value must not be given twice: the session's is the control's own, once it has one.
    fresh = name not in st.session_state
    first: dict[str, Any] = {"value": value} if fresh else {}
    idle = idle_because(name, {each: _value(each) for each in ("engine", "mixture", "steps")})
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
    elif isinstance(parameter, WholeChoice) or _logarithmic(parameter):
        stops = sorted({*parameter.stops, value})
        shown = st.select_slider(label, stops, format_func=exact, **first, **more)
    elif isinstance(parameter, Number) and parameter.high <= 10:
        shown = st.slider(label, parameter.low, parameter.high, step=parameter.step,
                          format=decimals(value, parameter.step), **first, **more)  # fmt: skip
    elif isinstance(parameter, Bounded):
        shown = _number_input(parameter, label, **first, **more)
    if shown != value:  # the server was restarted: the browser knows better than the address
        _take_over({name: shown})


def idle_because(name: str, values: Mapping[str, Any]) -> str:
    """Why a parameter does nothing beside these values of others, "" where it does."""
    if name == "J" and values["mixture"]:
        return "the mixture's smallest degree is J"
    if name == "horizon" and values["steps"]:
        return "the number of steps is given"
    if name == "B" and values["engine"] in ("flow", "decoupled"):
        return "this engine takes no samples"
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


def _eta_text() -> str:
    d, J, c = map(_value, ("d", "J", "c"))
    eta = Experiment(d=d, J=J, P=1, c=c).eta
    size = f"{d:,}".replace(",", "{,}")
    return (
        rf"$\eta = c\,d^{{-J/2}} = {scientific(c, 3)} \cdot {size}^{{-{J / 2:g}}} = "
        rf"{scientific(eta, 3)}$"
    )


def _settle() -> tuple[dict[str, str], dict[str, str]]:
    """Make the widgets' values an experiment: (problems, warnings), by parameter."""
    values = {name: _value(name) for name in PARAMETERS}
    if values["mixture"]:
        del values["J"]  # the mixture says it
    try:
        experiment = Experiment.of(values)
        plan = make_plan(experiment)
    except ExperimentError as error:
        return error.problems, {}
    visit = current()
    if visit.memory.get(VALID) not in (None, experiment):
        visit.memory[NOTICES] = []
    visit.memory[VALID] = experiment
    if _value("J") != experiment.J:
        st.session_state["J"] = experiment.J
    shown = {name: text for name, text in visit.said.items() if name == view.LAB}
    asked = {name: text for name, text in visit.said.items() if name != view.LAB}
    if Experiment.clamped(urlencode(asked)) != (experiment, []):
        visit.said = dict(parse_qsl(experiment.to_query())) | shown
        visit.publish()
    return {}, warnings_of(plan)
