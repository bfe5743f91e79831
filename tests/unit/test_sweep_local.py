"""A sweep's processes on this machine: what dies, what is stopped, what outlives nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from loky.process_executor import TerminatedWorkerError

from emergence.sweeps import local
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Board, Local
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.sweeps.store import Store

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
    # Its children are resource trackers too, which compute nothing.
    [worker, *_] = [
        child for child in psutil.Process().children(recursive=True)
        if any("popen_loky" in word for word in child.cmdline())
    ]  # fmt: skip
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
        local.Board.tell(board, i, 0.5, 0.0)
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


def test_a_stop_does_not_wait_for_a_long_point(tmp_path: Path) -> None:
    hours = Sweep.of(LONG | {"base": LONG["base"] | {"steps": 10**10}})
    run = SweepRun(hours, Store(tmp_path), Local())
    thread = started(run)
    run.stop()
    thread.join(timeout=60)
    assert run.state is SweepState.STOPPED
    assert 0 < run.share < 1


def test_processes_that_die_before_they_begin_end_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "RETRIES", 1)
    monkeypatch.setattr(local, "_begin", die)
    run = SweepRun(Sweep.of(LONG), Store(tmp_path), Local(1))
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message.startswith("processes died 2 times before they began a point")


def test_processes_that_die_while_points_are_handed_over_end_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where their program cannot be started: the pool is broken after the first point."""
    monkeypatch.setattr(local, "RETRIES", 1)

    class Broken:
        def submit(self, *_: object) -> None:
            raise TerminatedWorkerError("two lines\nof others")

        def shutdown(self, kill_workers: bool) -> None:
            assert kill_workers

    monkeypatch.setattr(local, "get_reusable_executor", lambda *_, **__: Broken())
    run = SweepRun(Sweep.of(LONG), Store(tmp_path), Local(1))
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message.startswith("processes died 2 times before they began a point")


def die(parent: int) -> None:
    """In a new process: end it."""
    os._exit(parent % 2 + 1)


def test_the_board_has_its_room_from_the_beginning() -> None:
    """A file with holes gets its blocks when they are written; on a full disk there are none."""
    points = 20_000
    with closing(Board(points)) as board:
        found = os.stat(board.file)
        assert found.st_blocks * 512 >= found.st_size == 16 * points
        Board.tell(board.file, 7, 0.5, 3.0)
        shares, spent = board.read()
        assert (shares[7], spent[7]) == (0.5, 3.0)
        assert shares.sum() == 0.5
    assert not Path(board.file).parent.exists()
    Board.tell(board.file, 7, 0.5, 3.0)  # a process that ends late has nobody to tell


def test_a_full_temporary_folder_refuses_a_sweep_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = tmp_path / "block"
    block.touch()
    monkeypatch.setattr(tempfile, "tempdir", str(block))
    run = SweepRun(Sweep.of(LONG), Store(tmp_path / "results"), Local(1))
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message.startswith("there is no room in the folder for temporary files: ")
    assert "\n" not in run.message
