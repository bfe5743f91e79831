"""The JavaScript that the server has for the browser, and under which addresses."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib import resources

import plotly
import streamlit as st
from plotly.offline import get_plotlyjs

from emergence.browser import kernels
from emergence.ui.bundle import bundle, exports

PLOTLY = "vendor/plotly-cartesian.min.js"
"""Plotly's own bundle without maps and 3-d: it compiles in 0.4 s where the full one takes 0.95."""
EAGERLY = b"//# allFunctionsCalledOnLoad\n"
"""Before a script: Chromium compiles all of it beside the main thread, while it loads. Plotly then
takes 30 ms of the main thread to start instead of 200. Other browsers read a comment."""
FULL_PLOTLY = "vendor/plotly-full.min.js"
"""The bundle of the plotly package, for the one picture that is a surface."""
BUNDLE = "lab.js"
"""All that our pages in Streamlit are made of: it exports the modules `live`, `picture` and
`classroom`."""
ENTRIES = ("live.js", "picture.js", "classroom.js")
INSTANT = "instant.js"
"""What answers a moved control, asked for when there is a hand on the page."""
KERNELS = "kernels.wasm"
"""Those that draw a start in a browser."""
PAGES = ("join.js", "desk.js", "summary.js")
"""Of the pages without Streamlit."""
SCRIPTS = (BUNDLE, INSTANT, KERNELS, *PAGES, PLOTLY, FULL_PLOTLY)


@cache
def script(name: str) -> bytes:
    """The text of one of SCRIPTS."""
    if name == FULL_PLOTLY:
        return str(get_plotlyjs()).encode()
    if name == PLOTLY:
        return EAGERLY + (resources.files("emergence.ui.browser") / name).read_bytes()
    if name == KERNELS:
        return kernels()
    entries = ENTRIES if name == BUNDLE else (name,)
    said = "" if name in PAGES else exports(*entries)
    return (bundle(*entries) + said).encode()


@cache
def zipped(name: str) -> bytes:
    """The same in gzip: packed once, not for each browser, which takes 40 ms for Plotly."""
    return gzip.compress(script(name))


@cache
def version() -> str:
    """A hash of all scripts, part of their address so that they can be cached for ever."""
    digest = hashlib.sha256()
    for name in SCRIPTS:
        digest.update(plotly.__version__.encode() if name == FULL_PLOTLY else script(name))
    return digest.hexdigest()[:16]


def base_path() -> str:
    """The path this server is under, without a slash at the end."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


def server_address() -> str:
    """Where a browser of this machine finds the server."""
    host = str(st.get_option("server.address") or "localhost")
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{st.get_option('server.port')}{base_path()}"


def script_address(name: str) -> str:
    """Address of one of SCRIPTS, below the server's."""
    return f"lab/scripts/{version()}/{name}"


def to_root(path: str, base: str) -> str:
    """The way from a page's address to the server's, as "./" or "../".

    A browser may know both under a path that a proxy takes away before it asks us, so that a way is
    all that we can tell it. `path` is the page's as we are asked for it, `base` the server's.
    """
    return "../" * (path.removeprefix(base).count("/") - 1) or "./"
