"""What a browser may do with what this server sends: in the headers of every answer.

A page takes scripts, styles, pictures and letters from this server alone and asks nobody else.
Beyond that Streamlit needs: `style-src 'unsafe-inline'` (it dresses its widgets by script),
`blob:` scripts (it hands a component's code over as one) and workers, and `data:` and `blob:`
pictures, letters and media. A script that stands in the page is allowed by its hash. Ours is
`'wasm-unsafe-eval'`: a moved control is answered with WebAssembly (`browser/instant.js`). Neither
Streamlit nor Plotly needs `'unsafe-eval'`: it is there for whoever drives a page by script, since
Playwright's `wait_for_function` evaluates what it waits for. What could use it is ours alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
INLINE = re.compile(rb"<script>(.*?)</script>", re.S)
ALLOWED = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
"""What a page may load, and from where."""


class Policy:
    """ASGI middleware that adds to every answer what holds for all of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with `ALWAYS` among the headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(ALWAYS)
            await send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)


def of_page(page: bytes, embedded: bool, frames: Sequence[str] | None) -> dict[str, str]:
    """The headers of an HTML page.

    `frames` are the addresses whose pages may show it in a frame, beside this server's own. Where
    nothing is said of it, anybody may show what is made for that (`embedded`).
    """
    allowed = dict(ALLOWED)
    for script in INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        allowed["script-src"] += f" 'sha256-{digest}'"
    if not (embedded and frames is None):
        allowed["frame-ancestors"] = " ".join(("'self'", *(frames or ())))
    said = {"content-security-policy": "; ".join(f"{name} {of}" for name, of in allowed.items())}
    if "frame-ancestors" in allowed and not frames:
        said["x-frame-options"] = "SAMEORIGIN"
    return said


def is_embedded(path: str, query: str) -> bool:
    """Whether an address is that of a picture for another's page: no sweep is started there."""
    return parse_qs(query).get("embed", [""])[-1].lower() == "true" and "scaling_lab" not in path
