"""A browser has a secret of its own with its first page, and keeps it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from emergence.ui.server.browsers import SECRET, BrowserSecret, secret_of


async def page(_: Request) -> Response:
    return HTMLResponse("<p>")


async def data(_: Request) -> Response:
    return PlainTextResponse("1")


@pytest.fixture
def client() -> TestClient:
    return TestClient(
        Starlette(
            routes=[Route("/", page), Route("/data", data)], middleware=[Middleware(BrowserSecret)]
        )
    )


def test_the_first_page_gives_a_secret_that_scripts_and_other_sites_cannot_use(
    client: TestClient,
) -> None:
    assert "set-cookie" not in client.get("/data").headers
    said = client.get("/").headers["set-cookie"]
    assert said.endswith("; Path=/; HttpOnly; SameSite=Strict")
    secret = secret_of(client.cookies[SECRET])
    assert len(secret) >= 40
    assert "set-cookie" not in client.get("/").headers, "it is kept"
    client.cookies.clear()
    client.get("/")
    assert client.cookies[SECRET] != secret


@pytest.mark.parametrize("said", ["", "short", "x" * 61, "é" * 43, "a b" * 15])
def test_what_we_did_not_give_is_no_secret(client: TestClient, said: str) -> None:
    assert secret_of(said) == ""
    headers = {b"cookie": f"{SECRET}={said}".encode()}
    assert "set-cookie" in client.get("/", headers=headers).headers
