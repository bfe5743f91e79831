"""The Live Lab: one experiment, computed and drawn while you watch; before it the opening."""

import streamlit as st

from emergence.runs.facts import Promise
from emergence.runs.plan import make_plan
from emergence.runs.titles import introduction
from emergence.ui import opening
from emergence.ui.controls import (
    draw_controls,
    draw_engine,
    draw_mends,
    draw_notices,
    mends,
    notices,
    read_choice,
)
from emergence.ui.gallery import gallery
from emergence.ui.live_lab import live_lab, live_opening


def show_experiment() -> None:
    """What the controls say, live."""
    embedded = bool(st.context.is_embedded)  # in somebody's slide: picture and transport only
    choice = read_choice()
    above, line = st.container(), st.container()
    plan = make_plan(choice.experiment)
    # First of all that is sent, for it takes the browser longest; what stands above it comes after.
    live_lab(plan.experiment, embedded, notices(choice), mends(choice), choice.said)
    with above:
        if not embedded:
            with st.container(horizontal=True, vertical_alignment="center", key="lab_title"):
                st.title("Live Lab", anchor=False, width="content")
                gallery(choice.experiment)
                st.button("Play the opening", key="play_opening", icon=":material/smart_display:",
                          type="tertiary", on_click=opening.replay)  # fmt: skip
            with st.container(key="introduction"):
                st.markdown(introduction(Promise.of(plan)))
        refused = draw_notices(choice)
    with line:
        if not embedded:
            draw_engine(plan)
    draw_mends(refused)
    if not embedded:
        draw_controls(choice)


if opening.is_due():
    live_opening()
else:
    show_experiment()
