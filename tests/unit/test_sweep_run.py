"""Sweeps run on this machine: progress, stop, resume, refusals, the command line, exports."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from pyarrow import parquet

import emergence
from emergence import Experiment, simulate
from emergence.sweeps import export
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Local
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.points import Receiver
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.sweeps.store import Store
from tests.saved import of_csv
from tests.unit.sweeps import SMALL


class Counting(Local):
    """Computes here and counts; it can break after some points."""

    def __init__(self, breaks_after: int = 10**9) -> None:
        super().__init__(2)
        self.computed: list[Experiment] = []
        self.breaks_after = breaks_after

    def run(self, experiments: Sequence[Experiment], receiver: Receiver) -> None:
        executor = self

        class Counted:
            give_up, tell, stopped = receiver.give_up, receiver.tell, receiver.stopped
            leave_out, say = receiver.leave_out, receiver.say

            def keep(self, outcome: Outcome) -> None:
                if len(executor.computed) == executor.breaks_after:
                    raise RuntimeError("the machine is on fire")
                receiver.keep(outcome)
                executor.computed.append(outcome.experiment)

        super().run(experiments, Counted())


def test_a_sweep_computes_every_point_once(tmp_path: Path) -> None:
    sweep, executor = Sweep.of(SMALL), Counting()
    run = SweepRun(sweep, Store(tmp_path), executor)
    waiting = run.state
    assert waiting is SweepState.WAITING
    run.run()
    assert run.state is SweepState.FINISHED
    assert sorted(o.experiment.to_json() for o in run.outcomes) == sorted(
        point.to_json() for point in sweep.points
    )
    again = SweepRun(sweep, Store(tmp_path), executor)
    again.run()
    assert again.on_disk == 6
    assert len(executor.computed) == 6, "a finished point is not computed again"
    larger = SweepRun(Sweep.of(SMALL | {"seeds": 4}), Store(tmp_path), executor)
    larger.run()
    assert len(executor.computed) == 8
    assert len(larger.outcomes) == 8


def test_a_crash_keeps_what_is_finished(tmp_path: Path) -> None:
    sweep = Sweep.of(SMALL)
    crashed = SweepRun(sweep, Store(tmp_path), Counting(breaks_after=2))
    crashed.run()
    assert crashed.state is SweepState.FAILED
    assert "the machine is on fire" in crashed.message
    executor = Counting()
    resumed = SweepRun(sweep, Store(tmp_path), executor)
    resumed.run()
    assert resumed.state is SweepState.FINISHED
    assert resumed.on_disk == 2
    assert len(executor.computed) == 4


def test_a_stop_keeps_what_is_finished(tmp_path: Path) -> None:
    sweep = Sweep.of(SMALL)
    run = SweepRun(sweep, Store(tmp_path), Counting())
    run.stop()
    run.run()
    assert run.state is SweepState.STOPPED
    assert len(run.outcomes) < len(sweep.points)
    resumed = SweepRun(sweep, Store(tmp_path), Counting())
    resumed.run()
    assert resumed.state is SweepState.FINISHED


def test_sgd_confirms_the_flow() -> None:
    """The same starts, trained on samples and on the population: the same exponent in time."""
    base = {"d": 48, "P": 8, "m": 32, "c": 0.05}
    sweep = Sweep.of(
        {"analysis": "time", "base": base, "grid": {"engine": ["flow", "sgd"]}, "seeds": 8}
    )
    flow, sgd = sweep.estimates([Outcome.of(simulate(e)) for e in sweep.points])
    assert flow.of == {"engine": "flow"}
    assert sgd.of == {"engine": "sgd"}
    assert sgd.slope.value == pytest.approx(flow.slope.value, abs=0.1)
    assert sgd.slope.ci is not None
    assert sgd.slope.ci[0] < flow.slope.value < sgd.slope.ci[1]


def test_a_waiting_sweep_is_stopped_at_once(tmp_path: Path) -> None:
    run = SweepRun(Sweep.of(SMALL), Store(tmp_path), Local())
    run.stop()
    assert run.state is SweepState.STOPPED


def test_results_do_not_depend_on_processes_or_disk(tmp_path: Path) -> None:
    sweep = Sweep.of(SMALL)
    found = []
    for processes in (1, 2):
        run = SweepRun(sweep, Store(tmp_path / str(processes)), Local(processes))
        run.run()
        found.append({o.experiment: (o.crossing, o.mse) for o in run.outcomes})
    assert found[0] == found[1]


def test_a_point_too_large_is_refused_before_the_start() -> None:
    sweep = Sweep.of({"base": {"engine": "flow", "m": 4096, "P": 1024, "d": 1_000_000}})
    with pytest.raises(ValueError, match="lower m"):
        estimate_seconds(sweep.points)


def test_the_estimate_is_of_what_is_left(tmp_path: Path) -> None:
    sweep, store = Sweep.of(SMALL), Store(tmp_path)
    assert store.missing(sweep.points) == list(sweep.points)
    run = SweepRun(sweep, store, Local())
    run.run()
    assert store.missing(sweep.points) == []
    assert estimate_seconds([]) == 0
    larger = Sweep.of(SMALL | {"seeds": 6})
    assert len(store.missing(larger.points)) == 6
    assert 0 < estimate_seconds(sweep.points) < estimate_seconds(larger.points)


def test_the_estimate_knows_that_a_point_takes_one_core() -> None:
    points = Sweep.of(SMALL).points
    alone = [estimate_seconds([point]) for point in points]
    assert estimate_seconds(points) == pytest.approx(sum(alone))
    assert estimate_seconds(points, 3) == pytest.approx(sum(alone) / 3, rel=0.1)
    assert estimate_seconds(points, 64) == max(alone)


def test_a_point_that_is_refused_does_not_stop_the_others(tmp_path: Path) -> None:
    large = {"engine": "flow", "m": 4096, "P": 1024, "d": 1_000_000}
    rows = [{"P": 1}, large, {"P": 2}]
    base = {"m": 4, "d": 64, "engine": "decoupled"}
    sweep = Sweep.of({"base": base, "list": rows})
    run = SweepRun(sweep, Store(tmp_path), Local())
    run.run()
    assert run.state is SweepState.FAILED
    assert sorted(outcome.experiment.P for outcome in run.outcomes) == [1, 2]
    assert [experiment.P for experiment, _ in run.given_up] == [1024]
    assert run.message.startswith("1 of 3 points could not be computed, the first (")
    assert "lower m" in run.message


def test_csv_and_parquet_have_every_point(tmp_path: Path) -> None:
    run = SweepRun(Sweep.of(SMALL), Store(tmp_path), Local())
    run.run()
    said, rows = of_csv(export.csv_text(run.sweep, run.outcomes, emergence.__version__))
    assert said["emergence-lab"] == emergence.__version__
    assert Sweep.from_json(said["definition"]) == run.sweep
    assert len(rows) == 6
    assert {row["d"] for row in rows} == {"64", "1024"}
    assert all(float(row["first_crossing"]) > 0 for row in rows)
    table = parquet.read_table(
        io.BytesIO(export.parquet_bytes(run.sweep, run.outcomes, emergence.__version__))
    )
    assert table.num_rows == 6
    about = json.loads(table.schema.metadata[b"emergence-lab"])
    assert about["version"] == emergence.__version__
    assert Sweep.of(about["definition"]) == run.sweep
    assert table["curve_mse"][0].as_py() == list(run.outcomes[0].mse)
    assert set(rows[0]) < set(table.column_names)
    assert table["steps"].to_pylist() == [o.experiment.steps for o in run.outcomes]


def test_starts_on_the_wrong_side_are_left_out_and_said(tmp_path: Path) -> None:
    """J = 3, one neuron: about half of the seeds never learn; they refuse nothing."""
    base = {"J": 3, "P": 1, "m": 1, "d": 64, "engine": "decoupled"}
    sweep = Sweep.of({"analysis": "recovery", "base": base, "seeds": 12})
    assert estimate_seconds(sweep.points) > 0
    run = SweepRun(sweep, Store(tmp_path), Local())
    run.run()
    assert run.state is SweepState.FINISHED
    assert 0 < len(run.left_out) < 12
    assert len(run.left_out) + len(run.outcomes) == 12
    assert "every neuron starts on the wrong side" in run.message
    assert f"{len(run.left_out)} of 12 points" in run.message


def test_a_full_disk_is_a_readable_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)

    def put(outcome: Outcome) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "put", put)
    run = SweepRun(Sweep.of(SMALL), store, Local())
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message == "a result could not be kept: [Errno 28] No space left on device"


@pytest.mark.parametrize("error", [RecursionError, MemoryError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("place", ["found", "computed"])
def test_a_sweep_never_stays_running(
    error: type[BaseException], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised where its points are looked for or computed."""
    store, executor = Store(tmp_path), Local()

    def broken(*_: object) -> None:
        raise error

    if place == "found":
        monkeypatch.setattr(store, "get", broken)
    else:
        monkeypatch.setattr(executor, "run", broken)
    run = SweepRun(Sweep.of(SMALL), store, executor)
    with suppress(KeyboardInterrupt, SystemExit):
        run.run()
    assert run.state is SweepState.FAILED
    assert run.message


def test_a_stop_while_points_are_looked_for_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, executor, asked = Store(tmp_path), Counting(), []
    run = SweepRun(Sweep.of(SMALL), store, executor)

    def get(experiment: Experiment) -> None:
        asked.append(experiment)
        run.stop()

    monkeypatch.setattr(store, "get", get)
    run.run()
    assert run.state is SweepState.STOPPED
    assert len(asked) == 1
    assert executor.computed == []


def test_where_nothing_can_be_kept_nothing_is_computed(tmp_path: Path) -> None:
    block = tmp_path / "block"
    block.touch()
    executor = Counting()
    run = SweepRun(Sweep.of(SMALL), Store(block / "results"), executor)
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message.startswith("a result could not be kept: ")
    assert str(block) in run.message
    assert executor.computed == []
