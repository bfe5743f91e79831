"""Other spellings of the pages' addresses: they lead to the page, with their query."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.ui.lesson import GUIDE_PAGE, LAB
from emergence.ui.server.scripts import to_root
from emergence.ui.talk import LESSONS

FOLLOWED = {LAB.stem: "", "scaling_lab": "scaling_lab"} | {each.slug: each.slug for each in LESSONS}
"""The address of each page to which a class follows a lecture, by the name of its file; the default
page has none."""
PAGES = FOLLOWED | {GUIDE_PAGE.stem: GUIDE_PAGE.stem}
"""Of all pages: the teacher's guide is the lecturer's own."""


class Alias:
    """ASGI middleware: /live_lab, the Live Lab's file, is at /; /Puzzle and /puzzle/ at /puzzle.

    `base` is the path that the server is under. The browser is led on by a way from the address
    that it has asked for: a proxy may have taken the beginning of that away.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect requests of a page by another spelling, pass on all else."""
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            to = self._way(scope["path"])
            if to:
                query = scope["query_string"].decode("latin-1")
                await RedirectResponse(to + (f"?{query}" if query else ""))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _way(self, path: str) -> str:
        """Where another spelling leads to, from there; "" where it is none."""
        if path == self._base != "":
            return f"{path.rpartition('/')[2]}/"
        below = path.removeprefix(self._base)
        page = PAGES.get(below.strip("/").lower().replace("-", "_").replace(" ", "_"))
        if page is None and below.endswith("/") and below.strip("/") and "//" not in below:
            page = below.strip("/")  # Streamlit would lead to the same, from the server's root
        if page is None or below == "/" + page:
            return ""
        return to_root(path, self._base) + page
