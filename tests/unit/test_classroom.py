"""The classroom's routes."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.classroom.rooms import Limits, Rooms
from emergence.ui.server import asked, classroom

SECRET, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
LECTURER, FOLLOWER = "lecturer1", "follower1"
PUZZLE, THEOREM = {"page": "puzzle", "query": "beta=0.8"}, {"page": "theorem", "query": ""}
OPEN = {"secret": SECRET, "viewer": LECTURER, "state": PUZZLE}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    rooms = Rooms(Limits(rooms=2, followers=2))
    monkeypatch.setattr(asked, "rooms", lambda: rooms)
    monkeypatch.setattr(classroom, "WAIT", 0.05)
    monkeypatch.setattr(classroom, "HOST_WAIT", 0.05)
    with TestClient(Starlette(routes=classroom.ROUTES)) as client:
        yield client


@pytest.fixture
def code(client: TestClient) -> str:
    answer = client.post("/class/open", json=OPEN)
    assert answer.status_code == 200
    return str(answer.json()["code"])


def hear(
    client: TestClient, code: str, viewer: str = FOLLOWER, version: object = -1, secret: str = ""
) -> Any:
    asked = {"code": code, "viewer": viewer, "version": str(version)}
    return client.get(
        "/class/state", params=asked, headers={"x-room-secret": secret} if secret else None
    )


def leading(code: str, **changes: object) -> dict[str, object]:
    return {"code": code, "secret": SECRET, "viewer": LECTURER, "state": THEOREM} | changes


def test_a_late_joiner_hears_at_once_and_a_follower_when_the_lecture_moves(
    client: TestClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hear(client, code.lower()).json()
    assert (first["code"], first["state"]["page"], first["role"]) == (code, "puzzle", "follower")
    assert hear(client, code, version=first["version"]).json()["version"] == first["version"]
    monkeypatch.setattr(classroom, "WAIT", 60)
    answers: list[dict[str, Any]] = []
    waiting = threading.Thread(
        target=lambda: answers.append(hear(client, code, version=first["version"]).json())
    )
    waiting.start()
    told = client.post("/class/lead", json=leading(code)).json()
    waiting.join(timeout=30)
    assert told["role"] == "leader"
    assert answers[0]["state"]["page"] == "theorem"
    assert answers[0]["version"] == told["version"] != first["version"]


def test_a_host_hears_how_many_follow_and_who_leads(client: TestClient, code: str) -> None:
    hear(client, code)
    hear(client, code, "follower2")
    assert hear(client, code, LECTURER, secret=SECRET).json()["following"] == 2
    second = hear(client, code, "lecturer2", secret=SECRET).json()
    assert (second["role"], second["led"], second["following"]) == ("host", True, 2)
    assert "following" not in hear(client, code).json()
    client.post("/class/lead", json=leading(code, viewer="lecturer2"))
    assert hear(client, code, LECTURER, secret=SECRET).json()["role"] == "host"


def test_a_full_room_and_a_full_server_say_so(client: TestClient, code: str) -> None:
    hear(client, code)
    hear(client, code, "follower2")
    full = hear(client, code, "follower3")
    assert (full.status_code, full.json()["why"]) == (503, "full")
    assert "the room is full" in full.json()["message"]
    client.post("/class/open", json=OPEN | {"secret": OTHER})
    third = client.post("/class/open", json=OPEN | {"secret": "0" * 32})
    assert (third.status_code, third.json()["why"]) == (503, "full")


@pytest.mark.parametrize("secret", [OTHER, "", "nonsense", SECRET.upper()])
@pytest.mark.parametrize("route", ["lead", "close"])
def test_a_wrong_secret_changes_nothing(
    client: TestClient, code: str, secret: str, route: str
) -> None:
    answer = client.post(f"/class/{route}", json=leading(code, secret=secret))
    assert (answer.status_code, answer.json()["why"]) == (403, "secret")
    assert hear(client, code).json()["state"]["page"] == "puzzle"


def test_a_wrong_secret_is_refused_to_who_listens(client: TestClient, code: str) -> None:
    answer = hear(client, code, secret=OTHER)
    assert (answer.status_code, answer.json()["why"]) == (403, "secret")
    assert answer.json()["message"] == "this lead link is not of this room"


def test_a_closed_room_is_gone_and_an_unknown_one_unknown(client: TestClient, code: str) -> None:
    assert client.post("/class/close", json=leading(code)).status_code == 200
    gone = hear(client, code)
    assert (gone.status_code, gone.json()["why"]) == (410, "ended")
    assert "closed" in gone.json()["message"]
    assert client.post("/class/open", json=OPEN).status_code == 410
    unknown = hear(client, "BCDFGH")
    assert (unknown.status_code, unknown.json()["why"]) == (404, "unknown")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"viewer": "../../etc"}, "viewer"), ({"viewer": 7}, "texts"), ({"secret": None}, "texts"),
        ({"state": {"page": "nowhere", "query": ""}}, "page"), ({"state": "puzzle"}, "object"),
        ({"state": PUZZLE | {"query": "x" * 5000}}, "4,000"),
        ({"state": PUZZLE | {"query": "x" * 400_000}}, "at most 400,000 bytes"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_with_a_sentence(
    client: TestClient, changes: dict[str, object], word: str
) -> None:
    answer = client.post("/class/open", json=OPEN | changes)
    assert answer.status_code == 400
    assert word in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 10_000, b"{}"])
def test_what_is_no_object_is_refused(client: TestClient, body: bytes) -> None:
    for route in ("open", "lead", "close"):
        answer = client.post(
            f"/class/{route}", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400
        assert answer.json()["message"]
    plain = client.post("/class/open", content=b"{}", headers={"content-type": "text/plain"})
    assert plain.status_code == 400, "another site's form cannot send this"


def test_a_large_body_is_not_read_to_its_end(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 4096
            yield b" " * 4096

    answer = client.post(
        "/class/open", content=endless(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert "at most" in answer.json()["message"]


@pytest.mark.parametrize(
    ("given", "status"),
    [({"version": "x"}, 400), ({"version": "9" * 99}, 200), ({"viewer": ""}, 400),
     ({"code": "x" * 9000}, 400), ({"code": "\x00"}, 400)],
)  # fmt: skip
def test_wrong_questions_are_refused(
    client: TestClient, code: str, given: dict[str, str], status: int
) -> None:
    asked = {"code": code, "viewer": FOLLOWER, "version": "-1"} | given
    answer = client.get("/class/state", params=asked)
    assert answer.status_code == status
    assert status == 200 or answer.json()["why"] == "wrong"


def test_no_answer_may_be_kept(client: TestClient, code: str) -> None:
    assert hear(client, code).headers["cache-control"] == "no-store"
    assert hear(client, "BCDFGH").headers["cache-control"] == "no-store"


def test_the_qr_code_is_a_picture_of_the_join_link_and_of_nothing_else(client: TestClient) -> None:
    asked = {"code": "BCD FGH", "at": "https://lab.example.org:8443/user/jo/proxy/8501"}
    answer = client.get("/class/qr", params=asked)
    assert answer.headers["content-type"] == "image/svg+xml"
    size = float(ET.fromstring(answer.content).attrib["viewBox"].split()[2])
    assert size >= 25 + 2 * 4, "with its quiet zone"
    other = client.get("/class/qr", params=asked | {"code": "BCDFGJ"})
    assert other.content != answer.content
    for at in (
        "",
        "javascript:x",
        "https://a/b/",
        "https://a//b",
        "https://a/?b",
        "https://a b",
        "https://" + "a" * 300,
    ):
        assert client.get("/class/qr", params=asked | {"at": at}).status_code == 400
    assert client.get("/class/qr", params=asked | {"code": "nonsense"}).status_code == 400


@pytest.mark.parametrize("path", ["/c", "/c/BCDFGH", "/c/nonsense", "/c/a/b/c", "/c/%3Cscript%3E"])
def test_the_way_in_is_a_page_that_holds_nothing_of_its_address(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    up = "../" * path.count("/", 1)
    assert answer.text.replace(f'src="{up}lab', 'src="./lab') == client.get("/c").text
    assert "join.js" in answer.text
    assert "no-referrer" in answer.text
