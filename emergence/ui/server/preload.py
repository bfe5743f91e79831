"""Starts loading Plotly with the page itself, while Streamlit is still connecting.

Plotly takes about half a second to compile; begun by the component it would delay the first
picture by as much.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EarlyScript:
    """ASGI middleware that puts `<script async src=...>` into the head of every HTML page."""

    def __init__(self, app: ASGIApp, src: str) -> None:
        self._app = app
        self._tag = f'<script async src="{src}"></script></head>'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but pages, whose head is completed."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def complete(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(raw=list(start["headers"]))
            if "text/html" in headers.get("content-type", ""):
                body = body.replace(b"</head>", self._tag, 1)
                headers["content-length"] = str(len(body))
                start["headers"] = headers.raw
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app({**scope, "headers": plain}, receive, complete)
