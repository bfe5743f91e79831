"""Run an experiment to its end in this thread: for scripts and the command line."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from emergence import engines
from emergence.arrays import Array, IntArray
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES
from emergence.runs.limits import Limits, machine_limits
from emergence.runs.plan import settled
from emergence.runs.record import Record
from emergence.runs.simulation import Simulation
from emergence.runs.slices import worked
from emergence.theory.fits import Slope


@dataclass(frozen=True, eq=False)
class Result:
    """What a run measured, beside what was predicted. Times `T` and `crossing` are in steps.

    Attributes
    ----------
    experiment : as it was asked for
    engine_used : what its engine stood for, see `runs.auto` and `Experiment.engine_used`
    state : "finished", "diverged" (`message` says why), or "unfinished": as far as it got
    steps, tau, mse, mse_staircase, mse_decoupled : shape (snapshots,)
    T : predicted emergence, infinite where no neuron is matched, shape (P,); `unpredicted` says
        why there are such, in a sentence
    iota : matched neuron of each direction, -1 where none, shape (P,)
    crossing : step at which max_k u_kp first exceeds 1/2 (to 1 %), NaN where never, shape (P,)
    capture : R_p = sum_k |v_k|^2 K(O_kp) / (a_p K(1)) at the end, shape (P,)
    unused_norm_max : largest |v_k| over the neurons iota does not use, NaN where it uses all
    slope : tail-corrected exponent of the loss in time; its window is in steps
    slope_reason : why there is no slope, None where there is one
    theory_slope : (1 - 2 beta) / beta, None where there is no power law
    seconds, compile_seconds : time in the engine's steps, and compiling before it
    ns_per_step : nanoseconds a step (of eta, for the engines whose own steps are adaptive)
    record : every snapshot (see `runs.record.layout`)
    """

    experiment: Experiment
    engine_used: str
    state: str
    message: str
    steps: Array
    tau: Array
    mse: Array
    mse_staircase: Array
    mse_decoupled: Array
    T: Array
    unpredicted: str
    iota: IntArray
    crossing: Array
    capture: Array
    unused_norm_max: float
    slope: Slope | None
    slope_reason: str | None
    theory_slope: float | None
    seconds: float
    ns_per_step: float
    compile_seconds: float
    record: Record

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: lists, and null for what never happens or does not exist."""
        plain = {
            name: _plain(value) for name, value in vars(self).items() if name not in ("record",)
        }
        return plain | {
            "experiment": self.experiment.as_dict(),
            "iota": [int(k) if k >= 0 else None for k in self.iota],
            "slope": asdict(self.slope) if self.slope else None,
        }

    @classmethod
    def refused(cls, experiment: Experiment | None, error: ExperimentError) -> dict[str, Any]:
        """The keys of `as_dict` for what could not be run, null but for the reason."""
        empty = dict.fromkeys(name for name in cls.__dataclass_fields__ if name != "record")
        described = experiment.as_dict() if experiment else None
        return empty | {"experiment": described, "state": "refused", "message": str(error)}


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value


def simulate(
    experiment: Experiment, progress: Callable[[float], None] | None = None, *,
    threads: int | None = None, limits: Limits | None = None, rows: bool = True,
) -> Result:  # fmt: skip
    """Run an experiment to its end.

    Parameters
    ----------
    threads : that share the work of a large flow, by default one a core; nothing but the time
        depends on them
    limits : of what it may take, by default the machine's (`runs.limits`)
    rows : whether every snapshot's row is kept, or the last one only: the loss, crossings and all
        else that `as_dict` has are there in any case

    `progress` is called with the share of the run done: first when the kernels are compiled, then
    about twenty times a second. A run that diverges is returned with its history; an experiment
    this machine should not run raises ExperimentError.
    """
    limits = limits or machine_limits()
    compile_seconds = engines.compile_kernels(settled(experiment, limits))
    threads = threads or CORES
    with ThreadPoolExecutor(threads) if threads > 1 else nullcontext() as pool:
        simulation = Simulation(experiment, pool, limits, rows)
        if progress:
            progress(0.0)
        for share in worked(simulation):
            if progress:
                progress(share)
    return result_of(simulation, compile_seconds)


def result_of(simulation: Simulation, compile_seconds: float = 0.0) -> Result:
    """What a simulation has measured so far."""
    return measured(
        simulation.record,
        simulation.crossing,
        tau=simulation.engine.tau,
        seconds=simulation.seconds,
        diverged=simulation.diverged,
        finished=simulation.finished,
        compile_seconds=compile_seconds,
    )


def measured(
    record: Record,
    crossing: Array,
    *,
    tau: float,
    seconds: float,
    diverged: str | None,
    finished: bool,
    compile_seconds: float = 0.0,
) -> Result:
    """The result of a run that has come to time `tau` in so many seconds of the engine's.

    crossing : as `Simulation.crossing`, in units of tau, shape (P,)
    diverged : why it stopped early, None where it did not
    """
    plan = record.plan
    experiment, eta = plan.experiment, plan.experiment.eta
    times, mse = record.tau[: record.count].copy(), record.mse[: record.count].copy()
    reason: str | None = "the run diverged"
    slope: Slope | None = None
    if not diverged:
        slope = plan.slope(times, mse)
        reason = None if slope else plan.why_no_slope(times, mse)
    if slope:
        slope = replace(slope, window=(slope.window[0] / eta, slope.window[1] / eta))
    unused = plan.unused
    n2 = record.get("n2")[-1]
    return Result(
        experiment=plan.asked,
        engine_used=experiment.engine_used,
        state="diverged" if diverged else "finished" if finished else "unfinished",
        message=diverged or "",
        steps=plan.steps(times),
        tau=times,
        mse=mse,
        mse_staircase=plan.staircase(times),
        mse_decoupled=plan.decoupled(times),
        T=plan.T / eta,
        unpredicted=plan.unpredicted,
        iota=plan.iota,
        crossing=plan.steps(crossing),
        capture=record.get("capture")[-1],
        unused_norm_max=float(np.sqrt(np.abs(n2[unused]).max())) if unused.any() else float("nan"),
        slope=slope,
        slope_reason=reason,
        theory_slope=plan.theory_slope,
        seconds=seconds,
        ns_per_step=seconds / max(tau / eta, 1.0) * 1e9,
        compile_seconds=compile_seconds,
        record=record,
    )
