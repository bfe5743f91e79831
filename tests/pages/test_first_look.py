"""The Scaling Lab as a visitor finds it: theory's line, a sweep by itself, the careful ones."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emergence.experiment import Experiment
from emergence.runs.speed import duration
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Local
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.points import Receiver
from emergence.sweeps.progress import SweepState, estimate_seconds
from emergence.sweeps.store import Store
from emergence.ui.scaling_lab import careful as sweep_careful
from emergence.ui.scaling_lab import line as sweep_line
from emergence.ui.scaling_lab import results as sweep_results
from emergence.ui.scaling_lab.definition import FIRST, example
from emergence.ui.scaling_lab.queue import SweepQueue
from tests.benchmarks.coverage import outcome
from tests.pages.drawn import drawn, wait_until
from tests.pages.opened import APP

LOOK = Sweep.of(example(FIRST))
SMALL = {"analysis": "width", "base": {"P": 8, "m": 4, "engine": "decoupled"}, "seeds": 2}


def learned(experiment: Experiment, slope: float) -> Outcome:
    some = (1.0,) * experiment.P
    return outcome(experiment, slope=slope, window=(1.0, 2.0), T=some, crossing=some, capture=some)


class ByHand(Local):
    """Finishes the points that a test lets through; each learns by a slope near theory's."""

    def __init__(self) -> None:
        super().__init__(2)
        self.let = threading.Semaphore(0)
        self.asked: list[Sequence[Experiment]] = []

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        self.asked.append(experiments)
        for experiment in experiments:
            while not self.let.acquire(timeout=0.02):
                if receiver.stopped.is_set():
                    return
            slope = (1 - 2 * experiment.beta) / experiment.beta + 0.02 * (experiment.seed - 2)
            receiver.keep(learned(experiment, slope))


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SweepQueue]:
    queue = SweepQueue(Store(tmp_path), ByHand())
    for module in (sweep_results, sweep_careful, sweep_line):
        monkeypatch.setattr(module, "sweep_queue", lambda: queue)
    yield queue
    queue.close()


def by_hand(queue: SweepQueue) -> ByHand:
    assert isinstance(queue.executor, ByHand)
    return queue.executor


def visit(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.query_params.clear()
    for name, text in address.items():
        app.query_params[name] = text
    app.switch_page("pages/scaling_lab.py").run()
    assert not app.exception
    return app


def state(queue: SweepQueue, sweep: Sweep) -> SweepState | None:
    run = queue.run_of(sweep)
    return run.state if run else None


def soon(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def points(app: AppTest, name: str) -> int:
    [trace] = [t for t in drawn(app, "sweep_figure")["data"] if t["name"] == name]
    return len(trace["x"])


def said(app: AppTest) -> str:
    bars = [each.proto.text for each in app.main.get("progress")]
    return " ".join([*bars, *(each.value for each in app.main.markdown)])


def test_theory_stands_at_once_and_points_come_into_its_axes(queue: SweepQueue) -> None:
    app = visit()
    theory = next(t for t in drawn(app, "sweep_figure")["data"] if t["name"] == "theory")
    x, y = (np.frombuffer(_bytes(theory[axis])) for axis in "xy")
    np.testing.assert_allclose(y, (1 - 2 * x) / x)
    assert (x.min(), x.max()) == (0.75, 2.0)
    assert points(app, "measured") == points(app, "single seeds") == 0
    before = [drawn(app, "sweep_figure")["layout"][axis]["range"] for axis in ("xaxis", "yaxis")]
    soon(lambda: state(queue, LOOK) is SweepState.RUNNING)
    assert app.button(key="sweep_stop")
    assert dict(app.query_params) == {}
    for count in (1, 4, 5):
        while (run := queue.run_of(LOOK)) and len(run.outcomes) < count:
            by_hand(queue).let.release()
            done = len(run.outcomes) + 1
            soon(lambda done=done, run=run: len(run.outcomes) == done)  # type: ignore[misc]
        wait_until(app, lambda count=count: points(app, "single seeds") == count)  # type: ignore[misc]
        assert f"{count} of {len(LOOK.points)} points" in said(app)
        assert points(app, "measured") == min(count, 4)
        now = [drawn(app, "sweep_figure")["layout"][axis]["range"] for axis in ("xaxis", "yaxis")]
        assert now == before, "nothing jumps"


def _bytes(packed: dict[str, str]) -> bytes:
    return base64.b64decode(packed["bdata"])


def test_what_the_page_starts_is_small() -> None:
    """By the model of speed, on two cores."""
    assert 0 < estimate_seconds(LOOK.points, 2) <= 15


def test_visitors_share_the_sweep_and_the_next_one_finds_it(
    queue: SweepQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit()
    visit()
    soon(lambda: state(queue, LOOK) is SweepState.RUNNING)
    by_hand(queue).let.release(len(LOOK.points))
    soon(lambda: state(queue, LOOK) is SweepState.FINISHED)
    assert len(by_hand(queue).asked) == 1
    restarted = SweepQueue(Store(tmp_path), ByHand())
    for module in (sweep_results, sweep_careful, sweep_line):
        monkeypatch.setattr(module, "sweep_queue", lambda: restarted)
    app = visit()
    assert "all 12 points (12 finished), 12 of them found on disk" in said(app)
    assert points(app, "measured") == 4
    assert not by_hand(restarted).asked


def test_stored_points_are_shown_while_another_sweep_computes(queue: SweepQueue) -> None:
    for point in LOOK.points:
        queue.store.put(learned(point, -1.0))
    queue.start(Sweep.of(SMALL))
    soon(lambda: state(queue, Sweep.of(SMALL)) is SweepState.RUNNING)
    assert points(visit(), "single seeds") == 12


def test_a_sweep_that_was_stopped_does_not_start_again_by_itself(queue: SweepQueue) -> None:
    app = visit()
    soon(lambda: state(queue, LOOK) is SweepState.RUNNING)
    app.button(key="sweep_stop").click().run()
    soon(lambda: state(queue, LOOK) is SweepState.STOPPED)
    for again in (app.run(), visit()):
        assert again.button(key="sweep_start").label == "Go on"
        assert points(again, "measured") == 0
    assert state(queue, LOOK) is SweepState.STOPPED
    app.button(key="sweep_start").click().run()
    soon(lambda: state(queue, LOOK) is SweepState.RUNNING)


@pytest.mark.parametrize(
    "address",
    [{"analysis": "width"}, {"sweep": json.dumps(SMALL)}, {"sweep": "nonsense"}, {"analysis": "?"}],
)
def test_an_address_that_names_a_sweep_starts_nothing(
    queue: SweepQueue, address: dict[str, str]
) -> None:
    app = visit(**address)
    assert app.button(key="sweep_start").label == "Start"
    assert not queue.ahead(LOOK)
    assert queue.run_of(LOOK) is None
    assert drawn(app, "sweep_figure")["data"][0]["name"] == "theory"


def test_where_the_places_are_taken_the_page_says_so(queue: SweepQueue) -> None:
    queue.start(Sweep.of(SMALL))
    soon(lambda: state(queue, Sweep.of(SMALL)) is SweepState.RUNNING)
    app = visit()
    assert "waiting for another sweep to end (Exponent in width: " in said(app)
    assert drawn(app, "sweep_figure")["data"][0]["name"] == "theory"
    later = Sweep.of(SMALL | {"seeds": 3})
    queue.start(later)
    assert [run.sweep for run in queue.ahead(later)] == [Sweep.of(SMALL), LOOK]
    app.button(key="sweep_stop").click().run()
    assert state(queue, LOOK) is SweepState.STOPPED
    assert state(queue, Sweep.of(SMALL)) is SweepState.RUNNING
    app.button(key="sweep_start").click().run()
    assert "waiting for 2 other sweeps to end (Exponent in width: " in said(app)


def test_another_visitor_sees_the_line_and_cannot_stop_what_is_not_theirs(
    queue: SweepQueue,
) -> None:
    visit()
    soon(lambda: state(queue, LOOK) is SweepState.RUNNING)
    other = visit()
    assert "sweep_stop" not in [button.key for button in other.button]
    assert any("alone can stop it" in each.value for each in other.caption)
    other.button(key="sweep_go_width").click().run()
    other.run()
    assert "Sweeps on this server" in said(other)
    assert "1. Exponent in time: running, 0 of 12 points" in said(other)
    assert "2. Exponent in width (this one, yours): waiting, 0 of 96 points" in said(other)
    other.button(key="sweep_stop").click().run()
    assert state(queue, LOOK) is SweepState.RUNNING
    assert state(queue, Sweep.of(example("width"))) is SweepState.STOPPED


def test_what_is_too_much_for_a_server_is_refused_in_words(queue: SweepQueue) -> None:
    queue.most = 60.0
    app = visit()
    assert "computes sweeps of 60 seconds at a time" in " ".join(each.value for each in app.caption)
    app.button(key="sweep_go_recovery").click().run()
    assert any("This sweep takes about" in each.value for each in app.error)
    assert queue.run_of(Sweep.of(example("recovery"))) is None
    app.run()
    assert not app.error, "it is said once"


def test_where_sweeps_are_switched_off_the_page_says_so(queue: SweepQueue) -> None:
    queue.most = 0.0
    app = visit()
    assert app.button(key="sweep_start").disabled
    assert app.button(key="sweep_go_width").disabled
    assert "Sweeps are switched off" in " ".join(each.value for each in app.caption)
    assert queue.line() == []
    for point in LOOK.points:
        queue.store.put(learned(point, -1.0))
    assert points(visit(), "single seeds") == 12


def test_a_careful_sweep_is_one_click_away_with_the_time_that_is_left(queue: SweepQueue) -> None:
    careful = Sweep.of(example("width"))
    half = careful.points[: len(careful.points) // 2]
    labels, visitors = [], []
    for stored in ((), half):
        for point in stored:
            queue.store.put(learned(point, -1.0))
        app = visit()
        visitors.append(app)
        labels.append(app.button(key="sweep_go_width").label)
        left = estimate_seconds(careful.points[len(stored) :], 2)
        assert labels[-1].endswith(f"96 points, about {duration(left)}")
    assert labels[0] != labels[1]
    visitors[0].button(key="sweep_stop").click().run()
    soon(lambda: state(queue, LOOK) is SweepState.STOPPED)
    app.button(key="sweep_go_width").click().run()
    assert not app.exception
    soon(lambda: state(queue, careful) is SweepState.RUNNING)
    soon(lambda: "48 of 96 points" in said(app.run()))  # as soon as those on disk are found
    assert app.selectbox(key="analysis").value == "width"
    assert dict(app.query_params) == {"analysis": "width"}
