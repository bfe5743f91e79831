"""What every page's head says before Streamlit's own scripts run.

Plotly starts to load, while Streamlit is still connecting: it takes about half a second to compile,
and begun by the component it would delay the first picture by as much. Our modules are there when
the component asks for them.

The classroom is a script and styles of the head's own: it outlives pages and a lost connection.

Streamlit's browser is told where its server is. At a page's own address, /puzzle say, it would look
for it beneath, at /puzzle/_stcore/health and /puzzle/_stcore/host-config, and get a 404 from each.

A page's own headers (see `policy`) depend on what its head says. So does its ETag: after an upgrade
of ours a browser must not go on with the page that it has.

All of it is said as a way from the page's own address: what is before that, only the browser knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emergence.ui.server.policy import is_embedded, of_page
from emergence.ui.server.scripts import to_root

CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range")


class PageHead:
    """ASGI middleware that completes the head of every HTML page.

    `src` is the script to load early, `modules` are those to have at hand, both below the server's
    address; `base` is the path that it is under, "" or "/lab" say. `styles` is CSS, `starts` a
    module that is run. `frames` says whose pages may show ones of ours (see `policy.of_page`).
    """

    def __init__(
        self, app: ASGIApp, src: str, modules: Sequence[str] = (), base: str = "",
        styles: str = "", starts: str = "", frames: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        self._app = app
        self._base = base
        self._frames = frames

        @lru_cache(maxsize=8)
        def tag(up: str) -> bytes:
            links = "".join(
                f'<link rel="modulepreload" fetchpriority="low" href="{up}{each}">'
                for each in modules
            )
            if starts:
                links += f'<script type="module" src="{up}{starts}"></script>'
            if styles:
                links += f"<style>{styles}</style>"
            return (
                f'<script>window.emergenceRoot = new URL("{up}", location.href).href; '
                "window.__streamlit = { ...window.__streamlit, "
                "BACKEND_BASE_URL: emergenceRoot, MAIN_PAGE_BASE_URL: emergenceRoot };</script>"
                f'<script async fetchpriority="high" src="{up}{src}"></script>{links}</head>'
            ).encode()

        self._tag = tag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but pages, whose head is completed."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        # What is answered depends on our own versions as well: conditions are judged here.
        plain = [(name, value) for name, value in scope["headers"] if name not in CONDITIONS]
        asked = Headers(scope=scope)
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
                if "content-security-policy" not in headers:  # else it has a head of its own
                    body = body.replace(
                        b"</head>", self._tag(to_root(scope["path"], self._base)), 1
                    )
                    query = scope["query_string"].decode("latin-1")
                    headers.update(of_page(body, is_embedded(scope["path"], query), self._frames))
                del headers["last-modified"], headers["accept-ranges"]
                if scope["method"] == "HEAD":
                    del headers["content-length"], headers["etag"]
                elif start["status"] == 200:
                    headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
                    if headers["etag"] in asked.get("if-none-match", ""):
                        start["status"], body = 304, b""
                    headers["content-length"] = str(len(body))
                start["headers"] = headers.raw
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app({**scope, "headers": plain}, receive, complete)
