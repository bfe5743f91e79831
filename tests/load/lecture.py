"""A lecture of ten lessons: one leads, a class follows, votes twice, and partly loses its way."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from emergence.experiment import Experiment
from emergence.runs.plan import make_plan, settled
from emergence.ui.server.asked import SECRET_HEADER
from emergence.ui.talk import TALK
from tests.load.browsers import SENT, SHOWN, VOTE, browsers, question
from tests.load.follower import REST, Follower, address_of, key_of, name
from tests.load.http import Connection
from tests.load.report import Quantiles, Server, astray, quantiles

RUN = Experiment(d=64, P=8, m=32, beta=1.0, c=0.05, engine="sgd")
PLAYS = 60.0
"""Seconds in which the run would play from its start to its end."""
POINTS = 5
"""States besides the page's own that are told at each stop."""


@dataclass(frozen=True)
class Size:
    """How large the class is, and how much time it is given.

    followers : of them `browsers` real ones; `sessions` of the others keep a page as well
    join : seconds over which they come
    cut : how many lose their connection
    patience : seconds for which a page is waited for
    playing : seconds of each of the three times that the run is watched
    """

    followers: int = 200
    browsers: int = 5
    sessions: int = 195
    join: float = 20.0
    cut: int = 50
    patience: float = 60.0
    playing: float = 10.0


@dataclass
class Told:
    """What the lecturer has told: a state's key and address, when, and how many follow then."""

    key: str
    address: str
    at: float
    label: str
    another: bool = False
    """Whether it is another page."""


@dataclass
class Lecture:
    """The lecturer, who speaks to the server as a browser that leads does, and the class."""

    server: str
    size: Size
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    viewer: str = field(default_factory=name)
    code: str = ""
    told: list[Told] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._talk = Connection(self.server)
        self._last = ""

    async def listen(self) -> None:
        """Hear of every vote, as a browser that leads does, until cancelled."""
        connection = Connection(self.server, {SECRET_HEADER: self.secret})
        asked, version = {"code": self.code, "viewer": self.viewer}, -1
        while True:
            status, body = await connection.get("/class/state", **asked, version=version)
            version = json.loads(body)["version"] if status == 200 else -1
            await asyncio.sleep(REST)

    async def post(self, route: str, **content: object) -> Any:
        """What the server answers to the lecturer. Raises where it refuses."""
        who = {"code": self.code, "secret": self.secret, "viewer": self.viewer}
        status, answer = await self._talk.post(f"/class/{route}", **who, **content)
        if status != 200:
            raise RuntimeError(f"{route}: {answer}")
        return answer

    async def lead(self, state: dict[str, Any], label: str) -> Told:
        """Have the lecture be somewhere else."""
        whole = {"picture": None, "playback": None, "highlight": None} | state
        another, self._last = whole["page"] != self._last, whole["page"]
        told = Told(key_of(whole), address_of(whole), time.time(), label, another)
        self.told.append(told)
        await self.post("lead", state=whole)
        return told

    async def play(self, followers: list[Follower], seed: int) -> float:
        """Watch a run that nobody has seen, pointing at things; updates a second and follower."""
        run = settled(RUN.replace(seed=seed))
        query, plan = run.to_query(), make_plan(run)
        pace = plan.end / run.eta / PLAYS
        for each in followers:
            each.pace = pace
        begun = time.time()
        for number in range(round(self.size.playing)):
            step = pace * (time.time() - begun)
            playback = {"run": query, "step": step, "playing": True, "rushing": False,
                        "share": 0.45}  # fmt: skip
            highlight = {"p": number % run.P, "k": None}
            await self.lead(
                {"page": "", "query": query, "playback": playback, "highlight": highlight},
                "state, a run playing",
            )
            await asyncio.sleep(1)
        seconds = time.time() - begun
        rows = [sum(begun <= at for at in each.seen.rows) for each in followers]
        return sum(rows) / max(1, len(rows)) / seconds

    async def show(self, page: str, followers: list[Follower]) -> None:
        """Go to a lesson, wait until it is seen, and point at a few things."""
        told = await self.lead({"page": page, "query": ""}, "state, another lesson")
        await self.seen(told, followers)
        for number in range(POINTS):
            await self.lead(
                {"page": page, "query": "", "highlight": {"p": number, "k": None}},
                "state, a lesson",
            )
            await asyncio.sleep(0.5)

    async def seen(self, told: Told, followers: list[Follower]) -> None:
        """Wait until all pages show what was told, or as long as there is patience."""
        with_page = [each for each in followers if each.pages]
        until = told.at + self.size.patience
        while time.time() < until:
            await asyncio.sleep(0.2)
            if all(came(each, told) is not None for each in with_page) and all(
                [await page.evaluate(SHOWN, told.at) for page in self.pages]
            ):
                return


def came(follower: Follower, told: Told) -> float | None:
    """When a follower's page showed what was told."""
    later = [at for at in follower.seen.pages.get(told.address, ()) if at >= told.at]
    return min(later, default=None)


async def vote(
    lecture: Lecture, followers: list[Follower], tasks: list[asyncio.Task[None]]
) -> dict[str, Any]:
    """Two rounds on the present lesson's question; in the second, connections are cut."""
    asked = await question(lecture.pages[0])
    poll = (await lecture.post("ask", question=asked))["polls"][0]["id"]
    count, size = len(asked["options"]), lecture.size
    untaken, expected = 0, []
    restored: Quantiles = {}
    for of_round in (1, 2):
        if of_round == 2:
            await lecture.post("poll", poll=poll, act="again")
        for each in followers:
            each.vote(of_round, random.randrange(count))
        browsers_said = [random.randrange(count) for _ in lecture.pages]
        for page, option in zip(lecture.pages, browsers_said, strict=True):
            await page.wait_for_function(VOTE, arg=[of_round, option])
        for each in followers[::5]:  # who thinks better of it
            each.vote(of_round, random.randrange(count))
        if of_round == 2:
            restored = await cut(lecture, followers, tasks)
        untaken += await taken(followers, of_round, size.patience)
        for page in lecture.pages:
            await page.wait_for_function(SENT)
        said = [each.said.get(of_round) for each in followers] + browsers_said
        expected.append([said.count(option) for option in range(count)])
    told = (await lecture.post("poll", poll=poll, act="show"))["polls"][0]
    found = [astray(want, have) for want, have in zip(expected, (told["first"], told["second"]),
                                                     strict=True)]  # fmt: skip
    await lecture.post("poll", poll=poll, act="reveal")
    return {
        "votes": {
            "given": sum(map(sum, expected)), "lost": sum(lost for lost, _ in found),
            "duplicate": sum(more for _, more in found), "untaken": untaken,
        },
        "restored": restored,
    }  # fmt: skip


async def taken(followers: Iterable[Follower], of_round: int, patience: float) -> int:
    """Wait until every wish has been taken; how many were not."""
    until = time.time() + patience
    while (left := sum(each.owes(of_round) for each in followers)) and time.time() < until:
        await asyncio.sleep(0.2)
    return left


async def cut(
    lecture: Lecture, followers: list[Follower], tasks: list[asyncio.Task[None]]
) -> Quantiles:
    """Cut some off in the middle of their votes, go on without them, and let them come back."""
    gone = range(min(lecture.size.cut, len(followers)))
    for i in gone:
        tasks[i].cancel()
    await asyncio.gather(*(tasks[i] for i in gone), return_exceptions=True)
    told = await lecture.lead(
        {"page": TALK[0].slug, "query": "", "highlight": {"p": 99, "k": None}},
        "state, some cut off",
    )
    lecture.told.remove(told)
    await asyncio.sleep(2)
    back = time.time()
    for i in gone:
        tasks[i] = asyncio.create_task(followers[i].follow())
    until = back + lecture.size.patience
    while time.time() < until and any(told.key not in followers[i].seen.states for i in gone):
        await asyncio.sleep(0.05)
    moments = [followers[i].seen.states.get(told.key) for i in gone]
    return quantiles([at - back for at in moments if at is not None], len(gone))


async def hold(server: str, pid: int, size: Size) -> dict[str, Any]:
    """The whole lecture; what was measured."""
    process, lecture = Server(pid), Lecture(server, size)
    machine = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    start = {"page": TALK[-1].slug, "query": "screen=lecture", "picture": None,
             "playback": None, "highlight": None}  # fmt: skip
    lecture.code = (await lecture.post("open", state=start))["code"]
    async with browsers(f"{server}/c/{lecture.code}", size.browsers) as lecture.pages:
        memory, begun = process.memory, time.time()
        plain = size.followers - size.browsers
        followers = [Follower(server, lecture.code, i < size.sessions) for i in range(plain)]
        listening = asyncio.create_task(lecture.listen())
        tasks: list[asyncio.Task[None]] = []
        for each in followers:
            tasks.append(asyncio.create_task(each.follow()))
            await asyncio.sleep(size.join / max(1, plain))
        while not all(each.seen.states for each in followers):
            await asyncio.sleep(0.05)
        joined = time.time() - begun
        cpu, since = process.cpu, time.time()
        updates = [await lecture.play(followers, 1)]
        voted: dict[str, Any] = {}
        for number, lesson in enumerate(TALK, 1):
            await lecture.show(lesson.slug, followers)
            if number == 1:
                voted = await vote(lecture, followers, tasks)
            if number in (5, 10):
                updates.append(await lecture.play(followers, number))
        load = (process.cpu - cpu) / (time.time() - since)
        used = process.memory - memory
        shown = [await page.evaluate("window.shown") for page in lecture.pages]
        for task in (listening, *tasks):
            task.cancel()
        await asyncio.gather(listening, *tasks, return_exceptions=True)
    await lecture.post("close")
    return {
        "machine": machine, "followers": size.followers, "browsers": size.browsers,
        "sessions": min(size.sessions, plain), "join_seconds": round(joined, 2),
        "delays": {
            **delays(lecture, followers), "a lesson in a browser": in_browsers(lecture, shown),
        },
        "updates": round(sum(updates) / len(updates), 3), **voted,
        "server": {
            "kilobytes": round(used / 1024 / max(1, plain), 1),
            "core_percent": round(100 * load / size.followers, 4),
        },
    }  # fmt: skip


def delays(lecture: Lecture, followers: list[Follower]) -> dict[str, Quantiles]:
    """From the lecturer to the followers: of the states by what is shown, of whole pages.

    A state that was overtaken by the next one before a follower asked again counts from the moment
    at which it hears the next.
    """
    found: dict[str, list[float]] = {}
    wanted: dict[str, int] = {}
    order = {told.key: number for number, told in enumerate(lecture.told)}
    for follower in followers:
        heard = sorted((order[key], at) for key, at in follower.seen.states.items() if key in order)
        for number, told in enumerate(lecture.told):
            wanted[told.label] = wanted.get(told.label, 0) + 1
            later = [at for place, at in heard if place >= number and at >= told.at]
            if later:
                found.setdefault(told.label, []).append(min(later) - told.at)
    pages = [told for told in lecture.told if told.another and told.address.split("?")[0]]
    with_page = [each for each in followers if each.pages]
    shown = [came(each, told) for each in with_page for told in pages]
    begun = [told.at for _ in with_page for told in pages]
    late = [at - since for at, since in zip(shown, begun, strict=True) if at is not None]
    return {label: quantiles(found.get(label, []), wanted[label]) for label in wanted} | {
        "a lesson as a whole page": quantiles(late, len(shown))
    }


def in_browsers(lecture: Lecture, shown: list[dict[str, list[float]]]) -> Quantiles:
    """From the lecturer to the lesson's heading in real browsers."""
    numbers = {lesson.slug: str(number) for number, lesson in enumerate(TALK, 1)}
    late, wanted = [], 0
    for told in lecture.told:
        page = told.address.split("?")[0]
        if told.another and page in numbers:
            wanted += len(shown)
            moments = ([at for at in each.get(numbers[page], ()) if at >= told.at]
                       for each in shown)  # fmt: skip
            late += [min(each) - told.at for each in moments if each]
    return quantiles(late, wanted)
