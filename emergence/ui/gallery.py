"""The Live Lab's examples: cards with a small picture, which are links."""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import parse_qsl

import streamlit as st

from emergence.experiment import Experiment
from emergence.figures.lab.card import card
from emergence.runs.examples import EXAMPLES, Example
from emergence.serving.gallery import Gallery, Story
from emergence.ui.lesson import LAB
from emergence.ui.watch import watch

COLUMNS = 3


def gallery(shown: Experiment | None) -> None:
    """A button that opens the examples; nothing is computed before, nor sent.

    `shown` is the experiment on the page: with another one the examples are closed.
    """
    opened = st.popover(
        "Examples", icon=":material/photo_library:", on_change="rerun",
        key=f"examples_{shown.to_query() if shown else ''}",
    )  # fmt: skip
    if opened.open:
        with opened:
            st.caption("Overlaps and loss over time, computed here under gradient flow.")
            watch(Gallery(), "gallery", _cards)


def _cards(stories: tuple[Story, ...] | None) -> None:
    known = dict(enumerate(stories or ()))
    with st.container(key="gallery"):
        for first in range(0, len(EXAMPLES), COLUMNS):
            for number, column in enumerate(st.columns(COLUMNS), first):
                with column:
                    _card(EXAMPLES[number], known.get(number))


def _card(example: Example, story: Story | None) -> None:
    if story:
        says = f"{example.name}: overlaps and loss over time. {example.line}"
        svg = base64.b64encode(card(story.steps, story.peak, story.mse).encode()).decode()
        # Streamlit's own HTML takes no drawing, but an image of one.
        st.html(f'<img src="data:image/svg+xml;base64,{svg}" alt="{escape(says)}" width="100%">')
    st.page_link(LAB, label=f"**{example.name}**",
                 query_params=parse_qsl(example.experiment.to_query()))  # fmt: skip
    st.caption(example.line)
