"""Engines: numerical methods that move a student, and nothing else. `build` picks one."""

from __future__ import annotations

import time
from concurrent.futures import Executor

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.engines.base import Engine
from emergence.experiment import GENERAL, Experiment


def build(
    experiment: Experiment, overlaps: Array, iota: IntArray, pool: Executor | None = None
) -> Engine:
    """The experiment's engine at time 0.

    `overlaps` (shape (m, P)) and `iota` (shape (P,)) are the start of the decoupled dynamics;
    the other engines draw the same start from the seed. Modules with kernels are imported here,
    so that importing the package does not wait for Numba; the kernels' package first, whichever
    thread comes first (see `initial`). `pool` has threads that share the work of a large flow;
    nothing but its time depends on them.
    """
    import emergence.engines.kernels  # noqa: F401

    if experiment.engine == "correlation":
        from emergence.engines.correlation_sgd import CorrelationSGD

        return CorrelationSGD(experiment)
    if experiment.engine_used == GENERAL:
        from emergence.engines.general_sgd import GeneralSGD

        return GeneralSGD(experiment)
    if experiment.is_sgd:
        from emergence.engines.online_sgd import OnlineSGD

        return OnlineSGD(experiment)
    if experiment.engine == "flow":
        from emergence.engines.gradient_flow import GradientFlow

        return GradientFlow(experiment, pool=pool)
    from emergence.engines.decoupled import DecoupledDynamics

    return DecoupledDynamics(experiment, overlaps, iota)


def compile_kernels(experiment: Experiment) -> float:
    """Have the kernels of the experiment's engine compiled or loaded; returns the seconds taken.

    A tiny experiment of the same kind is moved, by one step of SGD or until a flow is stiff:
    kernels are compiled once for all sizes.
    """
    started = time.perf_counter()
    noise = 1.0 if experiment.broken else 0.0  # one kernel for all that may be broken
    tiny = Experiment(
        d=8, P=1, m=2, engine=experiment.engine, B=min(experiment.B, 2), noise=noise,
        samples=4 if experiment.samples else 0, optimizer="adam" if noise else "sgd",
    )  # fmt: skip
    overlaps, iota = np.full((2, 1), 0.5), np.zeros(1, dtype=np.int64)
    engine = build(tiny, overlaps, iota)
    engine.advance(tiny.eta if tiny.is_sgd else 100.0, 60.0)
    engine.measure()
    if (
        tiny.engine == "sgd" and tiny.B == 1 and not noise
    ):  # of many neurons the basis is turned in another way
        many = Experiment(d=1024, P=1, m=136, engine="sgd-reduced")
        build(many, overlaps, iota).advance(many.eta, 60.0)
    if tiny.engine == "flow":
        from emergence.engines.gradient_flow import compile_pieces

        compile_pieces(tiny)
    return time.perf_counter() - started
