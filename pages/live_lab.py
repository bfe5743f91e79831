"""The Live Lab: one experiment, computed and drawn while you watch."""

import streamlit as st

from emergence.runs.plan import make_plan
from emergence.runs.titles import Promise, introduction
from emergence.ui.controls import draw_controls, draw_notices, notices, read_choice
from emergence.ui.live_lab import live_lab

embedded = bool(st.context.is_embedded)  # in somebody's slide: picture and transport only
if not embedded:
    st.title("Live Lab", anchor=False)
choice = read_choice()
if choice.experiment and not embedded:
    st.markdown(introduction(Promise.of(make_plan(choice.experiment))))
draw_notices(choice)
if choice.experiment:
    live_lab(choice.experiment, embedded, notices(choice))
if not embedded:
    draw_controls(choice)
