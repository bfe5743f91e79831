"""What the load client says of a lecture, from measurements made by hand."""

from __future__ import annotations

import json
import re

import pytest

from tests.load.follower import Follower, address_of, key_of
from tests.load.lecture import Lecture, Size, Told, delays, in_browsers
from tests.load.report import astray, quantiles, table

STATE = {"page": "puzzle", "query": "beta=0.8", "playback": None, "highlight": None}


def test_a_delay_that_never_ended_counts_as_the_longest() -> None:
    assert quantiles([0.01 * i for i in range(1, 101)], 100) == {
        "wanted": 100, "missing": 0, "p50": 0.5, "p95": 0.95, "p99": 0.99,
    }  # fmt: skip
    short = quantiles([0.1] * 96, 100)
    assert (short["p95"], short["p99"], short["missing"]) == (0.1, None, 4)
    assert quantiles([], 0)["p50"] is None


def test_what_was_not_measured_is_said() -> None:
    nothing, slow = quantiles([], 0), quantiles([0.5], 2)
    measured = {
        "machine": {"cores": 2, "load": 0.1}, "followers": 2, "browsers": 0, "sessions": 0,
        "join_seconds": 1.0, "delays": {"a page": nothing, "a state": slow}, "updates": 3.0,
        "restored": slow, "server": {"kilobytes": 1.0, "core_percent": 0.1},
        "votes": {"given": 4, "lost": 0, "duplicate": 0, "untaken": 0},
    }  # fmt: skip
    lines = dict(re.split("  +", line, maxsplit=1) for line in table(measured).splitlines())
    assert lines["lecturer to follower: a page"] == "not measured"
    assert lines["lecturer to follower: a state"].startswith("p50 0.500 s  p95 never")
    assert "0 lost, 0 duplicate" in lines["votes"]


@pytest.mark.parametrize(
    ("expected", "counted", "found"),
    [([3, 0, 2], [3, 0, 2], (0, 0)), ([3, 0, 2], [2, 0, 2], (1, 0)), ([3, 0], [2, 2], (1, 2))],
)
def test_a_vote_that_moved_is_both_lost_and_made_up(
    expected: list[int], counted: list[int], found: tuple[int, int]
) -> None:
    assert astray(expected, counted) == found


def test_a_follower_s_own_guess_makes_no_other_state() -> None:
    own = STATE | {"query": "beta=0.8&guess=-1.0"}
    assert key_of(own) == key_of(STATE)
    assert address_of(own) == "puzzle?beta=0.8"
    assert key_of(STATE | {"highlight": {"p": 1, "k": None}}) != key_of(STATE)


@pytest.fixture
def lecture() -> Lecture:
    """Two lessons were told, ten seconds apart, and then something was pointed at."""
    lecture = Lecture("http://127.0.0.1:1", Size())
    moments = ((100.0, "puzzle", None), (110.0, "theorem", None), (111.0, "theorem", {"p": 1}))
    for at, page, highlight in moments:
        state = STATE | {"page": page, "query": "", "highlight": highlight}
        label = "pointed" if highlight else "lesson"
        told = Told(key_of(state), address_of(state), at, label, highlight is None)
        lecture.told.append(told)
    return lecture


def test_delays_are_from_the_lecturer_to_each_follower(lecture: Lecture) -> None:
    one, other = (Follower("http://127.0.0.1:1", "BCDFGH", True) for _ in range(2))
    first, second, third = (told.key for told in lecture.told)
    one.seen.states = {first: 100.1, second: 110.2, third: 111.3}
    other.seen.states = {third: 111.5}  # it was overtaken twice
    one.seen.pages["puzzle?"] = [99.0, 104.0]
    one.seen.pages["theorem?"] = [119.0]
    found = delays(lecture, [one, other])
    assert found["lesson"]["p50"] == 0.2
    assert (found["lesson"]["wanted"], found["lesson"]["p99"]) == (4, 11.5)
    assert found["pointed"]["p50"] == pytest.approx(0.3)
    pages = found["a lesson as a whole page"]
    assert (pages["wanted"], pages["missing"], pages["p50"]) == (4, 2, 9.0)
    json.dumps(found)


def test_a_browser_s_delay_is_until_its_heading(lecture: Lecture) -> None:
    shown = [{"1": [98.0, 101.5], "7": [112.0]}, {"1": [101.0]}]
    found = in_browsers(lecture, shown)
    assert (found["wanted"], found["missing"], found["p50"]) == (4, 1, 1.5)
