"""The live component: figures built here once, numbers pulled by the browser.

The browser owns the Plotly figures and asks `/lab/run` for what it lacks; this script runs only
when a control moves.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import streamlit as st

from emergence.experiment import Experiment
from emergence.figures import style
from emergence.figures.lab import lab_figures
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from emergence.ui import server

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
    css=(resources.files(__name__) / "live.css").read_text(),
    js=LOADER,
    isolate_styles=False,
)


def live_lab(experiment: Experiment) -> None:
    """Show an experiment live: transport, five figures, scoreboard."""
    data = _payload(experiment) | {
        "scripts": server.script_base(),
        "plotly": server.PLOTLY,
        "note": server.warm_up().note,
    }
    _component(key="live_lab", data=data)


@lru_cache(maxsize=64)
def _payload(experiment: Experiment) -> dict[str, Any]:
    """What the browser needs before the first number arrives."""
    plan = make_plan(experiment)
    record = Record(plan)
    figures = lab_figures(plan, record)
    return {
        "query": experiment.to_query(),
        "figures": {name: figure.to_json() for name, figure in figures.items()},
        "fields": record.fields,
        "P": experiment.P,
        "m": experiment.m,
        "a": plan.a.tolist(),
        "T": [float(t) if np.isfinite(t) else None for t in plan.T / experiment.eta],
        "iota": [int(k) if k >= 0 else None for k in plan.iota],
        "neurons": plan.neurons.tolist(),
        "directions": plan.directions.tolist(),
        "unused": np.flatnonzero(plan.unused).tolist(),
        "first": float(plan.snapshots[1] / experiment.eta),
        "end": float(plan.end / experiment.eta),
        "palette": style.PALETTE,
        "idle": style.UNUSED,
    }
