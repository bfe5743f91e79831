"""A sweep on a real Dask cluster of processes on this machine, one of which is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dask.config
import pytest
from distributed import Client, LocalCluster

from emergence import simulate
from emergence.cli.main import main
from emergence.sweeps import cluster as cluster_module
from emergence.sweeps import handout, points
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.sweeps.store import Store
from tests.unit.sweeps import dask_cluster

# Dask's own processes and sockets are closed in the background.
pytestmark = pytest.mark.filterwarnings("ignore")

DEFINITION = {
    "analysis": "emergence",
    "base": {"P": 2, "m": 8, "d": 64, "engine": "sgd", "c": 0.05},
    "seeds": 12,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with dask_cluster(2) as found:
        yield found


def watched(run: SweepRun, until: int) -> threading.Thread:
    """Start a sweep and wait until so many points are there."""
    thread = threading.Thread(target=run.run)
    thread.start()
    deadline = time.monotonic() + 90
    while len(run.outcomes) < until:
        assert time.monotonic() < deadline
        assert thread.is_alive(), run.message
        time.sleep(0.01)
    return thread


def test_a_killed_worker_loses_nothing(address: str, tmp_path: Path) -> None:
    sweep = Sweep.of(DEFINITION)
    cluster = Cluster(address)
    assert cluster.workers() == 2
    run = SweepRun(sweep, Store(tmp_path), cluster)
    thread = watched(run, until=2)
    with Client(address, set_as_default=False) as client:
        pid = next(iter(client.run(os.getpid).values()))
    os.kill(pid, signal.SIGKILL)
    thread.join(timeout=120)
    assert run.state is SweepState.FINISHED, run.message
    found = {o.experiment: o.crossing for o in run.outcomes}
    assert found == {e: Outcome.of(simulate(e)).crossing for e in sweep.points}
    assert len(run.outcomes) == len(sweep.points) == 12


def test_a_stop_on_the_cluster_keeps_what_is_finished(address: str, tmp_path: Path) -> None:
    sweep, store = Sweep.of(DEFINITION), Store(tmp_path)
    cluster = Cluster(address)
    run = SweepRun(sweep, store, cluster)
    thread = watched(run, until=1)
    run.stop()
    thread.join(timeout=60)
    assert run.state is SweepState.STOPPED
    again = SweepRun(sweep, store, cluster)
    again.run()
    assert again.state is SweepState.FINISHED
    assert again.on_disk == len(run.outcomes)


def test_the_command_line_on_the_cluster(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By Dask's configuration and by the option."""
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(DEFINITION | {"seeds": 2}))
    found = []
    for i, options in enumerate(([], ["--scheduler", address])):
        with dask.config.set({"scheduler-address": None if options else address}):
            place = str(tmp_path / str(i))
            assert main(["sweep", str(file), "--json", "--results", place, *options]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert [len(each["points"]) for each in found] == [2, 2]
    assert found[0]["exponents"] == found[1]["exponents"]


def test_the_compute_frontier_on_the_cluster(address: str, tmp_path: Path) -> None:
    """As computed here, loss curves and all."""
    sweep = Sweep.of({
        "analysis": "frontier",
        "base": {"d": 1024, "P": 16, "beta": 0.8, "s0": 0.01, "engine": "flow", "eta": 0.001,
                 "steps": 600_000},
        "grid": {"m": [2, 4, 8, 16]},
    })  # fmt: skip
    run = SweepRun(sweep, Store(tmp_path), Cluster(address))
    run.run()
    assert run.state is SweepState.FINISHED, run.message
    here = [Outcome.of(simulate(e)) for e in sweep.points]
    assert [o.mse for o in run.outcomes] == [o.mse for o in here]
    assert sweep.estimates(run.outcomes) == sweep.estimates(here) != []


def test_workers_with_other_code_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points, "code_version", lambda: "another")
    cluster = Cluster(address)
    run = SweepRun(Sweep.of(DEFINITION | {"seeds": 1}), Store(tmp_path), cluster)
    run.run()
    assert run.state is SweepState.FAILED
    assert "another version of the code" in run.message


def test_a_lost_scheduler_is_a_readable_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    address_file = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *place,
         "--scheduler-file", str(address_file)], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not address_file.exists() or not address_file.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        cluster = Cluster(json.loads(address_file.read_text())["address"])
        assert cluster.workers() == 0
        run = SweepRun(Sweep.of(DEFINITION), Store(tmp_path), cluster)
        thread = threading.Thread(target=run.run)
        thread.start()
        time.sleep(1)
        during = run.state
        assert during is SweepState.RUNNING, run.message
        scheduler.kill()
        thread.join(timeout=60)
    finally:
        scheduler.kill()
        scheduler.wait()
    assert run.state is SweepState.FAILED
    assert "the Dask scheduler is gone" in run.message
    monkeypatch.setattr(cluster_module, "PATIENCE", 0.5)
    again = SweepRun(Sweep.of(DEFINITION), Store(tmp_path), cluster)
    again.run()
    assert "no Dask scheduler answers at tcp://127.0.0.1" in again.message


BARE = """
import sys
class Absent:
    def find_spec(self, name, *_):
        if name.split(".")[0] == "emergence":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""
"""Of a worker's Python, which has everything but us."""


def worker(address: str, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard",
         "--nthreads", "1", "--host", "127.0.0.1", *options], stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def scheduler() -> Iterator[LocalCluster]:
    """A cluster that has no workers yet."""
    with LocalCluster(
        n_workers=0, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_workers_without_the_package_are_left_alone(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are no others the sweep ends and says why; else the others compute."""
    bare = tmp_path / "bare.py"
    bare.write_text(BARE)
    processes = [worker(scheduler.scheduler_address, "--preload", str(bare)) for _ in range(2)]
    cluster = Cluster(scheduler.scheduler_address)
    try:
        wait_for(lambda: cluster.workers() == 2)
        sweep = Sweep.of(DEFINITION | {"seeds": 2})
        run = SweepRun(sweep, Store(tmp_path), cluster)
        run.run()
        assert run.state is SweepState.FAILED
        assert "no worker of the cluster can compute" in run.message
        assert "No module named 'emergence': install 'emergence-lab' there" in run.message
        assert cluster.workers() == 2, "they live"
        assert [process.poll() for process in processes] == [None, None]
        processes.append(worker(scheduler.scheduler_address))
        wait_for(lambda: cluster.workers() == 3)
        notes: set[str] = set()
        run = SweepRun(sweep, Store(tmp_path), cluster)
        monkeypatch.setattr(run, "say", notes.add)
        run.run()
        assert run.state is SweepState.FINISHED, run.message
        assert any(note.startswith("2 of 3 workers left out") for note in notes)
        assert [process.poll() for process in processes] == [None] * 3
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_cluster_that_loses_all_its_workers_is_waited_for(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said; the points go to who comes; where nobody does, the sweep ends."""
    address, cluster = scheduler.scheduler_address, Cluster(scheduler.scheduler_address)
    processes = [worker(address, "--no-nanny")]
    try:
        wait_for(lambda: cluster.workers() == 1)
        run = SweepRun(Sweep.of(DEFINITION), Store(tmp_path), cluster)
        thread = watched(run, until=1)
        processes[0].kill()
        wait_for(lambda: "the cluster has no workers" in run.note or run.over)
        assert not run.over, run.message
        processes.append(worker(address, "--no-nanny"))
        thread.join(timeout=120)
        assert run.state is SweepState.FINISHED, run.message
        processes[1].kill()
        monkeypatch.setattr(handout, "WORKERLESS", 0.5)
        last = SweepRun(Sweep.of(DEFINITION | {"seeds": 13}), Store(tmp_path), cluster)
        thread = threading.Thread(target=last.run)
        thread.start()
        thread.join(timeout=60)
        assert last.state is SweepState.FAILED
        assert "no workers for 0 minutes" in last.message
    finally:
        for process in processes:
            process.kill()
            process.wait()
