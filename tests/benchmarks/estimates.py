"""What a run is said to take, and what it takes: `python -m tests.benchmarks.estimates [--small]`.

Each run is a process of its own with one thread: seconds of a core's time without compiling and
planning, and the most memory that it holds beyond what a small run of its kind has held before.
Long runs are stopped after `--seconds` (60): their time is said from the share that is done, by the
same estimate. Ratios are estimate over measured, of memory where it is more than 4 MB. `--small`
leaves out what is said to take more than 5 seconds. On a busy machine even a core's own time grows,
by a factor of two at a load of 40.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from emergence import Experiment
from emergence.engines import compile_kernels
from emergence.runs import cost, speed
from emergence.runs.limits import Limits
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation

ANY = Limits(1e3, 1e6)
SEEN = 4e6
"""Bytes from which on what the system says of a process tells something of a run."""
FLOW = [
    "d=64&P=8&m=32", "d=1000000&P=8&m=32", "d=1024&P=1&m=4", "d=1024&P=32&m=8", "d=1024&P=32&m=64",
    "d=1024&P=32&m=192", "d=1000000&P=32&m=192", "d=1024&P=32&m=192&J=3", "d=128&P=32&m=192",
    "d=1024&P=64&m=256&J=2", "d=1024&P=16&m=64&J=1", "d=1024&P=16&m=160&J=6", "d=1024&P=16&m=512",
    "d=1024&P=16&m=160&beta=2", "d=1024&P=64&m=256&beta=0.8&s0=0.01", "d=32768&P=64&m=256&beta=0.8",
    "d=1000000&P=64&m=384&beta=0.75&s0=0.01", "d=1024&P=128&m=512&beta=0.8&s0=0.01",
    "d=2048&P=256&m=512&beta=0.8&s0=0.01", "d=2048&P=256&m=1024&beta=0.8&s0=0.01",
    "d=2048&P=512&m=1024&beta=0.8&s0=0.01",
]  # fmt: skip
SGD = [
    "d=16&P=4&m=4", "d=64&P=8&m=32", "d=64&P=8&m=32&J=2", "d=128&P=8&m=16", "d=512&P=8&m=64",
    "d=256&P=8&m=1024", "d=1024&P=8&m=2048", "d=64&P=8&m=8192", "d=64&P=8&m=32&B=4",
    "d=64&P=8&m=32&B=1024", "d=512&P=64&m=256&B=16", "d=2048&P=256&m=512&B=64",
    "d=4096&P=8&m=512&B=512",
]  # fmt: skip
RUNS = (
    [f"engine=flow&{query}" for query in FLOW]
    + [f"engine=sgd&c=0.0001&steps=100000&{query}" for query in SGD]
    + [f"engine=sgd-reduced&c=0.0001&steps=100000&P=8&{query}"
       for query in ("d=1024&m=16", "d=1000000&m=32", "d=1000000&m=128", "d=100000&m=512")]
    + ["engine=correlation&c=0.0001&steps=20000&d=512&P=64&m=256",
       "engine=decoupled&d=512&P=64&m=1024", "engine=decoupled&d=2048&P=32&m=32",
       "engine=decoupled&d=4096&P=64&m=64&beta=0.8&J=6", "engine=decoupled&d=1024&P=256&m=512"]
)  # fmt: skip


def _held(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024.0 * float(line.split()[1]) for line in lines if line.startswith(name))


def measured(query: str, most: float) -> str:
    """A line of the table."""
    e = Experiment.from_query(query)
    small = e.replace(P=2, m=8, steps=e.steps and 300, horizon=0.5)
    for each in (small, e):
        compile_kernels(each)
    Simulation(small, limits=ANY).work(5.0)
    plan = make_plan(e, ANY)
    said, memory = plan.seconds, cost.memory(e)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _held("VmRSS")
    begun = time.process_time()
    simulation = Simulation(e, limits=ANY)
    while not simulation.finished and time.process_time() - begun < most:
        simulation.work(0.2)
    spent = time.process_time() - begun
    simulation.tip()
    took = _held("VmHWM") - before
    tau = simulation.engine.tau
    share = 1.0
    if not simulation.finished:
        share = max(plan.share(tau), 1e-9)
    ratio = f"{memory / took:6.2f}" if took > SEEN else "     -"
    seconds = spent / share
    note = "" if simulation.finished else f" ({share:.0%} of it run)"
    return (
        f"{query:60} {said:9.2f} {seconds:9.2f} {said / seconds:6.2f} "
        f"{memory / 1e6:9.1f} {took / 1e6:9.1f} {ratio}{note}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(measured(given.one, given.seconds))
        return
    print(f"{'run':60} {'s said':>9} {'s':>9} {'ratio':>6} {'MB said':>9} {'MB':>9} {'ratio':>6}")
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    ratios = []
    for query in RUNS:
        e = Experiment.from_query(query)
        if given.small and speed.seconds(e, make_plan(e, ANY).end) > 5:
            continue
        command = [sys.executable, "-m", "tests.benchmarks.estimates", "--one", query]
        command += ["--seconds", str(given.seconds)]
        found = subprocess.run(
            command, env=os.environ | threads, capture_output=True, text=True, check=False
        )
        line = (found.stdout or found.stderr).strip().splitlines()[-1]
        print(line, flush=True)
        if not found.returncode:
            ratios.append([float(line.split()[i].replace("-", "nan")) for i in (3, 6)])
    logs = np.abs(np.log2(np.array(ratios)))
    within = [(column[np.isfinite(column)] <= 1).mean() for column in logs.T]
    print(f"within a factor of two: {within[0]:.0%} of the times, {within[1]:.0%} of the memory")


if __name__ == "__main__":
    main()
