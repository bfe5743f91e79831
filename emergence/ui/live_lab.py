"""The live component: the browser owns the Plotly figures and pulls what it lacks.

`/lab/figures` gives it the figures that `emergence.figures` builds, once an experiment; `/lab/run`
the numbers. The page's script runs only when a control moves: meanwhile the browser shows what it
makes of it itself (`browser/instant.js`), and Python's word holds once it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import streamlit as st

from emergence.experiment import Experiment
from emergence.runs.mends import Mend, mends_of_divergence
from emergence.runs.opening import ACTS
from emergence.runs.plan import settled
from emergence.serving.registry import ServerFullError
from emergence.ui import opening
from emergence.ui.address import current
from emergence.ui.browser import text
from emergence.ui.controls import take
from emergence.ui.formatting import plain
from emergence.ui.glossary import words
from emergence.ui.server.alone import ALONE
from emergence.ui.server.data import DATA
from emergence.ui.server.payload import prepare
from emergence.ui.server.routes import FIGURES, LOOKS, RUN
from emergence.ui.server.scripts import BUNDLE, INSTANT, KERNELS, PLOTLY, script_address
from emergence.ui.server.viewers import client
from emergence.ui.view import LAB, PICTURE, picture_of, show_lab, view_of

KEY = "live_lab"

_component = st.components.v2.component(
    "emergence_live_lab",
    html='<div class="lab"></div>',
    css="".join(
        map(
            text,
            (
                "live.css",
                "table.css",
                "opening.css",
                "stage.css",
                "words.css",
                "marker.css",
                "predict.css",
            ),
        )
    ),
    js=text("live_loader.js"),
    isolate_styles=False,
)


def live_lab(
    experiment: Experiment,
    embedded: bool = False,
    notices: Sequence[str] = (),
    mends: Sequence[Mend] = (),
    controls: Mapping[str, Any] | None = None,
) -> None:
    """Show an experiment live: transport, six figures, scoreboard.

    Only the experiment's name goes this way, and what the `controls` say: the browser answers a
    moved one itself, or fetches figures; numbers it always fetches. Where the picture fills the
    window, it shows the page's notices as well, with what mends them.
    """
    view, _ = view_of(current())
    stage = "embed" if embedded else view
    _mount(experiment, stage, notices, mends, None, controls or {})


def live_opening() -> None:
    """Show the opening, beginning with its first act."""
    view, wrong = view_of(current())
    if wrong:
        st.warning(plain(wrong), icon=":material/info:")
    _mount(ACTS[0].experiment, view, (), (), opening.programme(), {})


def _mount(
    experiment: Experiment,
    stage: str,
    notices: Sequence[str],
    mends: Sequence[Mend],
    programme: dict[str, Any] | None,
    controls: Mapping[str, Any],
) -> None:
    with suppress(ServerFullError):  # then the browser asks for it later
        prepare(settled(experiment), client(st.context.ip_address))
    _component(
        key=KEY,
        data={
            "query": experiment.to_query(),
            "module": script_address(BUNDLE),
            "plotly": script_address(PLOTLY),
            "run": RUN,
            "figures": FIGURES,
            "looks": LOOKS,
            "instant": script_address(INSTANT),
            "kernels": script_address(KERNELS),
            "controls": dict(controls),
            "alone": ALONE,
            "files": DATA,
            "stage": stage,
            "picture": picture_of(current())[0],
            "address": {"view": LAB, "picture": PICTURE},
            "notices": list(notices),
            "mends": [mend.label for mend in mends],
            "opening": programme,
            "acts": opening.sentences(),
            "words": words(),
        },
        on_view_change=_change_view,
        on_opening_change=_turn,
        on_mend_change=partial(_mend, experiment, mends),
    )


def _change_view() -> None:
    """The browser has shown another view or large picture: the address follows."""
    shown = st.session_state[KEY]["view"]
    show_lab(current(), shown["view"], shown["picture"])


def _mend(experiment: Experiment, mends: Sequence[Mend]) -> None:
    """The reader takes what mends a refusal, or a run that has diverged, by its label."""
    for mend in (*mends, *mends_of_divergence(experiment)):
        if mend.label == st.session_state[KEY]["mend"]:
            take(mend.changes)


def _turn() -> None:
    """The browser has come to the opening's end, or begins it again."""
    if st.session_state[KEY]["opening"]:
        opening.replay()
    else:
        opening.leave()
