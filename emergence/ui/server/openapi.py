"""What this server answers beside Streamlit's own, in OpenAPI: made of the table of routes.

Paths, methods and words are those of the routes and their docstrings. What a route reads and with
what it refuses is in no signature: `SAYS` has it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import Route

from emergence import __version__
from emergence.ui.server.asked import REFUSALS, SECRET_HEADER
from emergence.ui.server.viewers import VIEWER

TEXT = {"type": "string"}
NAME = {"type": "string", "pattern": f"^{VIEWER.pattern}$"}
WHOLE = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number", "minimum": 0}
TRUTH = {"type": "boolean"}
OBJECT = {"type": "object"}
LIST = {"type": "array", "items": OBJECT}
JSON, HTML = "application/json", "text/html"
ROOM = tuple(sorted({status for status, _ in REFUSALS.values()}))
"""With what a room refuses."""
FOREIGN = 403
"""For pages of other servers, everywhere (see `guard`)."""
CREDENTIALS = {"code": TEXT, "secret": TEXT, "viewer": NAME}
FORMATS = {"enum": ["npz", "csv", "parquet"]}


@dataclass(frozen=True)
class Says:
    """What a route reads, and what it answers.

    query, header, body : of each name what it may be; `optional` has those that need not be there
    media : of the answer 200
    refuses : other statuses
    secured : only for who has the operator's token
    """

    query: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    media: tuple[str, ...] = (JSON,)
    refuses: tuple[int, ...] = ()
    secured: bool = False


def _room(*optional: str, **more: dict[str, Any]) -> Says:
    """Of a route for those who have a room's secret."""
    return Says(body=CREDENTIALS | more, optional=frozenset(optional), refuses=ROOM)


FILES = ("application/octet-stream", "text/csv", "application/vnd.apache.parquet")
SAYS: dict[tuple[str, str], Says] = {
    ("GET", "/lab/run"): Says(
        query={"viewer": NAME, "query": TEXT, "from": WHOLE, "until": NUMBER},
        optional=frozenset(("query", "from", "until")),
        media=("application/octet-stream",), refuses=(400, 503),
    ),
    ("GET", "/lab/figures"): Says(
        query={"query": TEXT}, optional=frozenset(("query",)), refuses=(204, 400, 503)
    ),
    ("GET", "/lab/looks"): Says(
        header={"If-None-Match": TEXT}, optional=frozenset(("If-None-Match",)), refuses=(304,)
    ),
    ("GET", "/lab/data"): Says(
        query={"query": TEXT, "format": FORMATS, "table": TEXT},
        optional=frozenset(("query", "table")), media=FILES, refuses=(400, 404, 503),
    ),
    ("GET", "/lab/alone"): Says(
        query={"query": TEXT}, optional=frozenset(("query",)), media=(HTML,),
        refuses=(400, 404, 503),
    ),
    ("POST", "/lab/numbers"): Says(
        query={"format": {"enum": ["csv", "parquet"]}, "name": TEXT, "about": TEXT},
        body={"data": LIST, "layout": OBJECT}, optional=frozenset(("name", "about", "layout")),
        media=FILES[1:], refuses=(400, 503),
    ),
    ("GET", "/lab/scripts/{version}/{name}"): Says(
        media=("text/javascript", "application/wasm"), refuses=(404,)
    ),
    ("GET", "/lab/openapi.json"): Says(),
    ("GET", "/readyz"): Says(refuses=(503,)),
    ("GET", "/lab/status"): Says(media=(HTML,), refuses=(401, 404), secured=True),
    ("GET", "/lab/metrics"): Says(media=("text/plain",), refuses=(401, 404), secured=True),
    ("POST", "/class/open"): Says(
        body={"secret": TEXT, "viewer": NAME, "state": OBJECT, "polls": LIST},
        optional=frozenset(("polls",)), refuses=ROOM,
    ),
    ("POST", "/class/lead"): _room("taking", state=OBJECT, taking=TRUTH),
    ("POST", "/class/close"): _room(),
    ("POST", "/class/ask"): _room("again", question=OBJECT, again=TRUTH),
    ("POST", "/class/poll"): _room(
        "right", "bound", "answer", poll=TEXT,
        act={"enum": ["show", "hide", "again", "close", "reveal", "judge"]},
        right={}, bound={}, answer={},
    ),
    ("POST", "/class/vote"): Says(
        body={"code": TEXT, "viewer": NAME, "poll": TEXT, "round": WHOLE, "option": WHOLE},
        refuses=ROOM,
    ),
    ("POST", "/class/wish"): _room("page", act=TEXT, page=TEXT),
    ("POST", "/class/done"): _room(number=WHOLE, outcome=TEXT),
    ("POST", "/class/freeze"): _room(frozen=TRUTH),
    ("POST", "/class/plan"): _room(),
    ("POST", "/class/summary"): _room(),
    ("GET", "/class/summary"): Says(media=(HTML,)),
    ("GET", "/class/desk"): Says(media=(HTML,)),
    ("GET", "/class/state"): Says(
        query={"code": TEXT, "viewer": NAME, "version": {"type": "integer"}},
        header={SECRET_HEADER: TEXT}, optional=frozenset(("version", SECRET_HEADER)),
        refuses=(204, *ROOM),
    ),
    ("GET", "/class/qr"): Says(
        query={"code": TEXT, "at": TEXT}, media=("image/svg+xml",), refuses=ROOM
    ),
    ("GET", "/c"): Says(media=(HTML,)),
    ("GET", "/c/{code}"): Says(media=(HTML,)),
}  # fmt: skip


def described(routes: Iterable[Route]) -> Iterable[tuple[str, str, Route]]:
    """Each method, and each path as OpenAPI has it, with its route."""
    for route in routes:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path), route


def openapi(routes: Iterable[Route]) -> dict[str, Any]:
    """The description of these routes."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, route in described(routes):
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Emergence Lab",
            "version": __version__,
            "summary": "What its pages ask beside Streamlit's own; not a stable interface.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "..", "description": "where this description lies, one folder above"}],
        "paths": paths,
        "components": {
            "schemas": {"Refusal": {
                "type": "object", "required": ["message"],
                "properties": {"message": TEXT, "why": TEXT},
            }},
            "securitySchemes": {
                "password": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }  # fmt: skip


def _operation(method: str, path: str, route: Route) -> dict[str, Any]:
    says = SAYS.get((method, path), Says())
    words = inspect.getdoc(route.endpoint) or ""
    found: dict[str, Any] = {
        "operationId": f"{method.lower()}_" + "_".join(re.findall(r"\w+", path)),
        "summary": words.partition("\n")[0],
        "description": words,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": TEXT}
              for name in re.findall(r"\{(\w+)\}", path)),
            *({"name": name, "in": place, "required": name not in says.optional, "schema": schema}
              for place, names in (("query", says.query), ("header", says.header))
              for name, schema in names.items()),
        ],
        "responses": {
            "200": {"description": "fine", "content": {each: {} for each in says.media}},
            **{str(status): _refusal(status) for status in sorted({FOREIGN, *says.refuses})},
        },
    }  # fmt: skip
    if says.body:
        required = [name for name in says.body if name not in says.optional]
        schema = {"type": "object", "properties": says.body, "required": required}
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if says.secured:
        found["security"] = [{"password": []}, {"token": []}]
    return found


def _refusal(status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "whoever asked has left"}
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {"description": "refused, with a sentence", "content": content}
