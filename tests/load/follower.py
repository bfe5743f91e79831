"""A follower without a browser: it hears where the lecture is, shows it, watches the run, votes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import string
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.load.http import Connection
from tests.load.session import Session

REST = 0.05
"""Seconds between an answer and the next question, as in `channel.js`."""
POLL = 0.06
"""The same of a run's numbers, as in `feed.js`."""
RETRY = 1.0
GONE = (OSError, asyncio.IncompleteReadError)


def name() -> str:
    """What a browser calls itself."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=24))


def key_of(state: dict[str, Any]) -> str:
    """What tells one state of the lecture from another; a guess in it is each follower's own."""
    query = [each for each in parse_qsl(state["query"]) if not each[0].startswith("guess")]
    return json.dumps([state["page"], query, state["playback"], state["highlight"]])


def address_of(state: dict[str, Any]) -> str:
    """As `page?query`."""
    query = [each for each in parse_qsl(state["query"]) if not each[0].startswith("guess")]
    return f"{state['page']}?{urlencode(query)}"


@dataclass
class Seen:
    """What has reached a follower, and when (time.time()).

    states : by their keys, the moment at which each was first heard of
    pages : by their addresses, the moments at which each had come as a whole
    rows : moments at which new numbers of the run came
    """

    states: dict[str, float] = field(default_factory=dict)
    pages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rows: list[float] = field(default_factory=list)


class Follower:
    """Joins with `follow`, is cut off by cancelling that, and comes back by calling it again."""

    def __init__(self, server: str, code: str, session: bool) -> None:
        self.seen = Seen()
        self.said: dict[int, int] = {}
        """By round the option that the server has taken last."""
        self._code, self._viewer = code, name()
        self.pace = 0.0
        """Steps a second at which the run plays."""
        voter = {"Cookie": f"voter={name()}"}
        self._talk, self._feed, self._ballot = (Connection(server, voter) for _ in range(3))
        self._session = Session(server, self._shown) if session else None
        self._told: dict[str, Any] = {}
        self._heard = 0.0
        self._wishes: dict[int, int] = {}

    def _shown(self, address: str) -> None:
        self.seen.pages[address].append(time.time())

    def vote(self, of_round: int, option: int) -> None:
        """Want to have said an option; it is sent until the server has taken it."""
        self._wishes[of_round] = option

    def owes(self, of_round: int) -> bool:
        """Whether what is to be said in a round has not been taken."""
        return self.said.get(of_round) != self._wishes.get(of_round)

    @property
    def pages(self) -> bool:
        """Whether it keeps a page."""
        return self._session is not None

    async def follow(self) -> None:
        """Be in the room until cancelled."""
        work = [self._listen(), self._watch(), self._send()]
        if self._session is not None:
            work.append(self._session.stay())
        try:
            await asyncio.gather(*work)
        finally:
            for each in (self._talk, self._feed, self._ballot):
                each.kill()

    async def _listen(self) -> None:
        version = -1
        while True:
            try:
                status, body = await self._talk.get(
                    "/class/state", code=self._code, viewer=self._viewer, version=version
                )
            except GONE:
                await asyncio.sleep(RETRY)
                continue
            if status != 200:
                version = -1
                await asyncio.sleep(RETRY)
                continue
            self._told, self._heard = json.loads(body), time.time()
            version, state = self._told["version"], self._told["state"]
            self.seen.states.setdefault(key_of(state), self._heard)
            if self._session is not None:
                self._session.go(address_of(state))
            await asyncio.sleep(REST)

    async def _watch(self) -> None:
        """Ask for the run's numbers as long as the lecture plays it."""
        run, start, viewer = "", 0, name()
        while True:
            state = self._told.get("state")
            playback = state["playback"] if state and not state["page"] else None
            if not playback or not playback["playing"]:
                await asyncio.sleep(POLL)
                continue
            if playback["run"] != run:
                run, start = playback["run"], 0
            until = playback["step"] + self.pace * (time.time() - self._heard + 1)
            with contextlib.suppress(*GONE):
                status, body = await self._feed.get(
                    "/lab/run", viewer=viewer, query=run, until=until, **{"from": start}
                )
                if status == 200:
                    rows = json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])["rows"]
                    start += rows
                    if rows:
                        self.seen.rows.append(time.time())
            await asyncio.sleep(POLL)

    async def _send(self) -> None:
        """Send what is to be said and has not been taken; after a lost connection, again."""
        while True:
            await asyncio.sleep(REST)
            polls = self._told.get("polls") or []
            for of_round, option in list(self._wishes.items()):
                open_one = bool(polls) and polls[0]["round"] == of_round
                if not self.owes(of_round) or not open_one or polls[0]["revealed"]:
                    continue
                with contextlib.suppress(*GONE):
                    status, _ = await self._ballot.post(
                        "/class/vote", code=self._code, viewer=self._viewer,
                        poll=polls[0]["id"], round=of_round, option=option,
                    )  # fmt: skip
                    if status == 200:
                        self.said[of_round] = option
                        continue
                await asyncio.sleep(RETRY)
