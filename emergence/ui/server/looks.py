"""What a browser needs to answer a moved control itself (`browser/instant.js`)."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import orjson

from emergence.parameters import PARAMETERS
from emergence.ui.alone.template import template
from emergence.ui.controls import stop_text, stops_of


def looks() -> dict[str, Any]:
    """Pictures without numbers, and each slider's values by what it shows of them."""
    stops = {
        name: {stop_text(name)(stop): stop for stop in stops_of(parameter)}
        for name, parameter in PARAMETERS.items()
    }
    return {"template": template(), "stops": {name: each for name, each in stops.items() if each}}


@cache
def packed() -> tuple[bytes, str]:
    """The same in JSON, and its ETag: made once, Plotly takes half a second for it."""
    found = orjson.dumps(looks())
    return found, f'"{hashlib.sha256(found).hexdigest()[:32]}"'
