"""The Scaling Lab's results: estimate, start and stop, progress, pictures, exponents, exports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from emergence.experiment import Experiment, ExperimentError
from emergence.figures.sweeps.outcomes import sweep_figures
from emergence.runs.speed import duration, time_left
from emergence.sweeps import export, report
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.analyses.base import named
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.theory.fits import CONFIDENCE, RESAMPLES
from emergence.ui.formatting import plain
from emergence.ui.picture import picture
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.ui.server.services import warm_up
from emergence.ui.table import table
from emergence.words import plural

POLL = 1.0
"""Seconds between two looks at a sweep that is being computed."""
SEEN = "sweep_seen"


def run_and_show(sweep: Sweep) -> None:
    """Estimate, start and stop, progress with the time left, pictures, exports."""
    working = _working(sweep)

    def look() -> None:
        if _working(sweep) != working:
            st.rerun()  # the whole page: looking at it every second begins or ends
        run = sweep_queue().run_of(sweep)
        _transport(sweep, run)
        if run and run.outcomes:
            _results(sweep, run)
        else:
            st.caption("Exponents and pictures appear here as points are finished.")

    # Nothing that may be pressed stands in a fragment for ever: a restarted server knows none.
    if working:
        st.fragment(look, run_every=POLL)()
    else:
        look()


def _working(sweep: Sweep) -> bool:
    run = sweep_queue().run_of(sweep)
    return run is not None and not run.over


def _transport(sweep: Sweep, run: SweepRun | None) -> None:
    total = len(sweep.points)
    if run is None or run.state in (SweepState.STOPPED, SweepState.FAILED):
        if run and run.message:
            st.error(plain(run.message))
        left = sweep_queue().store.missing(sweep.points)
        label = "Go on" if run else "Start" if left else "Show"
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(label, type="primary", key="sweep_start", icon=":material/play_arrow:"):
                sweep_queue().start(sweep)
                st.rerun()
            st.markdown(f"{plural(total, 'point')}{_cost(total, left)}")
        return
    if run.over:
        sign = "error" if run.all_diverged else "check"
        st.markdown(
            f":material/{sign}: {'all ' if total > 1 else ''}{plural(total, 'point')} "
            f"({report.tally(run)}), {run.on_disk:,} of them found on disk"
        )
        if run.message:
            st.caption(f"{run.message}.")
        return
    left_over = f", {time_left(run.seconds_left)}" if run.state is SweepState.RUNNING else ""
    where, waiting = sweep_queue().executor, ""
    if run.state is SweepState.WAITING:
        waiting = " for another sweep to end"
    elif isinstance(where, Cluster) and not run.share:
        waiting = f" on the cluster at {where.address}, which has not answered yet"
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"{run.state}{waiting}: {len(run.outcomes):,} of {plural(total, 'point')}{left_over}"
        st.progress(min(run.share, 1.0), text if run.share else warm_up().note or text)
        st.button("Stop", key="sweep_stop", icon=":material/stop:", on_click=run.stop)


def _cost(total: int, left: Sequence[Experiment]) -> str:
    """What is left to compute, and about how long that takes."""
    if not left:
        return ", all of them on disk"
    stored = f", {total - len(left):,} of them on disk" if len(left) < total else ""
    try:
        seconds = estimate_seconds(left)
    except ExperimentError as error:
        return f"{stored} · :orange[{error}]"
    where = sweep_queue().executor
    if isinstance(where, Cluster):
        address = where.address
        return f"{stored} · about {duration(seconds)} of computing, on the cluster at {address}"
    cores = where.workers()
    return f"{stored} · about {duration(seconds / cores)} on {plural(cores, 'core')}"


def _results(sweep: Sweep, run: SweepRun) -> None:
    outcomes = run.outcomes
    estimates = _estimates(sweep, outcomes)
    figures = sweep_figures(sweep, outcomes, estimates)
    shown = st.segmented_control(
        "Picture", list(figures), default="Exponents", required=True, key="sweep_picture",
        label_visibility="collapsed",
    )  # fmt: skip
    drawn = figures.get(shown or "", figures["Exponents"])
    of = next(iter(drawn))
    if len(drawn) > 1:
        of = st.selectbox("Of", list(drawn), key="sweep_of", label_visibility="collapsed",
                          width=220)  # fmt: skip
    figure = drawn[of]()
    picture(figure, key="sweep_surface" if shown == "Surface" else "sweep_figure")
    if estimates:
        _table(estimates, ANALYSES[sweep.analysis].bound)
    elif run.over:
        st.markdown(f"{report.why_none(run).capitalize()}.")
    else:
        st.caption("No exponent yet.")
    for note in report.notes(run):
        (st.error if run.all_diverged else st.warning)(f"{note}.")
    _downloads(sweep, outcomes, figure)


def _estimates(sweep: Sweep, outcomes: Sequence[Outcome]) -> list[Estimate]:
    """Resampling takes a moment: while points arrive, a tenth of the time at most."""
    state, now = (sweep.key, len(outcomes)), time.monotonic()
    seen: _Seen | None = st.session_state.get(SEEN)
    fresh = seen and (seen.state == state or (now < seen.until and _working(sweep)))
    if seen is None or seen.state[0] != sweep.key or not fresh:
        estimates = sweep.estimates(outcomes)
        seen = st.session_state[SEEN] = _Seen(state, estimates, 11 * time.monotonic() - 10 * now)
    return seen.estimates


@dataclass(frozen=True)
class _Seen:
    """Estimates of a state of a sweep, and until when they will do for later ones."""

    state: tuple[str, int]
    estimates: list[Estimate]
    until: float


def _table(estimates: Sequence[Estimate], bound: bool) -> None:
    rows = [
        (named(each.of.items()), f"**{each.slope.value:.3f}**", _interval(each.slope.ci),
         f"{'at most ' if bound else ''}{each.theory:.3f}", "" if bound else _off_by(each),
         each.basis)
        for each in estimates
    ]  # fmt: skip
    with st.container(key="sweep_table"):
        st.markdown(table(("", "measured", "95 % interval", "theory", "off by", "window"), rows))
    st.caption(
        f"Intervals: {CONFIDENCE:.0%} of the mean over seeds of this law, from the standard error "
        f"of the bootstrap ({RESAMPLES:,} resamples of the seeds); for thresholds from as many "
        "simulated sweeps with the seeds' scatter and the grid's spacing."
    )


def _off_by(estimate: Estimate) -> str:
    """In per cent of theory's exponent; the difference where that is 0."""
    if estimate.theory == 0:
        return f"{estimate.slope.value:+.3f}"
    return f"{round(estimate.slope.value / estimate.theory - 1, 3) + 0.0:+.1%}"


def _interval(ci: Sequence[float] | None) -> str:
    return f"{ci[0]:.3f} to {ci[1]:.3f}" if ci else "none: too few seeds"


def _downloads(sweep: Sweep, outcomes: Sequence[Outcome], figure: go.Figure) -> None:
    offers: dict[str, tuple[str | Callable[[], str | bytes], str]] = {
        "CSV": (lambda: export.csv_text(outcomes), "csv"),
        "Parquet": (lambda: export.parquet_bytes(outcomes), "parquet"),
        "Picture as HTML": (lambda: figure.to_html(include_plotlyjs=True), "html"),
        "Definition": (sweep.text, "json"),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, (content, suffix) in offers.items():
            st.download_button(label, content, f"sweep-{sweep.analysis}.{suffix}",
                               on_click="ignore")  # fmt: skip
        st.caption("PNG and SVG: the buttons at the picture's top right.")
