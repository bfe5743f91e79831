"""Many pages at once: few runs go on, whoever waits is shown another's page, and all get theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSessionState

from emergence.ui.address import VISIT
from emergence.ui.server.turns import AT_ONCE, KEPT, Turns, remembered

DONE = ForwardMsg.FINISHED_SUCCESSFULLY


class Session:
    """What `Turns` needs of an `AppSession`; its runs are finished by hand."""

    def __init__(self, number: int) -> None:
        self.id = f"session {number}"
        self.page_script_hash = "here"
        self.session_state: dict[str, Any] = {VISIT: "of the page before"}
        self._state = AppSessionState.APP_NOT_RUNNING
        self._scriptrunner: Any = None
        self._fragment_storage: dict[str, Any] = {"part": "of the page before"}
        self.sent: list[str] = []

    def _clear_queue(self) -> None:
        self.sent.clear()

    def _create_new_session_message(self, page: str, _: object) -> ForwardMsg:
        message = ForwardMsg()
        message.new_session.page_script_hash = page
        return message

    def _create_script_finished_message(self, status: Any, _: object) -> ForwardMsg:
        return ForwardMsg(script_finished=status)


class Room:
    """Sessions that take turns: `ran` are those whose script was started, in order."""

    def __init__(self) -> None:
        self.ran: list[tuple[Session, str | None]] = []
        run: Any = lambda session, state: self.ran.append((session, state and state.query_string))  # noqa: E731
        self.turns = Turns(run, self.send)

    def send(self, session: Any, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        said = message.delta.new_element.markdown.body if kind == "delta" else kind
        session.sent.append(said)

    def go(self, session: Any, query: str, **more: Any) -> None:
        """A step in the history asks for an address."""
        self.turns.ask(session, ClientState(query_string=query, is_history_navigation=True, **more))

    def write(self, session: Any, *texts: str, status: Any = DONE) -> None:
        """A session's script runs: it writes these texts and ends."""
        self.hear(session, session._create_new_session_message("there", None))
        for text in texts:
            message = ForwardMsg()
            message.delta.new_element.markdown.body = text
            self.hear(session, message)
        self.hear(session, ForwardMsg(script_finished=status))

    def hear(self, session: Any, message: ForwardMsg) -> None:
        self.turns.hear(session, message)
        self.send(session, message)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emergence.ui.server.turns.CALM", 0.01)


def in_loop(test: Callable[[Room], Any]) -> None:
    async def body() -> None:
        await test(Room())

    asyncio.run(body())


async def all_have_run(room: Room, count: int) -> None:
    """Finish every run that is started, until so many were."""
    finished = 0
    async with asyncio.timeout(20):
        while finished < count:
            while finished < len(room.ran):
                session, query = room.ran[finished]
                room.write(session, f"page at {query}")
                finished += 1
            await asyncio.sleep(0.001)


def test_who_waits_is_shown_what_another_was_and_has_its_own_run_later() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(20)]
        for session in sessions:
            room.go(session, "P=8")
        assert [session for session, _ in room.ran] == sessions[:AT_ONCE]
        assert not sessions[-1].sent
        room.write(sessions[0], "eight skills", "a picture")
        for session in sessions[AT_ONCE + 1 :]:
            assert session.sent == ["new_session", "eight skills", "a picture", "script_finished"]
            assert VISIT not in session.session_state, "its first touch is newer than the address"
        assert sessions[1].sent == [], "it is at it"
        assert VISIT in sessions[0].session_state
        room.write(sessions[1], "eight skills", "a picture")
        await all_have_run(room, len(sessions))
        assert {session.id for session, _ in room.ran} == {session.id for session in sessions}
        assert len(room.ran) == len(sessions), "nobody runs twice"

    in_loop(test)


def test_who_sees_nothing_comes_before_who_sees_another_s_page() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(10)]
        for session in sessions[:8]:
            room.go(session, "P=8")
        room.go(sessions[8], "P=4")
        room.write(sessions[0], "eight")
        await asyncio.sleep(0.05)
        assert room.ran[AT_ONCE] == (sessions[8], "P=4")

    in_loop(test)


def test_who_was_shown_what_is_kept_no_longer_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("emergence.ui.server.turns.CALM", 60.0)

    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(AT_ONCE + 1)]
        for session in sessions:
            room.go(session, "P=8")
        for session in sessions[:AT_ONCE]:
            room.write(session, "eight")
        monkeypatch.setattr("emergence.ui.server.turns.FRESH", 0.0)
        late = Session(9)
        room.go(late, "P=4")
        assert room.ran[-1] == (late, "P=4")

    in_loop(test)


def test_each_run_shows_its_page_to_who_comes_later_and_to_nobody_twice() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(AT_ONCE + 1)]
        for session in sessions:
            room.go(session, "P=8")
        room.write(sessions[0], "half of the answer")
        room.write(sessions[1], "the whole answer")
        assert sessions[-1].sent == ["new_session", "half of the answer", "script_finished"]
        for number in range(10, 11 + AT_ONCE):
            room.go(late := Session(number), "P=8")
        assert late.sent == ["new_session", "the whole answer", "script_finished"]

    in_loop(test)


def test_a_touched_control_runs_at_once_and_gives_up_the_turn() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(6)]
        for session in sessions:
            room.go(session, "P=8")
        touched: Any = sessions[5]
        room.turns.ask(touched, ClientState(query_string="P=8"))
        assert room.ran[-1][0] is touched
        await all_have_run(room, 6)
        await asyncio.sleep(0.05)
        assert len(room.ran) == 6

    in_loop(test)


@pytest.mark.parametrize("more", [{"fragment_id": "a"}, {"is_history_navigation": False}])
def test_what_is_more_than_an_address_does_not_wait(more: dict[str, Any]) -> None:
    async def test(room: Room) -> None:
        for number in range(5):
            state = {"query_string": "P=8", "is_history_navigation": True} | more
            room.turns.ask(Session(number), ClientState(**state))  # type: ignore[arg-type]
        assert len(room.ran) == 5

    in_loop(test)


def test_a_part_that_is_looked_at_again_takes_no_turn_and_a_touch_frees_its_place() -> None:
    async def test(room: Room) -> None:
        sessions: list[Any] = [Session(number) for number in range(4)]
        for session in sessions:
            room.go(session, "P=8")
        room.turns.ask(sessions[0], ClientState(query_string="P=8", fragment_id="part"))
        room.write(sessions[0], "eight")
        assert "eight" in sessions[3].sent, "the part has not ended its page"
        room.go(sessions[1], "P=4")
        room.turns.ask(sessions[0], ClientState(query_string="P=8"))
        await asyncio.sleep(0.1)
        assert room.ran[-1][0] in sessions[1:]

    in_loop(test)


def test_what_a_browser_has_kept_is_written_out_once_more() -> None:
    async def test(room: Room) -> None:
        states: list[ClientState] = []
        room.turns._run = lambda _, state: states.append(state or ClientState())
        for number in range(AT_ONCE + 1):
            room.go(Session(number), "P=8", cached_message_hashes=["a large message"])
        assert [list(state.cached_message_hashes) for state in states] == [[], []]

    in_loop(test)


def test_parts_of_the_page_before_are_not_written_into_the_one_that_is_shown() -> None:
    async def test(room: Room) -> None:
        sessions: list[Any] = [Session(number) for number in range(AT_ONCE + 2)]
        for session in sessions:
            room.go(session, "P=8")
        looking, pressing = sessions[AT_ONCE:]
        part = ClientState(query_string="P=8", fragment_id="part", is_auto_rerun=True)
        room.turns.ask(looking, part)
        assert len(room.ran) == AT_ONCE, "it looks again when its page is there"
        room.write(sessions[0], "eight")
        assert not looking._fragment_storage
        pressed = ClientState(query_string="P=8", fragment_id="part")
        room.turns.ask(pressing, pressed)
        assert room.ran[-1][0] is pressing
        assert not pressed.fragment_id, "all of its page runs, which knows what was pressed"
        await all_have_run(room, len(sessions))
        assert len(room.ran) == len(sessions)

    in_loop(test)


def test_a_session_s_first_run_is_of_its_address_alone() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(5)]
        for session in sessions:
            session.page_script_hash = ""
            room.turns.ask(session, ClientState(query_string="P=8"))  # type: ignore[arg-type]
        assert len(room.ran) == AT_ONCE
        room.write(sessions[0], "eight")
        assert sessions[4].sent == ["new_session", "eight", "script_finished"]
        late = Session(9)
        room.go(late, "P=8")  # whoever steps there has seen the opening
        assert late.sent == []

    in_loop(test)


def test_a_page_that_failed_or_began_anew_is_shown_to_nobody() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(5)]
        for session in sessions:
            room.go(session, "P=8")
        room.write(sessions[0], "half", status=ForwardMsg.FINISHED_EARLY_FOR_RERUN)
        assert sessions[4].sent == []
        room.write(sessions[0], "broken", status=ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
        assert sessions[4].sent == []
        await asyncio.sleep(0.05)
        third = room.ran[AT_ONCE][0]
        room.write(third, "whole")
        assert sessions[4].sent == ["new_session", "whole", "script_finished"]

    in_loop(test)


def test_answers_to_one_browser_are_not_sent_to_others() -> None:
    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(4)]
        for session in sessions:
            room.go(session, "P=8")
        first: Any = sessions[0]
        room.hear(first, first._create_new_session_message("there", None))
        private = ForwardMsg()
        private.file_urls_response.response_id = "private"
        room.hear(first, private)
        room.hear(first, ForwardMsg(script_finished=DONE))
        assert sessions[3].sent == ["new_session", "script_finished"]

    in_loop(test)


def test_a_run_that_hangs_and_a_session_that_has_gone_keep_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("emergence.ui.server.turns.LONGEST", 0.05)

    async def test(room: Room) -> None:
        sessions = [Session(number) for number in range(AT_ONCE + 3)]
        for session in sessions:
            room.go(session, "P=8")
        gone = sessions[AT_ONCE]
        gone._state = AppSessionState.SHUTDOWN_REQUESTED
        await asyncio.sleep(0.3)
        assert {session.id for session, _ in room.ran} == {
            session.id for session in sessions if session is not gone
        }

    in_loop(test)


def test_pages_are_kept_for_a_few_addresses_only() -> None:
    async def test(room: Room) -> None:
        for number in range(3 * KEPT):
            session = Session(number)
            room.go(session, f"P={number}")
            room.write(session, "a page")
        assert len(room.turns._shown) == KEPT

    in_loop(test)


def test_the_theme_is_said_as_streamlit_says_it() -> None:
    fill = remembered(app_session._populate_theme_msg)
    said = set()
    for section in 2 * ("theme", "theme.light", "theme.dark", "theme.sidebar"):
        theirs, ours = NewSession(), NewSession()
        app_session._populate_theme_msg(theirs.custom_theme.light, section)
        fill(ours.custom_theme.light, section)
        assert ours == theirs
        assert ours.HasField("custom_theme") == theirs.HasField("custom_theme")
        said.add(ours.SerializeToString())
    assert len(said) > 1, "our colours are among them"
