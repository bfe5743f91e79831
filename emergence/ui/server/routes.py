"""The routes beside Streamlit's, and what wraps every request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emergence.experiment import Experiment, ExperimentError
from emergence.recent import Recent
from emergence.runs.plan import settled
from emergence.serving.registry import ServerFullError
from emergence.serving.wire import encode
from emergence.settings import settings
from emergence.ui.browser import text
from emergence.ui.server import classroom, data, desk
from emergence.ui.server import status as operator
from emergence.ui.server.alias import Alias
from emergence.ui.server.alone import alone, link
from emergence.ui.server.asked import left
from emergence.ui.server.browsers import BrowserSecret
from emergence.ui.server.chunks import chunks
from emergence.ui.server.direct import Direct
from emergence.ui.server.guard import guarded
from emergence.ui.server.looks import packed
from emergence.ui.server.open_pages import OpenPages
from emergence.ui.server.openapi import openapi
from emergence.ui.server.payload import orders, prepare
from emergence.ui.server.policy import Policy
from emergence.ui.server.preload import PageHead
from emergence.ui.server.scripts import (
    BUNDLE,
    KERNELS,
    PLOTLY,
    SCRIPTS,
    base_path,
    script,
    script_address,
    version,
    zipped,
)
from emergence.ui.server.services import registry, warm_up
from emergence.ui.server.viewers import client_of, viewer_name

log = logging.getLogger(__name__)

RUN, FIGURES, LOOKS = "lab/run", "lab/figures", "lab/looks"
"""Addresses that the live component asks, below the server's address."""


_known: Recent[str, Experiment] = Recent(256)


async def _experiment(query: str) -> Experiment:
    """The experiment of a query: what is new is settled beside the event loop."""
    found = _known.get(query)
    if found is None:
        found = await asyncio.to_thread(lambda: settled(Experiment.from_query(query)))
        _known.put(query, found)
    return found


async def run(request: Request) -> Response:
    """What a viewer lacks of a run (see `serving.wire`), computed up to the step it asks for.

    Query: viewer, its name; query, the experiment's own query string; from, the snapshots it
    has; until, the step it wants to see.
    """
    given = request.query_params
    try:
        viewer = viewer_name(given.get("viewer", ""))
        start, until = int(given.get("from", "0")), float(given.get("until", "0"))
        if start < 0 or not until >= 0:
            raise ValueError("from and until must not be negative")
        experiment = await _experiment(given.get("query", ""))
        watched = registry().watch(viewer, experiment, until * experiment.eta, client_of(request))
    except (ValueError, OverflowError, ExperimentError) as error:
        return JSONResponse({"message": str(error)}, 400)
    except ServerFullError as error:
        return _full(error, experiment)
    return Response(
        encode(watched, start, warm_up().note),
        media_type="application/octet-stream",
        headers={"Cache-Control": "no-store"},
    )


def _full(error: ServerFullError, experiment: Experiment) -> Response:
    """There is no place: where else the experiment can be computed ("" for nowhere)."""
    said = {"message": str(error), "alone": link(experiment)}
    return JSONResponse(said, 503, {"Retry-After": "2"})


async def figures(request: Request) -> Response:
    """The empty figures and predictions of the experiment in `query` (see `ui.server.payload`).

    503 where too much is being asked for at once. Who leaves is not waited for.
    """
    at = client_of(request)
    try:
        experiment = await _experiment(request.query_params.get("query", ""))
        made = asyncio.wrap_future(prepare(experiment, at))
        gone = asyncio.ensure_future(left(request))
        either: set[asyncio.Future[Any]] = {made, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        orders().leave(experiment, at)
        if not made.done():
            made.add_done_callback(lambda late: late.exception())  # nobody else looks at it
            return Response(status_code=204)
        found = made.result()
    except ExperimentError as error:
        return JSONResponse({"message": str(error)}, 400)
    except ServerFullError as error:
        return _full(error, experiment)
    return Response(found, media_type="application/json", headers={"Cache-Control": "no-cache"})


async def looks(request: Request) -> Response:
    """What a browser needs to answer a moved control itself (see `ui.server.looks`)."""
    found, tag = await asyncio.to_thread(packed)
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found, media_type="application/json", headers=headers)


async def ready(_: Request) -> Response:
    """200 where all is well; 503 while kernels compile, with a note, where one cannot be compiled,
    with `failed` saying which and why, and where all workers hang: for load balancers and tests.

    `workers` says which worker hangs, or was replaced lately, and whose run was given up.
    """
    warm, runs = warm_up(), registry()
    fine = warm.ready and runs.well
    said = {"ready": fine, "note": warm.note, "failed": warm.failed, "workers": runs.troubles()}
    return JSONResponse(said, 200 if fine else 503)


async def serve_script(request: Request) -> Response:
    """One of SCRIPTS, cacheable for ever under the present version."""
    name = request.path_params["name"]
    if name not in SCRIPTS:
        return JSONResponse({"message": "no such script"}, 404)
    current = request.path_params["version"] == version()
    caching = "public, max-age=31536000, immutable" if current else "no-store"
    kind = "application/wasm" if name == KERNELS else "text/javascript"
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(script(name), media_type=kind, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(zipped(name), media_type=kind, headers=headers)


async def describe(_: Request) -> Response:
    """What this server answers, in OpenAPI 3.1."""
    return JSONResponse(openapi(ROUTES))


def middleware() -> list[Middleware]:
    """What wraps every request."""
    return [
        Middleware(Policy),
        Middleware(Direct, routes=_routes([each for each in ROUTES if each.path == "/" + RUN])),
        Middleware(BrowserSecret),
        Middleware(OpenPages, most=settings().pages, base=base_path()),
        Middleware(Alias, base=base_path()),
        Middleware(
            PageHead,
            src=script_address(PLOTLY),
            modules=[script_address(BUNDLE), *chunks()],
            base=base_path(),
            styles="".join(map(text, ("frame.css", "classroom.css", "votes.css"))),
            starts=script_address(BUNDLE),
            frames=settings().frames,
        ),
    ]


ROUTES = [
    Route("/" + RUN, run),
    Route("/" + FIGURES, figures),
    Route("/" + LOOKS, looks),
    data.data(lambda: registry(), _experiment),
    alone(lambda: registry(), _experiment),
    Route("/" + data.NUMBERS, data.numbers, methods=["POST"]),
    Route("/lab/scripts/{version}/{name:path}", serve_script),
    Route("/lab/openapi.json", describe),
    Route("/readyz", ready),
    *classroom.ROUTES,
    *desk.ROUTES,
    *operator.ROUTES,
]


def routes() -> list[Route]:
    """What this server answers beside Streamlit's own: ROUTES below the path that it is under.

    For load balancers also without that path.
    """
    return _routes(ROUTES)


def _routes(given: Sequence[Route]) -> list[Route]:
    return [guarded(each, base) for base in dict.fromkeys((base_path(), "")) for each in given]


def on_script_error(error: Exception) -> bool:
    """Log a page's failure and show one readable sentence in its place."""
    log.error("a page failed", exc_info=error)
    st.error(
        f"This page failed ({type(error).__name__}). The runs and the other pages go on; reload "
        "to try again. The server's log has the details."
    )
    return True
