"""The live component: the browser owns the Plotly figures and pulls what it lacks.

`/lab/figures` gives it the figures that `emergence.figures` builds, once an experiment; `/lab/run`
the numbers. The page's script runs only when a control moves.
"""

from __future__ import annotations

import streamlit as st

from emergence.experiment import Experiment
from emergence.ui.browser import text
from emergence.ui.server.routes import FIGURES, RUN
from emergence.ui.server.scripts import PLOTLY, base_path, script_address

_component = st.components.v2.component(
    "emergence_live_lab",
    html='<div class="lab"></div>',
    css=text("live.css"),
    js=text("live_loader.js"),
    isolate_styles=False,
)


def live_lab(experiment: Experiment) -> None:
    """Show an experiment live: transport, five figures, scoreboard.

    Only the experiment's name goes this way: the browser fetches figures and numbers itself, so
    that a moved slider is answered at once.
    """
    _component(
        key="live_lab",
        data={
            "query": experiment.to_query(),
            "module": script_address("live.js"),
            "plotly": script_address(PLOTLY),
            "run": base_path() + RUN,
            "figures": base_path() + FIGURES,
        },
    )
