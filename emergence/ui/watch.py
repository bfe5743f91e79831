"""A study on a page: its picture refines while it is computed; it shows progress and stops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import uuid4

import streamlit as st

from emergence.serving.registry import ServerFullError
from emergence.serving.study import Study
from emergence.ui.formatting import plain
from emergence.ui.server.services import registry, warm_up
from emergence.ui.server.viewers import client
from emergence.words import plural

T = TypeVar("T")

POLL, SELDOM = 0.4, 2.0
"""Seconds between two looks at a study that is being computed: on a quiet server, and on one where
many are. Each look draws the page's part anew, so that many readers would leave little else."""
FEW = 4
"""So many computations are a quiet server."""


def pause() -> float:
    """Seconds from one look to the next, by how many computations the server has to do."""
    return min(POLL * max(registry().waiting() / FEW, 1.0), SELDOM)


def watch(
    study: Study[T], key: str, draw: Callable[[T | None], None], revealed: bool = True
) -> None:
    """Compute a study while its page is open, and draw what is known of it.

    `draw` is called with the latest result, None before the first: it draws the picture. Above it
    stand the progress and a button that stops the computation or goes on with it. Where the server
    is full it waits in line, and asks for a place again and again. Until the answer
    is `revealed` nothing is computed, and `draw` is called once, with None.
    """
    if not revealed:
        with st.container():
            st.container()  # where the progress will stand: the picture keeps its place
            draw(None)
        return
    name = st.session_state.setdefault("viewer", uuid4().hex)
    viewer, halted = f"{name[:24]}{key}"[:40], f"{key}_halted"
    running = st.session_state.get(halted) != study
    at = client(st.context.ip_address)
    try:
        job = registry().study(viewer, study, at)
    except ServerFullError:
        draw(None)
        st.fragment(_in_line, run_every=SELDOM)(partial(registry().study, viewer, study, at))
        return
    if not running:
        registry().leave(viewer)
    looking = running and not job.final
    every = pause()

    def look() -> None:
        full = False
        try:
            if looking:
                registry().study(viewer, study, at)
        except ServerFullError:  # it had given way to others
            full = True
        latest = job.published
        with st.container():
            above = st.container(horizontal=True, vertical_alignment="center")
            if not job.final:
                done = latest.done if latest else 0.0
                text = f"{'computing' if running else 'stopped'}: {done:.0%}"
                with above:
                    st.progress(min(done, 1.0), text if latest else warm_up().note or text)
                    # Two keys: after a restart of the server it goes on by itself.
                    if running and st.button("Stop", key=f"{key}_toggle"):
                        st.session_state[halted] = study
                        st.rerun()  # the whole page: polling ends
                    if not running and st.button("Go on", key=f"{key}_go"):
                        st.session_state[halted] = None
                        st.rerun()
            draw(latest.value if latest else None)
        if full:
            st.info(waits())
        elif job.message:
            st.error(plain(job.message))
        if looking and not full and (job.final or not every / 2 <= pause() <= 2 * every):
            st.rerun()  # nothing has to look again, or at another pace

    # Nothing that may be pressed stands in a fragment for ever: a restarted server knows none.
    if looking:
        st.fragment(look, run_every=every)()
    else:
        look()


def waits() -> str:
    """Why nothing is computed yet."""
    going = plural(registry().waiting(), "other computation")
    return f"In line: the server is busy with {going}. This begins by itself."


def _in_line(ask: Callable[[], object]) -> None:
    """Ask for a place; the page begins anew once there is one."""
    try:
        ask()
    except ServerFullError:
        st.info(waits())
    else:
        st.rerun()
