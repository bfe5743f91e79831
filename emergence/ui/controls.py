"""The sidebar's controls: an Experiment from the page's URL, and back into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from emergence.experiment import PRESETS, Experiment, ExperimentError
from emergence.parameters import PARAMETERS, Parameter
from emergence.runs.advice import advise
from emergence.runs.plan import make_plan

FIRST = ("d", "P", "beta", "J", "m", "c", "engine", "seed")
QUERY, VALID, NOTICES = "controls_query", "controls_valid", "controls_notices"


@dataclass(frozen=True)
class Choice:
    """What the controls say: the experiment to show, what is wrong, what is worth knowing.

    `experiment` is the last one that could run, None when there was none; `problems` and
    `advice` map a parameter's name to a sentence.
    """

    experiment: Experiment | None
    problems: dict[str, str]
    advice: dict[str, str]


def read_choice() -> Choice:
    """Read the URL and the widgets, before any is drawn; keep the URL up to date.

    Streamlit has the widgets' new values ready when the script begins, so that the picture, which
    takes the browser longest, can be sent before the controls.
    """
    _read_url()
    problems, advice = _settle()
    return Choice(st.session_state.get(VALID), problems, advice)


def draw_notices(choice: Choice) -> None:
    """Say in the page what was changed or refused: on a phone the sidebar is closed."""
    for notice in st.session_state[NOTICES]:
        st.warning(notice, icon=":material/info:")
    if choice.problems:
        shown = " The last experiment that can is shown." if choice.experiment else ""
        st.error(f"This cannot run: {'; '.join(choice.problems.values())}.{shown}")


def draw_controls(choice: Choice) -> None:
    """The sidebar; problems and advice stand right below the control they are about."""
    with st.sidebar:
        _draw(choice.problems, choice.advice)


def _draw(problems: dict[str, str], advice: dict[str, str]) -> None:
    st.selectbox(
        "Start from", list(PRESETS), index=None, placeholder="Start from a preset …",
        key="preset", on_change=_load_preset, label_visibility="collapsed",
    )  # fmt: skip

    def control(parameter: Parameter) -> None:
        name = parameter.name
        _widget(parameter)
        if name == "c":
            st.caption(_eta_text())
        if name in problems:
            st.error(problems[name], icon=":material/error:")
        elif name in advice:
            st.caption(f":orange[:material/warning: {advice[name]}]")

    for name in FIRST:
        control(PARAMETERS[name])
    rest = [parameter for name, parameter in PARAMETERS.items() if name not in FIRST]
    astray = any(parameter.name in problems for parameter in rest)
    with st.expander("More parameters", expanded=astray):
        for parameter in rest:
            control(parameter)
    with st.popover("Exact values", icon=":material/keyboard:", width="stretch"):
        for parameter in PARAMETERS.values():
            if parameter.scale == "log" or parameter.kind == "number":
                _exact_entry(parameter)
    for name in problems.keys() - PARAMETERS.keys():
        st.error(problems[name], icon=":material/error:")


def _read_url() -> None:
    """Take over the URL's experiment when the page is opened or the URL has changed."""
    query = _url_query()
    if st.session_state.get(QUERY) == query:
        # Streamlit drops the state of widgets that another page did not show.
        if all(name in st.session_state for name in PARAMETERS):
            return
        experiment = st.session_state.get(VALID, Experiment())
    else:
        st.session_state[QUERY] = query
        experiment, st.session_state[NOTICES] = Experiment.clamped(query)
        st.session_state.pop(VALID, None)
    _show(experiment)


def _url_query() -> str:
    given = st.query_params
    return urlencode([(name, text) for name in given for text in given.get_all(name)])


def _show(experiment: Experiment) -> None:
    for name, parameter in PARAMETERS.items():
        value = getattr(experiment, name)
        st.session_state[name] = _mixture_text(value) if parameter.kind == "mixture" else value


def _mixture_text(mixture: Any) -> str:
    return ",".join(f"{degree}:{value:g}" for degree, value in mixture)


def _load_preset() -> None:
    chosen = st.session_state["preset"]
    if chosen:
        _show(PRESETS[chosen])
        st.session_state["preset"] = None


def _widget(parameter: Parameter) -> None:
    """One parameter's control, its help saying what it does to the physics."""
    name, symbol = parameter.name, parameter.symbol
    same = symbol.lower() == parameter.label.lower()
    label = parameter.label if same else f"{symbol} · {parameter.label}"
    text = f"{parameter.help}\n\nAllowed: {parameter.allowed}."
    if parameter.kind == "mixture":
        st.text_input(label, key=name, placeholder="3:0.6,4:0.8", help=text)
    elif isinstance(parameter.default, str):
        st.selectbox(label, parameter.choices, key=name, help=text)
    elif parameter.kind == "choice" or parameter.scale == "log":
        stops = {*parameter.stops, st.session_state[name]}
        st.select_slider(label, sorted(stops), key=name, format_func=_number_text, help=text)
    elif parameter.kind == "number" and parameter.high <= 10:
        st.slider(label, parameter.low, parameter.high, step=parameter.step, key=name, help=text)
    else:
        _number_input(parameter, label, name, help=text)


def _number_input(parameter: Parameter, label: str, key: str, **more: Any) -> None:
    number = int if parameter.kind == "integer" else float
    low, high = number(parameter.low), number(parameter.high)
    step = number(parameter.step) if parameter.scale == "linear" else None
    style = None if number is int else "%g"
    st.number_input(label, low, high, key=key, step=step, format=style, **more)


def _number_text(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _exact_entry(parameter: Parameter) -> None:
    """A field for the exact value, which the slider's stops may not offer."""
    name, key = parameter.name, f"{parameter.name}_exact"
    st.session_state[key] = st.session_state[name]

    def take_over() -> None:
        st.session_state[name] = parameter.clamp(st.session_state[key])

    _number_input(parameter, f"{parameter.symbol} · {parameter.label}", key, on_change=take_over)


def _eta_text() -> str:
    d, J, c = (st.session_state[name] for name in ("d", "J", "c"))
    eta = Experiment(d=d, J=J, P=1, c=c).eta
    return f"η = c·d^(-J/2) = {c:g} · {d:,}^(-{J / 2:g}) = **{eta:.3g}**"


def _settle() -> tuple[dict[str, str], dict[str, str]]:
    """Make the widgets' values an experiment: (problems, advice), by parameter."""
    values = {name: st.session_state[name] for name in PARAMETERS}
    if values["mixture"]:
        del values["J"]  # the mixture says it
    try:
        experiment = Experiment(**values)
        plan = make_plan(experiment)
    except ExperimentError as error:
        return error.problems, {}
    if st.session_state.get(VALID) not in (None, experiment):
        st.session_state[NOTICES] = []
    st.session_state[VALID] = experiment
    st.session_state["J"] = experiment.J
    query = dict(item.split("=", 1) for item in experiment.to_query().split("&"))
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state[QUERY] = _url_query()
    return {}, advise(plan)
