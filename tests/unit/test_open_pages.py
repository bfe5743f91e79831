"""How many pages are open at once: no client has all the room, and whoever waits is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from emergence.ui.server.open_pages import FULL, STREAM, TRY_AGAIN_LATER, OpenPages

MOST = 6
PAGE = {"accept": "text/html"}


async def stay(socket: WebSocket) -> None:
    """As Streamlit's stream: open until the other side leaves."""
    await socket.accept()
    await socket.send_text("here")
    await socket.receive()


async def show(_: Request) -> Response:
    return HTMLResponse("a page")


APP = Starlette(
    routes=[WebSocketRoute(STREAM, stay), Route("/", show), Route("/lab/status", show)],
    middleware=[Middleware(OpenPages, most=MOST)],
)


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def at(stack: ExitStack, address: str) -> TestClient:
    return stack.enter_context(TestClient(APP, client=(address, 5000)))


def open_page(stack: ExitStack, client: TestClient) -> None:
    socket = stack.enter_context(client.websocket_connect(STREAM))
    assert socket.receive_text() == "here"


def test_one_client_has_half_of_the_room(opened: ExitStack) -> None:
    greedy, other = at(opened, "203.0.113.1"), at(opened, "203.0.113.2")
    for _ in range(MOST // 2):
        assert greedy.get("/", headers=PAGE).status_code == 200
        open_page(opened, greedy)
    with pytest.raises(WebSocketDisconnect) as refused, greedy.websocket_connect(STREAM):
        pass
    assert refused.value.code == TRY_AGAIN_LATER
    answer = greedy.get("/", headers=PAGE)
    assert answer.status_code == FULL
    assert "3 pages are open from your address" in answer.text
    assert "http-equiv" in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert other.get("/", headers=PAGE).status_code == 200
    open_page(opened, other)


def test_a_full_server_says_so_and_answers_its_own_routes(opened: ExitStack) -> None:
    for number in range(MOST):
        open_page(opened, at(opened, f"203.0.113.{number}"))
    late = at(opened, "203.0.113.99")
    answer = late.get("/", headers=PAGE)
    assert answer.status_code == FULL
    assert "6 pages are open, as many as this server holds" in answer.text
    assert late.get("/lab/status", headers=PAGE).status_code == 200


def test_who_leaves_makes_room(opened: ExitStack) -> None:
    client = at(opened, "203.0.113.1")
    for _ in range(2 * MOST):
        with client.websocket_connect(STREAM) as socket:
            assert socket.receive_text() == "here"
    assert client.get("/", headers=PAGE).status_code == 200


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ("/?d=32&P=4", "./lab/alone#d=32&amp;P=4"),
        ("/", "./lab/alone"),
        ("/puzzle?x=1", "./lab/alone"),
        ("/?d=%22%3E%3Cscript", "./lab/alone#d=%22%3E%3Cscript"),
    ],
)
def test_whoever_waits_may_compute_in_the_browser(opened: ExitStack, asked: str, way: str) -> None:
    client = at(opened, "203.0.113.9")
    for _ in range(MOST // 2):
        open_page(opened, client)
    answer = client.get(asked, headers=PAGE)
    assert answer.status_code == FULL
    assert f'<a href="{way}">Compute in my browser</a>' in answer.text
