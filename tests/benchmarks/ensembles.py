"""How ensembles scale: the same seeds over one thread and over two, in turns.

`python -m tests.benchmarks.ensembles [--json FILE] [--seeds N] [--rounds R]`

The efficiency is the speed-up over two threads divided by two, the median of the rounds; it needs
a machine with two idle cores. Beside it stands what is left when the time is taken out in which
the threads were ready but other programs had the cores (where the kernel tells it).
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from emergence import Experiment, engines
from emergence.runs.ensemble import simulate_many
from emergence.runs.result import Result

CASES = {
    "sgd-full, the default run": Experiment(engine="sgd"),
    "sgd-reduced, d = 256, m = 16": Experiment(d=256, m=16, steps=2_000_000, engine="sgd"),
    "flow, P = 32, m = 160": Experiment(d=1024, P=32, m=160, engine="flow", s0=0.01, horizon=0.1),
}
THREADS = 2


def waited() -> float:
    """Seconds that this thread was ready to run while others had the core; 0 where unknown."""
    path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


def once(members: list[Experiment], threads: int) -> tuple[float, float]:
    """Wall-clock seconds of an ensemble, and the share of its threads' time lost to others."""
    lost: dict[int, float] = {}

    def keep(_: Result) -> None:
        lost[threading.get_ident()] = waited()

    started = time.perf_counter()
    for refused in simulate_many(members, keep, threads):
        assert refused is None
    spent = time.perf_counter() - started
    return spent, sum(lost.values()) / (threads * spent)


def measure(case: Experiment, seeds: int, rounds: int) -> dict[str, Any]:
    """Times of one and two threads in turns, and the ratios of each round."""
    engines.compile_kernels(case)
    members = [case.replace(seed=seed) for seed in range(seeds)]
    once(members[:THREADS], THREADS)
    pairs = [(once(members, 1), once(members, THREADS)) for _ in range(rounds)]
    return {
        "seconds": [[one[0], two[0]] for one, two in pairs],
        "lost": [[one[1], two[1]] for one, two in pairs],
        "efficiency": median(one[0] / two[0] / THREADS for one, two in pairs),
        "efficiency_undisturbed": median(
            one[0] * (1 - one[1]) / (two[0] * (1 - two[1])) / THREADS for one, two in pairs
        ),
    }


def main() -> None:
    """Measure every case, print the table, and keep it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found = {}
    print(
        f"{given.seeds} seeds{'1 thread':>36}{'2 threads':>11}{'efficiency':>12}{'undisturbed':>13}"
    )
    for name, case in CASES.items():
        found[name] = row = measure(case, given.seeds, given.rounds)
        one, two = (median(column) for column in zip(*row["seconds"], strict=True))
        ratios = f"{row['efficiency']:12.2f}{row['efficiency_undisturbed']:13.2f}"
        print(f"{name:<35}{one:8.2f} s{two:9.2f} s{ratios}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
