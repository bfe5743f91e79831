"""The routes beside Streamlit's: the live data, the browser's scripts, and the warm-up."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, lru_cache, partial
from importlib import resources
from typing import Any

import plotly
import streamlit as st
from plotly.offline import get_plotlyjs
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from emergence import engines
from emergence.experiment import Experiment, ExperimentError
from emergence.serving.registry import Registry, ServerFullError
from emergence.serving.wire import encode
from emergence.ui.scaling_lab.queue import desk
from emergence.ui.server.alias import Alias
from emergence.ui.server.payload import payload
from emergence.ui.server.preload import EarlyScript

log = logging.getLogger(__name__)

VIEWER = re.compile(r"[0-9a-z]{8,40}")
PLOTLY = "vendor/plotly-cartesian.min.js"
"""Plotly's own bundle without maps and 3-d: it compiles in 0.4 s where the full one takes 0.95."""
FULL_PLOTLY = "vendor/plotly-full.min.js"
"""The bundle of the plotly package, for the one picture that is a surface."""
MODULES = (
    "live.js", "feed.js", "playback.js", "transport.js", "page.js", "paint.js", "plot.js",
    "store.js", "curves.js", "lines.js", "markup.js", "scoreboard.js", "timeline.js", "numbers.js",
    "pointing.js", "dom.js", "picture.js",
)  # fmt: skip
"""Our own, that a page's components are made of."""
SCRIPTS = (*MODULES, PLOTLY, FULL_PLOTLY)
RUN, FIGURES = "/lab/run", "/lab/figures"
"""Addresses that the live component asks, below the server's path."""


class WarmUp:
    """Compiles every engine's kernels in the background, and says so meanwhile."""

    def __init__(self) -> None:
        self.note = ""
        self._thread = threading.Thread(target=self._compile, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether all kernels are compiled or loaded."""
        return not self._thread.is_alive() and not self.note

    def _compile(self) -> None:
        kinds = [
            Experiment(), Experiment(engine="flow"), Experiment(engine="decoupled"),
            Experiment(B=2), Experiment(engine="correlation"),
        ]  # fmt: skip
        tasks: list[Callable[[], float]]
        tasks = [partial(engines.compile_kernels, kind) for kind in kinds]
        tasks.append(_compile_lesson_kernels)
        for number, task in enumerate(tasks, 1):
            self.note = (
                f"Compiling the simulation kernels, {number} of {len(tasks)}. This happens once; "
                "later starts load them from disk."
            )
            try:
                seconds = task()
            except Exception:
                log.exception("warm-up %s failed", number)
            else:
                log.info("kernels %s ready after %.1f s", number, seconds)
        payload(Experiment())  # the page that is opened first
        # Streamlit collects garbage around every script run; what is alive now stays alive.
        gc.collect()
        gc.freeze()
        self.note = ""


def _compile_lesson_kernels() -> float:
    from emergence.engines import single_index  # Numba's import takes as long as the first answer

    return single_index.compile_kernels()


@cache
def registry() -> Registry:
    """The runs of this server."""
    return Registry()


@cache
def warm_up() -> WarmUp:
    """The warm-up of this server."""
    return WarmUp()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start the warm-up with the server; stop the workers with it."""
    # Else an address within the app, opened before any page was, shows the bare file in `pages`.
    PagesManager.uses_pages_directory = False
    warm_up().start()
    yield
    desk().close()
    await asyncio.to_thread(registry().close)


@lru_cache(maxsize=256)
def _experiment(query: str) -> Experiment:
    return Experiment.from_query(query)


async def run(request: Request) -> Response:
    """What a viewer lacks of a run (see `serving.wire`), computed up to the step it asks for.

    Query: viewer, its name; query, the experiment's own query string; from, the snapshots it
    has; until, the step it wants to see.
    """
    given = request.query_params
    viewer = given.get("viewer", "")
    try:
        if not VIEWER.fullmatch(viewer):
            raise ValueError("viewer must be 8 to 40 of the characters 0-9 and a-z")
        start, until = int(given.get("from", "0")), float(given.get("until", "0"))
        if start < 0 or not until >= 0:
            raise ValueError("from and until must not be negative")
        experiment = _experiment(given.get("query", ""))
        watched = registry().watch(viewer, experiment, until * experiment.eta)
    except (ValueError, OverflowError, ExperimentError) as error:
        return JSONResponse({"message": str(error)}, 400)
    except ServerFullError as error:
        return JSONResponse({"message": str(error)}, 503)
    return Response(
        encode(watched, start, warm_up().note),
        media_type="application/octet-stream",
        headers={"Cache-Control": "no-store"},
    )


async def figures(request: Request) -> Response:
    """The empty figures and predictions of the experiment in `query` (see `ui.server.payload`)."""
    try:
        text = await asyncio.to_thread(payload, _experiment(request.query_params.get("query", "")))
    except ExperimentError as error:
        return JSONResponse({"message": str(error)}, 400)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-cache"})


async def ready(_: Request) -> Response:
    """503 with a note while kernels compile, then 200: for load balancers and tests."""
    warm = warm_up()
    return JSONResponse({"ready": warm.ready, "note": warm.note}, 200 if warm.ready else 503)


@cache
def script(name: str) -> bytes:
    """The text of one of SCRIPTS."""
    if name == FULL_PLOTLY:
        return str(get_plotlyjs()).encode()
    return (resources.files("emergence.ui.browser") / name).read_bytes()


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


def script_address(name: str) -> str:
    """Address of one of SCRIPTS on this server."""
    return f"{base_path()}/lab/scripts/{version()}/{name}"


async def serve_script(request: Request) -> Response:
    """One of SCRIPTS, cacheable for ever under the present version."""
    name = request.path_params["name"]
    if name not in SCRIPTS:
        return JSONResponse({"message": "no such script"}, 404)
    current = request.path_params["version"] == version()
    caching = "public, max-age=31536000, immutable" if current else "no-store"
    return Response(script(name), media_type="text/javascript", headers={"Cache-Control": caching})


def middleware() -> list[Middleware]:
    """What wraps every request."""
    return [
        Middleware(Alias, base=base_path()),
        Middleware(
            EarlyScript,
            src=script_address(PLOTLY),
            modules=[script_address(name) for name in MODULES],
            base=base_path(),
        ),
    ]


ROUTES = [
    Route(RUN, run),
    Route(FIGURES, figures),
    Route("/lab/scripts/{version}/{name:path}", serve_script),
    Route("/readyz", ready),
]


def on_script_error(error: Exception) -> bool:
    """Log a page's failure and show one readable sentence in its place."""
    log.error("a page failed", exc_info=error)
    st.error(
        f"This page failed ({type(error).__name__}). The runs and the other pages go on; reload "
        "to try again. The server's log has the details."
    )
    return True
