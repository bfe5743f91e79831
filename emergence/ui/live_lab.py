"""The live component: the browser owns the Plotly figures and pulls what it lacks.

`/lab/figures` gives it the figures that `emergence.figures` builds, once an experiment; `/lab/run`
the numbers. The page's script runs only when a control moves.
"""

from __future__ import annotations

from importlib import resources

import streamlit as st

from emergence.experiment import Experiment
from emergence.ui.server import routes as server

LOADER = """
export default function ({ data, parentElement }) {
  const host = parentElement.querySelector(".lab");
  host.shown = data;
  import(`${window.location.origin}${data.scripts}/live.js`)
    .then(({ show }) => show(host, host.shown));
}
"""

_component = st.components.v2.component(
    "emergence_live_lab",
    html='<div class="lab"></div>',
    css=(resources.files("emergence.ui.browser") / "live.css").read_text(),
    js=LOADER,
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
            "scripts": server.script_base(),
            "plotly": server.PLOTLY,
        },
    )
