"""The address and the page say the same: both ways, for every page, in one place.

An address holds, under readable names, what differs from the page's defaults; every value comes
back bit for bit. Streamlit's own binding of widgets to the address is not used: it takes names that
two pages share for left-overs of the first, and drops them from a link to the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from emergence.parameters import quote
from emergence.ui.formatting import plain

T = TypeVar("T")

VISIT = "visit"
REMEMBERED = 50
"""Addresses of one visit: the browser may still send one that has just been replaced."""

Read = Callable[[str], tuple[T, str]]
"""A text of the address to a value, and what was wrong with it ("" if nothing was)."""


@dataclass
class Visit:
    """A page as this browser session shows it, from opening its address on.

    said : what the address has to say, by name
    fresh : the session's first, and no step in the history has led here. What the browser then
        sends of itself is newer than the address: the server was restarted under an open page
    arrived : this run is the first
    linked : a link of the app has led here from another page: in the first run the browser's
        address may still have that page's path
    late : the address is to be written once it has this page's path, in another run
    live : keys of widgets that have been shown, whose values are therefore their own
    forced : keys of widgets that have to take another value
    notices : what was wrong with the address, by name; they are shown in `place`
    first : values that widgets of a fresh session began with, by key
    values : of every control that has been drawn, as the address would say it
    memory : what else the page remembers of this visit
    """

    page: str
    said: dict[str, str]
    fresh: bool
    arrived: bool = True
    linked: bool = False
    late: bool = False
    live: set[str] = field(default_factory=set)
    forced: set[str] = field(default_factory=set)
    notices: dict[str, str] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    place: DeltaGenerator | None = None
    values: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    seen: list[dict[str, str]] = field(default_factory=list)

    def reset(self, *names: str) -> None:
        """Have these controls begin anew with their defaults."""
        for name in names:
            self.said.pop(name, None)
            self.forced.add(name)

    def publish(self) -> None:
        """Make the address say what `said` does. Options of embedding stay in it."""
        self.late = self.linked and self.arrived and st.query_params.to_dict() != self.said
        if self.late:
            return
        if st.query_params.to_dict() != self.said:
            st.query_params.from_dict(self.said)
        if self.said not in self.seen:
            self.seen = [*self.seen, dict(self.said)][-REMEMBERED:]

    def notify(self) -> None:
        """Show the notices: in one element, which the next one takes the place of."""
        if self.place is not None and self.notices:
            text = "\n\n".join(map(plain, self.notices.values()))
            self.place.warning(text, icon=":material/info:")
        elif self.place is not None:
            self.place.empty()


def arrive(page: str) -> Visit:
    """Begin a run of `page`: follow its address where that is new, else go on.

    It is new on another page, after Back or Forward, and when it is none of those this visit has
    had. (One of those may come late: a control was moved before the browser heard of its address.)
    """
    given = st.query_params.to_dict()
    visit: Visit | None = st.session_state.get(VISIT)
    context = get_script_run_ctx()
    moved = context is not None and context.is_history_navigation
    if visit is None or visit.page != page or moved or given not in visit.seen:
        visit_before, linked = visit, visit is not None and visit.page != page and not moved
        fresh = visit is None and not moved
        visit = Visit(page, dict(given), fresh=fresh, linked=linked, seen=[given])
        for name, text in given.items():
            if len(st.query_params.get_all(name)) > 1:
                visit.notices[f"{name} twice"] = (
                    f"{quote(name)} is given more than once: {quote(text)}, the last, is used."
                )
        if visit_before is not None and visit_before.page == page and not moved:
            st.query_params.from_dict(given)  # a link to the page it is on: the browser has the old
        st.session_state[VISIT] = visit
    else:
        visit.arrived = False
    visit.place = None
    visit.publish()
    return visit


def restart(page: str, keep: str) -> None:
    """Begin a page anew in the next run, at an address that has nothing but the name `keep`."""
    said = {name: text for name, text in current().said.items() if name == keep}
    visit = Visit(page, said, fresh=False, seen=[dict(said)])
    st.session_state[VISIT] = visit
    visit.publish()


def current() -> Visit:
    """The visit that `arrive` has begun."""
    visit: Visit = st.session_state[VISIT]
    return visit


def described() -> str:
    """The page and what its controls say, for the caption of a picture; guesses are the reader's.

    Empty where no page has begun.
    """
    visit: Visit | None = st.session_state.get(VISIT)
    if visit is None:
        return ""
    shown = [f"{name} = {text}" for name, text in visit.values.items()
             if text and not name.startswith("guess")]  # fmt: skip
    title = visit.page.replace("_", " ").capitalize()
    return f"{title}: {', '.join(shown)}" if shown else title


def finish() -> None:
    """End a run: another one follows where the address could not be written in this."""
    visit: Visit | None = st.session_state.get(VISIT)
    if visit is not None and visit.late:
        st.rerun()


def widget(key: str, value: T, default: T, draw: Callable[[T], T]) -> T:
    """A widget of this visit: it begins with `value` and is its own from then on.

    `draw` makes it with a default and returns its value.
    """
    visit = current()
    shown = key in visit.live and key in st.session_state
    if key in visit.forced or not (shown or visit.fresh):
        st.session_state[key] = value
    visit.forced.discard(key)
    visit.live.add(key)
    return draw(visit.first.setdefault(key, value) if visit.fresh else default)


def control(
    name: str, default: T, read: Read[T], text: Callable[[T], str], draw: Callable[[T], T],
    resets: tuple[str, ...] = (),
) -> T:  # fmt: skip
    """A control whose value is in the address; its widget's key is `name`.

    `draw` as in `widget`. When the value has changed, the controls named by `resets` begin anew.
    """
    visit = current()
    before, wrong = read(visit.said[name]) if name in visit.said else (default, "")
    value = widget(name, before, default, draw)
    visit.values[name] = text(value)
    if value == before and not wrong:
        return value
    visit.said.pop(name, None)
    if value != default:
        visit.said[name] = text(value)
    if value != before:
        visit.reset(*resets)
        if not visit.arrived:
            visit.notices.clear()
    if wrong:
        visit.notices[name] = wrong
    visit.notify()
    visit.publish()
    return value
