"""Who may ask, what a page may load, what is written down of it."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins

from emergence.ui.server import access, guard, logs, policy, preload, routes
from emergence.ui.server.direct import Direct

HOME = "http://hall.example"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A server with one route of each kind; what is asked is counted in a log of its own."""
    kept = access.AccessLog(each=True)
    monkeypatch.setattr(access, "log", lambda: kept)
    started: list[str] = []

    async def start(request: Request) -> Response:
        started.append(request.method)
        return PlainTextResponse(" ".join(started))

    guard.look_nothing_up()
    kinds = [("/lab/run", "GET"), ("/class/lead", "POST"), ("/readyz", "GET")]
    served = [guard.guarded(Route(path, start, methods=[kind])) for path, kind in kinds]
    with TestClient(Starlette(routes=served), base_url=HOME) as client:
        yield client


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200), (HOME, 200), ("http://localhost:3000", 200), ("http://evil.example", 403),
        ("http://hall.example:81", 403), ("null", 403), ("", 403),
        ("http://hall.example.evil", 403),
    ],
)  # fmt: skip
def test_pages_of_others_may_not_ask(client: TestClient, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert client.get("/lab/run", headers=headers).status_code == status
    answer = client.post("/class/lead", headers=headers)
    assert answer.status_code == status
    assert status == 200 or "corsAllowedOrigins" in answer.json()["message"]


def test_whom_they_ask_must_be_us_where_that_is_said(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, Any] = {"server.allowedHosts": ["hall.example", "*.lab.example"]}
    option = st.config.get_option
    monkeypatch.setattr(st.config, "get_option", lambda name: said.get(name, option(name)))
    for host, status in (("hall.example", 200), ("a.lab.example:81", 200), ("evil.example", 403)):
        headers = {"host": host, "origin": f"http://{host}"}
        assert client.get("/lab/run", headers=headers).status_code == status
    said["server.corsAllowedOrigins"] = ["https://campus.example"]
    headers = {"origin": "https://campus.example"}
    assert client.get("/lab/run", headers=headers).status_code == 200


def test_nothing_is_started_by_head(client: TestClient) -> None:
    for path in ("/lab/run", "/class/lead"):
        assert client.head(path).status_code == 405
    assert client.get("/lab/run").text == "GET"
    assert client.head("/readyz").status_code == 200


def test_every_route_of_ours_is_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "base_path", lambda: "/x")
    client = TestClient(Starlette(routes=routes.routes()), base_url=HOME)
    for route in routes.ROUTES:
        (method,) = (route.methods or set()) - {"HEAD"}
        path = re.sub(r"\{.*?\}", "a", route.path)
        for base in ("", "/x"):
            answer = client.request(method, base + path, headers={"origin": "http://evil.example"})
            assert (answer.status_code, answer.json()["why"]) == (403, "foreign"), path


def test_what_is_answered_directly_is_guarded_and_not_compressed() -> None:
    route = guard.guarded(Route("/numbers", lambda _: _plain(2000 * "1")))
    direct = Middleware(Direct, routes=[route])
    wraps = [Middleware(policy.Policy), direct, Middleware(GZipMiddleware)]
    client = TestClient(Starlette(routes=[route], middleware=wraps), base_url=HOME)
    answer = client.get("/numbers")
    assert answer.text == 2000 * "1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in answer.headers
    assert client.get("/numbers", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.head("/numbers").status_code == 405


async def _plain(text: str) -> Response:
    return PlainTextResponse(text)


def test_a_run_is_answered_directly_below_the_path_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "base_path", lambda: "/x")
    ours: tuple[Any, ...] = policy.Policy, Direct
    wraps = [each for each in routes.middleware() if each.cls in ours]
    client = TestClient(Starlette(routes=[], middleware=wraps), base_url=HOME)
    for base in ("", "/x"):
        assert "viewer" in client.get(f"{base}/lab/run").json()["message"]
    assert client.get("/lab/figures").status_code == 404


def test_an_origin_that_is_foreign_has_nothing_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object, **__: object) -> None:
        raise AssertionError("looks its address up")

    for name in ("_external_ip", "_internal_ip"):
        monkeypatch.setattr(net_util, name, None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", look)
    monkeypatch.setattr("socket.socket.connect", look)
    guard.look_nothing_up()
    assert not is_url_from_allowed_origins("http://evil.example")


def test_the_log_names_routes_and_no_contents(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "emergence.access"):
        client.get("/lab/run?query=d%3D64&viewer=secretname")
        client.post("/class/lead", json={"secret": "verysecret"})
    assert [line.split(":")[0] for line in caplog.messages] == [
        "GET /lab/run 200",
        "POST /class/lead 200",
    ]
    assert "secret" not in caplog.text


def test_requests_of_a_minute_are_one_line_of_each_kind() -> None:
    now, written = 0.0, []
    log = access.AccessLog(
        write=lambda line, *said, **_: written.append(line % said), clock=lambda: now
    )
    for _ in range(500):
        log.note("GET", "/lab/run", 200, 0.002)
    log.note("GET", "/lab/run", 503, 0.5)
    assert not written
    now = 61.0
    log.note("GET", "/lab/run", 200, 0.502)
    assert written == [
        "GET /lab/run 200: 501 times, 3 ms, at most 502",
        "GET /lab/run 503: 1 times, 500 ms, at most 500",
    ]
    log.flush()
    assert len(written) == 2
    assert log.total["GET", "/lab/run", 200][0] == 501


def test_a_structured_line_has_the_fields_of_a_text_and_no_more_lines() -> None:
    record = logging.LogRecord("emergence.x", logging.WARNING, "", 0, "it is\n%s", ("so",), None)
    record.fields = {"route": "/lab/run", "count": 3}
    line = logs.Structured().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == "it is\nso"
    assert (said["level"], said["route"], said["count"]) == ("warning", "/lab/run", 3)


def page_client(body: str, frames: tuple[str, ...] | None = None) -> TestClient:
    async def page(_: Request) -> Response:
        return HTMLResponse(body, headers={"etag": '"streamlits"', "last-modified": "then"})

    async def other(_: Request) -> Response:
        return PlainTextResponse("x")

    return TestClient(Starlette(
        routes=[Route("/other", other), Route("/{path:path}", page)],
        middleware=[Middleware(policy.Policy),
                    Middleware(preload.PageHead, src="p.js", frames=frames)],
    ), headers={"accept": "text/html"})  # fmt: skip


PAGE = "<head><script>\n one = 1\n</script></head><script>two()</script>"


def test_a_page_may_load_what_is_ours_and_run_what_stands_in_it() -> None:
    answer = page_client(PAGE).get("/puzzle")
    said = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.S)
    assert len(inline) == 3  # ours is one
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in said["script-src"]
    assert "unsafe-inline" not in said["script-src"]
    assert said["default-src"] == said["connect-src"] == "'self'"
    assert not re.search(r"https?:|\*", answer.headers["content-security-policy"])
    for path in ("/puzzle", "/other"):
        headers = page_client(PAGE).get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "frames", "ancestors", "option"),
    [
        ("/", None, "'self'", "SAMEORIGIN"),
        ("/?embed=true", None, None, None),
        ("/?embed=true&embed=false", None, "'self'", "SAMEORIGIN"),
        ("/scaling_lab?embed=true", None, "'self'", "SAMEORIGIN"),
        ("/?embed=true", (), "'self'", "SAMEORIGIN"),
        ("/", ("https://a.example",), "'self' https://a.example", None),
        ("/?embed=true", ("https://a.example",), "'self' https://a.example", None),
    ],
)
def test_who_may_show_a_page_in_a_frame(
    path: str, frames: tuple[str, ...] | None, ancestors: str | None, option: str | None
) -> None:
    headers = page_client(PAGE, frames).get(path).headers
    found = re.search("frame-ancestors ([^;]*)", headers["content-security-policy"])
    assert (found and found[1]) == ancestors
    assert headers.get("x-frame-options") == option


def test_a_browser_keeps_a_page_only_as_long_as_it_is_the_same() -> None:
    client = page_client(PAGE)
    first = client.get("/")
    tag = first.headers["etag"]
    assert tag != '"streamlits"'
    assert "last-modified" not in first.headers
    again = client.get("/", headers={"if-none-match": f'W/"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/a/b").headers["etag"] != tag, "where the server is, is another way there"
    upgraded = page_client(PAGE + "<p>new</p>").get("/", headers={"if-none-match": tag})
    assert upgraded.status_code == 200
    assert int(upgraded.headers["content-length"]) == len(upgraded.content)
    assert client.head("/").headers.get("content-length") != "0"
