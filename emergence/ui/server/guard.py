"""Who may ask our routes, and that nobody else is asked: by the rule of Streamlit's WebSocket.

A browser says from which page it asks (Origin) and whom (Host): the first must be the second, or be
in `server.corsAllowedOrigins`; the second in `server.allowedHosts`, where that says anything.
"""

from __future__ import annotations

from time import perf_counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import net_util
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from emergence.ui.server import access

FOREIGN = "the server's server.allowedHosts or server.corsAllowedOrigins do not have this address"
HARMLESS = "/readyz"
"""May be asked by HEAD, as load balancers do."""


def look_nothing_up() -> None:
    """Have Streamlit ask nobody for this machine's addresses: where an Origin is foreign it would.

    It takes these for known. A server with other names is told them: `server.corsAllowedOrigins`.
    """
    net_util._external_ip = net_util._internal_ip = "127.0.0.1"


def guarded(route: Route, base: str = "") -> Route:
    """A route below the path `base`, for whom may ask it, without HEAD: a GET may start something.

    What is asked is counted by the route's own path (see `access`).
    """

    async def answer(request: Request) -> Response:
        began, status = perf_counter(), 500
        try:
            asked = request.headers
            if _is_origin_allowed(asked.get("origin"), asked.get("host")):
                response: Response = await route.endpoint(request)
            else:
                response = JSONResponse({"message": FOREIGN, "why": "foreign"}, 403)
            status = response.status_code
        finally:
            access.log().note(request.method, route.path, status, perf_counter() - began)
        return response

    found = Route(base + route.path, answer, methods=list(route.methods or ()))
    if found.methods and route.path != HARMLESS:
        found.methods.discard("HEAD")
    return found
