"""Ensembles: the same results in the same order over any number of threads, and a prompt end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from emergence import Experiment, ExperimentError, simulate
from emergence.runs.ensemble import AHEAD, over_seeds, simulate_many, simulate_seeds
from emergence.runs.result import Result

SMALL = Experiment(d=16, P=2, m=8, J=3, c=0.05, seed=0, engine="sgd")
KINDS = {
    "sgd-full": SMALL,
    "sgd-reduced": Experiment(
        d=64, P=2, m=4, J=2, c=0.05, engine="sgd-reduced", steps=2000, seed=0
    ),
    "batches": SMALL.replace(B=4, steps=1000),
    "flow": Experiment(d=128, P=4, m=48, engine="flow", horizon=0.1, seed=0),
    "decoupled": Experiment(d=32, P=3, m=12, engine="decoupled", horizon=0.1, seed=0),
}
LONG = Experiment(d=64, P=1, m=4, steps=2**33)


@pytest.fixture(autouse=True)
def four_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused does not depend on this machine."""
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "4")


def seeds(experiment: Experiment, count: int) -> list[Experiment]:
    """The experiment with seeds 0, 1, ..."""
    return [experiment.replace(seed=seed) for seed in range(count)]


def itself(result: Result) -> Result:
    return result


def results(experiments: list[Experiment], threads: int = 2) -> list[Result]:
    """The results of experiments none of which is refused."""
    found = list(simulate_many(experiments, itself, threads, rows=True))
    assert all(isinstance(each, Result) for each in found)
    return [each for each in found if isinstance(each, Result)]


def identical(one: Result, other: Result) -> None:
    """Every number of two results is the same, bit for bit, but for the timings."""
    timings = {"seconds", "ns_per_step", "compile_seconds"}
    for name, value in vars(one).items():
        if name == "record":
            np.testing.assert_array_equal(value.rows, other.record.rows)
        elif name not in timings:
            np.testing.assert_array_equal(value, getattr(other, name), err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_results_do_not_depend_on_the_threads(kind: str) -> None:
    members = seeds(KINDS[kind], 4)
    one, three = (results(members, threads) for threads in (1, 3))
    assert [r.experiment for r in one] == [r.experiment for r in three] == members
    for a, b in zip(one, three, strict=True):
        identical(a, b)


def test_a_member_is_the_single_run() -> None:
    """The flow at this size is too small for BLAS to take more than one thread."""
    for experiment in KINDS.values():
        (member,) = results([experiment])
        identical(member, simulate(experiment))


def test_the_slow_one_is_still_first() -> None:
    members = [SMALL.replace(steps=300_000), *seeds(SMALL.replace(steps=10), 20)]
    found = list(simulate_many(members, lambda r: r.experiment, 2))
    assert found == members


def test_few_results_are_held() -> None:
    """A consumer that is slow finds no more than AHEAD results a thread computed ahead of it."""
    done: list[int] = []
    running = simulate_many(
        seeds(SMALL.replace(steps=10), 100), lambda r: done.append(r.experiment.seed), 2
    )
    for taken, _ in enumerate(islice(running, 5), start=1):
        time.sleep(0.02)
        assert len(done) <= taken - 1 + 2 * AHEAD
    assert isinstance(running, Generator)
    running.close()
    assert len(done) < 50


def test_one_refused_or_diverged_does_not_lose_the_others() -> None:
    wild = Experiment(d=16, P=2, m=8, J=4, c=20, s0=0.5, seed=1, engine="sgd")
    never = SMALL.replace(steps=2**40)
    found = list(simulate_many([SMALL, never, wild, SMALL.replace(seed=1)], itself, 2))
    assert [getattr(r, "state", "refused") for r in found] == [
        "finished", "refused", "diverged", "finished",
    ]  # fmt: skip
    assert isinstance(found[1], ExperimentError)
    assert "lower steps" in str(found[1])


def test_progress_rises_to_one() -> None:
    shares: list[float] = []
    refused = SMALL.replace(steps=2**40)
    list(simulate_many([*seeds(SMALL, 6), refused], itself, 2, shares.append))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_blas_has_one_thread() -> None:
    """In a process of its own, where nothing has loaded a BLAS library before the kernels."""
    script = """
from threadpoolctl import threadpool_info
from emergence import Experiment, simulate

simulate(Experiment(d=32, P=2, m=4, engine="flow", horizon=0.01))
print([lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2"},
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found == [1] * len(found) != []


def threads_alive() -> int:
    return sum("ThreadPool" in thread.name for thread in threading.enumerate())


def test_stop_hands_out_what_is_done() -> None:
    stop = threading.Event()
    members = [SMALL, LONG, *seeds(LONG, 20)]
    found = []
    for kept in simulate_many(members, lambda r: r.experiment, 2, stop=stop):
        found.append(kept)
        stop.set()
    assert found == [SMALL]
    assert threads_alive() == 0


def test_a_closed_iterator_stops_its_threads() -> None:
    running = simulate_many([SMALL, *seeds(LONG, 20)], itself, 2)
    next(running)
    assert threads_alive() == 2
    assert isinstance(running, Generator)
    running.close()
    assert threads_alive() == 0


@pytest.mark.parametrize("wrong", [RuntimeError, KeyboardInterrupt])
def test_an_exception_ends_the_ensemble(wrong: type[BaseException]) -> None:
    def keep(result: Result) -> None:
        raise wrong

    with pytest.raises(wrong):
        list(simulate_many([SMALL, *seeds(LONG, 20)], keep, 2))
    assert threads_alive() == 0


def run(seed: int, crossing: list[float | None], mse: float, slope: float | None) -> dict[str, Any]:
    """What `summary` reads of a run."""
    return {
        "T": [100.0, None if seed == 2 else 200.0, None], "crossing": crossing, "mse": [1.0, mse],
        "state": "finished",
        "slope": None if slope is None else {"value": slope},
        "slope_reason": "too short" if slope is None else None,
    }  # fmt: skip


def test_summary_by_hand() -> None:
    runs = [
        run(0, [110.0, 260.0, None], 0.1, -1.0),
        run(1, [90.0, None, None], 0.2, -1.2),
        run(2, [130.0, 300.0, None], 0.4, None),
    ]
    found = over_seeds(runs, 3)
    assert found["crossing_ratio"] == [
        {"median": pytest.approx(1.1), "quartiles": pytest.approx([1.0, 1.2]), "count": 3,
         "failed": 0},
        # Of the two seeds that have a T one never crossed; theory names no T for the third.
        {"median": None, "quartiles": [None, None], "count": 2, "failed": 1},
        None,
    ]  # fmt: skip
    assert found["learned_share"] == pytest.approx([1, 2 / 3, 0])
    assert found["learned"] == {"median": 2, "quartiles": [1.5, 2], "count": 3, "failed": 0}
    assert found["mse_final"]["median"] == 0.2
    # Two slopes 0.2 apart: standard error 0.1, Student's t with one degree of freedom 12.7062.
    assert found["slope"]["mean"] == pytest.approx(-1.1)
    assert found["slope"]["ci"] == pytest.approx([-1.1 - 1.27062, -1.1 + 1.27062], abs=1e-5)
    assert found["slope_reasons"] == {"too short": 1}
    assert over_seeds(runs[:1], 3)["slope"]["ci"] is None
    assert over_seeds([], 2) == {
        "crossing_ratio": [None, None], "learned_share": None, "learned": None, "mse_final": None,
        "slope": None, "slope_reasons": {},
    }  # fmt: skip


def test_failures_count_in_every_statistic_of_an_ensemble() -> None:
    """Five seeds: two learn, one is too slow, one diverges in time for one direction, one refused.

    Left out, the failures would make 100 % of the seeds learn direction 1, at 1.1 T.
    """
    seeds = [
        run(0, [110.0, 220.0, None], 0.1, -1.0),
        run(1, [120.0, 240.0, None], 0.2, -1.2),
        run(0, [None, None, None], 0.9, None),
        run(1, [90.0, None, None], 1e9, None) | {"state": "diverged"},
        Result.refused(None, ExperimentError({"m": "every neuron starts on the wrong side"})),
    ]
    found = over_seeds(seeds, 3)
    assert found["learned_share"] == pytest.approx([3 / 5, 2 / 5, 0])
    first, second, third = found["crossing_ratio"]
    assert first == {"median": pytest.approx(1.15), "quartiles": [pytest.approx(1.05), None],
                     "count": 4, "failed": 1}  # fmt: skip
    assert (second["median"], second["count"], second["failed"]) == (None, 4, 2)
    assert third is None
    assert found["learned"] == {"median": 1, "quartiles": [0, 2], "count": 5, "failed": 0}
    assert (found["mse_final"]["count"], found["mse_final"]["failed"]) == (4, 1)
    assert found["mse_final"]["median"] == pytest.approx(0.55)
    assert found["slope"]["count"] == 2
    json.dumps(found, allow_nan=False)


def test_seeds_refused_in_part_and_as_a_whole() -> None:
    """With one neuron and J = 3, half of all seeds start on the wrong side."""
    found = simulate_seeds(
        Experiment(d=16, P=1, m=1, J=3, c=0.05, seed=0, horizon=0.1, engine="sgd"), 8, 2
    )
    states = [r["state"] for r in found["runs"]]
    assert set(states) == {"finished", "refused"}
    assert found["state"] == "refused"
    assert f"{states.count('refused')} of 8 seeds were refused" in found["message"]
    assert found["learned"]["count"] == 8
    assert found["learned_share"][0] <= states.count("finished") / 8
    with pytest.raises(ExperimentError, match="lower steps"):
        simulate_seeds(SMALL.replace(steps=2**40), 3)
