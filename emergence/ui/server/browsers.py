"""A secret for each browser, by which it is known again, until it is closed, as who it was.

A cookie that scripts cannot read and that other sites' requests do not carry. It says nothing of
who looks; it is what only the browser has that started something, and so may stop it.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET = "emergence_browser"
FORM = re.compile(r"[0-9A-Za-z_-]{40,60}")


def secret_of(said: str) -> str:
    """A secret of the form that we give; "" for anything else."""
    return said if FORM.fullmatch(said) else ""


class BrowserSecret:
    """ASGI middleware that gives a secret, with a page, to a browser that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; a page to a stranger has a cookie."""
        if scope["type"] != "http" or secret_of(_cookie(scope)):
            await self._app(scope, receive, send)
            return

        async def give(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                if "text/html" in headers.get("content-type", ""):
                    headers.append(
                        "set-cookie",
                        f"{SECRET}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Strict",
                    )
                    message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, give)


def _cookie(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            return str(cookie_parser(value.decode("latin-1")).get(SECRET, ""))
    return ""
