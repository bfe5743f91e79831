"""The careful sweeps, one click away, and what a sweep will cost, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf

import streamlit as st

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.speed import duration
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Local
from emergence.sweeps.progress import estimate_seconds
from emergence.ui.scaling_lab.owner import owner
from emergence.ui.scaling_lab.queue import RefusedError, sweep_queue
from emergence.words import plural

REFUSAL = "sweep_not_started"


def offer_careful(sweeps: Mapping[str, tuple[str, Sweep]], go: Callable[[str], None]) -> None:
    """A button for each sweep, by name with its title: it begins, and the page goes there."""
    st.markdown(
        "**With care**, one click away: narrower intervals, and the other exponents"
        f"{_place(sweep_queue().executor)}"
    )
    with st.container(key="sweep_careful", gap="xsmall"):
        for name, (title, sweep) in sweeps.items():
            left = sweep_queue().store.missing(sweep.points)
            st.button(
                f"**{title}** · {plural(len(sweep.points), 'point')}, {_time(left)}",
                key=f"sweep_go_{name}", icon=":material/play_arrow:", width="stretch",
                on_click=_begin, args=(name, sweep, go),
                disabled=bool(left) and not sweep_queue().most,
            )  # fmt: skip
    if allowance():
        st.caption(allowance())


def _begin(name: str, sweep: Sweep, go: Callable[[str], None]) -> None:
    go(name)
    begin(sweep)


def begin(sweep: Sweep) -> None:
    """Start a sweep for this browser; a refusal is shown with the page's next run."""
    try:
        sweep_queue().start(sweep, owner())
    except RefusedError as error:
        st.session_state[REFUSAL] = str(error)


def show_refusal() -> None:
    """Say, once, why a sweep was not started."""
    said = st.session_state.pop(REFUSAL, None)
    if said:
        st.error(said, icon=":material/error:")


def allowance() -> str:
    """What this server computes, in words."""
    queue = sweep_queue()
    if not queue.most:
        return "Sweeps are switched off on this server: what is on disk is shown."
    if queue.most == inf:
        return ""
    taken = queue.taken()
    return (
        f"This server computes sweeps of {duration(queue.most)} at a time, all visitors' together, "
        f"counted for one core; {duration(taken) + ' are' if taken >= 1 else 'nothing is'} taken."
    )


def cost(total: int, left: Sequence[Experiment]) -> str:
    """What is left to compute, and about how long that takes."""
    stored = f", {total - len(left):,} of them on disk" if 0 < len(left) < total else ""
    where = _place(sweep_queue().executor) if left else ""
    return f"{stored} · {_time(left)}{where}"


def _time(left: Sequence[Experiment]) -> str:
    """About how long it takes to compute what is left."""
    if not left:
        return "all of them on disk"
    where = sweep_queue().executor
    far = isinstance(where, Cluster)  # nobody waits for it to say how many cores it has
    try:
        seconds = estimate_seconds(left, 1 if far else where.workers())
    except ExperimentError as error:
        return f":orange[{error}]"
    return f"about {duration(seconds)}{' of computing' if far else ''}"


def _place(where: Local | Cluster) -> str:
    if isinstance(where, Cluster):
        return f", on the cluster at {where.address}"
    return f", on {plural(where.workers(), 'core')}"
