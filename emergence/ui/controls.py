"""The sidebar's controls: an Experiment from the page's URL, and back into it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from emergence.experiment import PRESETS, Experiment, ExperimentError
from emergence.parameters import PARAMETERS, Parameter
from emergence.runs.advice import advise
from emergence.runs.plan import make_plan

FIRST = ("d", "P", "beta", "J", "m", "c", "engine", "seed")
QUERY, VALID, NOTICES = "controls_query", "controls_valid", "controls_notices"


def experiment_controls() -> Experiment | None:
    """Draw the controls; return the experiment they describe.

    Values that do not fit one another are explained where they are set, and the last experiment
    that could run is returned in the meantime; None when there was none.
    """
    _read_url()
    with st.sidebar:
        st.selectbox(
            "Start from", list(PRESETS), index=None, placeholder="a preset …",
            key="preset", on_change=_load_preset, label_visibility="collapsed",
        )  # fmt: skip
        slots = {name: _control(PARAMETERS[name]) for name in FIRST}
        with st.expander("More parameters"):
            rest = [parameter for name, parameter in PARAMETERS.items() if name not in FIRST]
            slots |= {parameter.name: _control(parameter) for parameter in rest}
        problems, advice = _settle()
        for name, sentence in problems.items():
            slots.get(name, slots["d"]).error(sentence, icon=":material/error:")
        for name, sentence in advice.items():
            slots[name].caption(f":orange[:material/warning: {sentence}]")
    for notice in st.session_state[NOTICES]:
        st.warning(notice, icon=":material/info:")
    return st.session_state.get(VALID)


def _read_url() -> None:
    """Take over the URL's experiment when the page is opened or the URL has changed."""
    query = urlencode([(name, text) for name in st.query_params for text in _texts(name)])
    if st.session_state.get(QUERY) == query:
        # Streamlit drops the state of widgets that another page did not show.
        if all(name in st.session_state for name in PARAMETERS):
            return
        experiment = st.session_state.get(VALID, Experiment())
    else:
        experiment, st.session_state[NOTICES] = Experiment.clamped(query or _first_query())
    st.session_state.setdefault(NOTICES, [])
    _show(experiment)


def _first_query() -> str:
    return next(iter(PRESETS.values())).to_query()


def _texts(name: str) -> list[str]:
    return st.query_params.get_all(name)


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


def _control(parameter: Parameter) -> Any:
    """One parameter's row: its slider, and a popover with what it does and the exact value.

    Returns the empty place below it for a problem or advice.
    """
    name, symbol = parameter.name, f"**{parameter.symbol}**"
    label = symbol if parameter.symbol == name else f"{symbol} ({name})"
    left, right = st.columns([0.84, 0.16], vertical_alignment="bottom", gap="small")
    with left:
        _widget(parameter, f"{label} · {parameter.label}")
    with right, st.popover("", icon=":material/help:", type="tertiary", help=parameter.label):
        st.markdown(parameter.help)
        st.caption(f"Allowed: {parameter.allowed}.")
        if parameter.scale == "log" or parameter.kind == "number":
            _exact_entry(parameter)
    if name == "c":
        st.caption(_eta_text())
    return st.empty()


def _widget(parameter: Parameter, label: str) -> None:
    name = parameter.name
    if parameter.kind == "mixture":
        st.text_input(label, key=name, placeholder="3:0.6,4:0.8")
    elif isinstance(parameter.default, str):
        st.selectbox(label, parameter.choices, key=name)
    elif parameter.kind == "choice" or parameter.scale == "log":
        stops = {*parameter.stops, st.session_state[name]}
        st.select_slider(label, sorted(stops), key=name, format_func=_number_text)  # type: ignore[type-var]
    elif parameter.kind == "number" and parameter.high <= 10:
        st.slider(label, parameter.low, parameter.high, step=parameter.step, key=name)
    else:
        number = int if parameter.kind == "integer" else float
        st.number_input(
            label, number(parameter.low), number(parameter.high), step=number(parameter.step),
            key=name,
        )  # fmt: skip


def _number_text(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _exact_entry(parameter: Parameter) -> None:
    """A field for the exact value, which the slider's stops may not offer."""
    name, key = parameter.name, f"{parameter.name}_exact"
    number = int if parameter.kind == "integer" else float
    st.session_state[key] = number(st.session_state[name])

    def take_over() -> None:
        st.session_state[name] = parameter.clamp(st.session_state[key])

    st.number_input(
        f"Exact value of {parameter.symbol}", number(parameter.low), number(parameter.high),
        key=key, on_change=take_over, format=None if number is int else "%g",
    )  # fmt: skip


def _eta_text() -> str:
    state = st.session_state
    d, J, c = state["d"], state["J"], state["c"]
    try:
        eta = Experiment(d=d, J=J, P=1, c=c).eta
    except ExperimentError:
        return ""
    return f"η = c·d^(-J/2) = {c:g} · {d:,}^(-{J / 2:g}) = **{eta:.3g}**"


def _settle() -> tuple[dict[str, str], dict[str, str]]:
    """Make the widgets' values an experiment: (problems, advice), by parameter."""
    values = {name: st.session_state[name] for name in PARAMETERS}
    if values["mixture"]:
        del values["J"]
    try:
        experiment = Experiment(**values)
        plan = make_plan(experiment)
    except ExperimentError as error:
        return error.problems, {}
    advice = {}
    if st.session_state["J"] != experiment.J:
        advice["J"] = f"The mixture sets J = {experiment.J}."
    if st.session_state.get(VALID) not in (None, experiment):
        st.session_state[NOTICES] = []
    st.session_state[VALID] = experiment
    query = experiment.to_query()
    st.query_params.from_dict(dict(item.split("=", 1) for item in query.split("&")))
    st.session_state[QUERY] = urlencode(
        [(name, text) for name in st.query_params for text in _texts(name)]
    )
    return {}, advice | advise(plan)
