"""The Scaling Lab's parts: a sweep's definition as controls, its progress, results, exports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import streamlit as st

from emergence.experiment import ExperimentError
from emergence.figures.sweep_lab import sweep_figures
from emergence.parameters import PARAMETERS
from emergence.sweeps import export
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import MOST_BYTES, Sweep, SweepError
from emergence.sweeps.execute import ExecutionError
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.ui.picture import picture
from emergence.ui.sweep_desk import desk

EXAMPLES = resources.files("emergence.sweeps") / "examples"
AXES = ("beta", "P", "m", "d", "J", "c", "s0", "horizon", "engine")
POLL = 1.0
NAMES = {
    "exponents": "Exponents", "fits": "Fits", "collapse": "Collapse", "map": "L(m, t)",
    "surface": "Surface",
}  # fmt: skip


def example(analysis: str) -> dict[str, Any]:
    """The definition that an analysis starts from."""
    return dict(json.loads((EXAMPLES / f"{analysis}.json").read_text()))


def choose() -> Sweep | None:
    """The controls of a sweep's definition; None, with a sentence in the page, for a bad one."""
    analysis = st.selectbox(
        "What to measure", list(ANALYSES), format_func=lambda name: ANALYSES[name].title,
        key="analysis", bind="query-params",
    )  # fmt: skip
    st.caption(f"Needs {ANALYSES[analysis].needs}.")
    pasted = st.session_state.get("sweep_pasted")
    start = pasted if pasted and pasted.get("analysis") == analysis else example(analysis)
    try:
        sweep = Sweep.of(_edited(analysis, start))
    except SweepError as error:
        st.error(f"This sweep cannot run: {error}", icon=":material/error:")
        return None
    with st.expander("Definition as JSON", icon=":material/data_object:"):
        st.code(sweep.text, language="json", height=240)
        st.download_button("Download", sweep.text, f"{analysis}.json", "application/json",
                           on_click="ignore")  # fmt: skip
        st.text_area("Or paste one", key="sweep_text", max_chars=MOST_BYTES)
        st.button("Use it", on_click=_paste)
        if "sweep_refusal" in st.session_state:
            st.error(st.session_state["sweep_refusal"])
    return sweep


def _paste() -> None:
    st.session_state.pop("sweep_refusal", None)
    try:
        sweep = Sweep.from_json(st.session_state["sweep_text"])
    except SweepError as error:
        st.session_state["sweep_refusal"] = str(error)
        return
    definition = json.loads(sweep.text)
    st.session_state["sweep_pasted"] = definition
    st.session_state["analysis"] = sweep.analysis
    for name in AXES:
        st.session_state.pop(f"sweep_{sweep.analysis}_{name}", None)
    st.session_state.pop(f"sweep_{sweep.analysis}_seeds", None)


def _edited(analysis: str, start: Mapping[str, Any]) -> dict[str, Any]:
    """The definition `start` with what the fields say: one value is fixed, several are an axis."""
    base, grid = dict(start.get("base", {})), dict(start.get("grid", {}))
    left, right = st.columns(2)
    shown = [name for name in AXES if name in base or name in grid]
    for i, name in enumerate(shown):
        before = grid.pop(name, None) or [base.pop(name)]
        text = (left, right)[i % 2].text_input(
            f"{PARAMETERS[name].symbol} · {PARAMETERS[name].label}",
            ", ".join(f"{value}" for value in before), key=f"sweep_{analysis}_{name}",
            help=f"One value, or several with commas: {PARAMETERS[name].allowed}.",
        )  # fmt: skip
        values = [_value(part) for part in text.split(",") if part.strip()]
        if len(values) == 1:
            base[name] = values[0]
        else:
            grid[name] = values
    given = start.get("seeds", 1)
    count = given if isinstance(given, int) else len(given)
    seeds = (left, right)[len(shown) % 2].number_input(
        "seeds", 1, 1000, count, key=f"sweep_{analysis}_seeds",
        help="Runs of every point; intervals come from resampling them.",
    )  # fmt: skip
    rest = {"list": start["list"]} if "list" in start else {}
    if rest:
        st.caption(f"Over {len(rest['list'])} listed points (see the definition).")
    return {"analysis": analysis, "base": base, "grid": grid, "seeds": seeds} | rest


def _value(text: str) -> object:
    """The number a text is, or the text."""
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() and "e" not in text and "." not in text else number


def run_and_show(sweep: Sweep) -> None:
    """Estimate, start and stop, progress with the time left, pictures, exports."""
    run = desk().known(sweep)
    working = run is not None and not run.over

    def look() -> None:
        _transport(sweep, run)
        _results(sweep, run.outcomes if run else ())
        if working and run and run.over:
            st.rerun()

    if working:
        look = st.fragment(look, run_every=POLL)
    look()


def _transport(sweep: Sweep, run: SweepRun | None) -> None:
    total = len(sweep.points)
    if run is None or run.state is SweepState.STOPPED or run.state is SweepState.FAILED:
        if run and run.message:
            st.error(run.message)
        done = f"{len(run.outcomes):,} of " if run else ""
        label = "Go on" if run else "Start"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(label, type="primary", key="sweep_start", icon=":material/play_arrow:",
                      on_click=_start, args=(sweep,))  # fmt: skip
            st.markdown(f"{done}{total:,} points · {_cost(sweep)}")
        if "sweep_failure" in st.session_state:
            st.error(st.session_state.pop("sweep_failure"))
        return
    if run.over:
        st.markdown(f":material/check: all {total:,} points, {run.found:,} of them found on disk")
        return
    left = run.seconds_left
    time = f", about {_duration(left)} left" if left is not None else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(run.share, 1.0), f"{run.state}: {len(run.outcomes):,} of {total:,}{time}")
        st.button("Stop", key="sweep_stop", icon=":material/stop:", on_click=run.stop)


def _start(sweep: Sweep) -> None:
    try:
        desk().start(sweep)
    except ExecutionError as error:
        st.session_state["sweep_failure"] = str(error)


def _cost(sweep: Sweep) -> str:
    try:
        workers = desk().executor().workers
        return f"about {_duration(estimate_seconds(sweep, workers))} on {workers} cores"
    except (ExperimentError, ExecutionError) as error:
        return f":orange[{error}]"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _results(sweep: Sweep, outcomes: Sequence[Outcome]) -> None:
    figures = sweep_figures(sweep.analysis, outcomes)
    shown = st.segmented_control(
        "Picture", [name for name in NAMES if name in figures], format_func=NAMES.__getitem__,
        default="exponents", required=True, key="sweep_picture", label_visibility="collapsed",
    )  # fmt: skip
    figure = figures.get(shown or "exponents", figures["exponents"])
    picture(figure, key="sweep_figure" if shown != "surface" else "sweep_surface")
    rows = [export.exponent(each) for each in ANALYSES[sweep.analysis].estimates(outcomes)]
    if rows:
        lines = [
            f"| {', '.join(f'{k} = {v}' for k, v in row['of'].items()) or 'all'} "
            f"| **{row['measured']:.3f}** | {_interval(row['ci'])} | {row['theory']:.3f} "
            f"| {row['measured'] / row['theory'] - 1:+.1%} | {row['window']} |"
            for row in rows
        ]
        head = [
            "| | measured | 95 % interval | theory | off by | window |",
            "|---|---|---|---|---|---|",
        ]
        st.markdown("\n".join(head + lines))
    if outcomes:
        with st.container(horizontal=True):
            name = f"sweep-{sweep.analysis}"
            st.download_button("CSV", export.csv_text(outcomes), f"{name}.csv", "text/csv",
                               on_click="ignore")  # fmt: skip
            st.download_button("Parquet", lambda: export.parquet_bytes(outcomes),
                               f"{name}.parquet", on_click="ignore")  # fmt: skip
            st.download_button("Picture as HTML", lambda: figure.to_html(include_plotlyjs=True),
                               f"{name}.html", "text/html", on_click="ignore")  # fmt: skip
            st.caption("PNG and SVG: the two buttons at the picture's top right")


def _interval(ci: Sequence[float] | None) -> str:
    return f"{ci[0]:.3f} to {ci[1]:.3f}" if ci else "one seed: none"
