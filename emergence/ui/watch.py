"""A study on a page: its picture refines while it is computed; it shows progress and stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

import streamlit as st

from emergence.serving.registry import ServerFullError
from emergence.serving.study import Study
from emergence.ui.formatting import plain
from emergence.ui.server.services import registry, warm_up
from emergence.ui.server.viewers import client

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
    stand the progress and a button that stops the computation or goes on with it. Until the answer
    is `revealed` nothing is computed, and `draw` is called once, with None.
    """
    if not revealed:
        with st.container(key=f"watch_{key}"):
            st.container()  # where the progress will stand: the picture keeps its place
            draw(None)
        return
    name = st.session_state.setdefault("viewer", uuid4().hex)
    viewer, halted = f"{name[:24]}{key}"[:40], f"{key}_halted"
    running = st.session_state.get(halted) != study
    at = client(st.context.ip_address)
    try:
        job = registry().study(viewer, study, at)
    except ServerFullError as error:
        draw(None)
        st.warning(plain(f"This has to wait: {error}."))
        return
    if not running:
        registry().leave(viewer)
    looking = running and not job.final
    every = pause()

    def look() -> None:
        full = ""
        try:
            if looking:
                registry().study(viewer, study, at)
        except ServerFullError as error:  # it had given way to others
            full = f"This has to wait: {error}."
        latest = job.published
        with st.container(key=f"watch_{key}"):
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
        if job.message or full:
            (st.warning if full else st.error)(plain(full or job.message))
        if looking and not full and (job.final or not every / 2 <= pause() <= 2 * every):
            st.rerun()  # nothing has to look again, or at another pace

    # Nothing that may be pressed stands in a fragment for ever: a restarted server knows none.
    if looking:
        st.fragment(look, run_every=every)()
    else:
        look()
