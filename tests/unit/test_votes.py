"""The votes of a room over its routes: who may do what, and what nobody hears before the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.classroom.poll import BURST
from emergence.classroom.question import NO_GUESS
from emergence.classroom.rooms import Limits, Rooms
from emergence.classroom.state import says, with_value
from emergence.ui.server import asked, classroom, voting

SECRET, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
LECTURER = "lecturer1"
PAGE = {"page": "puzzle", "query": "beta=0.8"}
QUESTION = {
    "page": "puzzle", "name": "guess", "text": "Which slope?", "kind": "number", "unit": "",
    "options": ["-1", "-0.5", "0"], "values": ["-1.0", "-0.5", "0.0"],
}  # fmt: skip


class Class:
    """A room with a lecturer and its followers; every answer that a follower gets is kept."""

    def __init__(self) -> None:
        self.client = TestClient(Starlette(routes=classroom.ROUTES))
        opened = self.post("open", secret=SECRET, viewer=LECTURER, state=PAGE)
        self.code = opened["code"]
        self.overheard: list[str] = []

    def post(self, route: str, status: int = 200, **body: object) -> Any:
        answer = self.client.post(f"/class/{route}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def lead(self, route: str, status: int = 200, **body: object) -> Any:
        who = {"code": self.code, "secret": SECRET, "viewer": LECTURER}
        return self.post(route, status, **who | body)

    def ask(self, again: bool = False, **changes: object) -> Any:
        """The record of the poll on a question."""
        question = QUESTION | changes
        polls = self.lead("ask", question=question, again=again)["polls"]
        same = [poll for poll in polls if poll["name"] == question["name"]]
        return same[-1] if same else None

    def act(self, act: str, status: int = 200, **more: object) -> Any:
        return self.lead("poll", status, poll=self.poll, act=act, **more)

    @property
    def poll(self) -> str:
        return str(self.hear(LECTURER, SECRET)["polls"][0]["id"])

    def hear(self, viewer: str, secret: str = "", cookie: str = "") -> Any:
        headers = ({"x-room-secret": secret} if secret else {}) | cookies(cookie)
        query = {"code": self.code, "viewer": viewer, "version": "-1"}
        answer = self.client.get("/class/state", params=query, headers=headers)
        if not secret:
            self.overheard.append(answer.text)
        return answer.json()

    def vote(
        self, viewer: str, option: object, of_round: object = 1, status: int = 200,
        cookie: str = "", poll: str = "",
    ) -> Any:  # fmt: skip
        said = {"poll": poll or self.poll, "option": option, "round": of_round}
        answer = self.client.post(
            "/class/vote", json={"code": self.code, "viewer": viewer} | said,
            headers=cookies(cookie),
        )  # fmt: skip
        self.overheard.append(answer.text)
        assert answer.status_code == status, answer.text
        return answer.json()

    @property
    def record(self) -> Any:
        return self.hear(LECTURER, SECRET)["polls"][0]


def cookies(voter: str) -> dict[str, str]:
    return {"cookie": f"{voting.VOTER_COOKIE}={voter}"} if voter else {}


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def restart() -> None:
        rooms = Rooms(Limits(followers=300))
        monkeypatch.setattr(asked, "rooms", lambda: rooms)

    restart()
    monkeypatch.setattr(classroom, "WAIT", 0.01)
    monkeypatch.setattr(classroom, "HOST_WAIT", 0.01)
    return restart


@pytest.fixture
def lecture(restart: Callable[[], None]) -> Iterator[Class]:
    lecture = Class()
    lecture.ask()
    with lecture.client:
        yield lecture


def test_a_class_votes_discusses_votes_again_and_sees_the_answer(lecture: Class) -> None:
    for number in range(3):
        lecture.vote(f"follower{number}", number)
    lecture.vote("follower0", 2)
    record = lecture.record
    assert (record["answered"], record["first"]) == (3, [0, 1, 2])
    assert lecture.hear(LECTURER, SECRET)["following"] == 3
    lecture.act("show")
    assert lecture.hear("follower1")["polls"][0]["first"] == [0, 1, 2]
    lecture.act("hide")
    assert "first" not in lecture.hear("follower1")["polls"][0]
    lecture.act("again")
    assert lecture.record["answered"] == 0
    lecture.vote("follower0", 1, 2)
    lecture.act("reveal")
    lecture.act("judge", right=[0, 1], bound="within 0.5", answer="-0.75")
    told = lecture.hear("follower0")["polls"][0]
    assert (told["first"], told["second"], told["shift"]) == ([0, 1, 2], [0, 1, 0], [[2, 1, 1]])
    assert (told["right"], told["bound"], told["answer"]) == ([0, 1], "within 0.5", "-0.75")
    [summary] = asked.rooms().find(lecture.code).histograms()
    assert (summary["text"], summary["first"]) == ("Which slope?", [0, 1, 2])


def test_no_answer_to_a_follower_has_the_right_one_before_the_reveal(lecture: Class) -> None:
    """The lecturer's browser says it with the reveal; before, not even the server is told."""
    secret_words = ("within 0.123", "-0.456", "4.56")
    judged: dict[str, Any] = {"right": [1], "bound": "within 0.123", "answer": "-0.456"}
    lecture.act("judge", 422, **judged)
    lecture.lead("lead", state={"page": "puzzle", "query": "beta=0.8&guess=4.56&sharpness=2"})
    state = lecture.hear("follower1")["state"]
    assert state["query"] == "beta=0.8&sharpness=2", "the lecturer's own guess is nobody's"
    assert lecture.hear(LECTURER, SECRET)["state"]["query"].startswith("beta=0.8&guess=4.56")
    lecture.vote("follower1", 1)
    lecture.vote("follower1", 9, status=422)
    lecture.act("show")
    lecture.hear("follower1")
    lecture.act("again")
    lecture.vote("follower1", 1, 1, 422)
    lecture.vote("follower1", 2, 2)
    for route in ("lead", "ask", "poll", "open", "close"):
        told = lecture.client.post(
            f"/class/{route}",
            json={
                "code": lecture.code, "secret": OTHER, "viewer": "follower1", "state": PAGE,
                "question": QUESTION, "poll": lecture.poll, "act": "reveal", **judged,
            },
        )  # fmt: skip
        assert told.status_code == (200 if route == "open" else 403)  # of another secret's room
        assert SECRET not in told.text
    for path in (f"/c/{lecture.code}", f"/class/qr?code={lecture.code}&at=http://x"):
        lecture.overheard.append(lecture.client.get(path).text)
    lecture.hear("follower1")
    before = "\n".join(lecture.overheard)
    assert not [word for word in secret_words if word in before]
    assert '"right"' not in before
    assert not lecture.record["revealed"], "a wrong secret has shown nothing"
    lecture.act("reveal")
    lecture.act("judge", **judged)
    assert "within 0.123" in repr(lecture.hear("follower1"))


def test_a_follower_s_page_shows_the_answer_to_its_own_guess(lecture: Class) -> None:
    lecture.vote("follower1", 1)
    lecture.hear("follower2")
    lecture.act("reveal")  # from a phone: the lecturer's page has not shown it yet
    assert lecture.hear("follower1")["state"]["query"] == "beta=0.8&guess=-0.5"
    assert lecture.hear("follower2")["state"]["query"] == f"beta=0.8&guess={NO_GUESS}"
    lecture.lead("lead", state=PAGE)  # on its way
    assert says(lecture.hear("follower2")["state"]["query"], "guess")
    lecture.lead("lead", state=PAGE | {"query": "beta=0.8&guess=0.0"})
    assert lecture.record["landed"]
    assert lecture.hear("follower1")["state"]["query"] == "beta=0.8&guess=-0.5"
    lecture.lead("lead", state=PAGE)  # "Guess again"
    assert not says(lecture.hear("follower1")["state"]["query"], "guess")
    again = lecture.ask(again=True)
    assert (again["revealed"], again["answered"]) == (False, 0)


def test_a_shown_answer_stays_shown_until_a_hand_asks_anew(lecture: Class) -> None:
    lecture.vote("follower1", 1)
    lecture.act("reveal")
    lecture.act("judge", right=[0], bound="", answer="-1")
    first = lecture.record
    lecture.lead("lead", state={"page": "theorem", "query": ""})
    lecture.lead("lead", state=PAGE)  # as "Previous" leads: no guess in the address
    for text in (QUESTION["text"], "Which slope at 0.9?", QUESTION["text"]):  # there and back
        present = lecture.ask(text=text)
    assert present == first
    heard = lecture.hear("follower1")["polls"][0]
    assert (heard["revealed"], heard["first"], heard["right"]) == (True, [0, 1, 0], [0])
    lecture.vote("follower1", 0, status=422, poll=first["id"])
    assert len(asked.rooms().find(lecture.code).histograms()) == 1
    again = lecture.ask(again=True)
    assert (again["id"] != first["id"], again["revealed"]) == (True, False)
    lecture.vote("follower1", 0, poll=again["id"])
    assert lecture.ask(again=True)["id"] == again["id"], "it is open"
    assert len(asked.rooms().find(lecture.code).histograms()) == 2
    lecture.act("reveal")
    empty = lecture.ask(again=True)["id"]
    lecture.lead("poll", poll=empty, act="reveal")
    lecture.ask(text="Which slope at 0.9?")
    assert lecture.ask()["id"] == empty, "shown to a class of which nobody had voted"


def test_a_run_s_answer_stays_shown_and_another_run_is_another_question(lecture: Class) -> None:
    lab = {"page": "", "query": "d=64&P=4"}
    lecture.lead("lead", state=lab)
    first = lecture.ask(page="", name="when", run="P=4&seed=1")["id"]
    lecture.act("close")
    assert lecture.ask(page="", name="when", run="P=4&seed=1")["closed"], "put back, not asked anew"
    lecture.act("again", 422)
    lecture.act("reveal")
    other = lecture.ask(page="", name="when", run="P=4&seed=2")
    assert (other["id"] != first, other["revealed"]) == (True, False)
    assert lecture.ask(page="", name="when", run="P=4&seed=1")["id"] == first


def test_a_run_closes_its_vote_when_it_plays_and_shows_the_answer_itself(lecture: Class) -> None:
    lab = {"page": "", "query": "d=64&P=4"}
    lecture.lead("lead", state=lab)
    lecture.ask(page="", name="when")
    lecture.vote("follower1", 0)
    lecture.act("close")
    answer = lecture.vote("follower1", 1, status=422)
    assert "closed" in answer["message"]
    assert lecture.hear("follower1")["polls"][0]["closed"]
    again = lecture.ask(again=True, page="", name="when")  # the class guesses again
    assert (again["closed"], again["first"]) == (False, [0, 0, 0])
    lecture.vote("follower1", 0)
    lecture.act("reveal")
    assert lecture.hear("follower1")["state"]["query"] == lab["query"], "no guess in its address"
    assert lecture.record["landed"]
    assert lecture.record["first"] == [1, 0, 0]


def test_what_is_no_vote_is_refused_with_a_sentence(lecture: Class) -> None:
    def refused(word: str, *said: Any, **more: Any) -> None:
        answer = lecture.vote("follower1", *said, **more)
        assert word in answer["message"]

    poll = lecture.poll
    refused("no such question", 0, status=422, poll="nothing")
    refused("0 to 2", 3, status=422)
    refused("0 to 2", -1, status=422)
    refused("round 2 is not open", 0, 2, status=422)
    for wrong in (None, "1", 0.5, True):
        refused("whole numbers", wrong, status=400)
        refused("whole numbers", 1, wrong, status=400)
    for _ in range(BURST):
        lecture.vote("follower2", 0)
    answer = lecture.vote("follower2", 1, status=429)
    assert (answer["why"], "wait a moment" in answer["message"]) == ("often", True)
    lecture.vote("follower1", 0)  # a neighbour at the same address is not slowed
    lecture.act("reveal")
    refused("has been shown", 0, status=422, poll=poll)
    assert lecture.record["first"] == [2, 0, 0]


def test_all_tabs_of_a_browser_have_one_vote_and_a_tab_keeps_its_browser(lecture: Class) -> None:
    lecture.vote("follower1", 0, cookie="browser0001")
    lecture.vote("follower2", 1, cookie="browser0001")
    lecture.vote("follower3", 2, cookie="<script>")
    lecture.vote("follower3", 1, cookie="browser0002")
    assert lecture.record["first"] == [0, 2, 0]
    assert lecture.hear("follower1", cookie="browser0001")["polls"][0]["said"] == [1]
    lecture.act("show")
    assert "browser0001" not in repr(lecture.hear("follower3")) + repr(lecture.record)


def test_a_question_is_asked_once_and_another_one_takes_its_place(lecture: Class) -> None:
    first = lecture.record["id"]
    assert lecture.ask()["id"] == first
    assert lecture.ask(text="Which slope at β = 0.9?")["id"] != first
    room = asked.rooms().find(lecture.code)
    assert room.histograms() == []
    lecture.vote("follower1", 0)
    other = lecture.ask(text="Which slope at β = 1?")["id"]
    lecture.vote("follower1", 2)
    assert [(each["text"][-2], each["first"]) for each in room.histograms()] == [
        ("9", [1, 0, 0]), ("1", [0, 0, 1]),
    ]  # fmt: skip
    lecture.ask(page="theorem", name="guess_more")
    assert [each["id"] for each in lecture.hear("follower1")["polls"]] == [other]
    assert "follower1" not in repr(room.histograms())


def test_votes_come_back_after_a_restart_of_the_server(
    lecture: Class, restart: Callable[[], None]
) -> None:
    lecture.vote("follower1", 0)
    lecture.act("again")
    lecture.vote("follower1", 1, 2)
    kept = [lecture.record]
    restart()
    opened: dict[str, Any] = {"secret": SECRET, "viewer": LECTURER, "state": PAGE}
    assert lecture.post("open", polls=kept, **opened)["code"] == lecture.code
    told = lecture.hear("follower1")["polls"][0]
    assert (told["restored"], told["round"], told["said"]) == (True, 2, [None, None])
    lecture.vote("follower1", 0, 1)
    lecture.vote("follower1", 1, 2)
    lecture.post("open", polls=kept, **opened)  # once more: nothing is doubled, nothing lost
    assert (lecture.record["first"], lecture.record["second"]) == ([1, 0, 0], [0, 1, 0])
    restart()
    lecture.post("open", 400, polls=[{"id": "x"}], **opened)
    lecture.post("open", 400, polls="x", **opened)


@pytest.mark.parametrize(
    ("route", "body", "word"),
    [
        ("ask", {"question": None}, "object"), ("ask", {"question": {"page": "x"}}, "page"),
        ("ask", {"question": "x" * 20_000}, "at most 16,384 bytes"),
        ("poll", {"poll": "x", "act": "show"}, "no such question"),
        ("poll", {"poll": "x", "act": "dance"}, "one of show"), ("poll", {"poll": 7}, "act must"),
    ],
)  # fmt: skip
def test_a_wrong_act_is_refused_with_a_sentence(
    lecture: Class, route: str, body: dict[str, object], word: str
) -> None:
    status = 422 if word.startswith("no such") else 400
    assert word in lecture.lead(route, status, **body)["message"]


def test_only_votes_of_which_followers_learn_wake_them(lecture: Class) -> None:
    before = lecture.hear("follower1")["version"]
    host = lecture.hear(LECTURER, SECRET)["version"]
    lecture.vote("follower1", 0)
    assert lecture.hear("follower1")["version"] == before
    assert lecture.hear(LECTURER, SECRET)["version"] != host


@pytest.mark.parametrize(
    ("query", "name", "value", "wanted"),
    [
        ("", "a", "1", "a=1"), ("a=1", "a", None, ""),
        ("b=2&a=1&c=%20", "a", None, "b=2&c=%20"),
        ("b=2&a=1", "a", "x y", "b=2&a=x+y"), ("a=1&a=2", "a", None, ""),
        ("ab=1", "a", None, "ab=1"),
        ("gu%65ss=1", "guess", None, ""),
    ],
)  # fmt: skip
def test_a_query_says_another_value(query: str, name: str, value: str | None, wanted: str) -> None:
    assert with_value(query, name, value) == wanted
    assert says(wanted, name) == (value is not None)
