"""Connections send at once; those that ask nothing, or without end, are bounded by time and size.

Uvicorn waits without end for the rest of a request, and for a reader who does not read. It lies
around its HTTP protocols: every connection that is made is looked at once a second, and is cut
where it has been waiting for the same thing for too long, or as soon as a request is longer than
any of ours: httptools by itself takes a head without end. Once it has become a WebSocket it is
Streamlit's, which asks for a sign of life itself.
"""

from __future__ import annotations

import asyncio
import importlib
import resource
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import wraps
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from emergence.ui.server.viewers import client

HEAD, BODY, READ = 10.0, 20.0, 30.0
"""Seconds for all of a request's head, for its body, and for a reader to take something."""
MOST_HEAD, MOST_REQUEST = 65_536, 16_000_000
"""Bytes of a request's head, which h11 bounds so itself, and of all of it."""
HALF_OPEN = 512
"""Connections of one client without a request: a lecture hall behind one address has as many."""
LOOK = 1.0
"""Seconds between two looks."""
_PROTOCOLS = (("uvicorn.protocols.http.h11_impl", "H11Protocol"),
              ("uvicorn.protocols.http.httptools_impl", "HttpToolsProtocol"))  # fmt: skip


@dataclass
class _Waits:
    """What a connection waits for, since when, and how much there was of it.

    size : bytes of the request that is coming in, `of` being which one that is
    """

    what: str
    since: float
    mark: object
    size: int = 0
    of: tuple[int, bool] | None = None


class Connections:
    """Those that speak HTTP."""

    def __init__(self) -> None:
        self._waits: WeakKeyDictionary[Any, _Waits] = WeakKeyDictionary()

    def add(self, protocol: Any) -> None:
        """A connection has been made."""
        self._waits[protocol] = _Waits("head", monotonic(), None)

    def hear(self, protocol: Any, size: int) -> None:
        """So many bytes have come; too many of one request cut the connection."""
        waits, cycle = self._waits.get(protocol), protocol.cycle
        if waits is None:
            return
        head = cycle is None or cycle.response_complete
        if waits.of != (id(cycle), head):
            waits.of, waits.size = (id(cycle), head), 0
        waits.size += size
        if waits.size > (MOST_HEAD if head else MOST_REQUEST):
            protocol.transport.abort()

    def look(self) -> None:
        """Cut those that have kept us waiting."""
        now = monotonic()
        half_open: dict[str, list[Any]] = {}
        for protocol, before in list(self._waits.items()):
            if protocol.transport is None or protocol.transport.is_closing():
                del self._waits[protocol]
                continue
            what, mark = waits(protocol)
            if (what, mark) != (before.what, before.mark):
                before.what, before.since, before.mark = what, now, mark
            elif now - before.since > {"head": HEAD, "body": BODY, "reader": READ}.get(what, now):
                protocol.transport.abort()
            if what == "head":
                address = protocol.client[0] if protocol.client else None
                half_open.setdefault(client(address), []).append(protocol)
        for each in half_open.values():
            each.sort(key=lambda protocol: self._waits[protocol].since)
            for protocol in each[: max(0, len(each) - HALF_OPEN)]:
                protocol.transport.abort()


def waits(protocol: Any) -> tuple[str, object]:
    """What a connection waits for, and a mark that changes when there is another wait.

    "head", "body" and "reader" are waits for the other side, "answer" and "socket" are not.
    """
    if protocol.transport.get_protocol() is not protocol:
        return "socket", None
    cycle = protocol.cycle
    if cycle is None or cycle.response_complete:
        return "head", id(cycle)
    left = protocol.transport.get_write_buffer_size()
    if left:
        return "reader", left
    return ("body" if cycle.more_body else "answer"), id(cycle)


def at_once(transport: Any) -> None:
    """Have a connection send what it is given, unbound by what is under way.

    An answer is a head and then a body. The system keeps the body back until the other side has
    said that it has the head, for which that takes 40 ms. asyncio forbids it for sockets that say
    they are TCP's; Streamlit's does not say so.
    """
    connected = transport.get_extra_info("socket")
    if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _classes() -> Iterable[Any]:
    for module, name in _PROTOCOLS:
        try:
            yield getattr(importlib.import_module(module), name)
        except ImportError:  # Uvicorn speaks without it
            continue


def install() -> Connections:
    """Have all of Uvicorn's connections looked at; as many are allowed as the system does."""
    connections = Connections()
    for each in _classes():
        made, received = each.connection_made, each.data_received

        @wraps(made)
        def connection_made(self: Any, transport: Any, made: Any = made) -> None:
            at_once(transport)
            made(self, transport)
            connections.add(self)

        @wraps(received)
        def data_received(self: Any, data: bytes, received: Any = received) -> None:
            received(self, data)
            connections.hear(self, len(data))

        each.connection_made, each.data_received = connection_made, data_received
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return connections


async def look_after(connections: Connections) -> None:
    """Look again and again, until cancelled."""
    while True:
        await asyncio.sleep(LOOK)
        connections.look()
