"""Rooms: who may lead, how many may follow, when they end, what their codes are."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.classroom import room as room_module
from emergence.classroom.codes import ALPHABET, SecretError, code_of, spelled
from emergence.classroom.room import AWAY, ReplacedError, Room, RoomFullError, TooManyError
from emergence.classroom.rooms import EndedError, Limits, Rooms, UnknownRoomError
from emergence.classroom.state import State, read_state
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.ui.server.alone import ALONE
from emergence.ui.server.asked import told as heard

T = TypeVar("T")

SECRET, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
HERE, THERE = State("puzzle", "beta=0.8"), State("theorem")
PAGES = ("", "puzzle", "theorem")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def rooms(clock: Clock | None = None, **limits: Any) -> Rooms:
    return Rooms(Limits(**limits), clock or Clock())


def test_a_code_follows_from_the_secret_alone_and_can_be_read_aloud() -> None:
    assert code_of(SECRET) == code_of(SECRET)
    assert code_of(SECRET) != code_of(OTHER)
    code = code_of(SECRET)
    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL2Z5S8BAEU") - set("BSZ"), "look-alikes, vowels"
    assert spelled(f" {code[:3].lower()}-{code[3:].lower()} ") == code


@pytest.mark.parametrize("text", ["", "ABC", "BCDFG0", "BCDFGHJ", "../../", "ÄÖÜßſK", "x" * 10**6])
def test_a_malformed_code_is_refused_with_what_a_code_is(text: str) -> None:
    with pytest.raises(ValueError, match="a room's code is 6 of the characters BCD"):
        spelled(text)


@pytest.mark.parametrize("secret", ["", "0" * 31, "0" * 33, "g" * 32, "A" * 32, "\x00" * 32])
def test_a_malformed_secret_opens_nothing(secret: str) -> None:
    with pytest.raises(SecretError, match="32 of the characters"):
        run(rooms().open(secret, HERE, "lecturer"))


def test_a_room_survives_a_restart_under_its_code_and_only_for_its_secret() -> None:
    async def lecture() -> None:
        before, after = rooms(), rooms()  # a server, and the same after a restart
        room = await before.open(SECRET, HERE, "lecturer")
        other = await after.open(OTHER, THERE, "somebody")
        assert other.code != room.code
        with pytest.raises(UnknownRoomError):
            after.find(room.code)
        again = await after.open(SECRET, THERE, "lecturer")
        assert (again.code, again.state) == (room.code, THERE)
        assert again.version != room.version, "followers see that it is another"

    run(lecture())


def test_opening_a_room_that_is_there_changes_nothing_of_it() -> None:
    async def lecture() -> None:
        server = rooms()
        room = await server.open(SECRET, HERE, "lecturer")
        assert await server.open(SECRET, THERE, "second") is room
        assert (room.state, room.leader) == (HERE, "lecturer")
        assert room.told("second")["role"] == "host"
        assert room.told("lecturer")["role"] == "leader"

    run(lecture())


def test_the_secret_itself_is_not_kept() -> None:
    room = run(rooms().open(SECRET, HERE, "lecturer"))
    assert SECRET not in repr(vars(room))
    assert SECRET.encode() not in b"".join(
        value for value in vars(room).values() if isinstance(value, bytes)
    )


def test_followers_hear_whether_a_lecturer_is_there_and_browsers_are_counted() -> None:
    clock = Clock()
    room = run(rooms(clock=clock).open(SECRET, HERE, "lecturer"))
    for tab, browser in (("tab1", "phone1"), ("tab2", "phone1"), ("tab3", "phone2"), ("tab4", "")):
        room.admit(tab, None, browser)
    assert room.following == 3
    assert room.told("tab1")["led"] is True
    clock.now += AWAY + 1
    room.admit("tab1", None, "phone1")
    assert room.told("tab1")["led"] is False
    room.admit("lecturer", SECRET)
    assert room.told("tab1")["led"] is True


@pytest.mark.parametrize("wrong", [OTHER, "", SECRET[:-1], SECRET.upper(), SECRET + "0"])
def test_a_wrong_secret_neither_leads_nor_is_counted(wrong: str) -> None:
    room = run(rooms().open(SECRET, HERE, "lecturer"))
    with pytest.raises(SecretError):
        room.admit("thief", wrong)
    assert room.following == 0
    assert room.told("thief")["role"] == "follower"


def test_the_last_who_touches_anything_leads() -> None:
    room = run(rooms().open(SECRET, HERE, "first"))
    room.admit("second", SECRET)
    room.lead("second", THERE)
    assert room.told("first")["role"] == "host"
    assert room.told("second")["role"] == "leader"
    assert room.told("first")["led"] is True
    assert room.told("first")["state"]["page"] == "theorem"


def test_what_is_told_by_itself_takes_the_lecture_from_nobody() -> None:
    room = run(rooms().open(SECRET, HERE, "first"))
    room.admit("second", SECRET)
    room.go_on("first", THERE)
    assert room.state == THERE
    room.lead("second", HERE)
    room.go_on("first", THERE)  # sent before it heard of it
    assert (room.state, room.leader) == (HERE, "second")


def test_followers_hear_nothing_of_each_other_and_not_who_leads() -> None:
    room = run(rooms().open(SECRET, HERE, "lecturer"))
    room.admit("follower1", None)
    told = room.told("follower1")
    assert set(told) == {"version", "age", "state", "role", "frozen", "led", "polls"}
    assert "lecturer" not in repr(told)
    assert room.told("lecturer")["following"] == 1


def test_a_full_room_says_so_and_has_place_again_when_somebody_leaves() -> None:
    clock = Clock()
    room = run(rooms(clock, followers=2).open(SECRET, HERE, "lecturer"))
    room.admit("follower1", None)
    room.admit("follower2", None)
    with pytest.raises(RoomFullError, match="2 follow already"):
        room.admit("follower3", None)
    room.admit("second", SECRET)  # lecturers are no followers
    clock.now += room_module.AWAY + 0.1
    room.admit("follower2", None)
    room.admit("follower3", None)
    assert room.following == 2
    for number in range(room_module.HOSTS):
        room.admit(f"host{number:04}", SECRET)
    with pytest.raises(RoomFullError, match="lead link"):
        room.admit("host-too-many", SECRET)


def test_a_viewer_that_asks_too_often_is_held_back_and_forgiven() -> None:
    clock = Clock()
    room = run(rooms(clock).open(SECRET, HERE, "lecturer"))
    for _ in range(int(room_module.BURST)):
        room.admit("follower1", None)
    with pytest.raises(TooManyError, match="10 times a second"):
        room.admit("follower1", None)
    room.admit("follower2", None)  # a neighbour at the same address is not
    clock.now += 0.1
    room.admit("follower1", None)


@pytest.mark.parametrize(
    ("heard", "looked", "why"),
    [
        (range(30, 480, 30), 480, "8 hours"), ([], 60, "60 minutes"), ([59], 119, "60 minutes"),
        (range(59, 475, 59), 479, ""), ([59], 118, ""),
    ],
)  # fmt: skip
def test_a_room_ends_after_8_hours_or_60_minutes_alone(
    heard: Iterable[int], looked: int, why: str
) -> None:
    """All in minutes after its opening."""

    async def lecture() -> None:
        clock = Clock()
        server = rooms(clock)
        room, opened = await server.open(SECRET, HERE, "lecturer"), clock.now
        for minute in heard:
            clock.now = opened + 60 * minute
            server.find(room.code).admit("lecturer", SECRET)
        clock.now = opened + 60 * looked
        if not why:
            assert server.find(room.code) is room
            return
        for _ in range(2):
            with pytest.raises(EndedError, match=why):
                server.find(room.code)
        assert room.ended
        with pytest.raises(EndedError, match=why):
            await server.open(SECRET, HERE, "lecturer")

    run(lecture())


def test_close_now_wakes_who_waits_and_stays_closed() -> None:
    async def lecture() -> None:
        server = rooms()
        room = await server.open(SECRET, HERE, "lecturer")
        waiting = asyncio.create_task(
            room.news(room.admit("follower1", None), room.version, seconds=60)
        )
        await asyncio.sleep(0)
        server.close(room)
        await asyncio.wait_for(waiting, 5)
        assert room.ended
        with pytest.raises(EndedError, match="lecturer has closed"):
            server.find(room.code)
        with pytest.raises(EndedError):
            await server.open(SECRET, HERE, "lecturer")

    run(lecture())


def test_news_comes_at_once_to_who_lacks_it_and_to_all_who_wait() -> None:
    async def lecture() -> None:
        room = await rooms().open(SECRET, HERE, "lecturer")
        late = room.admit("late0000", None)
        await asyncio.wait_for(room.news(late, -1, seconds=60), 5)
        everybody = [
            asyncio.create_task(
                room.news(room.admit(f"follower{i}", None), room.version, seconds=60)
            )
            for i in range(200)
        ]
        await asyncio.sleep(0)
        assert not any(task.done() for task in everybody)
        assert room.following == 201
        room.lead("lecturer", THERE)
        await asyncio.wait_for(asyncio.gather(*everybody), 5)
        assert room.told("follower7")["state"]["page"] == "theorem"

    run(lecture())


def test_a_viewer_has_one_question_open_and_nothing_new_is_an_answer() -> None:
    async def lecture() -> None:
        room = await rooms().open(SECRET, HERE, "lecturer")
        viewer = room.admit("follower1", None)
        older = asyncio.create_task(room.news(viewer, room.version, seconds=60))
        await asyncio.sleep(0)
        newer = asyncio.create_task(room.news(viewer, room.version, seconds=0.01))
        with pytest.raises(ReplacedError):
            await asyncio.wait_for(older, 5)
        await asyncio.wait_for(newer, 5)
        assert viewer.waiting is None

    run(lecture())


def test_a_full_server_gives_up_the_room_that_nobody_is_in() -> None:
    async def lecture() -> None:
        clock = Clock()
        server = rooms(clock, rooms=2)
        secrets = [f"{number:032x}" for number in range(4)]
        first, second = [await server.open(secrets[i], HERE, "lecturer") for i in (0, 1)]
        with pytest.raises(RoomFullError, match="2 rooms"):
            await server.open(secrets[2], HERE, "lecturer")
        clock.now += room_module.AWAY + 0.1
        second.admit("follower1", None)
        third = await server.open(secrets[2], HERE, "lecturer")
        assert server.find(second.code) is second
        assert server.find(third.code) is third
        with pytest.raises(UnknownRoomError):  # not ended: its lecturer may open it again
            server.find(first.code)

    run(lecture())


def test_few_rooms_are_opened_at_a_time() -> None:
    async def lecture() -> None:
        server = rooms(openings=2)
        opened = await asyncio.gather(
            *(server.open(f"{number:032x}", HERE, "lecturer") for number in range(5)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, Room) for each in opened) == 2
        assert sum(isinstance(each, RoomFullError) for each in opened) == 3
        assert isinstance(await server.open(f"{9:032x}", HERE, "lecturer"), Room)

    run(lecture())


FULL = {
    "page": "", "query": "d=64&P=8", "picture": "loss",
    "playback": {"run": "d=64&P=8", "step": 1e6, "playing": True, "rushing": False, "share": 0.5},
    "highlight": {"p": 3, "k": None},
    "act": {"number": 1, "run": "d=64&P=8", "share": 0.25, "pace": 0.0625},
    "hidden": ["power law", "decoupled"], "pinned": "d=64&P=4",
}  # fmt: skip


def test_a_state_comes_back_as_it_was_sent() -> None:
    assert read_state(FULL, PAGES).to_json() == FULL
    assert read_state({"page": "puzzle", "query": ""}, PAGES) == State("puzzle")
    longest = make_plan(Experiment(d=1_000_000, engine="flow"))
    steps = longest.end / longest.experiment.eta
    assert steps > 1e18
    read_state(changed("playback.step", steps), PAGES)


def changed(path: str, value: object) -> dict[str, Any]:
    first, _, second = path.partition(".")
    return FULL | {first: FULL[first] | {second: value} if second else value}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (None, "must be an object"), ([], "must be an object"), ({}, "page"),
        (changed("page", "../etc"), "page"), (changed("page", "PUZZLE"), "page"),
        (changed("page", ["puzzle"]), "page"),
        (changed("query", "x" * 4001), "4,000"), (changed("query", "a\nb"), "one line"),
        (changed("query", None), "query"), (changed("picture", "<b>"), "picture"),
        (changed("playback.step", float("nan")), "step"), (changed("playback.step", -1), "step"),
        (changed("playback.step", 1e301), "step"), (changed("playback.step", True), "step"),
        (changed("playback.share", 1.5), "speed"), (changed("playback.playing", 1), "playing"),
        (changed("playback.run", 7), "run"), (changed("playback.more", 1), "playback"),
        (changed("highlight.p", -1), "p must"), (changed("highlight.k", 0.5), "k must"),
        (changed("highlight.k", 10**9), "k must"), (changed("more", 1), "the state"),
        (changed("act.share", 1.1), "the share"), (changed("act.pace", -1), "the pace"),
        (changed("act.number", None), "number"), (changed("act.run", "a\nb"), "run"),
        (changed("act", []), "the act"), (changed("pinned", 7), "pinned"),
        (changed("hidden", "x"), "list"), (changed("hidden", ["x"] * 21), "at most 20"),
        (changed("hidden", ["<b>"]), "names"), (changed("hidden", [1]), "names"),
    ],
)  # fmt: skip
def test_a_wrong_state_is_refused_with_what_is_wrong(state: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_state(state, PAGES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FULL, "p", "k", "step", "run"]) | st.text(), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_sent_is_a_state_or_is_refused(given_state: object) -> None:
    try:
        state = read_state(given_state, PAGES)
    except ValueError:
        return
    assert read_state(state.to_json(), PAGES) == state


@given(st.text(), st.text())
def test_no_text_is_a_code_or_a_secret_by_accident(code: str, secret: str) -> None:
    with contextlib.suppress(ValueError):
        assert set(spelled(code)) <= set(ALPHABET)
    room = Room("BCDFGH", SECRET, HERE, "lecturer", 10, Clock())
    if secret != SECRET:
        with pytest.raises(SecretError):
            room.admit("thief", secret)


def test_a_class_is_offered_to_compute_by_itself_once_it_is_a_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room_module, "CROWD", 2)
    room = run(rooms().open(SECRET, HERE, "lecturer"))
    room.admit("follower1", None)
    assert not room.crowded
    assert json.loads(bytes(heard(room, "follower1").body))["alone"] == ""
    room.admit("follower2", None)
    assert json.loads(bytes(heard(room, "follower1").body))["alone"] == ALONE
