"""Values kept for other threads: never more than allowed, never lost between look and use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from emergence.serving.recent import Recent


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
