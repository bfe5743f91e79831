"""What lives as long as the server: the runs that are watched, and the warm-up."""

from __future__ import annotations

import asyncio
import importlib
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from emergence.serving import memory
from emergence.serving.registry import Limits, Registry
from emergence.settings import settings
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.ui.server import access, alone, connections, logs, turns
from emergence.ui.server.guard import look_nothing_up
from emergence.ui.server.payload import orders
from emergence.ui.server.scripts import server_address
from emergence.ui.server.warming import WarmUp


@cache
def registry() -> Registry:
    """The runs of this server."""
    given = settings()
    return Registry(Limits(given.runs, given.memory * 1e9, given.workers))


@cache
def warm_up() -> WarmUp:
    """The warm-up of this server."""
    return WarmUp()


def announce() -> None:
    """Say where the server is, and show it where there is a screen: Streamlit does not, of an app.

    It has its port already, and answers in a moment.
    """
    print(f"\n  Emergence Lab\n\n  URL: {server_address()}\n", flush=True)
    if not st.get_option("server.headless"):
        webbrowser.open(server_address())


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start the warm-up with the server; stop the workers with it."""
    # Else an address within the app, opened before any page was, shows the bare file in `pages`.
    PagesManager.uses_pages_directory = False
    # Streamlit imports it with the first picture, and Plotly in another reader's thread would take
    # it half imported for whole.
    importlib.import_module("pandas")
    logs.begin(settings().log_json)
    look_nothing_up()
    memory.settle()
    turns.install()
    looking = asyncio.create_task(connections.look_after(connections.install()))
    warm_up().start()
    await asyncio.to_thread(sweep_queue().resume)
    announce()
    yield
    looking.cancel()
    warm_up().close()
    await asyncio.to_thread(sweep_queue().close)
    orders().close()
    alone.orders().close()
    await asyncio.to_thread(registry().close)
    access.log().flush()
