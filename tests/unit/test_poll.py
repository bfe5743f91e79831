"""The votes of a class: what is taken, what is refused and why, and what leaves the poll."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.classroom import poll as poll_module
from emergence.classroom.poll import BURST, WINDOW, Poll, RefusedError, TooFastError, read_poll
from emergence.classroom.question import Question, read_question

PAGES = ("", "puzzle")
OPTIONS = ("early", "late", "never")
QUESTION = Question("puzzle", "guess", "When?", OPTIONS, ("1", "2", "3"), "choice")
VOTES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2)), max_size=40)


def asked() -> Poll:
    return Poll(QUESTION, "1")


def polled(votes: list[tuple[str, int]], poll: Poll | None = None) -> Poll:
    """A poll after these votes, one every WINDOW seconds."""
    poll = poll or asked()
    for moment, (viewer, option) in enumerate(votes):
        poll.vote(viewer, option, poll.round, moment * WINDOW)
    return poll


@given(VOTES)
def test_the_last_vote_of_each_browser_counts_once(votes: list[tuple[str, int]]) -> None:
    poll = polled(votes)
    counts = Counter(dict(votes).values())
    np.testing.assert_array_equal(poll.histograms(), [[counts[i] for i in range(3)]])
    assert poll.answered() == len(dict(votes))
    assert all(poll.said(viewer) == [option] for viewer, option in dict(votes).items())
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
    poll = asked()
    with pytest.raises(RefusedError, match="not one of 0 to 2"):
        poll.vote("a", option, 1, 0.0)
    assert poll.answered() == 0


@pytest.mark.parametrize("of_round", [0, 2, 7])
def test_a_round_that_is_not_open_is_refused(of_round: int) -> None:
    with pytest.raises(RefusedError, match="round 1 is"):
        asked().vote("a", 0, of_round, 0.0)


def test_after_the_answer_nothing_is_taken() -> None:
    poll = polled([("a", 1)])
    poll.revealed = True
    with pytest.raises(RefusedError, match="has been shown"):
        poll.vote("b", 1, 1, 9.0)
    with pytest.raises(RefusedError, match="none once the answer comes"):
        poll.vote_again()
    np.testing.assert_array_equal(poll.histograms(), [[0, 1, 0]])


def test_a_closed_vote_takes_none_and_has_no_second_round() -> None:
    poll = polled([("a", 1)])
    poll.closed = True
    with pytest.raises(RefusedError, match="is closed"):
        poll.vote("b", 1, 1, 9.0)
    with pytest.raises(RefusedError, match="none once the answer comes"):
        poll.vote_again()
    np.testing.assert_array_equal(poll.histograms(), [[0, 1, 0]])


def test_there_is_no_third_round() -> None:
    poll = asked()
    poll.vote_again()
    with pytest.raises(RefusedError, match="2 rounds"):
        poll.vote_again()


def test_who_wavers_is_heard_and_a_flood_is_not() -> None:
    poll = asked()
    for i in range(BURST):
        poll.vote("a", i % 3, 1, 0.1 * i)
    with pytest.raises(TooFastError, match="wait a moment"):
        poll.vote("a", 0, 1, WINDOW - 0.1)
    poll.vote("b", 0, 1, WINDOW - 0.1)  # another browser is not slowed
    poll.vote("a", 2, 1, WINDOW)
    assert poll.said("a") == [2]


def test_a_round_takes_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_module, "MOST_VOTERS", 2)
    poll = polled([("a", 0), ("b", 1)])
    with pytest.raises(RefusedError, match="no more votes"):
        poll.vote("c", 0, 1, 99.0)
    poll.vote("a", 2, 1, 99.0)  # a change of mind is no other vote
    np.testing.assert_array_equal(poll.histograms(), [[0, 1, 1]])


def keys(poll: Poll, voter: str = "a") -> set[str]:
    return set(poll.told(voter))


def test_a_follower_hears_counts_when_they_are_shown_and_the_answer_when_it_is() -> None:
    poll = polled([("a", 1), ("b", 1), ("b", 2)])
    hidden = {"id", "name", "digest", "round", "shown", "revealed", "closed", "restored", "said"}
    assert keys(poll) == hidden
    assert poll.told("a")["said"] == [1]
    assert poll.told("c")["said"] == [None]
    poll.counts_shown = True
    assert keys(poll) == hidden | {"first", "second", "shift"}
    poll.vote_again()
    assert keys(poll) == hidden
    polled([("a", 2)], poll)
    poll.revealed = True
    poll.judge([2], "within 1", "late")
    told = poll.told("a")
    assert keys(poll) == hidden | {"first", "second", "shift", "right", "bound", "answer"}
    assert (told["first"], told["second"], told["shift"]) == ([0, 1, 1], [0, 0, 1], [[1, 2, 1]])
    assert told["said"] == [1, 2]


@pytest.mark.parametrize(
    "given", [([3], "", ""), ([-1], "", ""), ("x", "", ""), ([True], "", ""), ([0], None, ""),
              ([0], "", "x" * 999)],
)  # fmt: skip
def test_an_answer_that_is_none_of_the_options_is_refused(given: tuple[Any, Any, Any]) -> None:
    with pytest.raises(RefusedError):
        asked().judge(*given)


def test_a_poll_comes_back_after_a_restart_and_is_voted_on_again() -> None:
    poll = polled([("a", 1), ("b", 2)])
    poll.vote_again()
    polled([("a", 2)], poll)
    back = read_poll(json.loads(json.dumps(poll.record())), PAGES)
    assert (back.id, back.question, back.round) == (poll.id, QUESTION, 2)
    assert back.told("a")["restored"]
    assert not back.histograms().any(), "nothing is counted twice"
    for voter, option, of_round in (("a", 1, 1), ("b", 2, 1), ("a", 2, 2)):
        back.vote(voter, option, of_round, 0.0)
    np.testing.assert_array_equal(back.histograms(), poll.histograms())
    np.testing.assert_array_equal(back.shift(), poll.shift())
    with pytest.raises(RefusedError, match="round 1 is not open"):
        back.vote("a", 0, 1, 9.0)
    with pytest.raises(RefusedError, match="round 1 is not open"):
        poll.vote("c", 0, 1, 9.0)  # where nothing was restarted the first round is over


def test_counts_under_a_shown_answer_survive_a_restart() -> None:
    poll = polled([("a", 1), ("b", 2)])
    poll.revealed = True
    poll.judge([2, 1], "within 1", "2")
    record = poll.record()
    back = read_poll(json.loads(json.dumps(record)), PAGES)
    assert back.record() == record
    with pytest.raises(RefusedError, match="has been shown"):
        back.vote("c", 0, 1, 0.0)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"id": "x" * 21}, "id"), ({"id": 7}, "id"), ({"first": [1, 2]}, "count"),
        ({"first": [1, 2, -1]}, "whole"), ({"first": [1, 2, 10**9]}, "whole"),
        ({"first": "abc"}, "count"), ({"right": [7]}, "0 to 2"),
    ],
)  # fmt: skip
def test_a_kept_poll_that_is_none_is_refused(changes: dict[str, Any], word: str) -> None:
    poll = polled([("a", 1)])
    poll.revealed = True
    with pytest.raises(ValueError, match=word):
        read_poll(poll.record() | changes, PAGES)


def test_a_question_comes_back_as_it_was_sent() -> None:
    assert read_question(QUESTION.to_json(), PAGES) == QUESTION
    other = read_question(QUESTION.to_json() | {"text": "Where?"}, PAGES)
    assert other.digest != QUESTION.digest


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"page": "nowhere"}, "page"), ({"page": ["puzzle"]}, "page"), ({"name": "a b"}, "name"),
        ({"name": None}, "name"), ({"kind": "essay"}, "kind"), ({"options": ["one"]}, "2 to 200"),
        ({"options": ["x"] * 3}, "the same"), ({"options": [str(i) for i in range(201)]}, "200"),
        ({"values": ["1"]}, "one value"), ({"text": "a\nb"}, "one line"),
        ({"text": "x" * 1001}, "1,000"), ({"options": ["a", "b", 7]}, "option"),
        ({"unit": 3}, "unit"),
    ],
)  # fmt: skip
def test_a_question_that_is_none_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read_question(QUESTION.to_json() | changes, PAGES)
    nothings: list[object] = [None, [], "x"]
    for nothing in nothings:
        with pytest.raises(ValueError, match="object"):
            read_question(nothing, PAGES)
