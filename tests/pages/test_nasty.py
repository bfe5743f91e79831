"""What an address says is quoted as text, whatever page, parameter and words it are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emergence.parameters import PARAMETERS
from emergence.sweeps.analyses import ANALYSES
from emergence.ui.formatting import APART, plain
from emergence.ui.lesson import GUIDE_PAGE
from emergence.ui.talk import LESSONS
from tests.nasty import NASTY
from tests.pages.opened import APP, open_lesson

SAID = ("markdown", "caption", "warning", "error", "info", "success", "title", "subheader")
WORD = "evil"
ADDRESSES = ("mode", "class", "room", "view", "screen", "picture", "task", "guess", "sweep",
             "analysis", "embed", "lecture", *PARAMETERS)  # fmt: skip


def told(app: AppTest) -> list[str]:
    """All Markdown of a page that says anything of what it was given."""
    said = [str(each.value) for kind in SAID for each in getattr(app, kind)]
    said += [
        str(each.label) for kind in ("button", "expander", "radio") for each in getattr(app, kind)
    ]
    sentences = [
        sentence.removeprefix(":orange[**").removesuffix("**]")
        for text in said
        for sentence in text.split("\n\n")
    ]
    return [sentence for sentence in sentences if WORD in sentence]


def read(markdown: str) -> str:
    """What a browser shows of what `plain` has written."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.replace(APART, ""))


def open_with(page: str, said: dict[str, str]) -> AppTest:
    app = open_lesson(page) if page else AppTest.from_file(APP, default_timeout=60)
    app.query_params.clear()
    for name, text in said.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def nasty(number: int) -> str:
    """A text with the word in it that no escaping has touched."""
    text = NASTY[number % len(NASTY)]
    return text if WORD in text else f"{text} {WORD}"


@pytest.mark.parametrize(
    "page", ["", "scaling_lab", GUIDE_PAGE.stem, *(lesson.slug for lesson in LESSONS)]
)
def test_whatever_an_address_says_is_quoted_as_text(page: str) -> None:
    first = open_lesson(page) if page else AppTest.from_file(APP, default_timeout=60).run()
    visit: Any = first.session_state["visit"]
    names = [*dict.fromkeys((*visit.live, *ADDRESSES))]
    given = {name: nasty(number) for number, name in enumerate(names)}
    given |= {nasty(number): nasty(number + 1) for number in range(0, len(NASTY), 7)}
    for text in told(open_with(page, given)):
        assert text == plain(read(text))


def test_a_sweep_s_definition_is_quoted_as_text() -> None:
    shown = 0
    for number in range(len(NASTY)):
        text = nasty(number)
        for given in (
            {text: 1}, {"base": {text: 1}}, {"base": {"d": text}}, {"grid": {text: [1]}},
            {"grid": {"d": [text]}}, {"analysis": text}, {"engine": text}, {"seeds": text},
        ):  # fmt: skip
            if number % 8 != len(str(given)) % 8:
                continue  # a page takes a moment: each text with some of the places
            app = open_with(
                "scaling_lab", {"sweep": json.dumps(given), "analysis": next(iter(ANALYSES))}
            )
            for said in told(app):
                shown += 1
                assert said == plain(read(said))
    assert shown
