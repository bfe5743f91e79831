"""The votes of a class: what is taken, what is refused and why, and what leaves the poll."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.classroom.poll import BURST, WINDOW, Poll, RefusedError

OPTIONS = ("early", "late", "never")
VOTES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2)), max_size=40)


def polled(votes: list[tuple[str, int]], poll: Poll | None = None) -> Poll:
    """A poll after these votes, one every WINDOW seconds."""
    poll = poll or Poll(OPTIONS)
    for moment, (viewer, option) in enumerate(votes):
        poll.vote(viewer, option, poll.round, moment * WINDOW)
    return poll


@given(VOTES)
def test_the_last_vote_of_each_browser_counts_once(votes: list[tuple[str, int]]) -> None:
    poll = polled(votes)
    counts = Counter(dict(votes).values())
    np.testing.assert_array_equal(poll.histograms(), [[counts[i] for i in range(3)]])
    assert poll.answered() == len(dict(votes))
    assert all(poll.said(viewer) == option for viewer, option in dict(votes).items())
    assert not poll.shift().any()


@given(VOTES, VOTES)
def test_the_shift_joins_the_two_rounds(
    first: list[tuple[str, int]], second: list[tuple[str, int]]
) -> None:
    poll = polled(first)
    poll.counts_shown = True
    poll.vote_again()
    assert not poll.counts_shown
    assert poll.answered() == 0
    polled(second, poll)
    both = dict(first).keys() & dict(second).keys()
    assert poll.shift().sum() == len(both)
    before, after = poll.histograms()
    assert (poll.shift().sum(axis=1) <= before).all()
    assert (poll.shift().sum(axis=0) <= after).all()
    for viewer in both:
        assert poll.shift()[dict(first)[viewer], dict(second)[viewer]]


@pytest.mark.parametrize("option", [-1, 3, 10**9])
def test_an_option_that_does_not_exist_is_refused(option: int) -> None:
    poll = Poll(OPTIONS)
    with pytest.raises(RefusedError, match="not one of 0 to 2"):
        poll.vote("a", option, 1, 0.0)
    assert poll.answered() == 0


@pytest.mark.parametrize("of_round", [0, 2, 7])
def test_a_round_that_is_not_open_is_refused(of_round: int) -> None:
    with pytest.raises(RefusedError, match="round 1 is"):
        Poll(OPTIONS).vote("a", 0, of_round, 0.0)


def test_after_the_answer_nothing_is_taken() -> None:
    poll = polled([("a", 1)])
    poll.revealed = True
    with pytest.raises(RefusedError, match="has been shown"):
        poll.vote("b", 1, 1, 9.0)
    with pytest.raises(RefusedError, match="none after the answer"):
        poll.vote_again()
    np.testing.assert_array_equal(poll.histograms(), [[0, 1, 0]])


def test_there_is_no_third_round() -> None:
    poll = Poll(OPTIONS)
    poll.vote_again()
    with pytest.raises(RefusedError, match="2 rounds"):
        poll.vote_again()


def test_who_wavers_is_heard_and_a_flood_is_not() -> None:
    poll = Poll(OPTIONS)
    for i in range(BURST):
        poll.vote("a", i % 3, 1, 0.1 * i)
    with pytest.raises(RefusedError, match="wait a moment"):
        poll.vote("a", 0, 1, WINDOW - 0.1)
    poll.vote("b", 0, 1, WINDOW - 0.1)  # another browser is not slowed
    poll.vote("a", 2, 1, WINDOW)
    assert poll.said("a") == 2
