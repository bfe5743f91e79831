"""One room: where its lecture is, who leads it, who waits for news of it, and what is voted on.

Not thread-safe: a room belongs to the server's event loop.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emergence.classroom.codes import SecretError, digest
from emergence.classroom.desk import Desk, NobodyLeadsError, Wish
from emergence.classroom.poll import Poll, RefusedError
from emergence.classroom.question import NO_GUESS, Question
from emergence.classroom.state import State, says, with_value

AWAY = 8.0
"""Seconds after its last request for which a viewer counts as present."""
RATE, BURST = 10.0, 40.0
"""Requests a second that a viewer may make, and how many at once."""
ALONE = 30.0
"""Seconds after which a class that no lecturer is with looks up no longer."""
HOSTS = 20
"""How many may be present with the secret."""
CROWD = 200
"""Followers from which on a browser had better compute by itself what its reader tries: so many
were measured to follow and to open pages, and the server computed nothing else meanwhile."""
MOST_POLLS = 200
"""Of a room."""


class RoomFullError(RuntimeError):
    """No place for another."""


class TooManyError(RuntimeError):
    """A viewer asks faster than it may."""


class ReplacedError(RuntimeError):
    """The same viewer has asked again meanwhile."""


@dataclass
class Viewer:
    """A tab in the room. `allowance` is how many requests it may make now.

    voter : what its votes are counted under: all tabs of a browser have one
    """

    seen: float
    voter: str
    host: bool = False
    allowance: float = BURST
    waiting: asyncio.Future[bool] | None = None


class Room:
    """A lecture and its followers.

    version : another number after every change of what a viewer is told
    heard : when somebody with the secret was last heard of
    ended : why the room is over, "" while it is not
    desk : what the lecturer's other browsers ask of the one that leads
    """

    def __init__(
        self, code: str, secret: str, state: State, leader: str, followers: int,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.code = code
        self.state = state
        self.leader = leader
        self.version = secrets.randbits(40)  # none that a follower had before a restart
        self.opened = self.heard = self.changed = clock()
        self.ended = ""
        self.desk = Desk()
        self._frozen = False
        self._digest = digest(secret)
        self._followers = followers
        self._clock = clock
        self._viewers: dict[str, Viewer] = {}
        self._polls: list[Poll] = []
        self._asked: dict[tuple[str, str], Poll] = {}  # the present one of each page's questions
        self._votes = 0

    def admit(self, name: str, secret: str | None, voter: str = "") -> Viewer:
        """A viewer's request: it is present, and a host if it has the secret.

        It votes as `voter` from its first request on, if it says one.
        Raises SecretError, RoomFullError, TooManyError.
        """
        if secret is not None and not hmac.compare_digest(self._digest, digest(secret)):
            raise SecretError("this lead link is not of this room")
        now = self._clock()
        viewer = self._viewers.get(name)
        if viewer is None:
            following = len(self._following())
            if secret is None and following >= self._followers:
                raise RoomFullError(
                    f"the room is full: {self._followers} follow already. Look on with a neighbour"
                )
            if secret is not None and len(self._viewers) - following >= HOSTS:
                raise RoomFullError(f"the room is full: {HOSTS} have its lead link open already")
            viewer = self._viewers[name] = Viewer(now, voter or name)
        viewer.allowance = min(BURST, viewer.allowance + RATE * (now - viewer.seen))
        viewer.seen = now
        if viewer.allowance < 1:
            raise TooManyError(f"a viewer may ask {RATE:g} times a second")
        viewer.allowance -= 1
        viewer.host = secret is not None
        if viewer.host:
            self.heard = now
        return viewer

    @property
    def following(self) -> int:
        """How many browsers are present without the secret: as votes are counted, not tabs."""
        return len({viewer.voter for viewer in self._following()})

    @property
    def crowded(self) -> bool:
        """Whether its followers had better compute by themselves what they try."""
        return self.following >= CROWD

    def _following(self) -> list[Viewer]:
        self._forget()
        return [viewer for viewer in self._viewers.values() if not viewer.host]

    @property
    def empty(self) -> bool:
        """Whether nobody is present."""
        return not self.following and not self._viewers

    def lead(self, name: str, state: State) -> None:
        """The lecture is elsewhere, and this viewer leads it from now on."""
        self.state, self.leader, self.changed = state, name, self._clock()
        for poll in self._current():
            if poll.revealed and says(state.query, poll.question.name):
                poll.landed = True
        self._tell()

    def go_on(self, name: str, state: State) -> None:
        """The lecture is elsewhere, where nobody has taken it from this viewer meanwhile."""
        if name == self.leader:
            self.lead(name, state)

    def ask(self, question: Question, again: bool = False) -> Poll:
        """Open a vote on a question, or go on with its latest: a shown answer stays shown.

        Only with `again` one that is over is asked anew. Raises RefusedError.
        """
        place = (question.page, question.name)
        present = self._asked.get(place)
        same = [poll for poll in self._polls if poll.question == question]
        poll = same[-1] if same else None
        if poll and not (again and (poll.revealed or poll.closed)):
            if poll is not present:
                self._asked[place] = poll
                self._tell()
            return poll
        if present and not present.histograms().any() and (present is poll or not present.revealed):
            self._polls.remove(present)  # a slider has passed through this question
        if len(self._polls) >= MOST_POLLS:
            raise RefusedError(f"a room asks at most {MOST_POLLS} questions")
        poll = self._asked[place] = Poll(question, secrets.token_hex(6))
        self._polls.append(poll)
        self._tell()
        return poll

    def restore(self, polls: Sequence[Poll]) -> None:
        """Take polls that whoever leads has kept over a restart of the server."""
        if self._polls:  # another host was first
            return
        self._polls = list(polls)[-MOST_POLLS:]
        self._asked = {(poll.question.page, poll.question.name): poll for poll in self._polls}
        self._tell()

    def poll(self, name: str) -> Poll:
        """The poll of this id. Raises RefusedError."""
        for poll in self._polls:
            if poll.id == name:
                return poll
        raise RefusedError("no such question is asked in this room")

    def vote(self, viewer: Viewer, poll: str, option: int, of_round: int) -> Poll:
        """Take a viewer's vote. Raises RefusedError."""
        asked = self.poll(poll)
        asked.vote(viewer.voter, option, of_round, self._clock())
        self._votes += 1
        self._tell(hosts_only=True)  # 200 votes are no news for 200 followers each
        return asked

    def show_votes(self, poll: str, shown: bool) -> None:
        """Let followers see a histogram, or not. Raises RefusedError."""
        self.poll(poll).counts_shown = shown
        self._tell()

    def vote_again(self, poll: str) -> None:
        """Open the second round. Raises RefusedError."""
        self.poll(poll).vote_again()
        self._tell()

    def reveal(self, poll: str) -> None:
        """Show the answer to everybody: no vote is taken any more. Raises RefusedError."""
        asked = self.poll(poll)
        asked.revealed = True
        asked.landed = asked.landed or not asked.question.page  # the Live Lab's run shows it
        self._tell()

    def close(self, poll: str) -> None:
        """Take no more votes: what shows the answer has begun. Raises RefusedError."""
        self.poll(poll).closed = True
        self._tell()

    def judge(self, poll: str, right: object, bound: object, answer: object) -> None:
        """What is right, from the page that shows it. Raises RefusedError before the reveal."""
        asked = self.poll(poll)
        if not asked.revealed:
            raise RefusedError("the answer has not been shown yet")
        asked.judge(right, bound, answer)
        self._tell()

    def histograms(self) -> list[dict[str, Any]]:
        """All questions that somebody has voted on, in their order: see `Poll.record`."""
        return [poll.record() for poll in self._polls if poll.histograms().any()]

    def _current(self) -> list[Poll]:
        """The present poll of each question of the lecture's page."""
        return [poll for (page, _), poll in self._asked.items() if page == self.state.page]

    @property
    def led(self) -> bool:
        """Whether the browser that leads is there."""
        self._forget()
        return self.leader in self._viewers

    @property
    def frozen(self) -> bool:
        """Whether the class is asked to look up, with a lecturer there to say so."""
        return self._frozen and self._clock() - self.heard < ALONE

    def freeze(self, frozen: bool) -> None:
        """Ask the class to look up from its screens, or no longer."""
        self._frozen = frozen
        self._tell()

    def wish(self, act: str, pages: tuple[str, ...]) -> Wish:
        """Ask the browser that leads to do something. Raises NobodyLeadsError, BusyError."""
        if not self.led:
            raise NobodyLeadsError(
                "no browser leads: open the lead link in the one that the class sees, and touch "
                "its page or press Take over"
            )
        wish = self.desk.ask(act, pages)
        self._wake(self._viewers[self.leader])
        return wish

    def end(self, why: str) -> None:
        """Nothing comes any more."""
        self.ended = why
        self._tell()

    async def news(self, viewer: Viewer, version: int, seconds: float) -> None:
        """Return when the version is not this one any more, or after `seconds`.

        Raises ReplacedError where the viewer asks again meanwhile: one question is open at a time.
        """
        if viewer.waiting is not None and not viewer.waiting.done():
            viewer.waiting.set_result(False)
        viewer.waiting = None
        wanted = viewer is self._viewers.get(self.leader) and self.desk.waits
        if version != self._version(viewer) or self.ended or wanted:
            return
        waiting = viewer.waiting = asyncio.get_running_loop().create_future()
        try:
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
        finally:
            if viewer.waiting is waiting:
                viewer.waiting = None
                viewer.seen = self._clock()
        if done and not waiting.result():
            raise ReplacedError("this viewer asks somewhere else")

    def told(self, name: str) -> dict[str, Any]:
        """What a viewer hears. `age` is the state's, in seconds.

        Hosts also hear whether it is they who lead, how many follow, and all of the polls on the
        lecture's page. Followers hear of a poll what `Poll.told` says; of the
        lecturer's own guess they hear nothing, and their page shows the answer to theirs.
        The one that leads also hears what it is asked to do.
        """
        viewer = self._viewers.get(name)
        polls = self._current()
        answer: dict[str, Any] = {
            "version": self._version(viewer),
            "age": self._clock() - self.changed,
            "role": "follower",
            "frozen": self.frozen,
            "led": self.led,
        }
        if viewer is not None and viewer.host:
            answer["state"] = self.state.to_json()
            answer["role"] = "leader" if name == self.leader else "host"
            answer["following"] = self.following
            answer["polls"] = [poll.record() for poll in polls]
            if name == self.leader:
                answer["wishes"] = self.desk.hand_out()
        else:
            voter = viewer.voter if viewer else name
            answer["state"] = self._state_of(voter, polls).to_json()
            answer["polls"] = [poll.told(voter) for poll in polls]
        return answer

    def _state_of(self, voter: str, polls: Sequence[Poll]) -> State:
        """Where the lecture is for a follower: its own guesses in place of the lecturer's."""
        query = self.state.query
        for poll in polls:
            name = poll.question.name
            if not poll.revealed:
                query = with_value(query, name, None)
            elif self.state.page and (says(query, name) or not poll.landed):
                said = [option for option in poll.said(voter) if option is not None]
                own = poll.question.values[said[-1]] if said else NO_GUESS
                query = with_value(query, name, own)
        return replace(self.state, query=query)

    def _version(self, viewer: Viewer | None) -> int:
        """Every vote is news for hosts."""
        return self.version + (self._votes if viewer is not None and viewer.host else 0)

    def _tell(self, hosts_only: bool = False) -> None:
        if not hosts_only:
            self.version += 1
        for viewer in self._viewers.values():
            if viewer.host or not hosts_only:
                self._wake(viewer)

    @staticmethod
    def _wake(viewer: Viewer) -> None:
        if viewer.waiting is not None and not viewer.waiting.done():
            viewer.waiting.set_result(True)

    def _forget(self) -> None:
        """Forget the viewers who have gone."""
        limit = self._clock() - AWAY
        self._viewers = {
            name: viewer for name, viewer in self._viewers.items()
            if viewer.waiting is not None or viewer.seen >= limit
        }  # fmt: skip
