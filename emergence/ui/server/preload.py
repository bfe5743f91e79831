"""What every page's head says before Streamlit's own scripts run.

Plotly starts to load, while Streamlit is still connecting: it takes about half a second to compile,
and begun by the component it would delay the first picture by as much. Our modules are there when
the component asks for them, however many of them import each other.

The classroom is a script and styles of the head's own: it outlives pages and a lost connection.

Streamlit's browser is told where its server is. At a page's own address, /puzzle say, it would look
for it beneath, at /puzzle/_stcore/health and /puzzle/_stcore/host-config, and get a 404 from each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class PageHead:
    """ASGI middleware that completes the head of every HTML page.

    `src` is the script to load early, `modules` are those to have at hand; `base` is the path that
    the server is under, "" or "/lab" say. `styles` is CSS, `starts` a module that is run.
    """

    def __init__(
        self, app: ASGIApp, src: str, modules: Sequence[str] = (), base: str = "",
        styles: str = "", starts: str = "",
    ) -> None:  # fmt: skip
        self._app = app
        here = f"location.origin + {json.dumps(base + '/')}"
        links = "".join(
            f'<link rel="modulepreload" fetchpriority="low" href="{each}">' for each in modules
        )
        if starts:
            links += f'<script type="module" src="{starts}" data-base="{base}"></script>'
        if styles:
            links += f"<style>{styles}</style>"
        self._tag = (
            f"<script>window.__streamlit = {{ ...window.__streamlit, BACKEND_BASE_URL: {here}, "
            f"MAIN_PAGE_BASE_URL: {here} }};</script>"
            f'<script async src="{src}"></script>{links}</head>'
        ).encode()

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
