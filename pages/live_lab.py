"""The Live Lab: one experiment, computed and drawn while you watch."""

import streamlit as st

from emergence.ui.controls import draw_controls, draw_notices, read_choice
from emergence.ui.live import live_lab

st.title("Live Lab", anchor=False)
st.markdown(
    "A student network learns the P directions of its teacher by online SGD: every skill is found "
    "in a **sharp jump** (top left), at a time that theory predicts before the run starts. "
    "The jumps come at times $T_p$ spread over decades, so that their sum, the total loss, follows "
    "a **power law** (top right), the smoother the larger P: emergence and scaling are one thing."
)
choice = read_choice()
draw_notices(choice)
if choice.experiment:
    live_lab(choice.experiment)
draw_controls(choice)
