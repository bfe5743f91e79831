"""Connections that keep us waiting are cut, by a clock of the test's own and over real sockets."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from emergence.ui.server import connections
from emergence.ui.server.connections import (
    BODY,
    HALF_OPEN,
    HEAD,
    MOST_HEAD,
    MOST_REQUEST,
    READ,
    Connections,
)


@dataclass
class Cycle:
    response_complete: bool = False
    more_body: bool = False


@dataclass
class Transport:
    protocol: Any = None
    buffer: int = 0
    cut: bool = False

    def get_protocol(self) -> Any:
        return self.protocol

    def get_write_buffer_size(self) -> int:
        return self.buffer

    def is_closing(self) -> bool:
        return self.cut

    def abort(self) -> None:
        self.cut = True


@dataclass(eq=False)
class Protocol:
    """What is seen of one of Uvicorn's."""

    address: str = "192.0.2.1"
    cycle: Cycle | None = None
    transport: Transport = field(default_factory=Transport)

    def __post_init__(self) -> None:
        self.client = (self.address, 1)
        self.transport.protocol = self


class Watched:
    """Connections and their clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(connections, "monotonic", lambda: self.now)
        self.connections = Connections()

    def add(self, protocol: Protocol) -> Protocol:
        self.connections.add(protocol)
        return protocol

    def cut_after(self, protocol: Protocol, seconds: float) -> bool:
        """Whether it is cut within so many seconds, looking once a second."""
        until = self.now + seconds
        while self.now < until and not protocol.transport.cut:
            self.now += 1
            self.connections.look()
        return protocol.transport.cut


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_who_says_nothing_or_half_of_it_is_cut(watched: Watched) -> None:
    silent = watched.add(Protocol())
    assert not watched.cut_after(silent, HEAD - 1)
    assert watched.cut_after(silent, 3)
    body = watched.add(Protocol(cycle=Cycle(more_body=True)))
    assert not watched.cut_after(body, BODY - 1)
    assert watched.cut_after(body, 4)


def test_who_does_not_read_is_cut_and_who_reads_slowly_is_not(watched: Watched) -> None:
    deaf = watched.add(Protocol(cycle=Cycle(), transport=Transport(buffer=100)))
    slow = watched.add(Protocol(cycle=Cycle(), transport=Transport(buffer=10_000)))
    for _ in range(int(READ) + 3):
        slow.transport.buffer -= 1
        watched.now += 1
        watched.connections.look()
    assert deaf.transport.cut
    assert not slow.transport.cut


def test_an_answer_that_takes_long_and_a_socket_are_left_alone(watched: Watched) -> None:
    answer = watched.add(Protocol(cycle=Cycle()))
    stream = watched.add(Protocol())
    stream.transport.protocol = object()
    assert not watched.cut_after(answer, 1000)
    assert not watched.cut_after(stream, 1000)


def test_a_client_has_so_many_without_a_request(watched: Watched) -> None:
    old = watched.add(Protocol())
    watched.now = 1.0
    many = [watched.add(Protocol()) for _ in range(HALF_OPEN)]
    others = [watched.add(Protocol("198.51.100.7")) for _ in range(HALF_OPEN)]
    watched.connections.look()
    assert old.transport.cut
    assert not any(each.transport.cut for each in (*many, *others))


def test_a_request_is_no_longer_than_any_of_ours(watched: Watched) -> None:
    endless, posted = watched.add(Protocol()), watched.add(Protocol(cycle=Cycle(more_body=True)))
    for protocol, most in ((endless, MOST_HEAD), (posted, MOST_REQUEST)):
        watched.connections.hear(protocol, most)
        assert not protocol.transport.cut
    assert posted.cycle is not None
    posted.cycle.response_complete = True  # the next request begins: its head is counted anew
    for protocol, most in ((endless, 1), (posted, MOST_HEAD)):
        watched.connections.hear(protocol, most)
    assert (endless.transport.cut, posted.transport.cut) == (True, False)
    posted.cycle = Cycle(more_body=True)
    watched.connections.hear(posted, MOST_REQUEST + 1)
    assert posted.transport.cut


@pytest.mark.parametrize("http", ["h11", "httptools"])
def test_uvicorn_cuts_slow_and_endless_heads_and_answers_the_others(
    monkeypatch: pytest.MonkeyPatch, http: Literal["h11", "httptools"]
) -> None:
    for protocol in (H11Protocol, HttpToolsProtocol):
        for method in ("connection_made", "data_received"):
            monkeypatch.setattr(protocol, method, getattr(protocol, method))
    for name, seconds in (("HEAD", 0.2), ("LOOK", 0.05)):
        monkeypatch.setattr(connections, name, seconds)
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
    at_once: list[int] = []

    def add(self: Connections, protocol: Any, add: Any = Connections.add) -> None:
        connected = protocol.transport.get_extra_info("socket")
        at_once.append(connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        add(self, protocol)

    monkeypatch.setattr(Connections, "add", add)

    async def visit() -> tuple[bytes, bytes, bytes]:
        looking = asyncio.create_task(connections.look_after(connections.install()))
        server = uvicorn.Server(uvicorn.Config(app, http=http, log_level="error"))
        listening = socket.create_server(("127.0.0.1", 0))  # as Streamlit makes its own
        running = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        port = listening.getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost")
        try:
            slow = await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            slow = b""
        writer.close()
        monkeypatch.setattr(connections, "HEAD", 60.0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: " + MOST_HEAD * b"x")
        try:
            endless = await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            endless = b""
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        quick = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        looking.cancel()
        server.should_exit = True
        await running
        return slow, endless, quick

    slow, endless, quick = asyncio.run(visit())
    assert slow == b""
    assert b"here" not in endless
    assert quick.endswith(b"here")
    assert all(at_once)
    assert len(at_once) == 3
