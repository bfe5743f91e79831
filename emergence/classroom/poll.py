"""One question that a class answers, in one round or two, before the answer is shown.

What a browser said never leaves a poll: only counts do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from emergence.arrays import IntArray
from emergence.classroom.question import LONGEST_OPTION, Question, read_question

ROUNDS = 2
"""Before the class has discussed, and after."""
BURST, WINDOW = 5, 5.0
"""Votes of a browser that are taken in so many seconds: who wavers is heard, a flood is not."""
MOST_VOTERS = 2_000
"""Of a round."""


class RefusedError(ValueError):
    """A vote, or another act on a poll, that is not taken; the message says why."""


class TooFastError(RefusedError):
    """A browser votes faster than it may."""


@dataclass
class Ballots:
    """The votes of one round: of each browser its last option, and when it gave the last few."""

    chosen: dict[str, int] = field(default_factory=dict)
    times: defaultdict[str, deque[float]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=BURST))
    )
    kept: IntArray | None = None
    """Counts of a round whose votes are known no more: a server was restarted after it."""


class Poll:
    """The votes on one question. Not thread-safe: it belongs to its room.

    Attributes
    ----------
    id : its name in its room
    counts_shown : whether followers see the histogram
    revealed : whether the answer has been shown; no vote is taken after it
    closed : whether no vote is taken though the answer is not shown yet: the run plays
    landed : whether the lecturer's page has shown the answer
    restored : whether the server was restarted since it began: browsers vote once more
    right : which options are, once the answer has been shown and is known
    bound : within what, in words
    answer : the answer in words
    """

    def __init__(self, question: Question, name: str) -> None:
        self.question = question
        self.id = name
        self.counts_shown = self.revealed = self.closed = self.landed = self.restored = False
        self.right: tuple[int, ...] | None = None
        self.bound = self.answer = ""
        self._rounds = [Ballots()]

    @property
    def round(self) -> int:
        """The present round: 1 or 2."""
        return len(self._rounds)

    def vote(self, voter: str, option: int, of_round: int, now: float) -> None:
        """Take a browser's vote, in place of the one it gave before in this round.

        Raises RefusedError for another round than the present one, an option that does not exist,
        a vote after the answer was shown, or more than `BURST` within `WINDOW` seconds. After a
        restart of the server a browser may say once more what it had said in an earlier round.
        """
        if self.revealed:
            raise RefusedError("the answer has been shown: no vote is taken any more")
        if self.closed:
            raise RefusedError("the vote is closed: what shows the answer has begun")
        count = len(self.question.options)
        if not 0 <= option < count:
            raise RefusedError(f"option {option} is not one of 0 to {count - 1}")
        again = self.restored and of_round == 1 and voter not in self._rounds[0].chosen
        if of_round != self.round and not again:
            raise RefusedError(f"round {of_round} is not open: round {self.round} is")
        ballots = self._rounds[of_round - 1]
        if voter not in ballots.chosen and len(ballots.chosen) >= MOST_VOTERS:
            raise RefusedError(f"{MOST_VOTERS:,} have voted: no more votes are taken")
        times = ballots.times[voter]
        if len(times) == BURST and now - times[0] < WINDOW:
            raise TooFastError(f"{BURST} votes in {WINDOW:g} seconds are enough: wait a moment")
        times.append(now)
        ballots.chosen[voter] = option

    def vote_again(self) -> None:
        """Open the next round: the histogram is hidden. Raises RefusedError when there is none."""
        if self.revealed or self.closed or self.round == ROUNDS:
            raise RefusedError(f"there are {ROUNDS} rounds, and none once the answer comes")
        self._rounds.append(Ballots())
        self.counts_shown = False

    def judge(self, right: object, bound: object, answer: object) -> None:
        """The answer, from the page that shows it: which options are right. Raises RefusedError."""
        count = len(self.question.options)
        if not isinstance(right, list) or not all(type(i) is int and 0 <= i < count for i in right):
            raise RefusedError(f"what is right must be a list of numbers from 0 to {count - 1}")
        for text in (bound, answer):
            if not isinstance(text, str) or len(text) > LONGEST_OPTION or not text.isprintable():
                raise RefusedError(f"the answer must be a line of {LONGEST_OPTION} characters")
        self.right = tuple(sorted(set(right)))
        self.bound, self.answer = str(bound), str(answer)

    def answered(self) -> int:
        """How many browsers have voted in the present round."""
        return int(self.histograms()[-1].sum())

    def said(self, voter: str) -> list[int | None]:
        """What a browser has said, by round."""
        return [ballots.chosen.get(voter) for ballots in self._rounds]

    def histograms(self) -> IntArray:
        """Votes by round and option, shape (rounds so far, options)."""
        counts = np.zeros((self.round, len(self.question.options)), dtype=np.int64)
        for row, ballots in zip(counts, self._rounds, strict=True):
            if ballots.kept is not None:
                row += ballots.kept
            np.add.at(row, list(ballots.chosen.values()), 1)
        return counts

    def shift(self) -> IntArray:
        """Of those who voted in both rounds: by first and second option, shape (options, options).

        All zero before the second round.
        """
        moved = np.zeros((len(self.question.options),) * 2, dtype=np.int64)
        if self.round == ROUNDS:
            first, second = (ballots.chosen for ballots in self._rounds)
            for voter in first.keys() & second.keys():
                moved[first[voter], second[voter]] += 1
        return moved

    def told(self, voter: str) -> dict[str, Any]:
        """What a follower hears: counts once they are shown, what is right after the answer."""
        heard: dict[str, Any] = {
            "id": self.id, "name": self.question.name, "digest": self.question.digest,
            "round": self.round, "shown": self.counts_shown or self.revealed,
            "revealed": self.revealed, "closed": self.closed,
            "restored": self.restored, "said": self.said(voter),
        }  # fmt: skip
        if heard["shown"]:
            heard |= self._counts()
        if self.revealed:
            heard |= {"right": self.right, "bound": self.bound, "answer": self.answer}
        return heard

    def record(self) -> dict[str, Any]:
        """What whoever leads hears: the question, the counts, and what is right when it is known.

        first, second : votes by option; second is None before the second round
        shift : [first option, second option, how many] of those who voted in both
        right : options that are right, or None while that is not known
        """
        return {
            **self.question.to_json(),
            "id": self.id, "round": self.round, "shown": self.counts_shown or self.revealed,
            "revealed": self.revealed, "closed": self.closed, "landed": self.landed,
            "answered": self.answered(),
            "right": self.right, "bound": self.bound, "answer": self.answer, **self._counts(),
        }  # fmt: skip

    def _counts(self) -> dict[str, Any]:
        first, *second = self.histograms().tolist()
        shift = self.shift()
        return {
            "first": first,
            "second": second[0] if second else None,
            "shift": [[int(i), int(j), int(shift[i, j])] for i, j in np.argwhere(shift)],
        }


def read_poll(given: object, pages: Collection[str]) -> Poll:
    """A poll that whoever leads has kept over a restart of the server, from its `record`.

    The counts of one whose answer was shown are kept; into any other, browsers vote once more.
    Raises ValueError with a sentence where it is none.
    """
    question = read_question(given, pages)
    assert isinstance(given, dict)
    name, counts = given.get("id"), [given.get("first"), given.get("second")]
    if not isinstance(name, str) or not name.isalnum() or len(name) > 20:
        raise ValueError("a poll's id must be 1 to 20 letters and digits")
    poll = Poll(question, name)
    poll.restored = True
    if counts[1] is not None:
        poll.vote_again()
    poll.counts_shown, poll.closed = given.get("shown") is True, given.get("closed") is True
    if given.get("revealed") is True:
        for ballots, row in zip(poll._rounds, counts, strict=False):
            if not isinstance(row, list) or len(row) != len(question.options):
                raise ValueError("a poll has a count for each of its options")
            if not all(type(n) is int and 0 <= n <= MOST_VOTERS for n in row):
                raise ValueError(f"a poll's counts are whole numbers from 0 to {MOST_VOTERS:,}")
            ballots.kept = np.array(row, dtype=np.int64)
        poll.revealed, poll.landed = True, given.get("landed") is True
        if given.get("right") is not None:
            poll.judge(given["right"], given.get("bound"), given.get("answer"))
    return poll
