"""The sweeps of this server that are not over: which computes, which wait for it."""

from __future__ import annotations

import streamlit as st

from emergence.runs.speed import time_left
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import Sweep
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.ui.scaling_lab.owner import owner
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.words import plural


def show_line(sweep: Sweep) -> None:
    """Every sweep with its place, where there are others than the one that is shown."""
    runs = sweep_queue().line()
    if all(run.sweep.key == sweep.key for run in runs):
        return
    lines = [f"{place}. {_said(run, sweep)}" for place, run in enumerate(runs, 1)]
    with st.container(key="sweep_line"):
        st.markdown("**Sweeps on this server**, one at a time:\n\n" + "\n".join(lines))


def _said(run: SweepRun, shown: Sweep) -> str:
    points = f"{len(run.outcomes):,} of {plural(len(run.sweep.points), 'point')}"
    left = f", {time_left(run.seconds_left)}" if run.state is SweepState.RUNNING else ""
    marks = ["this one"] if run.sweep.key == shown.key else []
    marks += ["yours"] if sweep_queue().owns(run.sweep, owner()) else []
    mark = f" ({', '.join(marks)})" if marks else ""
    return f"{ANALYSES[run.sweep.analysis].title}{mark}: {run.state}, {points}{left}"
