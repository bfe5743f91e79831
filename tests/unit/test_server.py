"""The routes beside Streamlit's."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urljoin

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from emergence.ui.server import routes, scripts, services, warming
from emergence.ui.server.alias import Alias
from emergence.ui.server.preload import PageHead
from tests.unit.conftest import decode


def test_a_run_is_computed_while_it_is_asked_for(client: TestClient) -> None:
    given = {"viewer": "abcdefgh", "query": "d=16&P=2&m=8", "until": "1e12"}
    have, state, deadline = 0, "ready", time.monotonic() + 120
    while state != "finished" and time.monotonic() < deadline:
        response = client.get("/lab/run", params=given | {"from": str(have)})
        assert response.status_code == 200
        header, _ = decode(response.content)
        have, state = header["from"] + header["rows"], header["state"]
    assert state == "finished"
    assert have > 100


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"viewer": ""}, "viewer"),
        ({"viewer": "../../etc"}, "viewer"),
        ({"from": "-1"}, "from"),
        ({"from": "1e9"}, "invalid literal"),
        ({"until": "nan"}, "until"),
        ({"query": "d=-4"}, "d = -4 is out of range"),
        ({"query": "d=4&P=8"}, "do not fit"),
        ({"query": "x" * 10_000}, "longer than"),
        ({"query": "d=64&d=65"}, "more than once"),
    ],
)
def test_bad_requests_are_refused_with_a_sentence(
    client: TestClient, changes: dict[str, str], word: str
) -> None:
    given = {"viewer": "abcdefgh", "query": "d=16&P=2&m=8", "from": "0", "until": "1"}
    response = client.get("/lab/run", params=given | changes)
    assert response.status_code == 400
    assert word in response.json()["message"]


def test_a_full_server_says_so(client: TestClient) -> None:
    for i in (0, 1, 0, 1, 2):  # a browser goes on asking
        query = f"d=64&c=1e-5&engine=sgd&seed={i}"
        given = {"viewer": f"viewer00{i}", "query": query, "until": "1e12"}
        response = client.get("/lab/run", params=given)
    assert response.status_code == 503
    assert "full" in response.json()["message"]


@pytest.mark.parametrize("name", scripts.SCRIPTS)
def test_scripts_are_served_and_cached_by_version(client: TestClient, name: str) -> None:
    response = client.get(f"/lab/scripts/{scripts.version()}/{name}")
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["content-encoding"] == "gzip"
    assert response.content == scripts.script(name)
    plain = client.get(str(response.url), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == response.content
    assert client.get(f"/lab/scripts/old/{name}").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["../server.py", "__init__.py", "live.js", "vendor/LICENSE"])
def test_nothing_else_is_served_as_a_script(client: TestClient, name: str) -> None:
    assert client.get(f"/lab/scripts/x/{name}").status_code == 404


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "http://127.0.0.1:8501"),
        ({"server.address": "0.0.0.0"}, "http://127.0.0.1:8501"),
        ({"server.address": "192.168.1.5", "server.port": 81}, "http://192.168.1.5:81"),
        ({"server.address": "::1", "server.baseUrlPath": "/x/"}, "http://[::1]:8501/x"),
        ({"server.address": None, "server.sslCertFile": "c.pem"}, "https://localhost:8501"),
    ],
)
def test_the_server_says_where_it_is(
    said: dict[str, Any], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = st.get_option
    here = {"server.address": "127.0.0.1", "server.port": 8501, "server.baseUrlPath": ""} | said
    monkeypatch.setattr(st, "get_option", lambda name: here.get(name, option(name)))
    assert scripts.server_address() == address


def test_no_script_mentions_another_host() -> None:
    for name in scripts.SCRIPTS:
        if not name.startswith("vendor/"):
            assert b"http://" not in scripts.script(name)
            assert b"https://" not in scripts.script(name)


def test_readiness_tells_what_is_being_compiled(client: TestClient) -> None:
    warm = services.warm_up()
    response = client.get("/readyz")
    said = {"ready": warm.ready, "note": warm.note, "failed": {}, "workers": []}
    assert response.json() == said


def test_readiness_tells_what_fails_until_it_does_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel that cannot be compiled, for want of memory say, is tried again."""
    monkeypatch.setattr(warming, "SOON", 0.01)
    mended, tried = threading.Event(), threading.Semaphore(0)

    def task() -> None:
        tried.release()
        if not mended.is_set():
            raise MemoryError("no room")

    warm = warming.WarmUp({"sgd": task, "flow": lambda: None})
    monkeypatch.setattr(routes, "warm_up", lambda: warm)
    assert client.get("/readyz").status_code == 503
    warm.start()
    for _ in range(2):  # so that the first time is over
        assert tried.acquire(timeout=60)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["failed"] == {"sgd": "MemoryError: no room"}
    mended.set()
    warm._thread.join(60)
    said = {"ready": True, "note": "", "failed": {}, "workers": []}
    assert client.get("/readyz").json() == said


def test_routes_are_below_the_path_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {route.path for route in routes.routes()}
    monkeypatch.setattr(routes, "base_path", lambda: "/demo/lab")
    below = routes.routes()
    assert {route.path for route in below} == plain | {"/demo/lab" + path for path in plain}
    client = TestClient(Starlette(routes=below))
    for path in ("/readyz", "/demo/lab/readyz"):
        assert "note" in client.get(path).json()
    assert client.post("/demo/lab/class/close", content=b"").status_code == 400
    assert client.get("/demo/lab/class/close").status_code == 405


@pytest.mark.parametrize("base", ["", "/lab"])
@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/live_lab", "/"), ("/Live_Lab", "/"), ("/live-lab/", "/"), ("/LIVE%20LAB", "/"),
        ("/Puzzle", "/puzzle"), ("/puzzle/", "/puzzle"), ("/scaling-lab", "/scaling_lab"),
        ("/", "/"), ("/puzzle", "/puzzle"), ("/nonsense", "/nonsense"),
        ("/live_lab/x", "/live_lab/x"), ("/nonsense/", "/nonsense"), ("/c/AB/", "/c/AB"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_page_lead_to_it(base: str, asked: str, page: str) -> None:
    here = [Route("/{path:path}", lambda request: PlainTextResponse(str(request.url)))]
    app = Starlette(routes=here, middleware=[Middleware(Alias, base=base)])
    client = TestClient(app, base_url="http://127.0.0.1")
    query = "?mixture=3%3A0.6%2C4:0.8&link=%7Cz%7C"
    response = client.get(base + asked + query, headers={"accept": "text/html"})
    assert response.text == f"http://127.0.0.1{base}{page}{query}"
    assert len(response.history) == (asked != page)
    assert not client.get(base + asked + query, headers={"accept": "text/css"}).history
    for step in response.history:  # a proxy may have taken the address's beginning away
        assert step.headers["location"].startswith(("./", "../"))


def test_the_path_of_the_server_leads_to_its_first_page() -> None:
    app = Starlette(routes=[], middleware=[Middleware(Alias, base="/demo/lab")])
    to = TestClient(app).get(
        "/demo/lab?d=9", headers={"accept": "text/html"}, follow_redirects=False
    )
    assert (to.status_code, to.headers["location"]) == (307, "lab/?d=9")


@pytest.mark.parametrize("base", ["", "/demo/lab"])
@pytest.mark.parametrize(
    ("path", "up"), [("/", "./"), ("/puzzle", "./"), ("/c/ABC", "../"), ("/a/b/c", "../../")]
)
def test_the_browser_is_told_where_its_server_is_from_the_page(
    base: str, path: str, up: str
) -> None:
    """Else Streamlit looks beneath a page's own address first, and gets two 404."""
    page = Route("/{path:path}", lambda _: HTMLResponse("<head></head>"))
    head = [Middleware(PageHead, src="lab/p.js", modules=["lab/m.js"], base=base)]
    client = TestClient(Starlette(routes=[page], middleware=head))
    text = client.get(base + path, headers={"accept": "text/html"}).text
    assert f'window.emergenceRoot = new URL("{up}", location.href).href;' in text
    assert "BACKEND_BASE_URL: emergenceRoot, MAIN_PAGE_BASE_URL: emergenceRoot" in text
    for each in ("lab/p.js", "lab/m.js"):
        assert f'"{up}{each}"' in text
        assert urljoin(f"https://x/jo{base}{path}", up + each) == f"https://x/jo{base}/{each}"


def test_pages_begin_to_load_plotly_and_nothing_else_is_touched() -> None:
    page, plain = "<html><head><title>x</title></head></html>", "</head>"
    app = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse(page)),
            Route("/plain", lambda _: PlainTextResponse(plain)),
        ],
        middleware=[Middleware(PageHead, src="lab/plotly.js", modules=["lab/live.js"])],
    )
    client = TestClient(app)
    html = client.get("/", headers={"accept": "text/html"})
    assert '<script async fetchpriority="high" src="./lab/plotly.js"></script>' in html.text
    assert '<link rel="modulepreload" fetchpriority="low" href="./lab/live.js"></head>' in html.text
    assert int(html.headers["content-length"]) == len(html.content)
    assert client.get("/plain", headers={"accept": "text/html"}).text == plain
    assert client.get("/", headers={"accept": "application/json"}).text == page


IMPORTED = """
import asyncio, sys
from emergence.ui.server import services
async def start():
    async with services.lifespan(None):
        print("pandas" in sys.modules)
        sys.stdout.flush()
services.WarmUp.start = lambda self: None
asyncio.run(start())
"""


def test_what_pictures_lean_on_is_imported_before_the_first_reader_comes() -> None:
    """Plotly asks whether pandas is there, and takes one that another thread imports for whole."""
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True)
    assert done.stdout.endswith("\nTrue\n"), done.stderr
