"""What a page draws, read from the message that its picture sends to the browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest


def drawn(app: AppTest, key: str) -> dict[str, Any]:
    """The figure of the picture with this key: Plotly's data and layout."""
    for element in app.main.get("bidi_component"):
        data = json.loads(element.proto.json)
        if data.get("key") == key:
            figure: dict[str, Any] = json.loads(data["figure"])
            return figure
    raise AssertionError(f"the page has no picture {key}")


def names(app: AppTest, key: str) -> list[str]:
    """Names of the traces of a picture that draw something."""
    traces = drawn(app, key)["data"]
    return [trace.get("name", "") for trace in traces if trace.get("x") != [None]]


def wait_until(app: AppTest, ready: Callable[[], bool], seconds: float = 60.0) -> None:
    """Look at the page again and again, as its browser does, until something is there."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.1)
        app.run()
        assert not app.exception
