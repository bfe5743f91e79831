"""The routes of the classroom: opening a room, leading it, hearing where it is, joining it."""

from __future__ import annotations

import asyncio
import io
import re
from functools import lru_cache

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emergence.classroom.codes import spelled
from emergence.classroom.state import read_state
from emergence.ui.server import asked
from emergence.ui.server.alias import FOLLOWED
from emergence.ui.server.asked import (
    SECRET_HEADER,
    answer,
    body,
    html,
    left,
    of_host,
    refusing,
    told,
)
from emergence.ui.server.viewers import viewer_name
from emergence.ui.server.voting import ROUTES as VOTING
from emergence.ui.server.voting import kept_polls, voter

ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}(/[A-Za-z0-9._~%-]{1,100}){0,8}")
MOST_KEPT = 400_000
"""Bytes of a request that opens a room again, with all its polls."""
WAIT, HOST_WAIT = 5.0, 2.0
"""Seconds until a question is answered though nothing is new: a server that is told to stop waits
for open ones. Hosts are answered sooner, to see how many follow."""


@refusing
async def open_room(request: Request) -> Response:
    """Open the room of a secret, or open it again: secret, viewer, state.

    With `polls`, those that a room had before the server was restarted.
    """
    given = await body(request, "secret", "viewer", most=MOST_KEPT)
    viewer = viewer_name(given["viewer"])
    state, polls = read_state(given.get("state"), FOLLOWED.values()), kept_polls(given.get("polls"))
    room = await asked.rooms().open(given["secret"], state, viewer)
    room.restore(polls)
    return told(room, viewer)


@refusing
async def lead(request: Request) -> Response:
    """The lecture is at another state, and this viewer leads: code, secret, viewer, state.

    With `taking` false, what is told by itself: that takes the lecture from nobody.
    """
    room, viewer, given = await of_host(request)
    told_of = room.go_on if given.get("taking") is False else room.lead
    told_of(viewer, read_state(given.get("state"), FOLLOWED.values()))
    return told(room, viewer)


@refusing
async def close_room(request: Request) -> Response:
    """Close the room now: code, secret, viewer. The answer is what is left of it."""
    room, _, _ = await of_host(request)
    asked.rooms().close(room)
    return answer({"polls": room.histograms()})


@refusing
async def hear(request: Request) -> Response:
    """Where the lecture is, as soon as it is elsewhere than `version`, or after a while.

    Query: code, viewer, version; the secret, if any, in the header SECRET_HEADER.
    """
    given = request.query_params
    name = viewer_name(given.get("viewer", ""))
    room = asked.rooms().find(spelled(given.get("code", "")))
    viewer = room.admit(name, request.headers.get(SECRET_HEADER), voter(request))
    try:
        version = int(given.get("version", "-1")[:20])
    except ValueError as error:
        raise ValueError("version must be a whole number") from error
    news = asyncio.ensure_future(room.news(viewer, version, HOST_WAIT if viewer.host else WAIT))
    gone = asyncio.ensure_future(left(request))
    await asyncio.wait({news, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not news.done():
        news.cancel()
        return Response(status_code=204)  # nobody reads it
    news.result()
    return told(room, name)


@lru_cache(maxsize=128)
def _qr(link: str) -> bytes:
    out = io.BytesIO()
    segno.make(link, error="m").save(
        out, kind="svg", border=4, dark="black", light="white", omitsize=True, xmldecl=False
    )
    return out.getvalue()


@refusing
async def qr(request: Request) -> Response:
    """The join link of `code` as a QR code, in SVG; `at` is where the browser finds the server."""
    given = request.query_params
    code, at = spelled(given.get("code", "")), given.get("at", "")
    if not ADDRESS.fullmatch(at):
        raise ValueError("at must be the server's address, as https://example.org/lab")
    return Response(
        await asyncio.to_thread(_qr, f"{at}/c/{code}"),
        media_type="image/svg+xml",
        headers={"Cache-Control": "public, max-age=86400"},
    )


async def join(request: Request) -> Response:
    """The page that takes a browser into a room: its script reads code and secret."""
    return html(request, "join")


ROUTES = [
    *VOTING,
    Route("/class/open", open_room, methods=["POST"]),
    Route("/class/lead", lead, methods=["POST"]),
    Route("/class/close", close_room, methods=["POST"]),
    Route("/class/state", hear),
    Route("/class/qr", qr),
    Route("/c", join),
    Route("/c/{code:path}", join),
]
