"""Values kept for other threads: never more than allowed, never lost between look and use."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from loky import ProcessPoolExecutor

from emergence.experiment import Experiment
from emergence.recent import Recent, remembering
from emergence.runs.facts import Promise
from emergence.runs.plan import ROOM, forget, make_plan


def test_the_value_asked_for_longest_ago_makes_room() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]
    recent.put("a", 4)
    assert recent.get("a") == 4


def test_threads_that_drive_each_other_s_values_out_see_whole_values_or_none() -> None:
    recent: Recent[int, tuple[int, int]] = Recent(3)

    def work(start: int) -> set[bool]:
        seen = set()
        for turn in range(20_000):
            key = (start + turn) % 7
            value = recent.get(key)
            seen.add(value in (None, (key, key)))
            recent.put(key, (key, key))
        return seen

    with ThreadPoolExecutor(4) as pool:
        assert set().union(*pool.map(work, range(4))) == {True}
    assert sum(recent.get(key) is not None for key in range(7)) == 3


def test_what_is_kept_is_bounded_in_bytes_and_what_is_larger_than_all_is_kept_alone() -> None:
    recent: Recent[str, bytes] = Recent(5, len, 10)
    for key, length in (("a", 4), ("b", 4), ("c", 4)):
        recent.put(key, bytes(length))
    assert [recent.get(key) is not None for key in "abc"] == [False, True, True]
    recent.put("d", bytes(11))
    assert [recent.get(key) is not None for key in "abcd"] == [False, False, False, True]
    recent.clear()
    assert recent.get("d") is None


def test_a_function_computes_again_only_what_is_not_kept() -> None:
    asked = []
    kept: Recent[object, int] = Recent(2)

    @remembering(kept)
    def half(number: int) -> int:
        asked.append(number)
        if number % 2:
            raise ValueError(number)
        return number // 2

    assert [half(4), half(4), half(6), half(8), half(4)] == [2, 2, 3, 4, 2]
    assert asked == [4, 6, 8, 4]
    for _ in range(2):
        with pytest.raises(ValueError, match="3"):
            half(3)
    assert asked[4:] == [3, 3]


def test_a_server_does_not_keep_the_starts_of_all_large_runs_it_was_asked_for(
    apart: ProcessPoolExecutor,
) -> None:
    """16 plans with 1,024 neurons and directions, and their starts, once stayed for ever."""
    most, held, left = apart.submit(of_plans).result()
    assert most > 1024 * 1024 * 8, "not traced"
    assert held < 2.5 * ROOM
    assert left < 0.25 * ROOM, "less than half of one start"


def of_plans() -> tuple[int, int, int]:
    """Bytes of four large plans: the most at a time, what they hold, what a server at rest does."""
    large = Experiment(engine="flow", d=100_000, P=1024, m=1024)
    assert Promise.of(make_plan(large.replace(P=2, m=2))).joint  # what this imports stays
    tracemalloc.start()
    for seed in range(4):
        assert Promise.of(make_plan(large.replace(seed=1000 + seed))).joint
    gc.collect()
    held, most = tracemalloc.get_traced_memory()
    forget()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, held, left
