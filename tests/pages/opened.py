"""A page as a reader finds it, and its questions answered."""

from __future__ import annotations

import json
from operator import attrgetter
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from emergence.ui.talk import LESSONS

SLUG = attrgetter("slug")
ASKING = [lesson for lesson in LESSONS if lesson.slug != "takeaways"]
"""The lessons that ask a question before their experiment."""
APP = str(Path(__file__).parents[2] / "app.py")


def open_page(query: str = "") -> AppTest:
    """The Live Lab at an address with this query."""
    app = AppTest.from_file(APP, default_timeout=30)
    for name, text in (item.split("=", 1) for item in query.split("&") if item):
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def given(app: AppTest) -> dict[str, Any]:
    """What the page gives the live component."""
    (element,) = [each for each in app.main.get("bidi_component") if "live_lab" in each.proto.id]
    data: dict[str, Any] = json.loads(element.proto.json)
    return data


def open_lesson(slug: str, **query: str) -> AppTest:
    """The lesson as a reader finds it, by its address."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.query_params.clear()
    for name, text in query.items():
        app.query_params[name] = text
    app.switch_page(f"pages/{slug}.py").run()
    assert not app.exception
    return app


def reveal(app: AppTest) -> AppTest:
    """Answer every question of the page and have the results shown."""
    for kind, guess in (("radio", 0), ("select_slider", 1)):  # the slider's first: unanswered
        for widget in getattr(app, kind):
            if str(widget.key).endswith("_guess"):
                widget.set_value(widget.options[guess]).run()
    for key in [str(button.key) for button in app.button if str(button.key).endswith("_show")]:
        app.button(key=key).click().run()
        assert not app.exception
    return app
