"""The lab as one file, for whoever takes it home, and for whom this server has no place.

Without a query it is the same for all, whatever they compute with it (that stands behind the # of
the address, which no server hears): made once, and kept by browsers and proxies. With one it is a
download: it computes that experiment, or replays the run that this server has of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emergence.experiment import Experiment, ExperimentError
from emergence.serving.orders import Orders
from emergence.serving.registry import Registry, ServerFullError
from emergence.serving.run import Run
from emergence.ui.alone.controls import computable
from emergence.ui.alone.page import live, policy_of, replay

ALONE = "lab/alone"
"""Address below the server's."""
KEPT = "public, max-age=600"
"""How long a browser may keep it without asking: after an upgrade it is ten minutes old at most."""
SECONDS = 0.5
"""That making one takes, roughly."""
UNKNOWN = (
    "no browser computes this one, and this server has not computed it to its end: run it to the "
    "end first"
)


@dataclass(frozen=True)
class Wanted:
    """Which file: one that computes, beginning with a query ("" for none), or a run's."""

    query: str
    run: Run | None = None


def made(wanted: Wanted) -> bytes:
    """The bytes of a file. Raises ValueError for a run that has not come to its end."""
    return replay(wanted.run) if wanted.run else live(wanted.query)


@cache
def orders() -> Orders[Wanted]:
    """The files of this server."""
    return Orders(made, lambda _: SECONDS)


def link(experiment: Experiment) -> str:
    """Where a browser computes an experiment by itself, below the server's; "" where it cannot."""
    return f"{ALONE}#{experiment.to_query()}" if computable(experiment) else ""


def alone(registry: Callable[[], Registry], known: Callable[[str], Awaitable[Experiment]]) -> Route:
    """The route of the file."""

    async def answer(request: Request) -> Response:
        """The lab as one file: for all alike, or with an experiment in it, as a download.

        Query: query, the experiment's own query string. 404 for a run that no browser computes and
        that has not come to its end here.
        """
        query = request.query_params.get("query")
        try:
            wanted = Wanted("") if query is None else await _wanted(query)
            file = await asyncio.wrap_future(orders().ask(wanted))
        except (ExperimentError, ValueError) as error:
            return JSONResponse({"message": str(error)}, 400)
        except LookupError as error:
            return JSONResponse({"message": str(error.args[0])}, 404)
        except ServerFullError as error:
            return JSONResponse({"message": str(error)}, 503, {"Retry-After": "2"})
        said = {"Content-Security-Policy": policy_of(file), "Cache-Control": KEPT}
        if query is not None:
            said["Cache-Control"] = "no-store"
            said["Content-Disposition"] = 'attachment; filename="emergence-lab.html"'
        return Response(file, media_type="text/html; charset=utf-8", headers=said)

    async def _wanted(query: str) -> Wanted:
        experiment = await known(query)
        if computable(experiment):
            return Wanted(experiment.to_query())
        run = registry().find(experiment)
        if run is None or not run.complete:
            raise LookupError(UNKNOWN)
        return Wanted("", run)

    return Route("/" + ALONE, answer)
