"""The sweeps of a server: bounded, seen in their line, stopped by their owners, not forgotten."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from emergence.experiment import Experiment
from emergence.settings import SettingsError
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Local
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.points import ExecutionError, Receiver
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.sweeps.store import Store
from emergence.ui.scaling_lab.queue import RESUMED, RefusedError, SweepQueue, sweep_queue
from tests.benchmarks.coverage import outcome
from tests.unit.sweeps import SMALL

HOUR = 3600.0
FIRST, SECOND, THIRD = (Sweep.of(SMALL | {"seeds": seeds}) for seeds in (1, 2, 3))
HUGE = Sweep.of({"base": {"engine": "sgd", "steps": 10**10}, "seeds": 500})


class Held(Local):
    """Computes nothing until a test lets it, then all at once."""

    def __init__(self) -> None:
        super().__init__(2)
        self.let = threading.Event()
        self.asked: list[Sequence[Experiment]] = []

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        self.asked.append(experiments)
        while not self.let.wait(0.01):
            if receiver.stopped.is_set():
                return
        for experiment in experiments:
            receiver.keep(learned(experiment))


def learned(experiment: Experiment) -> Outcome:
    some = (1.0,) * experiment.P
    return outcome(experiment, slope=-1.0, window=(1.0, 2.0), T=some, crossing=some, capture=some)


def soon(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def state(queue: SweepQueue, sweep: Sweep) -> SweepState | None:
    run = queue.run_of(sweep)
    return run.state if run else None


Make = Callable[..., SweepQueue]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes queues of one server, one after the other, with what they remember."""
    made: list[SweepQueue] = []

    def one(most: float = HOUR) -> SweepQueue:
        made.append(SweepQueue(Store(tmp_path), Held(), most, tmp_path / "sweeps.json"))
        return made[-1]

    yield one
    for queue in made:
        queue.close()


def held(queue: SweepQueue) -> Held:
    assert isinstance(queue.executor, Held)
    return queue.executor


def test_only_who_started_a_sweep_stops_it(make: Make) -> None:
    queue = make()
    queue.start(FIRST, "mine")
    soon(lambda: state(queue, FIRST) is SweepState.RUNNING)
    queue.start(FIRST, "another's")  # shares it, and owns nothing of it
    for secret in ("another's", "", "MINE", "mine "):
        assert not queue.owns(FIRST, secret)
        queue.stop(FIRST, secret)
    assert state(queue, FIRST) is SweepState.RUNNING
    assert queue.owns(FIRST, "mine")
    queue.stop(FIRST, "mine")
    soon(lambda: state(queue, FIRST) is SweepState.STOPPED)
    queue.start(FIRST, "another's")  # going on with it is starting it
    assert queue.owns(FIRST, "another's")
    queue.start(SECOND)
    assert not queue.owns(SECOND, ""), "no secret owns nothing"


def test_what_all_sweeps_take_together_is_bounded(make: Make) -> None:
    queue = make()
    with pytest.raises(RefusedError, match=r"takes about [\d,]+ hours .* sweeps of 60 minutes"):
        queue.start(HUGE)
    assert queue.run_of(HUGE) is None
    queue.open(HUGE)  # by itself: not even a word
    assert queue.line() == []
    first = estimate_seconds(FIRST.points)
    small = make(first + estimate_seconds(SECOND.points) - 0.01)
    small.start(FIRST)
    assert small.taken() == pytest.approx(first)
    with pytest.raises(RefusedError, match=r"of which .* are taken"):
        small.start(SECOND)
    held(small).let.set()
    soon(lambda: state(small, FIRST) is SweepState.FINISHED)
    assert small.taken() == 0
    small.start(SECOND)


def test_sweeps_are_switched_off(make: Make) -> None:
    queue = make(0.0)
    with pytest.raises(RefusedError, match="switched off on this server"):
        queue.start(FIRST)
    for point in FIRST.points:
        queue.store.put(learned(point))
    queue.start(FIRST)
    soon(lambda: state(queue, FIRST) is SweepState.FINISHED)
    assert held(queue).asked == []


def test_the_line_is_seen_in_its_order(make: Make) -> None:
    queue = make()
    for sweep in (FIRST, SECOND, THIRD):
        queue.start(sweep)
    soon(lambda: state(queue, FIRST) is SweepState.RUNNING)
    assert [run.sweep for run in queue.line()] == [FIRST, SECOND, THIRD]
    assert [run.sweep for run in queue.ahead(THIRD)] == [FIRST, SECOND]
    held(queue).let.set()
    soon(lambda: queue.line() == [])


def test_a_sweep_ends_when_it_has_taken_more_than_is_allowed(tmp_path: Path) -> None:
    """However short it was thought to be."""

    class Slow(Local):
        def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
            import numpy as np

            share = np.full(len(experiments), 0.5)
            receiver.tell(share, share * 7000 / share.sum(), 2)
            with pytest.raises(ExecutionError):
                receiver.tell(share, share * 7300 / share.sum(), 2)
            receiver.tell(share, share * 7300 / share.sum(), 2)

    run = SweepRun(FIRST, Store(tmp_path), Slow(), 2 * HOUR)
    run.run()
    assert run.state is SweepState.FAILED
    assert "it has taken more than the 2 hours of computing" in run.message


def test_a_restarted_server_goes_on_by_itself(make: Make) -> None:
    """In the same order, for the same owners; what was finished or stopped does not."""
    before = make()
    for sweep, secret in ((FIRST, "a"), (SECOND, "b"), (THIRD, "c")):
        before.start(sweep, secret)
    before.stop(SECOND, "b")
    before.close()
    after = make()
    after.resume()
    assert [run.sweep for run in after.line()] == [FIRST, THIRD]
    assert after.owns(FIRST, "a")
    assert after.owns(THIRD, "c")
    held(after).let.set()
    soon(lambda: after.line() == [])
    after.close()
    last = make()
    last.resume()
    assert last.line() == []


def test_a_server_that_ends_waits_for_its_sweep_to_put_everything_away(make: Make) -> None:
    """What was on disk for it would stay there: the process ends a moment later."""
    queue, put_away = make(), threading.Event()

    class Tidy(Held):
        def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
            super().run(experiments, receiver)
            time.sleep(0.3)
            put_away.set()

    queue.executor = Tidy()
    queue.start(FIRST)
    soon(lambda: bool(held(queue).asked))
    queue.close()
    assert put_away.is_set()


def test_a_sweep_that_ends_the_server_is_not_begun_for_ever(make: Make) -> None:
    make().start(FIRST)
    for _ in range(RESUMED):
        queue = make()  # the last one was killed: it closed nothing
        queue.resume()
        assert [run.sweep for run in queue.line()] == [FIRST]
    queue = make()
    queue.resume()
    assert queue.line() == []


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "{}", "[1]", '[{"sweep": "{}"}]', '[{"sweep": 3, "owner": "", '
             '"resumed": 0}]', "\x00"]
)  # fmt: skip
def test_a_damaged_memory_is_no_memory(make: Make, tmp_path: Path, text: str) -> None:
    (tmp_path / "sweeps.json").write_text(text)
    queue = make()
    queue.resume()
    assert queue.line() == []
    queue.start(FIRST)
    [kept] = json.loads((tmp_path / "sweeps.json").read_text())
    assert Sweep.from_json(kept["sweep"]) == FIRST


def test_secrets_are_not_written_down(make: Make, tmp_path: Path) -> None:
    make().start(FIRST, "open sesame")
    assert "sesame" not in (tmp_path / "sweeps.json").read_text()


def test_the_operator_says_how_much_and_whether_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_RESULTS", str(tmp_path))
    monkeypatch.setenv("EMERGENCE_SWEEP_HOURS", "2.5")
    assert sweep_queue.__wrapped__().most == 2.5 * HOUR
    monkeypatch.setenv("EMERGENCE_SWEEPS", "off")
    assert sweep_queue.__wrapped__().most == 0
    monkeypatch.setenv("EMERGENCE_SWEEPS", "perhaps")
    with pytest.raises(SettingsError, match="EMERGENCE_SWEEPS: 'perhaps' is neither on nor off"):
        sweep_queue.__wrapped__()
