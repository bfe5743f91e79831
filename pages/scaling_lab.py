"""The Scaling Lab: sweeps that measure the exponents."""

import streamlit as st

from emergence.sweeps.definition import SweepError
from emergence.ui.formatting import plain
from emergence.ui.scaling_lab.definition import choose
from emergence.ui.scaling_lab.results import run_and_show

st.title("Scaling Lab", anchor=False)
controls, results = st.columns([0.36, 0.64], gap="medium")
with controls:
    st.markdown(
        "Choose an exponent and the points to measure it on. Finished points are kept on disk: a "
        "stopped sweep goes on where it was, and no point is computed twice."
    )
    sweep = choose()
with results:
    if isinstance(sweep, SweepError):
        st.error(f"This sweep cannot run: {plain(str(sweep))}", icon=":material/error:")
    else:
        run_and_show(sweep)
