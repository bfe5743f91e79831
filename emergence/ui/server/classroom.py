"""The routes of the classroom: opening a room, leading it, hearing where the lecture is, joining.

The secret of a room comes in the body or in a header, never in an address: addresses are logged.
"""

from __future__ import annotations

import asyncio
import io
import re
from functools import cache, lru_cache
from typing import Any

import orjson
import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from emergence.classroom.codes import SecretError, spelled
from emergence.classroom.room import ReplacedError, Room, RoomFullError, TooManyError
from emergence.classroom.rooms import EndedError, Rooms, UnknownRoomError
from emergence.classroom.state import read_state
from emergence.ui.browser import text
from emergence.ui.server.alias import PAGES
from emergence.ui.server.scripts import base_path, script_address
from emergence.ui.server.viewers import viewer_name

ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}")
SECRET_HEADER = "x-room-secret"
MOST_BYTES = 16_384
"""Of a request's body."""
WAIT, HOST_WAIT = 5.0, 2.0
"""Seconds until a question is answered though nothing is new: a server that is told to stop waits
for open ones. Hosts are answered sooner, to see how many follow."""

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    SecretError: (403, "secret"),
    UnknownRoomError: (404, "unknown"),
    ReplacedError: (409, "replaced"),
    EndedError: (410, "ended"),
    TooManyError: (429, "often"),
    RoomFullError: (503, "full"),
    ValueError: (400, "wrong"),
}
"""The status of an answer and a word for the browser."""


@cache
def rooms() -> Rooms:
    """The rooms of this server."""
    return Rooms()


async def _body(request: Request, *names: str) -> dict[str, Any]:
    """The object that a request has sent, with texts under these names. Raises ValueError."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise ValueError("send application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError(f"send at most {MOST_BYTES:,} bytes")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValueError("what was sent is not JSON") from error
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in names):
        raise ValueError(f"send an object with the texts {', '.join(names)}")
    return given


def _answer(content: object, status: int = 200) -> Response:
    return Response(
        orjson.dumps(content), status, {"Cache-Control": "no-store"}, "application/json"
    )


def _refusal(error: Exception) -> Response:
    status, why = next(REFUSALS[kind] for kind in REFUSALS if isinstance(error, kind))
    return _answer({"message": str(error), "why": why}, status)


def _told(room: Room, viewer: str) -> Response:
    if room.ended:
        raise EndedError(room.ended)
    return _answer({"code": room.code, **room.told(viewer)})


async def open_room(request: Request) -> Response:
    """Open the room of a secret, or open it again: secret, viewer, state."""
    try:
        given = await _body(request, "secret", "viewer")
        viewer = viewer_name(given["viewer"])
        state = read_state(given.get("state"), PAGES.values())
        return _told(await rooms().open(given["secret"], state, viewer), viewer)
    except tuple(REFUSALS) as error:
        return _refusal(error)


async def lead(request: Request) -> Response:
    """The lecture is at another state, and this viewer leads: code, secret, viewer, state."""
    try:
        given = await _body(request, "code", "secret", "viewer")
        viewer, room = viewer_name(given["viewer"]), rooms().find(spelled(given["code"]))
        room.admit(viewer, given["secret"])
        room.lead(viewer, read_state(given.get("state"), PAGES.values()))
        return _told(room, viewer)
    except tuple(REFUSALS) as error:
        return _refusal(error)


async def close_room(request: Request) -> Response:
    """Close the room now: code, secret, viewer."""
    try:
        given = await _body(request, "code", "secret", "viewer")
        room = rooms().find(spelled(given["code"]))
        room.admit(viewer_name(given["viewer"]), given["secret"])
        rooms().close(room)
        return _answer({})
    except tuple(REFUSALS) as error:
        return _refusal(error)


async def hear(request: Request) -> Response:
    """Where the lecture is, as soon as it is elsewhere than `version`, or after a while.

    Query: code, viewer, version; the secret, if any, in the header SECRET_HEADER.
    """
    given = request.query_params
    try:
        name = viewer_name(given.get("viewer", ""))
        room = rooms().find(spelled(given.get("code", "")))
        viewer = room.admit(name, request.headers.get(SECRET_HEADER))
        try:
            version = int(given.get("version", "-1")[:20])
        except ValueError as error:
            raise ValueError("version must be a whole number") from error
        news = asyncio.ensure_future(room.news(viewer, version, HOST_WAIT if viewer.host else WAIT))
        gone = asyncio.ensure_future(_gone(request))
        await asyncio.wait({news, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not news.done():
            news.cancel()
            return Response(status_code=204)  # nobody reads it
        news.result()
        return _told(room, name)
    except tuple(REFUSALS) as error:
        return _refusal(error)


async def _gone(request: Request) -> None:
    """Return when the browser has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


@lru_cache(maxsize=128)
def _qr(link: str) -> bytes:
    out = io.BytesIO()
    segno.make(link, error="m").save(
        out, kind="svg", border=4, dark="black", light="white", omitsize=True, xmldecl=False
    )
    return out.getvalue()


async def qr(request: Request) -> Response:
    """The join link of `code` at the server's address `origin` as a QR code, in SVG."""
    given = request.query_params
    try:
        code, origin = spelled(given.get("code", "")), given.get("origin", "")
        if not ORIGIN.fullmatch(origin):
            raise ValueError("origin must be the server's address, as https://example.org")
    except ValueError as error:
        return _refusal(error)
    return Response(
        _qr(f"{origin}{base_path()}/c/{code}"),
        media_type="image/svg+xml",
        headers={"Cache-Control": "public, max-age=86400"},
    )


async def join(_: Request) -> Response:
    """The page that takes a browser into a room: its script reads code and secret."""
    page = text("join.html").replace("BASE", base_path())
    page = page.replace("SCRIPT", script_address("join.js"))
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


ROUTES = [
    Route("/class/open", open_room, methods=["POST"]),
    Route("/class/lead", lead, methods=["POST"]),
    Route("/class/close", close_room, methods=["POST"]),
    Route("/class/state", hear),
    Route("/class/qr", qr),
    Route("/c", join),
    Route("/c/{code:path}", join),
]
