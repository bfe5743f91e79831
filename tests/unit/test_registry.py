"""The server's runs: shared, fair, bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from emergence import Experiment
from emergence.runs import cost
from emergence.serving.computation import Computation, State
from emergence.serving.registry import Limits, Registry, ServerFullError

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
    versions = [run.published.version for run in runs]
    assert max(versions) <= min(versions) + 5


def test_every_other_turn_is_the_least_worked_one_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside twelve that have been computed for a little a new one gets half of the turns."""
    registry = Registry(Limits(runs=20, workers=1))
    old = [registry.watch(f"v{i}", endless(i), FAR) for i in range(12)]
    wait_for(lambda: min(run.published.version for run in old) >= 1)
    for run in old:
        run.worked = 1.0
    turns: list[Computation] = []
    work = Computation.work

    def recorded(run: Computation, seconds: float) -> None:
        turns.append(run)
        work(run, seconds)

    monkeypatch.setattr(Computation, "work", recorded)
    new = registry.watch("new", endless(99), FAR)
    wait_for(lambda: turns.count(new) >= 8)
    since = turns[turns.index(new) :]
    assert since.count(new) >= len(since) // 2 - 1
    assert len(set(since)) > 4, "the others have theirs"
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
    for i in range(4):
        registry.watch(f"v{i}", small(i), 0.0)
    with pytest.raises(ServerFullError, match="full"):
        registry.watch("one more", small(99), 0.0)
    assert registry.watch("one more", small(2), 0.0) in registry.runs()


def test_memory_is_bounded_by_eviction() -> None:
    each = cost.memory(small(0))
    registry = Registry(Limits(bytes=2.5 * each, workers=1))
    for i in range(5):
        registry.watch("a", small(i), 0.0)
    assert len(registry.runs()) == 2
    registry.close()
