"""The opening on the first page: when it is shown, and what the browser is given of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from emergence.experiment import Experiment
from emergence.runs.opening import ACTS, SECONDS, YOURS
from emergence.runs.plan import settled
from emergence.ui.address import arrive, restart
from emergence.ui.view import LAB

PLAYS = "opening_plays"
"""Of a session: whether its visits of the Live Lab show the opening."""


def is_due() -> bool:
    """Whether this run of the page shows the opening.

    It is what a session begins with, unless its address has an experiment or it begins on another
    page. Once left, it comes again only when it is asked for (`replay`).
    """
    visit = arrive("live_lab")
    began = st.session_state.setdefault(PLAYS, visit.fresh)
    if visit.said.keys() - {LAB} or (visit.arrived and visit.linked) or st.context.is_embedded:
        began = st.session_state[PLAYS] = False
    return bool(began)


def replay() -> None:
    """Have the opening play from its start, at the page's bare address."""
    restart("live_lab", keep=LAB)
    st.session_state[PLAYS] = True


def leave() -> None:
    """It is the viewer's turn."""
    st.session_state[PLAYS] = False


def sentences() -> list[dict[str, str]]:
    """What followers of a lecture read under each act."""
    return [{"name": act.name, "sentence": act.sentence} for act in ACTS]


def programme() -> dict[str, Any]:
    """The acts for the browser."""
    acts = [
        {
            "name": act.name,
            "query": act.experiment.to_query(),
            "sentence": act.sentence,
            "seed": act.seed,
            "hero": act.hero,
            "beside": act.beside,
        }
        for act in ACTS
    ]
    yours = YOURS | {"query": settled(Experiment()).to_query()}
    return {"acts": acts, "seconds": SECONDS, "yours": yours}
