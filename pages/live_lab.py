"""The Live Lab: one experiment, computed and drawn while you watch."""

import streamlit as st

from emergence.runs.plan import make_plan
from emergence.runs.titles import Promise, introduction
from emergence.ui.controls import draw_controls, draw_notices, read_choice
from emergence.ui.live_lab import live_lab

st.title("Live Lab", anchor=False)
choice = read_choice()
if choice.experiment:
    st.markdown(introduction(Promise.of(make_plan(choice.experiment))))
draw_notices(choice)
if choice.experiment:
    live_lab(choice.experiment)
draw_controls(choice)
