"""Side by side: what a step of batch-1 SGD costs here and in what a user would write instead.

`python -m tests.benchmarks [--json FILE] [--picture FILE.html] [--seconds S]`

One core (the process is tied to one where the system can), processor time of this process, and for
each row the median over rounds that run all engines of a size in turn, so that ratios are taken
under the same conditions. GFLOP/s count 8 m d operations a step, what the formulas take when every
sum is done at every step. Our engine does fewer (4 m d in products with the student, 2 S d for the
samples' Gram matrix, S m within a block of S samples); the last column is the share of the
machine's float32 limit of the operations that an engine really does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

# Read by XLA when it is first imported.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import numpy as np
from numba import njit
from numpy.typing import NDArray

from emergence import Experiment
from emergence.engines.online_sgd import BLOCK_SAMPLES, OnlineSGD
from tests.benchmarks.peers import BLOCK, PEERS, Problem, Steps, version

Size = tuple[int, int, int]
SIZES: tuple[Size, ...] = ((64, 32, 8), (128, 64, 16))
GROWTH: dict[str, tuple[Size, ...]] = {
    "d": ((64, 32, 16), (256, 32, 16), (1024, 32, 16), (4096, 32, 16)),
    "m": ((256, 16, 16), (256, 64, 16), (256, 256, 16)),
    "P": ((256, 32, 4), (256, 32, 64), (256, 32, 256)),
}
REDUCED: tuple[Size, ...] = ((256, 32, 16), (4096, 32, 16), (65_536, 32, 16), (1_000_000, 32, 16))
OURS = "Emergence Lab"
ROUNDS = 9


def ours(size: Size, engine: str) -> Steps:
    """Our own engine, as the page runs it."""
    d, m, P = size
    sgd = OnlineSGD(Experiment(d=d, m=m, P=P, J=4, c=0.05, steps=2**40, engine=engine))

    def steps(n: int) -> NDArray[Any]:
        sgd.advance((sgd.step + n) * sgd._eta, 1e9)
        return sgd.overlaps()

    return steps


def operations(size: Size, engine: str) -> float:
    """Floating-point operations really done in a step."""
    d, m, P = size
    if not engine.startswith("sgd"):
        return 8 * m * d
    width = P + 2 * m if engine == "sgd-reduced" else d
    return 4 * m * width + 2 * BLOCK_SAMPLES * width + BLOCK_SAMPLES * m


def _timed(steps: Steps, count: int) -> float:
    started = time.process_time()
    steps(count)
    return time.process_time() - started


def nanoseconds(engines: dict[str, Steps], seconds: float) -> dict[str, float]:
    """Median time of a step of each, over rounds that take the engines in turn."""
    counts = {}
    for name, steps in engines.items():
        count = BLOCK
        steps(count)
        while _timed(steps, count) < seconds / ROUNDS:
            count *= 2
            steps(count)  # some compile anew for every number of steps
        counts[name] = count
    rounds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, steps in engines.items():
            rounds[name].append(_timed(steps, counts[name]) / counts[name] * 1e9)
    return {name: median(times) for name, times in rounds.items()}


@njit(fastmath=True)  # type: ignore[untyped-decorator]  # Numba's are
def _multiply_add(x: Any, rounds: int) -> float:
    # Eight multiply-adds an element, on data that fits into the first-level cache.
    total = np.float32(0.0)
    for r in range(rounds):
        b = np.float32(1e-9 * r)
        for i in range(x.shape[0]):
            v = x[i]
            v = v * np.float32(0.999) + b
            v = v * np.float32(0.998) + b
            v = v * np.float32(0.997) + b
            v = v * np.float32(0.996) + b
            v = v * np.float32(0.995) + b
            v = v * np.float32(0.994) + b
            v = v * np.float32(0.993) + b
            v = v * np.float32(0.992) + b
            x[i] = v
    return total + x[0]  # type: ignore[no-any-return]  # a kernel makes no Python float


def machine_limit() -> float:
    """Single-core float32 multiply-adds on data in the first-level cache, in GFLOP/s."""
    x = np.ones(2048, dtype=np.float32)
    _multiply_add(x, 1)
    rates = []
    for _ in range(ROUNDS):
        started = time.process_time()
        _multiply_add(x, 20_000)
        rates.append(16 * x.size * 20_000 / (time.process_time() - started) / 1e9)
    return max(rates)


def processor() -> str:
    """The processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def measure(seconds: float) -> dict[str, Any]:
    """All rows: name, version, engine, size, ns a step, GFLOP/s, share of the machine's limit."""
    limit = machine_limit()
    rows: list[dict[str, Any]] = []

    def take(sizes: Iterable[Size], engine: str, peers: bool, group: str) -> None:
        for size in sizes:
            d, m, P = size
            names = {OURS: "this"} | {name: version(PEERS[name][0]) for name in PEERS if peers}
            engines = {OURS: ours(size, engine)} | {
                name: PEERS[name][1](Problem.of(*size)) for name in PEERS if names.get(name)
            }
            times = nanoseconds(engines, seconds)
            for name, release in names.items():
                done = operations(size, engine if name == OURS else name)
                row: dict[str, Any] = {
                    "group": group,
                    "engine": name,
                    "version": release,
                    "kind": engine,
                }
                row |= {"d": d, "m": m, "P": P, "ns": times.get(name)}
                if name in times:
                    row["gflops"] = 8 * m * d / times[name] if engine == "sgd-full" else None
                    row["share"] = done / times[name] / limit
                rows.append(row)

    take(SIZES, "sgd-full", True, "peers")
    for letter, sizes in GROWTH.items():
        take(sizes, "sgd-full", False, f"growth with {letter}")
    take(REDUCED, "sgd-reduced", False, "reduced coordinates")
    packages = {name: version(name) for name in ("numpy", "numba", "scipy")}
    machine = {
        "processor": processor(), "limit_gflops": limit, "python": platform.python_version(),
    } | packages  # fmt: skip
    return {"machine": machine, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The rows as Markdown, each with its ratio to ours at the same size."""
    machine = result["machine"]
    lines = [
        f"One core of {machine['processor']}; Python {machine['python']}, NumPy "
        f"{machine['numpy']}, Numba {machine['numba']}; float32 multiply-adds in the first-level "
        f"cache: {machine['limit_gflops']:.0f} GFLOP/s",
        "",
        "| engine | d, m, P | ns a step | times ours | GFLOP/s (8md) | of the limit |",
        "|---|---|---:|---:|---:|---:|",
    ]
    group, base = "", 1.0
    for r in result["rows"]:
        if r["group"] != group:
            group = r["group"]
            lines.append(f"| *{group}* | | | | | |")
        name = f"{r['engine']}, {r['kind']}" if r["engine"] == OURS else r["engine"]
        release = "" if r["engine"] == OURS else f" ({r['version']})"
        where = f"| {name}{release} | {r['d']:,}, {r['m']}, {r['P']} |"
        if r["ns"] is None:
            lines.append(
                f"| {name} | {r['d']:,}, {r['m']}, {r['P']} | not measured: not installed | | | |"
            )
            continue
        base = r["ns"] if r["engine"] == OURS else base
        share = f"{r['gflops']:.1f} | {r['share']:.0%} |" if r["gflops"] else "| |"
        lines.append(f"{where} {r['ns']:,.0f} | {r['ns'] / base:.1f} | {share}")
    return "\n".join(lines)


def picture(result: dict[str, Any]) -> Any:
    """Bars of ns a step, one group for each size that has peers, beside its growth."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 2, subplot_titles=("Engines", "Growth"))
    for d, m, P in SIZES:
        rows = [
            r for r in result["rows"]
            if r["group"] == "peers" and (r["d"], r["m"], r["P"]) == (d, m, P) and r["ns"]
        ]  # fmt: skip
        names, times = [r["engine"] for r in rows], [r["ns"] for r in rows]
        figure.add_trace(go.Bar(x=names, y=times, name=f"d={d} m={m} P={P}"), 1, 1)
    for group in dict.fromkeys(r["group"] for r in result["rows"]):
        rows = [r for r in result["rows"] if r["group"] == group]
        if group != "peers":
            letter = group[-1] if group.startswith("growth") else "d"
            values, times = [r[letter] for r in rows], [r["ns"] for r in rows]
            figure.add_trace(go.Scatter(x=values, y=times, name=group), 1, 2)
    figure.update_yaxes(type="log", title_text="ns a step")
    figure.update_xaxes(type="log", title_text="d, m or P", col=2)
    return figure


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each row")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    result = measure(given.seconds)
    print(table(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))
    if given.picture:
        picture(result).write_html(given.picture, include_plotlyjs=True)


if __name__ == "__main__":
    main()
