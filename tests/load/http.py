"""One connection that stays open, as a browser's does, and costs little."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode, urlsplit


class Connection:
    """Requests to one server, one after the other, with some headers.

    It connects again where the server has closed what was idle.
    """

    def __init__(self, server: str, headers: dict[str, str] | None = None) -> None:
        self._host = urlsplit(server).netloc
        lines = {"Host": self._host} | (headers or {})
        self._headers = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **query: object) -> tuple[int, bytes]:
        """Status and body of an answer. Raises OSError, asyncio.IncompleteReadError."""
        return await self._ask(f"GET {path}?{urlencode(query)}", b"")

    async def post(self, path: str, **content: object) -> tuple[int, Any]:
        """Status and JSON of an answer. Raises as `get`."""
        status, body = await self._ask(f"POST {path}", json.dumps(content).encode())
        return status, json.loads(body)

    def kill(self) -> None:
        """Be gone without a word, whatever was on its way."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _ask(self, line: str, body: bytes) -> tuple[int, bytes]:
        sent = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        request = f"{line} HTTP/1.1\r\n{self._headers}{sent}\r\n".encode() + body
        used = self._streams is not None
        try:
            return await self._once(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            if not used:
                raise
            return await self._once(request)

    async def _once(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            host, _, port = self._host.partition(":")
            self._streams = await asyncio.open_connection(host, int(port))
        reader, writer = self._streams
        try:
            writer.write(request)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            fields = dict(each.split(": ", 1) for each in answer.split("\r\n")[1:] if each)
            text = await reader.readexactly(int(fields.get("content-length", 0)))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.kill()
            raise
        if fields.get("connection") == "close":
            self.kill()
        return int(answer.split(" ", 2)[1]), text
