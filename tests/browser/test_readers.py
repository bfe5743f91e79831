"""Readers without a browser, which the benchmark of first answers has many of, see what it does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from emergence.ui.talk import LESSONS
from tests.benchmarks.readers import opened

pytestmark = pytest.mark.browser
DONE = ForwardMsg.FINISHED_SUCCESSFULLY


@pytest.mark.parametrize(
    ("address", "part"), [("theorem?P=4&m=4&d=64&guess=none", True), ("puzzle?guess=none", False)]
)
def test_a_reader_follows_a_study_to_its_end(server: str, address: str, part: bool) -> None:
    deadline = time.monotonic() + 120
    with opened(server, address) as reader:
        while not reader.done:
            assert time.monotonic() < deadline
            reader.read(0.5)
    # The page, its part as long as it is computed, and the page again when it is over.
    assert reader.answers >= 3 if part else reader.answers == 1


def asked(socket: ClientConnection, page: str, query: str = "", seen: Iterable[str] = ()) -> None:
    """Ask for a page; with `seen`, by a step in the history of a browser that keeps messages."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.cached_message_hashes.extend(seen)
    message.rerun_script.is_history_navigation = bool(seen)
    socket.send(message.SerializeToString())


def written(socket: ClientConnection, large: set[str] | None = None) -> list[str]:
    """All that a page's next run sends to be seen, by the place where it stands.

    `large` collects what a browser would keep of it.
    """
    places: dict[tuple[int, ...], str] = {}
    while True:
        data = socket.recv(timeout=60)
        assert isinstance(data, bytes)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            places.clear()
        elif kind == "delta":
            if large is not None and message.metadata.cacheable:
                large.add(message.hash)
            places[tuple(message.metadata.delta_path)] = str(message.delta)
        elif kind == "script_finished" and message.script_finished == DONE:
            return [places[place] for place in sorted(places)]


@contextmanager
def browsers(server: str, count: int) -> Iterator[list[ClientConnection]]:
    """Connections of so many browsers."""
    stream = f"{server.replace('http', 'ws', 1)}/_stcore/stream"
    with ExitStack() as opened:
        yield [
            opened.enter_context(
                connect(
                    stream, subprotocols=[Subprotocol("streamlit")], max_size=None, max_queue=None
                )
            )
            for _ in range(count)
        ]


def test_what_one_browser_has_seen_before_is_sent_to_the_others(server: str) -> None:
    with browsers(server, 6) as (first, *others):
        query, large = "d=64&seed=7", set[str]()
        asked(first, "", query)
        page = written(first, large)
        assert large, "the Live Lab is a message that a browser keeps"
        for socket in others:
            asked(socket, "", query, large)
        assert {len(written(socket)) for socket in others} == {len(page)}


def test_many_who_come_at_once_all_see_the_page_and_have_their_own_run(server: str) -> None:
    with browsers(server, 12) as sockets:
        for socket in sockets:
            asked(socket, "puzzle")
        pages = [written(socket) for socket in sockets]
        assert any(f"1 / {len(LESSONS)}" in each for each in pages[0])
        assert all(page == pages[0] for page in pages)
        assert written(sockets[-1]) == pages[0], "its own run, when its turn has come"
