"""What one run may take: the server's, the machine's, what is set, and what a refusal says."""

from __future__ import annotations

import numpy as np
import pytest

from emergence import Experiment
from emergence.experiment import ExperimentError
from emergence.runs import limits
from emergence.runs.limits import Limits, machine_limits, server_limits
from emergence.runs.plan import make_plan
from emergence.runs.result import simulate

LARGE = Experiment(d=2048, P=1024, m=7098, beta=0.8, engine="flow")
SMALL = Experiment(d=64, P=4, m=16, engine="flow")


def test_a_servers_limits_do_not_follow_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_gigabytes", lambda: 500.0)
    monkeypatch.setattr(limits, "CORES", 64)
    assert server_limits() == Limits(1.0, 4.0)
    assert machine_limits() == Limits(350.0, 12_800.0)
    assert machine_limits(threads=7).gigabytes == pytest.approx(50.0)


def test_both_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_RUN_MEMORY", "2.5")
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "0.5")
    assert server_limits() == machine_limits() == Limits(2.5, 0.5)


def test_a_refusal_says_the_limit_and_how_to_raise_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExperimentError, match=r"the 1 GB allowed: .*raise EMERGENCE_RUN_MEMORY"):
        make_plan(LARGE)
    monkeypatch.setenv("EMERGENCE_RUN_MEMORY", "4")
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "0.01")
    with pytest.raises(ExperimentError, match=r"the 1e\+12 allowed: .*EMERGENCE_RUN_HOURS"):
        make_plan(LARGE)
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "1000")
    assert make_plan(LARGE).experiment == LARGE


def test_the_memory_that_is_free_is_some() -> None:
    assert 0.05 < limits.free_gigabytes() < 1e5


def test_a_run_without_viewers_keeps_no_rows() -> None:
    """One row, the last, and the same result."""
    whole, lean = simulate(SMALL), simulate(SMALL, rows=False)
    assert len(lean.record.rows) == 1
    assert lean.record.bytes < whole.record.bytes / 10
    times = ("seconds", "ns_per_step", "compile_seconds")
    one, other = ({k: v for k, v in r.as_dict().items() if k not in times} for r in (whole, lean))
    assert one == other
    np.testing.assert_array_equal(lean.record.get("u")[-1], whole.record.get("u")[-1])


def test_threads_are_none_of_a_results_business() -> None:
    one, two = (simulate(SMALL, threads=threads, rows=False) for threads in (1, 2))
    np.testing.assert_array_equal(one.mse, two.mse)
