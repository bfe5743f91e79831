"""How many pages are open at once: each is a session of Streamlit's, with memory of its own.

A browser that opens a page is told when there is no room, and tries again by itself; a connection
that comes without having asked is refused. One client has at most `SHARE` of the room.
"""

from __future__ import annotations

from collections import Counter
from html import escape

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.serving.places import SHARE
from emergence.ui.server.alone import ALONE
from emergence.ui.server.policy import of_page
from emergence.ui.server.scripts import to_root
from emergence.ui.server.viewers import client_of
from emergence.words import plural

STREAM = "/_stcore/stream"
"""Where a page of Streamlit's is connected as long as it is open."""
AGAIN = 5
"""Seconds after which a browser asks again."""
FULL, TRY_AGAIN_LATER = 503, 1013
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{again}">
<title>Emergence Lab is full</title>
<style>body {{ font: 1.25rem/1.5 system-ui; max-width: 36em; margin: 15vh auto; padding: 0 1em;
color-scheme: light dark }}</style>
<main><h1>Emergence Lab is full</h1><p>{why} This page tries again by itself.</p>
<p><a href="{alone}">Compute in my browser</a>: the Live Lab without this server.</p></main>
</html>"""


class OpenPages:
    """ASGI middleware that counts the pages that are open, and lets no more than `most` in.

    `base` is the path that the server is under.
    """

    def __init__(self, app: ASGIApp, most: int, base: str = "") -> None:
        self._app = app
        self._base = base
        self._most = most
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what there is room for."""
        if scope["type"] == "websocket" and scope["path"].endswith(STREAM):
            await self._connect(scope, receive, send)
            return
        asks = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        why = self._full(client_of(HTTPConnection(scope))) if asks else ""
        # Our own routes are answered: they are for those that are here, and for the operator.
        if why and "/lab/" not in scope["path"]:
            page = PAGE.format(why=why, again=AGAIN, alone=self._alone(scope))
            said = {"Retry-After": str(AGAIN), **of_page(page.encode(), False, ())}
            await HTMLResponse(page, FULL, said)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _alone(self, scope: Scope) -> str:
        """The way to where a browser computes by itself what the page's address says."""
        way = to_root(scope["path"], self._base) + ALONE
        query = scope["query_string"].decode("latin-1")
        return escape(f"{way}#{query}" if scope["path"] == f"{self._base}/" and query else way)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = client_of(HTTPConnection(scope))
        if self._full(who):
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        self._open[who] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[who] -= 1
            self._open += Counter()  # without clients that have left

    def _full(self, who: str) -> str:
        """Why there is no room for one more page of a client, "" where there is."""
        most = int(self._most * SHARE)
        if self._open[who] >= most:
            return f"{plural(most, 'page')} are open from your address, as many as it may have."
        if self._open.total() >= self._most:
            return f"{plural(self._most, 'page')} are open, as many as this server holds."
        return ""
