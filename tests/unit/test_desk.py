"""The lecturer's desk: what a phone asks of the browser that leads, and what only a host hears."""

from __future__ import annotations

import asyncio
import html
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.classroom import desk as wishes
from emergence.classroom import room as room_module
from emergence.classroom.desk import BusyError, NobodyLeadsError
from emergence.classroom.question import Question
from emergence.classroom.room import Room
from emergence.classroom.rooms import Rooms
from emergence.classroom.state import State
from emergence.ui.server import asked, classroom, desk, voting
from emergence.ui.talk import LESSONS

SECRET, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
LECTURER, PHONE, FOLLOWER = "lecturer1", "thephone1", "follower1"
ORDER = ("", "puzzle", "theorem")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Room:
    """Led by one browser; a phone has the secret, and somebody follows."""
    room = Room("BCDFGH", SECRET, State("puzzle"), LECTURER, 10, clock)
    room.admit(LECTURER, SECRET)
    room.admit(PHONE, SECRET)
    room.admit(FOLLOWER, None)
    return room


def test_a_wish_is_told_once_and_only_to_whoever_leads(room: Room) -> None:
    room.wish("next", ORDER)
    room.wish("go", ("theorem",))
    assert "wishes" not in room.told(PHONE)
    assert "wishes" not in room.told(FOLLOWER)
    told = room.told(LECTURER)["wishes"]
    assert [(each["act"], each["pages"]) for each in told] == [
        ("next", ORDER),
        ("go", ("theorem",)),
    ]
    assert room.told(LECTURER)["wishes"] == []


def test_a_wish_wakes_whoever_leads_and_nobody_else(room: Room) -> None:
    async def lecture() -> None:
        leading, following = room.admit(LECTURER, SECRET), room.admit(FOLLOWER, None)
        waits = [
            asyncio.create_task(room.news(each, room.version, 60)) for each in (leading, following)
        ]
        await asyncio.sleep(0)
        version = room.version
        room.wish("play", ORDER)
        await asyncio.wait_for(waits[0], 5)
        assert not waits[1].done()
        assert room.version == version, "of 200 followers none has to ask again"
        waits[1].cancel()
        # One that comes while it is not waiting is told with the next question.
        await asyncio.wait_for(room.news(leading, room.version, 60), 5)

    asyncio.run(lecture())


def test_who_asks_hears_what_came_of_it(room: Room) -> None:
    async def lecture() -> None:
        wish = room.wish("reveal", ORDER)
        asking = asyncio.create_task(room.desk.outcome(wish))
        await asyncio.sleep(0)
        [told] = room.told(LECTURER)["wishes"]
        room.desk.done(told["number"], "nothing")
        assert await asyncio.wait_for(asking, 5) == "nothing"
        room.desk.done(told["number"], "done")  # nobody asks any more
        room.desk.done(10**9, "done")

    asyncio.run(lecture())


def test_a_wish_that_nobody_answers_is_given_up(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "PATIENCE", 0.01)
    wish = room.wish("next", ORDER)
    assert asyncio.run(room.desk.outcome(wish)) is None
    assert room.told(LECTURER)["wishes"] == [], "it is not done later, when nobody expects it"


def test_where_no_browser_leads_nothing_is_asked(room: Room, clock: Clock) -> None:
    clock.now += room_module.AWAY + 1
    room.admit(PHONE, SECRET)
    assert room.told(PHONE)["led"] is False
    with pytest.raises(NobodyLeadsError, match="open the lead link"):
        room.wish("next", ORDER)
    room.lead(PHONE, State("theorem"))
    room.wish("next", ORDER)


def test_wishes_do_not_pile_up(room: Room) -> None:
    for _ in range(wishes.MOST):
        room.wish("next", ORDER)
    with pytest.raises(BusyError, match="wait until they are done"):
        room.wish("next", ORDER)


def test_the_class_looks_up_until_it_may_look_down_or_nobody_is_there_to_say_so(
    room: Room, clock: Clock
) -> None:
    version = room.version
    room.freeze(True)
    assert room.version != version, "all hear of it at once"
    assert room.told(FOLLOWER)["frozen"]
    room.lead(LECTURER, State("theorem"))
    assert room.told(FOLLOWER)["frozen"], "the lecture goes on behind"
    clock.now += room_module.ALONE + 1
    assert not room.told(FOLLOWER)["frozen"], "no lecturer has been heard of"
    room.admit(LECTURER, SECRET)
    assert room.told(FOLLOWER)["frozen"]
    room.freeze(False)
    assert not room.told(FOLLOWER)["frozen"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    rooms = Rooms()
    monkeypatch.setattr(asked, "rooms", lambda: rooms)
    monkeypatch.setattr(classroom, "HOST_WAIT", 30)
    with TestClient(Starlette(routes=[*classroom.ROUTES, *voting.ROUTES, *desk.ROUTES])) as client:
        yield client


@pytest.fixture
def host(client: TestClient) -> dict[str, Any]:
    """What a host's requests have in common; the room is led by another browser."""
    state = {"page": "puzzle", "query": ""}
    opened = client.post("/class/open", json={"secret": SECRET, "viewer": LECTURER, "state": state})
    return {"code": opened.json()["code"], "secret": SECRET, "viewer": PHONE}


def test_a_wish_goes_from_the_phone_to_the_leading_browser_and_back(
    client: TestClient, host: dict[str, Any]
) -> None:
    query = {"code": host["code"], "viewer": LECTURER, "version": "-1"}
    headers = {"x-room-secret": SECRET}
    version = client.get("/class/state", params=query, headers=headers).json()["version"]
    heard: list[dict[str, Any]] = []

    def leading() -> None:
        told = client.get(
            "/class/state", params=query | {"version": str(version)}, headers=headers
        ).json()
        heard.extend(told["wishes"])
        done = {"viewer": LECTURER, "number": told["wishes"][0]["number"], "outcome": "done"}
        client.post("/class/done", json=host | done)

    browser = threading.Thread(target=leading)
    browser.start()
    answer = client.post("/class/wish", json=host | {"act": "next"})
    browser.join(timeout=30)
    assert answer.json() == {"outcome": "done"}
    assert heard[0]["act"] == "next"
    assert heard[0]["pages"] == list(desk.ORDER)


SENT: dict[str, dict[str, Any]] = {
    "wish": {"act": "next"}, "done": {"number": 1, "outcome": "done"}, "freeze": {"frozen": True},
    "plan": {}, "summary": {},
}  # fmt: skip


@pytest.mark.parametrize("route", SENT)
@pytest.mark.parametrize("secret", [OTHER, "", "nonsense", None])
def test_nobody_without_the_secret_is_at_the_desk(
    client: TestClient, host: dict[str, Any], route: str, secret: str | None
) -> None:
    answer = client.post(f"/class/{route}", json=host | SENT[route] | {"secret": secret})
    assert answer.status_code in (400, 403)
    assert LESSONS[0].plan.onward not in answer.text
    told = client.get(
        "/class/state", params={"code": host["code"], "viewer": FOLLOWER, "version": "-1"}
    )
    assert told.json()["frozen"] is False


@pytest.mark.parametrize(
    ("route", "wrong", "word"),
    [
        ("wish", {"act": "close"}, "previous, next"), ("wish", {"act": ["go"]}, "previous, next"),
        ("wish", {"act": "go"}, "page"), ("wish", {"act": "go", "page": "../etc"}, "page"),
        ("done", {"number": "1"}, "number"), ("done", {"outcome": "<b>"}, "done, nothing"),
        ("freeze", {"frozen": 1}, "true or false"), ("freeze", {"frozen": None}, "true or false"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_with_what_is_allowed(
    client: TestClient, host: dict[str, Any], route: str, wrong: dict[str, object], word: str
) -> None:
    answer = client.post(f"/class/{route}", json=host | SENT[route] | wrong)
    assert answer.status_code == 400
    assert word in answer.json()["message"]


def test_the_plan_has_every_page_in_the_order_of_the_lecture(
    client: TestClient, host: dict[str, Any]
) -> None:
    plan = client.post("/class/plan", json=host).json()
    assert [each["page"] for each in plan][1:-1] == [lesson.slug for lesson in LESSONS]
    assert [each.get("number") for each in plan] == [None, *range(1, len(LESSONS) + 1), None]
    for lesson, planned in zip(LESSONS, plan[1:-1], strict=True):
        assert planned["ask"] == lesson.plan.ask


def test_what_is_left_of_a_lecture_is_counts_alone(
    client: TestClient, host: dict[str, Any]
) -> None:
    question = Question("puzzle", "guess", "Which?", ("-1", "0"), ("-1.0", "0.0"), "number")
    told = client.post("/class/ask", json=host | {"question": question.to_json()}).json()
    poll = {"code": host["code"], "poll": told["polls"][0]["id"], "round": 1}
    for viewer, option in ((FOLLOWER, 1), ("follower2", 1), ("follower3", 0)):
        vote = poll | {"viewer": viewer, "option": option}
        assert client.post("/class/vote", json=vote).status_code == 200
    counted = client.post("/class/summary", json=host).json()
    assert counted["polls"][0]["first"] == [1, 2]
    assert counted["polls"][0]["text"] == "Which?"
    assert FOLLOWER not in str(counted)
    closed = client.post("/class/close", json=host)
    assert closed.json() == counted, "whoever closes the room takes it along"
    assert client.post("/class/summary", json=host).status_code == 410
    page = client.get("/class/summary")
    assert "One neuron" in html.unescape(page.text)
    assert "summary.js" in page.text
    assert not {"STYLE", "SCRIPT", "BASE", "TITLES"} & set(page.text.split('"'))


def test_the_desk_s_page_says_nothing_of_the_plan_or_the_room(client: TestClient) -> None:
    page = client.get("/class/desk")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "desk.js" in page.text
    assert not {"STYLE", "SCRIPT", "BASE"} & set(page.text.split('"'))
    known = html.unescape(page.text + client.get("/class/summary").text)
    assert all(lesson.plan.ask not in known for lesson in LESSONS)
