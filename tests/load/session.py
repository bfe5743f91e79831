"""A page without a browser that goes where the lecture is: it speaks Streamlit's own protocol.

The server runs and sends all that it would for a browser; nothing is drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.benchmarks.readers import note_parts

RUN = 3.0
"""Seconds that a page is given to finish before another is asked for (see `following.js`)."""


class Session:
    """A page that stays open.

    `shown` is called with an address, as `page?query`, when the whole of it has come.
    """

    def __init__(self, server: str, shown: Callable[[str], None]) -> None:
        self._stream = f"{server.replace('http', 'ws', 1)}/_stcore/stream"
        self._shown = shown
        self._wanted = self._asked = ""
        self._since = 0.0
        self._running = self._stepped = False
        self._hash = ""
        self._due: dict[str, tuple[float, float]] = {}

    def go(self, address: str) -> None:
        """Have the page show an address, as soon as it has finished with the one before."""
        self._wanted = address

    async def stay(self) -> None:
        """Keep the page open until cancelled; connect again when the server has left."""
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(
                    self._stream, subprotocols=[Subprotocol("streamlit")], max_size=None,
                    ping_interval=None,
                ) as socket:  # fmt: skip
                    self._asked, self._running, self._stepped = "", False, False
                    self._due.clear()
                    while True:
                        await self._turn(socket)
            await asyncio.sleep(1)

    async def _turn(self, socket: ClientConnection) -> None:
        now = time.monotonic()
        if self._wanted != self._asked and (not self._running or now - self._since > RUN):
            page, _, query = self._wanted.partition("?")
            self._asked, self._since, self._running = self._wanted, now, True
            self._due.clear()
            await self._send(socket, query, page=page)
        for part, (interval, due) in list(self._due.items()):
            if due <= now and not self._running:
                self._due[part] = interval, now + interval
                await self._send(socket, self._asked.partition("?")[2], part=part)
        with contextlib.suppress(TimeoutError):
            # Not `wait_for`, which forgets that it was cancelled where something has just come.
            async with asyncio.timeout(0.1):
                self._take(await socket.recv())

    async def _send(
        self, socket: ClientConnection, query: str, page: str = "", part: str = ""
    ) -> None:
        message = BackMsg()
        wish = message.rerun_script
        wish.query_string, wish.page_name = query, page
        wish.page_script_hash = self._hash if part else ""
        wish.fragment_id, wish.is_auto_rerun = part, bool(part)
        if not part:  # as `here.js` has it: from the first page on a step in the history
            wish.is_history_navigation, self._stepped = self._stepped, True
        await socket.send(message.SerializeToString())

    def _take(self, data: str | bytes) -> None:
        assert isinstance(data, bytes)
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "script_finished" and self._running and whole(message):
            self._running = False
            self._shown(self._asked)
        note_parts(message, self._due)


def whole(message: ForwardMsg) -> bool:
    """Whether it ends a run of the page, not of a part, and was not overtaken by another."""
    return bool(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)
