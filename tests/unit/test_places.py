"""Who gives way, from runs made by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from emergence.serving.computation import Standing
from emergence.serving.places import Limits, Newcomer, ServerFullError, giving_way

LIMITS = Limits(runs=8, bytes=1600.0, workers=1)
"""Each place comes with 100 bytes; large runs have 800, of which one client 400."""


@dataclass(eq=False)
class Held:
    is_: Standing
    bytes: float = 100.0
    client: str = "a"
    last_watched: float = 0.0
    worked: float = 0.0
    viewer: str = ""

    def clients(self) -> frozenset[str]:
        return frozenset({self.client})

    def standing(self, without: str = "") -> Standing:
        return Standing.UNWATCHED if without and without == self.viewer else self.is_


def new(size: float = 100.0, client: str = "a") -> Newcomer:
    return Newcomer("newcomer", client, size)


def test_a_refused_request_costs_nobody_anything() -> None:
    held = [Held(Standing.UNWATCHED), Held(Standing.COMPUTED)]
    with pytest.raises(ServerFullError, match="large"):
        giving_way(held, new(900.0), LIMITS)
    with pytest.raises(ServerFullError):
        giving_way([Held(Standing.COMPUTED, 1550.0), *held[:1]], new(), LIMITS)


def test_nobody_gives_way_where_there_is_room() -> None:
    assert giving_way([Held(Standing.UNWATCHED) for _ in range(7)], new(), LIMITS) == []


def test_the_first_to_go_is_what_nobody_watches_then_who_has_asked_once() -> None:
    order = [Standing.COMPUTED, Standing.RESTING, Standing.DONE, Standing.PASSING,
             Standing.UNWATCHED]  # fmt: skip
    for number in range(len(order) - 1):
        held = [Held(is_) for is_ in order[: number + 2]]
        held += [Held(Standing.COMPUTED) for _ in range(8 - len(held))]
        assert giving_way(held, new(), LIMITS) == [held[number + 1]]
    early, late = Held(Standing.PASSING, last_watched=1.0), Held(Standing.PASSING, last_watched=2.0)
    rest = [Held(Standing.COMPUTED) for _ in range(6)]
    assert giving_way([late, early, *rest], new(), LIMITS) == [early]


def test_a_newcomer_s_own_earlier_run_is_not_watched_by_it() -> None:
    held = [Held(Standing.COMPUTED) for _ in range(7)]
    held.append(Held(Standing.COMPUTED, viewer="newcomer"))
    assert giving_way(held, new(), LIMITS) == held[-1:]


def test_sixty_four_that_are_computed_for_those_who_go_on_asking_are_left_alone() -> None:
    held = [Held(Standing.COMPUTED, client=str(i)) for i in range(8)]
    with pytest.raises(ServerFullError, match="full"):
        giving_way(held, new(), LIMITS)


def test_whoever_keeps_more_than_half_gives_way_to_other_addresses_only() -> None:
    held = [Held(Standing.COMPUTED, client="greedy", worked=float(i)) for i in range(6)]
    held += [Held(Standing.COMPUTED, client="b", worked=99.0) for _ in range(2)]
    assert giving_way(held, new(client="c"), LIMITS) == [held[5]]
    with pytest.raises(ServerFullError):
        giving_way(held, new(client="greedy"), LIMITS)
    held = [Held(Standing.COMPUTED, client=client) for client in (*4 * ["half"], *"abde")]
    with pytest.raises(ServerFullError):  # half is not too much
        giving_way(held, new(client="c"), LIMITS)


def test_small_runs_find_memory_whatever_large_ones_there_are() -> None:
    large: list[Held] = []
    for client in ("a", "b", "c", "d"):
        for size in (400.0, 300.0, 200.0, 101.0):
            try:
                gone = giving_way(large, new(size, client), LIMITS)
            except ServerFullError:
                continue
            assert not gone
            large.append(Held(Standing.COMPUTED, size, client))
    assert sum(each.bytes for each in large) <= 800
    assert sum(each.bytes for each in large if each.client == "a") <= 400
    small = [Held(Standing.COMPUTED, 100.0) for _ in range(8 - len(large) - 1)]
    assert giving_way(large + small, new(), LIMITS) == []


def test_a_large_run_pushes_aside_only_what_nobody_watches() -> None:
    idle = [Held(Standing.UNWATCHED, 200.0) for _ in range(6)]
    resting = [Held(Standing.RESTING, 200.0, "b")]
    assert giving_way([*idle, *resting], new(400.0), LIMITS) == idle[:1]
    held = [Held(Standing.RESTING) for _ in range(8)]
    with pytest.raises(ServerFullError):
        giving_way(held, new(200.0), LIMITS)


def test_what_is_still_in_a_turn_counts() -> None:
    idle = [Held(Standing.UNWATCHED, 700.0)]
    assert giving_way(idle, new(), LIMITS, leaving=700.0) == []
    assert giving_way(idle, new(), LIMITS, leaving=900.0) == idle
