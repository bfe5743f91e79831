"""A reverse proxy as a university has one: it takes a prefix away, ends TLS, and has two servers.

Of each connection it rewrites the first request and has it be the last, or a WebSocket.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

COOKIE = "sticky"


@contextmanager
def proxying(
    port: int, servers: Sequence[int], prefix: str = "", tls: ssl.SSLContext | None = None
) -> Iterator[list[tuple[int, str]]]:
    """Serve what is below `prefix` at a port from servers at theirs.

    Gives what is asked, as it is sent on, with the number of the server.

    A browser stays with the server that it came to first, by a cookie.
    """
    asked: list[tuple[int, str]] = []
    opened: list[asyncio.StreamWriter] = []
    turn = itertools.cycle(range(len(servers)))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            line, _, fields = (
                (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").partition("\r\n")
            )
            method, path, version = line.split(" ")
            if not path.startswith(prefix + "/"):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nlost")
                writer.close()
                return
            line = f"{method} {path.removeprefix(prefix)}"
            known = re.search(rf"\b{COOKIE}=(\d)", fields)
            number = int(known[1]) if known else next(turn)
            asked.append((number, line))
            if "upgrade: websocket" not in fields.lower():
                fields = re.sub(r"(?im)^connection:.*\r\n", "", fields)
                fields = "Connection: close\r\n" + fields
            fields = f"X-Forwarded-Proto: {'https' if tls else 'http'}\r\n" + fields
            upstream, up = await asyncio.open_connection("127.0.0.1", servers[number])
            opened.extend((writer, up))
            up.write(f"{line} {version}\r\n{fields}".encode("latin-1"))
            await asyncio.gather(_pipe(reader, up), answer(number, upstream, writer))

    async def answer(
        number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        status = await reader.readline()
        writer.write(status + f"Set-Cookie: {COOKIE}={number}; Path=/\r\n".encode())
        await _pipe(reader, writer)

    async def run() -> None:
        listening = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
        started.set()
        await over.wait()
        listening.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for writer in opened:
            writer.transport.abort()
        await asyncio.sleep(0)

    over, started, loop = asyncio.Event(), threading.Event(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(10)
    try:
        yield asked
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError), closing(writer):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
