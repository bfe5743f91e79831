"""One run and its viewers: states, wishes, crashes, concurrent calls."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from emergence import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.record import Row
from emergence.runs.simulation import Simulation
from emergence.serving.computation import State
from emergence.serving.run import Run

SMALL = Experiment(d=16, P=2, m=8, J=4, c=0.1, engine="sgd")
LONG = Experiment(d=64, c=1e-4, engine="sgd")
FAR = float("inf")


def until(condition: Callable[[], bool], run: Run, seconds: float = 0.01) -> None:
    """Work until the condition holds, with a bound on the number of slices."""
    for _ in range(2000):
        if condition():
            return
        run.work(seconds)
    raise AssertionError(f"still {run.state}")


def test_states_from_ready_to_finished() -> None:
    run = Run(SMALL)
    ready = run.state
    assert ready is State.READY
    assert [run.wants_work] == [False]
    run.want("a", FAR)
    assert [run.wants_work] == [True]
    run.work(0.0)
    running = run.state
    assert running is State.RUNNING
    until(lambda: run.final, run)
    assert run.state is State.FINISHED
    assert run.published.count == len(run.published.record.tau)  # type: ignore[union-attr]
    assert not run.wants_work


def test_planning_beginning_and_computing_are_turns_of_their_own_where_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a clock on which planning takes 0.2 s and beginning 0.3 s, of turns of 0.1 s."""
    clock, did = [0.0], []

    def taking(seconds: float, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def timed(*args: object) -> object:
            clock[0] += seconds
            did.append(name)
            return call(*args)

        return timed

    monkeypatch.setattr("emergence.serving.run.perf_counter", lambda: clock[0])
    monkeypatch.setattr("emergence.serving.run.make_plan", taking(0.2, "plan", make_plan))
    monkeypatch.setattr("emergence.serving.run.Simulation", taking(0.3, "begin", Simulation))
    run = Run(SMALL)
    run.want("a", FAR)
    run.work(0.1)
    assert (did, run.state) == (["plan"], State.READY)
    run.work(0.1)
    assert (did, run.published.tau, run.published.count) == (["plan", "begin"], 0.0, 1)
    run.work(10.0)
    assert run.published.tau > 0.0
    assert did == ["plan", "begin"]


def test_computes_to_the_furthest_wish_and_no_further() -> None:
    run = Run(LONG)
    eta = LONG.eta
    looks = make_plan(LONG).checkpoints / eta
    run.want("slow", 20_000 * eta)
    run.want("fast", 100_000 * eta)
    until(lambda: not run.wants_work, run)
    paused = run.state
    assert paused is State.PAUSED
    reached = run.published.tau / eta
    assert 100_000 <= reached <= looks[looks >= 100_000][0]
    run.want("slow", 30_000 * eta)
    after = run.state
    assert after is State.PAUSED, "a viewer further back must not restart the run"
    run.want("slow", 200_000 * eta)
    assert run.state is State.RUNNING


def test_the_present_is_measured_seldom_where_that_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row that takes as long as 0.5 s of steps is not made again before 2 s of them."""
    clock, tip = [0.0], Simulation.tip

    def step(simulation: Simulation, seconds: float, until: float = FAR) -> None:
        simulation.engine.advance(simulation.engine.tau + 100 * LONG.eta, FAR)
        simulation.seconds += 0.1

    def slow(simulation: Simulation) -> Row | None:
        clock[0] += 0.5
        return tip(simulation)

    monkeypatch.setattr("emergence.serving.run.perf_counter", lambda: clock[0])
    monkeypatch.setattr(Simulation, "work", step)
    monkeypatch.setattr(Simulation, "tip", slow)
    run = Run(LONG)
    run.want("a", FAR)
    for _ in range(100):
        run.work(0.0)
    assert clock == [0.5 * 5], "10 s of steps"
    assert run.published.tip is not None
    assert run.published.tip.tau < run.published.tau
    run.want("a", run.published.tau + 50 * LONG.eta)
    run.work(0.0)
    assert run.state is State.PAUSED
    assert run.published.tip.tau == run.published.tau, "what is wanted last is shown"


def test_the_furthest_wish_is_that_of_those_who_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against all wishes looked through, over a thousand random events."""
    clock = [0.0]
    monkeypatch.setattr("emergence.serving.computation.monotonic", lambda: clock[0])
    rng, run = np.random.default_rng(1), Run(LONG, grace=5.0)
    wishes: dict[str, tuple[float, float]] = {}
    for _ in range(1000):
        clock[0] += rng.exponential(1.0)
        name = f"v{rng.integers(8)}"
        if rng.random() < 0.8:
            until = float(rng.integers(20))
            run.want(name, until)
            wishes[name] = until, clock[0]
        else:
            run.leave(name)
            wishes.pop(name, None)
        there = {who: until for who, (until, seen) in wishes.items() if clock[0] - seen < 5.0}
        assert run._demand() == max(there.values(), default=-np.inf)
        assert run.viewers() == len(there)


def test_rests_when_its_viewers_leave_or_fall_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("emergence.serving.computation.monotonic", lambda: clock[0])
    run = Run(LONG, grace=15.0)
    run.want("a", FAR)
    run.work(0.001)
    assert run.wants_work
    run.leave("a")
    assert not run.wants_work
    assert run.state is State.PAUSED
    run.want("b", FAR)
    assert run.wants_work
    clock[0] = 15.1
    assert run.viewers() == 0
    assert not run.wants_work


def test_divergence_keeps_the_history_and_says_what_to_try() -> None:
    run = Run(Experiment(d=32, P=8, m=32, c=4.0, engine="sgd"))
    run.want("a", FAR)
    until(lambda: run.final, run)
    assert run.state is State.FAILED
    assert "Try c = " in run.published.message
    assert run.published.count > 1


def test_a_crash_is_a_message_not_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("the engine broke")

    run = Run(SMALL)
    run.want("a", FAR)
    run.work(0.0)
    monkeypatch.setattr(Simulation, "work", crash)
    run.work(0.01)
    assert run.state is State.FAILED
    assert run.published.message == "the computation failed: ZeroDivisionError: the engine broke"
    assert run.published.count >= 1


def test_a_refused_experiment_fails_with_its_own_words() -> None:
    run = Run(Experiment(d=1_000_000, P=64, m=256, engine="sgd-full"))
    run.want("a", FAR)
    run.work(0.01)
    assert run.state is State.FAILED
    assert "lower d" in run.published.message


def test_stop_is_final_but_does_not_undo_finished() -> None:
    stopped, finished = Run(LONG), Run(SMALL)
    stopped.want("a", FAR)
    stopped.work(0.001)
    stopped.stop()
    assert stopped.state is State.STOPPED
    before = stopped.published
    stopped.work(0.01)
    assert stopped.published is before
    finished.want("a", FAR)
    until(lambda: finished.final, finished)
    finished.stop()
    assert finished.state is State.FINISHED


def test_concurrent_calls_keep_states_and_publications_in_order() -> None:
    run = Run(SMALL)
    allowed = {
        State.READY: set(State),
        State.RUNNING: set(State) - {State.READY},
        State.PAUSED: set(State) - {State.READY},
        State.FINISHED: {State.FINISHED},
        State.FAILED: {State.FAILED},
        State.STOPPED: {State.STOPPED},
    }
    problems: list[str] = []

    def view(name: str) -> None:
        state, version, count = run.state, 0, 0
        for i in range(300):
            run.want(name, FAR if i % 3 else 0.0)
            if i % 50 == 7:
                run.leave(name)
            now, published = run.state, run.published
            if now not in allowed[state]:
                problems.append(f"{state} -> {now}")
            if published.version < version or published.count < count:
                problems.append("a publication went back")
            state, version, count = now, published.version, published.count

    def work() -> None:
        while not run.final:
            run.want("worker", FAR)
            run.work(0.002)

    threads = [threading.Thread(target=view, args=(f"v{i}",)) for i in range(6)]
    threads += [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not problems
    assert run.state is State.FINISHED
    record = run.published.record
    assert record is not None
    assert np.all(np.diff(record.tau) > 0), "workers must not have interleaved"
