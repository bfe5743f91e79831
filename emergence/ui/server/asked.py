"""What the classroom's routes share: how a request is read, answered and refused.

The secret of a room comes in the body or in a header, never in an address: addresses are logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from html import escape
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from emergence.classroom.codes import SecretError, spelled
from emergence.classroom.desk import BusyError, NobodyLeadsError
from emergence.classroom.poll import RefusedError, TooFastError
from emergence.classroom.room import ReplacedError, Room, RoomFullError, TooManyError
from emergence.classroom.rooms import EndedError, Rooms, UnknownRoomError
from emergence.ui.browser import text
from emergence.ui.server.alone import ALONE
from emergence.ui.server.scripts import base_path, script_address, to_root
from emergence.ui.server.viewers import viewer_name

SECRET_HEADER = "x-room-secret"
MOST_BYTES = 16_384
"""Of a request's body."""
REFUSALS: dict[type[Exception], tuple[int, str]] = {
    SecretError: (403, "secret"),
    UnknownRoomError: (404, "unknown"),
    ReplacedError: (409, "replaced"),
    NobodyLeadsError: (409, "alone"),
    EndedError: (410, "ended"),
    TooManyError: (429, "often"),
    TooFastError: (429, "often"),
    RefusedError: (422, "refused"),
    BusyError: (429, "often"),
    RoomFullError: (503, "full"),
    ValueError: (400, "wrong"),
}
"""The status of an answer and a word for the browser."""


@cache
def rooms() -> Rooms:
    """The rooms of this server."""
    return Rooms()


def refusing(
    route: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers with a sentence where it raises one of REFUSALS."""

    @wraps(route)
    async def answers(request: Request) -> Response:
        try:
            return await route(request)
        except tuple(REFUSALS) as error:
            status, why = next(REFUSALS[kind] for kind in REFUSALS if isinstance(error, kind))
            return answer({"message": str(error), "why": why}, status)

    return answers


async def body(request: Request, *names: str, most: int = MOST_BYTES) -> dict[str, Any]:
    """The object that a request has sent, with texts under these names. Raises ValueError."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise ValueError("send application/json")
    sent = b""
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > most:
            raise ValueError(f"send at most {most:,} bytes")
    try:
        given = orjson.loads(sent)
    except orjson.JSONDecodeError as error:
        raise ValueError("what was sent is not JSON") from error
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in names):
        raise ValueError(f"send an object with the texts {', '.join(names)}")
    return given


async def left(request: Request) -> None:
    """Return when the browser has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def answer(content: object, status: int = 200) -> Response:
    """An answer in JSON that nobody keeps."""
    return Response(
        orjson.dumps(content), status, {"Cache-Control": "no-store"}, "application/json"
    )


async def of_host(request: Request) -> tuple[Room, str, dict[str, Any]]:
    """What somebody with the secret has sent: code, secret, viewer, more; the room, the viewer.

    Raises what REFUSALS has.
    """
    given = await body(request, "code", "secret", "viewer")
    viewer, room = viewer_name(given["viewer"]), rooms().find(spelled(given["code"]))
    room.admit(viewer, given["secret"])
    return room, viewer, given


def told(room: Room, viewer: str) -> Response:
    """What a viewer hears of a room. Raises EndedError."""
    if room.ended:
        raise EndedError(room.ended)
    alone = ALONE if room.crowded else ""
    return answer({"code": room.code, "alone": alone, **room.told(viewer)})


def html(request: Request, name: str, *styles: str, titles: object = None) -> Response:
    """A page of the classroom's own, on which no component is: its text, script and styles.

    `titles` is what else the script is to know, as JSON.
    """
    style = "".join(text(f"{each}.css") for each in (name, *styles))
    known = escape(orjson.dumps(titles).decode())
    filled = text(f"{name}.html").replace("STYLE", style).replace("TITLES", known)
    script = to_root(request.url.path, base_path()) + script_address(f"{name}.js")
    filled = filled.replace("SCRIPT", script)
    return HTMLResponse(filled, headers={"Cache-Control": "no-store"})
