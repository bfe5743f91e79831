"""Pages that many ask for at once: one is computed, all are shown it, and each has its turn.

Where a lecture goes on, two hundred followers ask for the same address within a second, and each
would have Streamlit run the page's script for it: 25 to 80 ms of Python. What an address shows is
the same for everybody, so only a few of these runs go on at a time; whoever waits is sent what the
script wrote for another at the same address, and has its own run, which makes the page's controls
its own, when its turn comes. A touched control does not wait.

It lies around Streamlit's `AppSession`: what a browser asks for comes through `request_rerun`, what
its script writes leaves through `_enqueue_forward_msg`, both in the server's event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.run_descriptor import RunDescriptor

from emergence.ui.address import VISIT

AT_ONCE = 2
"""Runs of this kind that go on at a time: Python computes one, another may wait for its numbers."""
LONGEST = 5.0
"""Seconds after which a run keeps nobody waiting any more."""
CALM = 2.0
"""Seconds that whoever is shown another's page waits at least: all browsers draw it first."""
FRESH = 30.0
"""Seconds for which what an address has shown is shown to others."""
WRITTEN = {"delta", "navigation", "page_config_changed", "page_info_changed", "page_not_found"}
"""Kinds of messages that are the page's; the others are answers to one browser."""
KEPT = 32
"""Addresses of which it is kept."""


@dataclass
class Rendering:
    """What a script wrote for an address: the page's hash, and the messages in their order."""

    page: str = ""
    messages: list[ForwardMsg] = field(default_factory=list)
    since: float = 0.0


@dataclass
class Ask:
    """A run that a session has asked for, and the address it is of; it waits until a moment."""

    session: AppSession
    state: ClientState
    address: Hashable
    until: float = 0.0


class Turns:
    """Who runs, who waits, and what is shown meanwhile.

    run : starts the run that a session asks for
    send : queues a message for a session's browser
    """

    def __init__(
        self, run: Callable[[AppSession, ClientState | None], None],
        send: Callable[[AppSession, ForwardMsg], None],
    ) -> None:  # fmt: skip
        self._run, self._send = run, send
        self._waiting: dict[str, Ask] = {}
        self._running: dict[str, tuple[Ask, float, Rendering]] = {}
        self._shown: dict[Hashable, Rendering] = {}
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, session: AppSession, state: ClientState | None) -> None:
        """A session asks for a run: of another address, of its own page, or of a part of it."""
        if state is not None and state.fragment_id:
            if session.id not in self._waiting:
                self._run(session, state)
                return
            if state.is_auto_rerun:  # of the page before: its own run is to come
                return
            state.fragment_id = ""  # what is pressed is the page's that it was shown
        self._waiting.pop(session.id, None)
        self._running.pop(session.id, None)  # it stops for this one
        address = _address(session, state)
        if state is None or address is None:
            self._run(session, state)
            self._later(0.0)  # its place is free
            return
        # All is to be written out: others have not kept what this browser has, and it drops what it
        # has kept when it is shown two pages meanwhile.
        state.ClearField("cached_message_hashes")
        ask = self._waiting[session.id] = Ask(session, state, address)
        self._next()
        if session.id in self._waiting:
            self._show(ask)

    def hear(self, session: AppSession, message: ForwardMsg) -> None:
        """A session's script has written a message."""
        if session.id not in self._running:
            return
        kind = message.WhichOneof("type")
        ask, since, writing = self._running[session.id]
        if kind == "new_session":  # also after a script has asked for another run of itself
            writing.page, writing.messages = message.new_session.page_script_hash, []
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._keep(ask.address, writing)
            del self._running[session.id]
            # Those who wait see their page: the others' browsers are answered first.
            self._later(time.monotonic() - since)
        elif kind in WRITTEN:
            writing.messages.append(message)

    def _next(self) -> None:
        """Start runs as long as there is room, first for those who see nothing yet."""
        now = time.monotonic()
        late = [name for name, (_, since, _) in self._running.items() if now - since > LONGEST]
        for name in late:
            del self._running[name]
        for name, ask in list(self._waiting.items()):
            if ask.session._state == AppSessionState.SHUTDOWN_REQUESTED:
                del self._waiting[name]
        while self._waiting and len(self._running) < AT_ONCE:
            ready = [each for each in self._waiting.values() if each.until <= now]
            if not ready:
                self._later(min(each.until for each in self._waiting.values()) - now)
                return
            unseen = (each for each in ready if not self._seen(each.address))
            ask = next(unseen, None) or min(ready, key=lambda each: each.until)
            name = ask.session.id
            del self._waiting[name]
            self._running[name] = ask, now, Rendering()
            self._run(ask.session, ask.state)
        self._later(LONGEST)

    def _later(self, seconds: float) -> None:
        """Look again after so many seconds, where nobody does before."""
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + min(seconds, LONGEST)
        if self._timer is not None and self._timer.when() <= due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._next()

    def _seen(self, address: Hashable) -> bool:
        """Whether there is something to show at an address, or there will be."""
        running = any(ask.address == address for ask, *_ in self._running.values())
        return running or self._fresh(address) is not None

    def _fresh(self, address: Hashable) -> Rendering | None:
        """What an address has shown lately."""
        shown = self._shown.get(address)
        return shown if shown and time.monotonic() - shown.since < FRESH else None

    def _keep(self, address: Hashable, rendering: Rendering) -> None:
        rendering.since = time.monotonic()
        self._shown.pop(address, None)
        self._shown[address] = rendering
        while len(self._shown) > KEPT:
            del self._shown[next(iter(self._shown))]
        for ask in self._waiting.values():
            if ask.address == address and not ask.until:  # it sees nothing yet
                self._show(ask)

    def _show(self, ask: Ask) -> None:
        """Send what another session was sent at the same address, as a run of its own."""
        shown = self._fresh(ask.address)
        if shown is None:
            return
        session = ask.session
        ask.until = time.monotonic() + CALM
        if session._scriptrunner is not None:
            session._scriptrunner.request_stop()
            session._scriptrunner = None
        session._state = AppSessionState.APP_NOT_RUNNING
        session._clear_queue()
        # Parts of the page before would be written into this one, where they have no place.
        session._fragment_storage.clear()
        run = RunDescriptor.create()
        self._send(session, session._create_new_session_message(shown.page, run))
        for message in shown.messages:
            self._send(session, message)
        finished = ForwardMsg.FINISHED_SUCCESSFULLY
        self._send(session, session._create_script_finished_message(finished, run))
        # As with a server that was restarted under an open page: what its browser sends of itself
        # is newer than the address.
        if VISIT in session.session_state:
            del session.session_state[VISIT]


def _address(session: AppSession, state: ClientState | None) -> Hashable | None:
    """What decides what a page shows, None where it is more than its address.

    It is that in a session's first run and after a step in the history (see `address.arrive`).
    """
    if state is None:
        return None
    stepped = state.is_history_navigation
    if session.page_script_hash and not stepped:
        return None
    embedded = state.context_info.is_embedded
    return stepped, state.page_script_hash, state.page_name, state.query_string, embedded


def remembered(populate: Callable[[CustomThemeConfig, str], None]) -> Callable[..., None]:
    """What fills a message with a section of the theme, looking that up but once.

    Each run of a page begins with such a message, six sections long, and none of them changes.
    """

    @cache
    def said(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message, section)
        return message

    def fill(message: CustomThemeConfig, section: str = "theme") -> None:
        if said(section).ByteSize():  # to merge nothing would say that there is such a section
            message.MergeFrom(said(section))

    return fill


def install() -> Turns:
    """Have all of Streamlit's sessions take turns."""
    run, send = AppSession.request_rerun, AppSession._enqueue_forward_msg
    turns = Turns(run, send)

    @wraps(run)
    def request_rerun(self: AppSession, client_state: ClientState | None) -> None:
        turns.ask(self, client_state)

    @wraps(send)
    def enqueue(self: AppSession, msg: ForwardMsg) -> None:
        turns.hear(self, msg)
        send(self, msg)

    patched: Any = app_session
    patched._populate_theme_msg = remembered(patched._populate_theme_msg)
    patched = AppSession
    patched.request_rerun, patched._enqueue_forward_msg = request_rerun, enqueue
    return turns
