"""One HTML file with all that a browser needs to show an experiment: no server, no other file.

The file forbids itself every connection (its Content-Security-Policy). It carries scripts as
deflated text, unpacks them and runs what has the hash that its policy names; a worker, which
computes, comes from a `blob:` address, and WebAssembly needs `'wasm-unsafe-eval'`. Styles are
allowed as such: Plotly and our pictures place what they draw by them.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from functools import cache

import orjson

import emergence
from emergence.browser import kernels
from emergence.serving.run import Run
from emergence.ui.alone.controls import controls
from emergence.ui.alone.recorded import Recorded, record
from emergence.ui.alone.template import template
from emergence.ui.browser import text
from emergence.ui.bundle import bundle
from emergence.ui.glossary import words
from emergence.ui.view import LAB, PICTURE

MOST_BYTES = 3_000_000
"""Of a file."""
PLOTLY = "vendor/plotly-cartesian.min.js"
STYLES = (
    "alone/alone.css", "live.css", "table.css", "stage.css", "words.css", "marker.css",
    "predict.css",
)  # fmt: skip
POLICY = {
    "default-src": "'none'",
    "connect-src": "'none'",
    "script-src": "'wasm-unsafe-eval'",
    "worker-src": "blob:",
    "style-src": "'unsafe-inline'",
    "img-src": "data: blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""What a file may do; the hashes of its scripts come in addition."""


POLICY_TAG = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"]*)"')


def live(query: str = "") -> bytes:
    """The file that computes: it begins with the experiment of its address, else of `query`."""
    carried: dict[str, object] = {
        "query": query,
        "controls": controls(),
        "template": template(),
        "about": f"Computed here, live in this browser, by version {emergence.__version__}",
    }
    scripts = {"worker": _deflated(bundle("alone/worker.js"))}
    return _file(carried, scripts | {"kernels": zlib.compress(kernels(), 9)})


def replay(run: Run) -> bytes:
    """The file of a run that is over: it plays what was computed.

    Raises ValueError for a run that has not come to its end, or that is too large.
    """
    room = (MOST_BYTES - len(_file({}, {"payload": b"", "rows": b""}))) * 3 // 4 - 50_000
    kept = record(run, room)
    carried: dict[str, object] = {
        "query": run.experiment.to_query(),
        "header": kept.header,
        "about": _about(kept),
    }
    return _file(carried, {"payload": kept.payload, "rows": kept.rows})


def _about(kept: Recorded) -> str:
    size = f"{(len(kept.rows) + len(kept.payload)) / 1000:,.0f} kB"
    less = f"{size}, {kept.said}" if kept.said else size
    experiment = ", ".join(kept.experiment.to_query().split("&"))
    return f"Recorded: {less}, by version {emergence.__version__}. {experiment}"


def _file(carried: dict[str, object], blocks: dict[str, bytes]) -> bytes:
    """A file with what it is told, as JSON, and blocks that are deflated already."""
    told = {"address": {"view": LAB, "picture": PICTURE}, "words": words()} | carried
    scripts = {"plotly": text(PLOTLY), "lab": bundle("alone/main.js")}
    start = bundle("alone/start.js")
    if "</script" in start:
        raise ValueError("the script that starts a file must not end itself")
    hashes = " ".join(f"'{_hash(each)}'" for each in (start, *scripts.values()))
    policy = POLICY | {"script-src": f"{hashes} {POLICY['script-src']}"}
    packed = {name: _deflated(each) for name, each in scripts.items()} | blocks
    parts = {
        "POLICY": "; ".join(f"{name} {of}" for name, of in policy.items()),
        "VERSION": emergence.__version__,
        "STYLE": "".join(map(text, STYLES)),
        "BLOCKS": _json("carried", told) + "".join(_block(*each) for each in packed.items()),
        "START": start,
    }
    page = text("alone/page.html")
    return re.sub("|".join(parts), lambda found: parts[found[0]], page).encode()


def policy_of(file: bytes) -> str:
    """What a file says that it may do."""
    found = POLICY_TAG.search(file)
    assert found is not None  # every one of ours says it
    return found[1].decode()


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _deflated(script: str) -> bytes:
    return zlib.compress(script.encode(), 9)


def _block(name: str, packed: bytes) -> str:
    coded = base64.b64encode(packed).decode()
    return f'<script type="text/plain" id="{name}">{coded}</script>\n'


def _json(name: str, told: object) -> str:
    coded = orjson.dumps(told).decode().replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{coded}</script>\n'
