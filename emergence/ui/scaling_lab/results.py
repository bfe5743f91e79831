"""The Scaling Lab's results: estimate, start and stop, progress, pictures, exponents, exports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

import emergence
from emergence.figures.sweeps.outcomes import sweep_figures
from emergence.runs.speed import time_left
from emergence.sweeps import export, report
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.theory.fits import CONFIDENCE, RESAMPLES
from emergence.ui.formatting import plain
from emergence.ui.picture import picture
from emergence.ui.scaling_lab.careful import allowance, begin, cost, show_refusal
from emergence.ui.scaling_lab.line import show_line
from emergence.ui.scaling_lab.owner import owner
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.ui.server.services import warm_up
from emergence.ui.table import table
from emergence.words import plural

POLL, BRIEF = 1.0, 0.5
"""Seconds between two looks at a sweep that is being computed, and at the page's own small one."""
SEEN = "sweep_seen"


def run_and_show(sweep: Sweep, by_itself: bool) -> None:
    """Estimate, start and stop, progress with the time left, pictures, exports."""
    if by_itself:
        sweep_queue().open(sweep, owner())
    working = _working(sweep)

    def look() -> None:
        run = sweep_queue().run_of(sweep)
        with st.container(key="sweep_transport"):
            show_refusal()
            _transport(sweep, run)
            show_line(sweep)
        if run and run.over and run.message:
            (st.caption if run.state is SweepState.FINISHED else st.error)(plain(run.message))
        _results(sweep, run)
        if _working(sweep) != working:  # after the drawing, which else would be gone for a moment
            st.rerun()  # the whole page: looking at it every second begins or ends

    # Nothing that may be pressed stands in a fragment for ever: a restarted server knows none.
    if working:
        st.fragment(look, run_every=BRIEF if by_itself else POLL)()
    else:
        look()


def _working(sweep: Sweep) -> bool:
    run = sweep_queue().run_of(sweep)
    return run is not None and not run.over


def _transport(sweep: Sweep, run: SweepRun | None) -> None:
    total = len(sweep.points)
    if run is None or run.state in (SweepState.STOPPED, SweepState.FAILED):
        left = sweep_queue().store.missing(sweep.points)
        label = "Go on" if run else "Start" if left else "Show"
        off = bool(left) and not sweep_queue().most
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                label, type="primary", key="sweep_start", icon=":material/play_arrow:", disabled=off
            ):
                begin(sweep)
                st.rerun()
            st.markdown(f"{plural(total, 'point')}{cost(total, left)}")
        if left and allowance():
            st.caption(allowance())
        return
    if run.over:
        sign = "error" if run.all_diverged else "check"
        found = f", {run.on_disk:,} of them found on disk" if run.on_disk else ""
        st.markdown(
            f":material/{sign}: {'all ' if total > 1 else ''}{plural(total, 'point')} "
            f"({report.tally(run)}){found}"
        )
        return
    left_over = f", {time_left(run.seconds_left)}" if run.state is SweepState.RUNNING else ""
    where, waiting = sweep_queue().executor, ""
    ahead = sweep_queue().ahead(sweep) if run.state is SweepState.WAITING else []
    if ahead:
        title = ANALYSES[ahead[0].sweep.analysis].title
        others = "another sweep" if len(ahead) == 1 else f"{len(ahead)} other sweeps"
        waiting = f" for {others} to end ({title}: {time_left(ahead[0].seconds_left)})"
    elif isinstance(where, Cluster) and not run.share:
        waiting = f" on the cluster at {where.address}, which has not answered yet"
    if run.note:
        st.warning(plain(run.note))
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"{run.state}{waiting}: {len(run.outcomes):,} of {plural(total, 'point')}{left_over}"
        st.progress(min(run.share, 1.0), text if run.share else warm_up().note or text)
        if sweep_queue().owns(sweep, owner()):
            st.button(
                "Stop", key="sweep_stop", icon=":material/stop:",
                on_click=sweep_queue().stop, args=(sweep, owner()),
                help="It ends for all who watch this sweep. Its finished points are kept.",
            )  # fmt: skip
        else:
            st.caption("Another browser has started it, and alone can stop it.")


def _results(sweep: Sweep, run: SweepRun | None) -> None:
    """The picture, theory's line alone at first; theory's exponents and the measured ones."""
    outcomes = run.outcomes if run else ()
    estimates, singles = _estimates(sweep, outcomes)
    figures = sweep_figures(sweep, outcomes, estimates, singles)
    shown = st.segmented_control(
        "Picture", list(figures), default=next(iter(figures)), required=True, key="sweep_picture",
        label_visibility="collapsed",
    )  # fmt: skip
    drawn = figures.get(shown or "", figures["Exponents"])
    of = next(iter(drawn))
    if len(drawn) > 1:
        of = st.selectbox("Of", list(drawn), key="sweep_of", label_visibility="collapsed",
                          width=220)  # fmt: skip
    figure = drawn[of]()
    picture(figure, key="sweep_surface" if shown == "Surface" else "sweep_figure")
    if sweep.expected:
        _table(sweep, estimates, run)
    if run and outcomes:
        if run.over and not estimates:
            st.markdown(plain(f"{report.why_none(run).capitalize()}."))
        for note in report.notes(run):
            (st.error if run.all_diverged else st.warning)(plain(f"{note}."))
        _downloads(sweep, outcomes, figure)


def _estimates(sweep: Sweep, outcomes: Sequence[Outcome]) -> tuple[list[Estimate], list[Estimate]]:
    """The exponents, and those of each seed alone.

    Resampling takes a moment: while points arrive, a tenth of the time at most.
    """
    state, now = (sweep.key, len(outcomes)), time.monotonic()
    seen: _Seen | None = st.session_state.get(SEEN)
    fresh = seen and (seen.state == state or (now < seen.until and _working(sweep)))
    if seen is None or seen.state[0] != sweep.key or not fresh:
        found = sweep.estimates(outcomes), sweep.singles(outcomes)
        seen = st.session_state[SEEN] = _Seen(state, found, 11 * time.monotonic() - 10 * now)
    return seen.found


@dataclass(frozen=True)
class _Seen:
    """Estimates of a state of a sweep, and until when they will do for later ones."""

    state: tuple[str, int]
    found: tuple[list[Estimate], list[Estimate]]
    until: float


def _table(sweep: Sweep, estimates: Sequence[Estimate], run: SweepRun | None) -> None:
    """A line for each exponent, whose place is kept until it is measured."""
    bound = ANALYSES[sweep.analysis].bound
    measured = {each.name: each for each in estimates}
    rows = []
    for each in sweep.expected:
        theory = f"{'at most ' if bound else ''}{each.theory:.3f}"
        there = measured.get(each.name)
        if there:
            value, interval = f"**{there.slope.value:.3f}**", _interval(there.slope.ci)
            rows.append((each.name, value, interval, theory, "" if bound else _off_by(there),
                         there.basis))  # fmt: skip
        else:
            rows.append((each.name, "none" if run and run.over else "…", "", theory, "", ""))
    with st.container(key="sweep_table"):
        st.markdown(table(("", "measured", "95 % interval", "theory", "off by", "window"), rows))
    st.caption(
        "Small dots: one seed each. "
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
        "CSV": (lambda: export.csv_text(sweep, outcomes, emergence.__version__), "csv"),
        "Parquet": (
            lambda: export.parquet_bytes(sweep, outcomes, emergence.__version__),
            "parquet",
        ),
        "Picture as HTML": (lambda: figure.to_html(include_plotlyjs=True), "html"),
        "Definition": (sweep.text, "json"),
    }
    with st.container(key="sweep_files", horizontal=True, vertical_alignment="center"):
        for label, (content, suffix) in offers.items():
            st.download_button(label, content, f"sweep-{sweep.analysis}.{suffix}",
                               on_click="ignore")  # fmt: skip
        st.caption("The picture as SVG and PNG, and its own numbers: Save, at the picture.")
