"""The frame around every page: the list of pages, in the order of the lecture, and their look."""

from __future__ import annotations

import streamlit as st

from emergence.ui.address import finish
from emergence.ui.lesson import GUIDE_PAGE, LAB
from emergence.ui.talk import LESSONS, PAGES


def open_page() -> None:
    """Show the page that the address names."""
    embedded = bool(st.context.is_embedded)  # in somebody's slide: the picture, not the menus
    st.set_page_config(page_title="Emergence Lab", page_icon="📈", layout="wide",
                       initial_sidebar_state="collapsed" if embedded else "auto")  # fmt: skip
    lab = st.Page(LAB, title="Live Lab", icon=":material/science:", default=True)
    lessons = [
        st.Page(lesson.path, title=f"{number} · {lesson.title}")
        for number, lesson in enumerate(LESSONS, 1)
    ]
    guide = st.Page(GUIDE_PAGE, title="For teachers", icon=":material/school:")
    sweeps = st.Page(PAGES / "scaling_lab.py", title="Scaling Lab", icon=":material/query_stats:")
    st.navigation(
        {"": [lab, sweeps], "Lessons": [*lessons, guide]}, position="hidden" if embedded else "top"
    ).run()
    finish()
