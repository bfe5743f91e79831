"""Other spellings of the pages' addresses: they lead to the page, with their query."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.ui.lesson import LAB, LESSONS

PAGES = {LAB.stem: "", "scaling_lab": "scaling_lab"} | {each.slug: each.slug for each in LESSONS}
"""The address of each page by the name of its file; the default page has none."""


class Alias:
    """ASGI middleware: /live_lab, the Live Lab's file, is at /; /Puzzle and /puzzle/ at /puzzle.

    `base` is the path that the server is under.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect requests of a page by another spelling, pass on all else."""
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            path = scope["path"].removeprefix(self._base)
            page = PAGES.get(path.strip("/").lower().replace("-", "_").replace(" ", "_"))
            if page is not None and path not in ("/" + page, ""):
                query = scope["query_string"].decode("latin-1")
                target = f"{self._base}/{page}" + (f"?{query}" if query else "")
                await RedirectResponse(target)(scope, receive, send)
                return
        await self._app(scope, receive, send)
