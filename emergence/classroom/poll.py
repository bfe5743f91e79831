"""One question that a class answers, in one round or two, before the answer is shown.

What a browser said never leaves a poll: only counts do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

import numpy as np

from emergence.arrays import IntArray

ROUNDS = 2
"""Before the class has discussed, and after."""
BURST, WINDOW = 5, 5.0
"""Votes of a browser that are taken in so many seconds: who wavers is heard, a flood is not."""


class RefusedError(ValueError):
    """A vote that is not taken; the message says why."""


@dataclass
class Ballots:
    """The votes of one round: of each browser its last option, and when it gave the last few."""

    chosen: dict[str, int] = field(default_factory=dict)
    times: defaultdict[str, deque[float]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=BURST))
    )


class Poll:
    """The votes on one question. Not thread-safe: its room holds the lock.

    Attributes
    ----------
    options : what may be said, in the order in which it is drawn; of a number, its stops
    counts_shown : whether followers see the histogram
    revealed : whether the answer has been shown; no vote is taken after it
    """

    def __init__(self, options: tuple[str, ...]) -> None:
        self.options = options
        self.counts_shown = False
        self.revealed = False
        self._rounds = [Ballots()]

    @property
    def round(self) -> int:
        """The present round: 1 or 2."""
        return len(self._rounds)

    def vote(self, viewer: str, option: int, of_round: int, now: float) -> None:
        """Take a browser's vote, in place of the one it gave before in this round.

        Raises RefusedError for another round than the present one, an option that does not exist,
        a vote after the answer was shown, or more than `BURST` within `WINDOW` seconds.
        """
        if self.revealed:
            raise RefusedError("the answer has been shown: no vote is taken any more")
        if of_round != self.round:
            raise RefusedError(f"round {of_round} is not open: round {self.round} is")
        if not 0 <= option < len(self.options):
            raise RefusedError(f"option {option} is not one of 0 to {len(self.options) - 1}")
        ballots = self._rounds[-1]
        times = ballots.times[viewer]
        if len(times) == BURST and now - times[0] < WINDOW:
            raise RefusedError(f"{BURST} votes in {WINDOW:g} seconds are enough: wait a moment")
        times.append(now)
        ballots.chosen[viewer] = option

    def vote_again(self) -> None:
        """Open the next round: the histogram is hidden. Raises RefusedError when there is none."""
        if self.revealed or self.round == ROUNDS:
            raise RefusedError(f"there are {ROUNDS} rounds, and none after the answer")
        self._rounds.append(Ballots())
        self.counts_shown = False

    def answered(self) -> int:
        """How many browsers have voted in the present round."""
        return len(self._rounds[-1].chosen)

    def said(self, viewer: str) -> int | None:
        """What a browser has said in the present round."""
        return self._rounds[-1].chosen.get(viewer)

    def histograms(self) -> IntArray:
        """Votes by round and option, shape (rounds so far, options)."""
        counts = np.zeros((self.round, len(self.options)), dtype=np.int64)
        for row, ballots in zip(counts, self._rounds, strict=True):
            np.add.at(row, list(ballots.chosen.values()), 1)
        return counts

    def shift(self) -> IntArray:
        """Of those who voted in both rounds: by first and second option, shape (options, options).

        All zero before the second round.
        """
        moved = np.zeros((len(self.options),) * 2, dtype=np.int64)
        if self.round == ROUNDS:
            first, second = (ballots.chosen for ballots in self._rounds)
            for viewer in first.keys() & second.keys():
                moved[first[viewer], second[viewer]] += 1
        return moved
