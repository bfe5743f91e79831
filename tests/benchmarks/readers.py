"""Readers of lessons without a browser: they cost this machine next to nothing.

A reader speaks Streamlit's own protocol over a websocket: it asks for a page and, as a browser
does, again for every part of it that wants to be looked at from time to time. The server computes,
runs and sends all that it would for a browser; nothing is drawn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


class Reader:
    """A page that stays open.

    Attributes
    ----------
    answers : how many times the page, or a part of it, has come
    """

    def __init__(self, socket: ClientConnection, address: str) -> None:
        self._page, _, self._query = address.partition("?")
        self._hash = ""
        self._due: dict[str, tuple[float, float]] = {}
        self._socket = socket
        self._busy = True
        self.answers = 0
        self._ask()

    def read(self, seconds: float) -> None:
        """Stay for about `seconds`: take what comes, and ask again for what is due."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            for part, (interval, due) in list(self._due.items()):
                if due <= now:
                    self._due[part] = interval, now + interval
                    self._ask(part)
            try:
                self._take(self._socket.recv(timeout=0.05))
            except TimeoutError:
                continue

    @property
    def done(self) -> bool:
        """Whether the page has come and has nothing that wants to be looked at again."""
        return not self._busy and not self._due

    def _ask(self, part: str = "") -> None:
        message = BackMsg()
        wish = message.rerun_script
        wish.page_name, wish.page_script_hash = ("" if self._hash else self._page), self._hash
        wish.query_string = self._query
        wish.fragment_id, wish.is_auto_rerun = part, bool(part)
        self._busy = True
        self._socket.send(message.SerializeToString())

    def _take(self, data: str | bytes) -> None:
        assert isinstance(data, bytes)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._busy = True
            if not message.metadata.run.fragment_ids:
                self._due.clear()  # the whole page: its parts say anew what they want
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "script_finished":
            self.answers, self._busy = self.answers + 1, False
        note_parts(message, self._due)


def note_parts(message: ForwardMsg, due: dict[str, tuple[float, float]]) -> None:
    """Note which parts of a page want to be looked at again: how often, and when next, in s."""
    kind = message.WhichOneof("type")
    if kind == "auto_rerun":
        again = message.auto_rerun
        due[again.fragment_id] = again.interval, time.monotonic() + again.interval
    elif kind == "stop_auto_rerun":
        for part in message.stop_auto_rerun.fragment_ids:
            due.pop(part, None)


@contextmanager
def opened(server: str, address: str) -> Iterator[Reader]:
    """A reader of the page at an address; the page is closed with the context."""
    stream = f"{server.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        yield Reader(socket, address)


@contextmanager
def reading(server: str, count: int, addresses: Iterator[str]) -> Iterator[None]:
    """So many readers for as long as the context lasts, each in a thread.

    When a page has nothing more to tell, its reader goes on to the next address.
    """
    over, next_one = threading.Event(), threading.Lock()

    def stay() -> None:
        while not over.is_set():
            with next_one:
                address = next(addresses)
            with opened(server, address) as reader:
                while not (over.is_set() or reader.done):
                    reader.read(0.5)

    threads = [threading.Thread(target=stay) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
