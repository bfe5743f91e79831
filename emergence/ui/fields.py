"""The controls of the lessons: Streamlit's widgets, their values in the address."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from emergence.parameters import quote
from emergence.ui.address import control
from emergence.ui.formatting import exact, scientific

S = TypeVar("S", bound=str)
N = TypeVar("N", int, float)


def slider(
    label: str, low: N, high: N, value: N, step: N | None = None, *, key: str, **more: Any
) -> N:
    """A slider; an address may hold any value within its limits, between its steps as well."""
    kind = type(value)
    step = kind(1) if step is None else step

    def read(text: str) -> tuple[N, str]:
        return number(text, key, low, high, value)

    def draw(default: N) -> N:
        shown = st.session_state.get(key, default)
        style = None if kind is int else decimals(float(shown), float(step))
        return kind(st.slider(label, low, high, default, step, key=key, format=style, **more))

    return control(key, value, read, repr, draw)


def select_slider(
    label: str, options: Sequence[N], value: N | None = None, *, key: str,
    resets: tuple[str, ...] = (), **more: Any,
) -> N:  # fmt: skip
    """A slider with stops; a number between them becomes the nearest one."""
    stops = list(options)
    default = stops[0] if value is None else value

    def read(text: str) -> tuple[N, str]:
        try:
            given = float(text)
        except ValueError:
            given = float("nan")
        if given in stops:
            return stops[stops.index(given)], ""  # type: ignore[arg-type]
        taken = min(stops, key=lambda stop: abs(stop - given)) if given == given else default
        offered = ", ".join(map(exact, stops))
        return taken, f"{key} = {quote(text)} is not one of {offered}: {exact(taken)} is taken."

    def draw(first: N) -> N:
        return st.select_slider(label, stops, first, key=key, **more)

    return control(key, default, read, repr, draw, resets)


STEP_SIZE = "η · Step size"
"""The label of every slider of a step size: it moves c, and `eta_text` stands below it."""


def in_c(c: float) -> str:
    """A stop of such a slider."""
    return f"c = {exact(c)}"


def step_size(
    cs: Sequence[float], value: float, d: int, power: float, *, key: str, **more: Any
) -> float:
    """A slider of the step size eta = c d^(-power), on the scale of c: the c."""
    with st.container(gap="xsmall"):
        c = select_slider(STEP_SIZE, cs, value=value, key=key, format_func=in_c, **more)
        st.caption(eta_text(c, d, power))
    return c


def eta_text(c: float, d: int, power: float) -> str:
    """Markdown: the step size eta = c d^(-power) as it is, and as c and d make it.

    In three formulas: lines break between them.
    """
    size = f"{d:,}".replace(",", "{,}")
    eta = c * math.pow(d, -power)
    return (
        rf"$\eta = {scientific(eta, 3)}$ $= c\,d^{{-{power:g}}}$ $= "
        rf"{{{scientific(c, 3)} \cdot {size}^{{-{power:g}}}}}$"
    )


def selectbox(label: str, options: Sequence[str], index: int = 0, *, key: str, **more: Any) -> str:
    """A list to choose a text from."""

    def draw(first: str) -> str:
        return str(st.selectbox(label, options, list(options).index(first), key=key, **more))

    return _choice(options, options[index], key, draw)


def segmented_control(label: str, options: Sequence[S], default: S, *, key: str, **more: Any) -> S:
    """Buttons beside one another, of which one is pressed."""

    def draw(first: S) -> S:
        chosen: S = st.segmented_control(
            label, options, default=first, key=key, required=True, **more
        )
        return chosen

    return _choice(options, default, key, draw)


def _choice(options: Sequence[S], default: S, key: str, draw: Callable[[S], S]) -> S:
    def read(text: str) -> tuple[S, str]:
        for option in options:
            if option == text:
                return option, ""
        offered = ", ".join(options)
        return default, f"{key} = {quote(text)} is not one of {offered}: {default} is taken."

    return control(key, default, read, str, draw)


def number(text: str, name: str, low: N, high: N, default: N) -> tuple[N, str]:
    """The number a text of the address is, within its limits; and what was wrong with it."""
    kind = type(default)
    try:
        given = float(text)
        value = kind(given)
    except (ValueError, OverflowError):  # no number; no whole number can be infinite
        given = float("nan")
        value = default
    if value == given and low <= value <= high:
        return value, ""
    taken = default if given != given else min(max(value, low), high)
    what = "a whole number" if kind is int else "a number"
    return taken, (
        f"{name} = {quote(text)} is not {what} from {exact(low)} to {exact(high)}: "
        f"{exact(taken)} is taken."
    )


def decimals(value: float, step: float) -> str:
    """A slider's format that rounds nothing: the step's decimals, or more where it takes them."""
    places = len(f"{step:.12f}".rstrip("0").partition(".")[2])
    while float(f"{value:.{places}f}") != value:
        places += 1
        if places > 17:
            return "%.17g"
    return f"%.{places}f"
