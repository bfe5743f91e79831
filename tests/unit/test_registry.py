"""The server's runs: shared, fair, bounded."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from emergence import Experiment, ExperimentError
from emergence.runs import cost
from emergence.serving.computation import Computation, State
from emergence.serving.fair import TURN, YOUNG
from emergence.serving.registry import Limits, Registry, ServerFullError
from emergence.serving.run import Run
from emergence.serving.workers import NICENESS

FAR = float("inf")


def small(seed: int) -> Experiment:
    return Experiment(d=16, P=2, m=8, seed=seed, engine="sgd")


def endless(seed: int) -> Experiment:
    return Experiment(d=64, c=1e-5, seed=seed, engine="sgd")


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry(Limits(runs=4, workers=1))
    yield registry
    registry.close()


def test_one_experiment_is_one_run_for_a_whole_class(registry: Registry) -> None:
    runs = {registry.watch(f"student{i}", small(1), FAR) for i in range(30)}
    assert len(runs) == 1
    (run,) = runs
    assert run.viewers() == 30
    wait_for(lambda: run.state is State.FINISHED)
    assert registry.watch("late", small(1), FAR) is run


def test_moving_on_leaves_the_old_run_at_rest(registry: Registry) -> None:
    old = registry.watch("a", endless(1), FAR)
    wait_for(lambda: old.published.version > 0)
    new = registry.watch("a", endless(2), FAR)
    assert old.viewers() == 0
    assert not old.wants_work
    wait_for(lambda: new.published.version > 0)


def test_runs_share_a_worker_fairly(registry: Registry) -> None:
    runs = [registry.watch(f"v{i}", endless(i), FAR) for i in range(3)]
    wait_for(lambda: min(run.published.version for run in runs) >= 10)
    assert max(run.worked for run in runs) <= 3 * min(run.worked for run in runs)


def test_every_other_turn_is_the_least_worked_one_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside twelve that have been computed for a little a new one gets half of the turns."""
    clock = [0.0]
    monkeypatch.setattr("emergence.serving.registry.monotonic", lambda: clock[0])
    registry = Registry(Limits(runs=20, workers=1))
    monkeypatch.setattr(registry._workers, "start", lambda: None)

    def turns(count: int) -> list[Computation]:
        """The runs that have so many turns, by the clock of this test."""
        had = []
        for _ in range(count):
            turn = registry.take()
            assert turn is not None
            clock[0] += TURN
            registry.give_back(turn)
            had.append(turn.run)
        return had

    old = [registry.watch(f"v{i}", endless(i), FAR) for i in range(12)]
    for run in old:
        run.worked = YOUNG
    assert set(turns(12)) == set(old)
    new = registry.watch("new", endless(99), FAR)
    since = turns(16)
    assert 7 <= since.count(new) <= 9
    assert len(set(since)) > 7, "the others have theirs"
    registry.close()


def test_tells_how_many_have_work_to_do(registry: Registry) -> None:
    assert registry.waiting() == 0
    runs = [registry.watch(f"v{i}", endless(i), FAR) for i in range(3)]
    assert registry.waiting() == 3
    registry.leave("v0")
    runs[1].stop()
    assert registry.waiting() == 1


def test_an_engine_that_crashes_leaves_the_others_running(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emergence.runs.simulation import Simulation

    work = Simulation.work

    def fragile(self: Simulation, seconds: float, until: float = FAR) -> None:
        if self.plan.experiment.seed == 13:
            raise RuntimeError("boom")
        work(self, seconds, until)

    monkeypatch.setattr(Simulation, "work", fragile)
    bad, good = registry.watch("a", small(13), FAR), registry.watch("b", small(1), FAR)
    wait_for(lambda: good.state is State.FINISHED)
    assert bad.state is State.FAILED
    assert "boom" in bad.published.message


def test_evicts_the_run_watched_least_recently(registry: Registry) -> None:
    runs = [registry.watch("wanderer", small(i), 0.0) for i in range(4)]
    registry.watch("wanderer", small(0), 0.0)
    registry.watch("wanderer", small(9), 0.0)
    held = registry.runs()
    assert runs[1] not in held
    assert runs[1].state is State.STOPPED
    assert runs[0] in held
    assert len(held) == 4


def test_refuses_when_every_place_is_watched(registry: Registry) -> None:
    for i in 2 * [*range(4)]:
        registry.watch(f"v{i}", endless(i), FAR)
    with pytest.raises(ServerFullError, match="full"):
        registry.watch("one more", endless(99), FAR)
    assert registry.watch("one more", endless(2), FAR) in registry.runs()


def test_of_those_who_wait_in_line_none_takes_what_another_has_just_got(registry: Registry) -> None:
    for i in 2 * [*range(4)]:
        registry.watch(f"v{i}", endless(i), FAR)
    for viewer, seed in (("first", 10), ("second", 11)):
        with pytest.raises(ServerFullError):
            registry.watch(viewer, endless(seed), FAR)
    registry.leave("v0")
    got = registry.watch("first", endless(10), FAR)
    with pytest.raises(ServerFullError):
        registry.watch("second", endless(11), FAR)
    assert got in registry.runs()


def test_memory_is_bounded_by_eviction() -> None:
    each = cost.memory(small(0))
    registry = Registry(Limits(bytes=2.5 * each, workers=1))
    for i in range(5):
        registry.watch("a", small(i), 0.0)
    assert len(registry.runs()) == 2
    registry.close()


HUGE = Experiment(d=1_000_000, P=1024, m=3628, engine="flow")


def test_what_no_server_may_run_is_refused_before_anything_is_reserved(registry: Registry) -> None:
    finished = registry.watch("a", small(1), FAR)
    wait_for(lambda: finished.final)
    registry.leave("a")
    for _ in range(3):
        with pytest.raises(ExperimentError, match="lower m"):
            registry.watch("attacker", HUGE, FAR)
    assert registry.runs() == [finished]
    assert registry.watch("attacker", small(2), 0.0) in registry.runs()


def test_what_is_over_counts_what_it_holds() -> None:
    finished, failed = Run(small(1)), Run(HUGE)
    estimates = finished.bytes, failed.bytes
    for run in (finished, failed):
        run.want("a", FAR)
        for _ in range(1000):
            run.work(0.05)
    assert finished.published.record is not None
    assert finished.bytes == finished.published.record.bytes < estimates[0]
    assert failed.bytes == 0.0 < estimates[1]


def test_sixty_four_who_ask_once_leave_a_place_to_every_newcomer(registry: Registry) -> None:
    for i in range(100):
        registry.watch(f"name{i}", endless(i), FAR)
    watched = registry.watch("victim", small(1), FAR)
    for i in range(100, 110):
        assert registry.watch("victim", small(1), FAR) is watched
        registry.watch(f"name{i}", endless(i), FAR)


def test_a_run_that_memory_failed_is_tried_again_on_request(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emergence.runs.simulation import Simulation

    def short(*_: object) -> None:
        raise MemoryError("Unable to allocate 1.00 TiB")

    with monkeypatch.context() as patch:
        patch.setattr(Simulation, "work", short)
        run = registry.watch("a", small(1), FAR)
        wait_for(lambda: run.final)
        assert run.state is State.FAILED
        assert "memory" in run.published.message
    again = registry.watch("a", small(1), FAR)
    assert again is not run
    wait_for(lambda: again.state is State.FINISHED)
    assert registry.runs() == [again]
    assert registry.watch("a", small(1), FAR) is again, "what is over is not computed again"


def test_while_turns_are_long_others_have_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three turns that end only when the test says so, on a server with one worker."""
    registry = Registry(Limits(runs=8, workers=1))
    release = threading.Event()
    compute = Run._compute

    def stuck(run: Run, seconds: float, until: float) -> None:
        if run.experiment.seed >= 100:
            assert release.wait(60)
        compute(run, seconds, until)

    monkeypatch.setattr(Run, "_compute", stuck)
    held = [registry.watch(f"v{i}", endless(100 + i), FAR) for i in range(3)]
    wait_for(lambda: any(run.last_worked > 0 for run in held))
    others = [registry.watch(f"w{i}", small(i), FAR) for i in range(3)]
    wait_for(lambda: all(run.state is State.FINISHED for run in others))
    assert not any(run.published.version for run in held)
    release.set()
    wait_for(lambda: all(run.published.version > 0 for run in held))
    registry.close()


def test_what_computes_comes_after_what_answers(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a thread's niceness is its own: elsewhere it is left as it is."""
    nice: list[int] = []
    compute = Run._compute

    def looked_at(run: Run, seconds: float, until: float) -> None:
        nice.append(niceness())
        compute(run, seconds, until)

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    monkeypatch.setattr(Run, "_compute", looked_at)
    usual = niceness()
    run = registry.watch("a", small(1), FAR)
    wait_for(lambda: run.state is State.FINISHED)
    assert set(nice) == {min(usual + NICENESS, 19) if sys.platform == "linux" else usual}
    assert niceness() == usual


def test_no_more_long_turns_at_a_time_than_workers(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, inside = threading.Event(), set[Run]()

    def stuck(run: Run, seconds: float, until: float) -> None:
        inside.add(run)
        assert release.wait(60)

    monkeypatch.setattr(Run, "_compute", stuck)
    heavy = [
        registry.watch(f"v{i}", Experiment(d=4096, P=512, m=512, engine="flow", seed=i), FAR)
        for i in range(3)
    ]
    assert all(run.heavy for run in heavy)
    wait_for(lambda: len(inside) == 1)
    light = registry.watch("light", small(1), FAR)
    wait_for(lambda: light in inside)
    assert len(inside & set(heavy)) == 1
    release.set()


def test_what_nobody_watches_any_more_is_given_up_where_it_is_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    for module in ("registry", "computation"):
        monkeypatch.setattr(f"emergence.serving.{module}.monotonic", lambda: clock[0])
    told: list[bool] = []
    monkeypatch.setattr("emergence.serving.registry.give_back", told.append)
    each = small(0)
    registry = Registry(Limits(workers=1, idle=1.5 * cost.memory(each)))
    runs = []
    for number in range(3):
        clock[0] += 1.0
        runs.append(registry.watch("a", small(number), 0.0))
    clock[0] += 30.0
    registry._tidy(clock[0])
    assert len(registry.runs()) == 3
    clock[0] += 60.0
    registry._tidy(clock[0])
    assert registry.runs() == runs[-1:], "as much as is kept for who comes back"
    assert not registry._watching
    assert told == [False, True], "what is dropped goes back to the system"
    registry.close()
