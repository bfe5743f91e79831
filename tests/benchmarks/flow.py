"""What the flow costs, and how right its loss is: `python -m tests.benchmarks.flow [--small]`.

Seconds of computing and fields evaluated to 1.5 max T_p, for J = 4, beta = 1, s0 = 0.01, without
planning and measuring; then the largest relative error of the loss over all snapshots of a small
experiment, against a tolerance of 1e-9 with nothing left out. `--small` leaves out P = 256.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from emergence import Experiment
from emergence.arrays import Array
from emergence.engines import compile_kernels
from emergence.engines.flow_parts import Negligible
from emergence.engines.gradient_flow import TOLERANCE, GradientFlow
from emergence.runs.plan import make_plan

SIZES = ((64, 256, 1024), (64, 256, 10**6), (256, 1536, 10**6))
RIGHT = (16, 64, 256)


def experiment(P: int, m: int, d: int) -> Experiment:
    """Flow of the issue's table."""
    return Experiment(d=d, P=P, m=m, beta=1.0, J=4, s0=0.01, engine="flow")


def losses(e: Experiment, engine: GradientFlow) -> Array:
    """The loss at all snapshots."""
    seen = []
    for t in make_plan(e).snapshots:
        engine.advance(float(t), 1e9)
        seen.append(engine.measure().mse)
    return np.array(seen)


def main() -> None:
    """Print the table and the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    sizes = SIZES[:2] if parser.parse_args().small else SIZES
    compile_kernels(experiment(*RIGHT))
    print(f"{'P':>4} {'m':>5} {'d':>8} {'s':>8} {'CPU s':>8} {'fields':>8}")
    for P, m, d in sizes:
        e = experiment(P, m, d)
        end = make_plan(e).end
        wall, cpu = time.perf_counter(), time.process_time()
        engine = GradientFlow(e)
        engine.advance(end, 1e9)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{P:4} {m:5} {d:8} {wall:8.2f} {cpu:8.2f} {engine.evaluations:8}")
    e = experiment(*RIGHT)
    expected = losses(e, GradientFlow(e, 1e-9, Negligible(0.0, 0.0, 0.0)))
    error = np.abs(losses(e, GradientFlow(e)) / expected - 1).max()
    print(f"largest relative error of the loss at P, m, d = {RIGHT}: {error:.1e}")
    print(f"(tolerance {TOLERANCE:g}; the loss falls to {expected[-1]:.1e})")


if __name__ == "__main__":
    main()
