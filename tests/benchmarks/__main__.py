"""Side by side: what a step of batch-1 SGD costs here and in what a user would write instead.

`python -m tests.benchmarks [--json FILE] [--picture FILE.html] [--seconds S]`
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from emergence import Experiment
from emergence.engines.online_sgd import OnlineSGD
from tests.benchmarks.peers import BLOCK, PEERS, Problem, Steps, version

SIZES = ((64, 32, 8), (128, 64, 16))
GROWTH = ((256, 32, 16), (1024, 32, 16), (4096, 32, 16), (64, 128, 8), (64, 32, 64))
OURS = "Emergence Lab sgd"
REPEATS = 5


def ours(d: int, m: int, P: int) -> Steps:
    """Our own engine, as the page runs it."""
    engine = OnlineSGD(Experiment(d=d, m=m, P=P, J=4, c=0.05, steps=2**40))

    def steps(n: int) -> NDArray[Any]:
        engine.advance((engine.step + n) * engine._eta, 1e9)
        return engine.overlaps()

    return steps


def nanoseconds(steps: Steps, seconds: float) -> float:
    """Median time of a step, after a warm-up that compiles and finds how many to take."""
    steps(BLOCK)
    count = BLOCK
    while (spent := _timed(steps, count)) < seconds / REPEATS / 2:
        count *= 2
    return median([spent, *(_timed(steps, count) for _ in range(REPEATS))]) / count * 1e9


def _timed(steps: Steps, count: int) -> float:
    started = time.perf_counter()
    steps(count)
    return time.perf_counter() - started


@njit(fastmath=True)
def _multiply_add(x: Any, rounds: int) -> float:
    # Eight independent chains over data that fits into the first-level cache.
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
    return total + x[0]


def machine_limit() -> float:
    """Single-core float32 multiply-adds on data in the first-level cache, in GFLOP/s."""
    x = np.ones(2048, dtype=np.float32)
    _multiply_add(x, 1)
    rates = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        _multiply_add(x, 20_000)
        rates.append(16 * x.size * 20_000 / (time.perf_counter() - started) / 1e9)
    return max(rates)


def measure(seconds: float) -> dict[str, Any]:
    """All rows: name, version, size, ns a step, GFLOP/s, share of the machine's limit."""
    limit = machine_limit()
    rows = []

    def row(
        name: str, release: str | None, size: tuple[int, int, int], make: Callable[[], Steps]
    ) -> None:
        d, m, P = size
        entry = {"engine": name, "version": release, "d": d, "m": m, "P": P}
        if release is None:
            rows.append(entry | {"ns": None})
            return
        ns = nanoseconds(make(), seconds)
        gflops = 8 * m * d / ns
        rows.append(entry | {"ns": ns, "gflops": gflops, "share": gflops / limit})

    for size in SIZES:
        row(OURS, "this", size, lambda size=size: ours(*size))
        for name, (package, make) in PEERS.items():
            row(name, version(package), size, lambda make=make, size=size: make(Problem.of(*size)))
    for size in GROWTH:
        row(OURS, "this", size, lambda size=size: ours(*size))
    machine = {"processor": platform.processor() or platform.machine(), "limit_gflops": limit}
    return {"machine": machine, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The rows as Markdown, each with its ratio to ours at the same size."""
    limit = result["machine"]["limit_gflops"]
    lines = [
        f"One core, float32 multiply-adds in the first-level cache: {limit:.0f} GFLOP/s",
        "",
        "| engine | d, m, P | ns a step | times ours | GFLOP/s | of the limit |",
        "|---|---|---:|---:|---:|---:|",
    ]
    base = {(r["d"], r["m"], r["P"]): r["ns"] for r in result["rows"] if r["engine"] == OURS}
    for r in result["rows"]:
        size = (r["d"], r["m"], r["P"])
        where = f"| {r['engine']} {r['version'] or ''} | {size[0]}, {size[1]}, {size[2]} |"
        if r["ns"] is None:
            lines.append(f"{where} not measured: not installed | | | |")
            continue
        ratio = r["ns"] / base[size]
        lines.append(
            f"{where} {r['ns']:,.0f} | {ratio:.1f} | {r['gflops']:.1f} | {r['share']:.0%} |"
        )
    return "\n".join(lines)


def picture(result: dict[str, Any]) -> Any:
    """Bars of ns a step, one group for each size that has peers."""
    import plotly.graph_objects as go

    bars = []
    for d, m, P in SIZES:
        rows = [r for r in result["rows"] if (r["d"], r["m"], r["P"]) == (d, m, P) and r["ns"]]
        bars.append(
            go.Bar(
                x=[r["engine"] for r in rows], y=[r["ns"] for r in rows], name=f"d={d} m={m} P={P}"
            )
        )
    return go.Figure(bars, {"yaxis": {"type": "log", "title": {"text": "ns a step"}}})


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each row")
    given = parser.parse_args()
    result = measure(given.seconds)
    print(table(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))
    if given.picture:
        picture(result).write_html(given.picture, include_plotlyjs=True)


if __name__ == "__main__":
    main()
