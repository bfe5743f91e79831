"""Sweeps run on this machine: progress, stop, resume, refusals, the command line, exports."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from pyarrow import parquet

from emergence import Experiment
from emergence.__main__ import main
from emergence.sweeps import export, local
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.execute import scheduler_address
from emergence.sweeps.local import Local
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.points import ExecutionError, Receiver
from emergence.sweeps.progress import SweepRun, SweepState, estimate_seconds
from emergence.sweeps.store import Store

SMALL = {
    "analysis": "emergence",
    "base": {"P": 2, "m": 8, "engine": "decoupled", "s0": 0.01},
    "grid": {"d": [64, 1024]},
    "seeds": 3,
}


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
            leave_out = receiver.leave_out

            def keep(self, outcome: Outcome) -> None:
                if len(executor.computed) == executor.breaks_after:
                    raise RuntimeError("the machine is on fire")
                receiver.keep(outcome)
                executor.computed.append(outcome.experiment)

        super().run(experiments, Counted())


def test_a_sweep_computes_every_point_once(tmp_path: Path) -> None:
    sweep, executor = Sweep.of(SMALL), Counting()
    run = SweepRun(sweep, Store(tmp_path), executor)
    assert run.state is SweepState.WAITING
    run.run()
    assert run.state is SweepState.FINISHED
    assert sorted(o.experiment.to_json() for o in run.outcomes) == sorted(
        point.to_json() for point in sweep.points
    )
    again = SweepRun(sweep, Store(tmp_path), executor)
    again.run()
    assert again.found == 6
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
    assert resumed.found == 2
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


def test_sgd_confirms_the_flow(tmp_path: Path) -> None:
    """The same starts, trained on samples and on the population: the same exponent in time."""
    base = {"d": 48, "P": 8, "m": 32, "c": 0.05}
    sweep = Sweep.of(
        {"analysis": "time", "base": base, "grid": {"engine": ["flow", "sgd"]}, "seeds": 8}
    )
    run = SweepRun(sweep, Store(tmp_path), Local(2))
    run.run()
    flow, sgd = sweep.estimates(run.outcomes)
    assert flow.of == {"engine": "flow"}
    assert sgd.of == {"engine": "sgd"}
    assert sgd.measured == pytest.approx(flow.measured, abs=0.1)
    assert sgd.ci is not None
    assert sgd.ci[0] < flow.measured < sgd.ci[1]


LONG = {"base": {"engine": "sgd", "m": 8, "P": 2, "J": 2, "d": 32, "c": 0.05, "steps": 3_000_000}}


def started(run: SweepRun) -> threading.Thread:
    """A sweep running in a thread, some of its first points done."""
    thread = threading.Thread(target=run.run)
    thread.start()
    deadline = time.monotonic() + 120
    while run.share == 0:
        assert time.monotonic() < deadline
        assert thread.is_alive(), run.message
        time.sleep(0.01)
    return thread


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    sweep = Sweep.of(LONG | {"seeds": 2})
    run = SweepRun(sweep, Store(tmp_path), Local())
    thread = started(run)
    [*_, worker] = psutil.Process().children(recursive=True)
    worker.kill()
    thread.join(timeout=120)
    assert run.state is SweepState.FINISHED, run.message
    assert {o.experiment for o in run.outcomes} == set(sweep.points)


def test_a_point_whose_process_always_dies_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "RETRIES", 1)
    monkeypatch.setattr(local, "_point", deadly)
    rows = [{"P": 1}, {"P": 2, "d": 666}, {"P": 3}]
    base = {"m": 4, "d": 64, "engine": "decoupled"}
    run = SweepRun(Sweep.of({"base": base, "list": rows}), Store(tmp_path), Local(1))
    run.run()
    assert run.state is SweepState.FAILED
    assert {outcome.experiment.P for outcome in run.outcomes} == {1, 3}
    assert "its process died 2 times" in run.message


def deadly(text: str, board: str, i: int) -> str:
    """Computes a point, but not at d = 666: there its process is lost."""
    if json.loads(text)["d"] == 666:
        np.memmap(board, np.float64, "r+")[i] = 0.5
        os.kill(os.getpid(), signal.SIGKILL)
    return ORIGINAL(text, board, i)


ORIGINAL = local._point


def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    hours = LONG | {"base": LONG["base"] | {"steps": 10**10}}
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(hours))
    command = [sys.executable, "-m", "emergence", "sweep", str(file)]
    started = subprocess.Popen(
        [*command, "--results", str(tmp_path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    parent, deadline = psutil.Process(started.pid), time.monotonic() + 60
    while len(parent.children(recursive=True)) < 3:  # two processes, loky's tracker
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(3)
    children = parent.children(recursive=True)
    started.kill()
    started.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_waiting_sweep_is_stopped_at_once(tmp_path: Path) -> None:
    run = SweepRun(Sweep.of(SMALL), Store(tmp_path), Local())
    run.stop()
    assert run.state is SweepState.STOPPED


def test_a_stop_does_not_wait_for_a_long_point(tmp_path: Path) -> None:
    hours = Sweep.of(LONG | {"base": LONG["base"] | {"steps": 10**10}})
    run = SweepRun(hours, Store(tmp_path), Local())
    thread = started(run)
    run.stop()
    thread.join(timeout=60)
    assert run.state is SweepState.STOPPED
    assert 0 < run.share < 1


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


def test_a_point_that_is_refused_does_not_stop_the_others(tmp_path: Path) -> None:
    large = {"engine": "flow", "m": 4096, "P": 1024, "d": 1_000_000}
    rows = [{"P": 1}, large, {"P": 2}]
    base = {"m": 4, "d": 64, "engine": "decoupled"}
    sweep = Sweep.of({"base": base, "list": rows})
    run = SweepRun(sweep, Store(tmp_path), Local())
    run.run()
    assert run.state is SweepState.FAILED
    assert [outcome.experiment.P for outcome in run.outcomes] == [1, 2]
    assert [experiment.P for experiment, _ in run.given_up] == [1024]
    assert run.message.startswith("1 of 3 points could not be computed, the first (")
    assert "lower m" in run.message


def test_csv_and_parquet_have_every_point(tmp_path: Path) -> None:
    run = SweepRun(Sweep.of(SMALL), Store(tmp_path), Local())
    run.run()
    rows = list(csv.DictReader(io.StringIO(export.csv_text(run.outcomes))))
    assert len(rows) == 6
    assert {row["d"] for row in rows} == {"64", "1024"}
    assert all(float(row["first_crossing"]) > 0 for row in rows)
    table = parquet.read_table(io.BytesIO(export.parquet_bytes(run.outcomes)))
    assert table.num_rows == 6
    assert table["curve_mse"][0].as_py() == list(run.outcomes[0].mse)
    assert set(rows[0]) < set(table.column_names)
    assert table["steps"].to_pylist() == [o.experiment.steps for o in run.outcomes]


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    options = ["--results", str(tmp_path / "results"), "--csv", str(tmp_path / "x.csv")]
    options += ["--html", str(tmp_path / "x.html"), "--parquet", str(tmp_path / "x.parquet")]
    assert main(["sweep", str(file), "--json", *options]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    found = json.loads(lines[0])
    assert found["state"] == "finished"
    assert len(found["points"]) == 6
    for point in found["points"]:
        assert {"experiment", "slope", "ci", "seconds"} <= set(point)
        assert Experiment.from_json(json.dumps(point["experiment"]))
    assert [each["of"] for each in found["exponents"]] == [{"d": 64}, {"d": 1024}]
    for each in found["exponents"]:
        assert each["theory"] == 1.0
        assert each["ci"][0] <= each["measured"] <= each["ci"][1]
        assert each["measured"] == pytest.approx(1.0, abs=0.2)
    assert "</html>" in (tmp_path / "x.html").read_text()
    assert (tmp_path / "x.csv").read_text().count("\n") == 7
    again = found["sweep"]
    file.write_text(json.dumps(again))
    assert main(["sweep", str(file), "--json", *options[:2]]) == 0
    repeated = json.loads(capsys.readouterr().out)
    assert repeated["exponents"] == found["exponents"], "the definition reproduces the sweep"
    assert main(["sweep", str(file), *options[:2]]) == 0
    assert "theory 1.000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"grid": {"bita": [1]}}', "grid.bita"),
        ('{"base": {"d": "many"}}', "base.d"),
        ('{"grid": {"d": []}}', "grid.d"),
        ("nonsense", "file"),
        ('{"base": {"engine": "flow", "m": 4096, "P": 1024, "d": 1000000}}', "lower m"),
    ],
)
def test_the_command_line_refuses_in_one_line(
    text: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sweep.json"
    file.write_text(text)
    assert main(["sweep", str(file), "--json"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("refused: ")
    assert word in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("option", ["results", "csv", "parquet", "html"])
def test_what_cannot_be_written_is_refused_before_the_start(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, block = tmp_path / "sweep.json", tmp_path / "block"
    file.write_text(json.dumps(SMALL))
    block.touch()
    options = ["--results", str(tmp_path / "results"), f"--{option}", str(block / "x" / "y")]
    assert main(["sweep", str(file), *options]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"refused: {option}: ")
    assert said.err.count("\n") == 1


def test_what_cannot_be_written_in_the_end_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full by then: the results are still told, and kept."""
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    options = ["--json", "--results", str(tmp_path / "results"), "--csv", "/dev/full"]
    assert main(["sweep", str(file), *options]) == 4
    said = capsys.readouterr()
    assert len(json.loads(said.out)["points"]) == 6
    assert said.err == "csv: /dev/full: No space left on device\n"


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
    assert run.message.startswith(f"{len(run.left_out)} of 12 points start with every neuron on")


def test_a_full_disk_is_a_readable_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)

    def put(outcome: Outcome) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "put", put)
    run = SweepRun(Sweep.of(SMALL), store, Local())
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message == "a result could not be kept: [Errno 28] No space left on device"


@pytest.mark.parametrize("threads", ["0", "x", "1.5", "-1"])
def test_threads_are_validated(
    threads: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    assert main(["sweep", str(file), "--threads", threads]) == 2
    assert "threads" in capsys.readouterr().err


def test_an_unreachable_scheduler_is_a_readable_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emergence.sweeps.cluster.PATIENCE", 0.3)
    with pytest.raises(ExecutionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        Cluster("tcp://127.0.0.1:1").workers()
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    assert main(["sweep", str(file), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    said = capsys.readouterr().err
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("address", ["nonsense", "zz://1:2", "tcp://127.0.0.1:port", "tcp://host"])
def test_a_scheduler_address_is_validated(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    assert main(["sweep", str(file), "--scheduler", address]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"refused: scheduler: {address} is not an address like tcp://")
    assert said.count("\n") == 1


def test_the_scheduler_is_an_option_or_dasks_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    assert scheduler_address("tcp://a:1") == "tcp://a:1"
    assert scheduler_address() is None
    with dask.config.set({"scheduler-address": "tcp://b:2"}):
        assert scheduler_address() == "tcp://b:2"
        assert scheduler_address("tcp://a:1") == "tcp://a:1"
