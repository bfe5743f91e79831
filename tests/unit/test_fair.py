"""Who computes next, by a clock of the test's own: shares of the time, whatever a turn takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from emergence.serving.fair import MOST, TURN, YOUNG, Fair, Turn


@dataclass(eq=False)
class Job:
    """A run whose turns take so long, from one address."""

    name: str
    takes: float = TURN
    client: str = "a"
    weight: float = 1.0
    worked: float = YOUNG
    since: float = 0.0

    def clients(self) -> frozenset[str]:
        return frozenset(self.client.split())


def share(
    jobs: list[Job], seconds: float, arrive: Callable[[float], list[Job]] | None = None
) -> Counter[str]:
    """Seconds of computing by name, of one worker."""
    fair: Fair[Job] = Fair()
    used: Counter[str] = Counter()
    now = 0.0
    while now < seconds:
        if arrive is not None:
            jobs = arrive(now)
        turn = fair.next(jobs, [], now)
        assert turn is not None
        job = turn.run
        now += job.takes
        turn.charge(now)
        job.worked += job.takes
        used[job.name] += job.takes  # type: ignore[assignment]
    return used


def test_what_takes_long_turns_has_no_more_time_than_others() -> None:
    used = share([Job("quick"), Job("slow", takes=5.0)], 200)
    assert 0.45 < used["quick"] / used.total() < 0.55


def test_fifty_different_runs_have_equal_shares() -> None:
    used = share([Job(str(i), takes=0.01 + 0.002 * i) for i in range(50)], 200)
    assert min(used.values()) > 0.9 * used.total() / 50


def test_more_viewers_weigh_more() -> None:
    used = share([Job("class", weight=8.0), Job("alone")], 100)
    assert 7 < used["class"] / used["alone"] < 9


def test_young_runs_have_half_of_the_time_until_they_are_not_young() -> None:
    old = [Job(f"old {i}") for i in range(12)]
    used = share([*old, Job("new", worked=0.0)], 1.5)
    assert 0.6 < used["new"] < 0.9
    assert share([*old, Job("new", worked=0.0)], 40)["new"] < 5, "then as the others"


def test_a_flood_of_new_runs_does_not_stop_one_that_is_watched() -> None:
    """28 a second, asked for once each, their first turns longer than a slice: of one address."""
    for worked in (0.0, 100.0):  # the watched run being young itself, or not
        watched = Job("watched", worked=worked)
        flood: list[Job] = []

        def arrive(now: float, watched: Job = watched, flood: list[Job] = flood) -> list[Job]:
            while len(flood) < 28 * now:
                flood.append(Job("flood", takes=0.08, weight=1 / 16, worked=0.0))
            return [watched, *flood[-63:]]

        used = share([], 30, arrive)
        assert used["watched"] > 0.3 * used.total()


def test_a_newcomer_is_computed_soon_in_a_flood() -> None:
    fair: Fair[Job] = Fair()
    jobs = [Job(f"{i}", takes=0.08, weight=1 / 16, worked=0.0) for i in range(60)]
    new = Job("new", worked=0.0)
    now = 0.0
    while new.worked == 0.0 and now < 10:
        turn = fair.next([*jobs, new] if now > 1 else jobs, [], now)
        assert turn is not None
        now += turn.run.takes
        turn.run.worked += turn.run.takes
        turn.charge(now)
    assert now < 1.5


def test_one_address_has_a_bounded_multiple_of_another_s_time() -> None:
    many = [Job("many", client="a") for _ in range(60)]
    used = share([*many, Job("one", client="b")], 60)
    assert MOST - 0.5 < used["many"] / used["one"] < MOST + 0.5


def test_what_was_used_before_counts_when_one_comes_again() -> None:
    """A client that had 20 seconds in one turn waits for the others to have theirs."""
    fair: Fair[Job] = Fair()
    here, greedy = Job("here", client="a"), Job("greedy", client="b", takes=20.0)
    now, turns = 0.0, []
    for number in range(300):
        present = [here, greedy] if number % 3 else [here]
        turn = fair.next(present, [], now)
        assert turn is not None
        turns.append(turn.run.name)
        now += turn.run.takes
        turn.charge(now)
    assert turns.count("greedy") == 1


def test_a_turn_that_goes_on_is_charged_meanwhile() -> None:
    """While one of an address's runs computes for long on another thread, others come first."""
    fair: Fair[Job] = Fair()
    long, same, other = (Job(name, client=at) for name, at in ("la", "sa", "ob"))
    turn = fair.next([long], [], 0.0)
    assert turn is not None
    turns: list[Turn[Job]] = [turn]
    for number in range(1, 20):
        taken = fair.next([same, other], turns, number)
        assert taken is not None
        assert taken.run is other
        taken.charge(number + TURN)


def test_a_run_that_several_addresses_watch_is_nobody_s_own() -> None:
    used = share([Job("shared", client="a b"), Job("own", client="a"), Job("c", client="c")], 60)
    assert min(used.values()) > 0.3 * used.total()
