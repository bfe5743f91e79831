"""The Scaling Lab: sweeps that measure the exponents."""

import streamlit as st

from emergence.sweeps.definition import SweepError
from emergence.ui.formatting import plain
from emergence.ui.scaling_lab.definition import choose, offer_others, refused
from emergence.ui.scaling_lab.results import run_and_show

st.title("Scaling Lab", anchor=False)
st.markdown(
    "Is the exponent what theory says? Each point is one training run, and stays on disk: a "
    "stopped sweep goes on where it was."
)
with st.container(key="sweep_page"):
    controls, results = st.columns([0.36, 0.64], gap="medium")
with controls:
    sweep, first = choose()
with results:
    if isinstance(sweep, SweepError):
        st.error(f"This sweep cannot run: {plain(str(sweep))}", icon=":material/error:")
    else:
        run_and_show(sweep, by_itself=first and not refused())
with controls:  # what takes a moment to estimate, after the picture
    offer_others(sweep, first)
