"""Many experiments over threads: the seeds of one experiment.

Kernels release Python's lock, so threads of one process compute at the same time.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  Numba's matrix products: limited only when loaded

from emergence import engines
from emergence.arrays import Array
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import CORES
from emergence.runs.limits import machine_limits
from emergence.runs.plan import settled
from emergence.runs.result import Result, simulate
from emergence.theory.fits import mean_margin
from emergence.theory.quantiles import quantiles
from emergence.words import plural

Kept = TypeVar("Kept")

AHEAD = 4
"""Experiments started or waiting to be handed out, for each thread."""


class _StoppedError(Exception):
    """Leaves an experiment in the middle."""


def simulate_many(
    experiments: Sequence[Experiment],
    keep: Callable[[Result], Kept],
    threads: int = CORES,
    progress: Callable[[float], None] | None = None,
    stop: threading.Event | None = None,
    rows: bool = False,
) -> Iterator[Kept | ExperimentError]:
    """Run experiments to their ends and hand out what is kept of each, in the order given.

    Nothing depends on the number of threads but the time it takes. Only a few results are held at
    a time, however many experiments there are.

    Parameters
    ----------
    keep : what to keep of a Result, called by the thread that computed it as soon as it is there:
        the place to write it to disk, and to let go of its record
    progress : called about ten times a second and thread with the share of all the work done, by
        one thread at a time
    rows : whether a Result has every snapshot's row, or the last one only
    stop : set it, from anywhere, to end within a tenth of a second or so; what comes before the
        first experiment left unfinished is still handed out

    An experiment that diverged is a Result like any other; in the place of one that was refused
    stands its ExperimentError. Any other exception ends the ensemble. Closing the iterator, or an
    interrupt, stops the threads.
    """
    limits = machine_limits(threads)
    closed = threading.Event()
    shares = np.zeros(len(experiments))
    lock = threading.Lock()

    def one(i: int) -> Kept | ExperimentError:
        def tell(share: float) -> None:
            if closed.is_set() or (stop and stop.is_set()):
                raise _StoppedError
            with lock:
                shares[i] = share
                if progress:
                    progress(float(shares.mean()))

        try:
            tell(0.0)
            return keep(simulate(experiments[i], tell, threads=1, limits=limits, rows=rows))
        except ExperimentError as error:
            tell(1.0)
            return error

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Kept | ExperimentError]] = deque()
        try:
            for i in range(len(experiments)):
                waiting.append(pool.submit(one, i))
                if len(waiting) == AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except _StoppedError:
            return
        finally:
            closed.set()


def simulate_seeds(
    experiment: Experiment,
    seeds: int,
    threads: int = CORES,
    progress: Callable[[float], None] | None = None,
    see: Callable[[Result], object] | None = None,
    rows: bool = False,
) -> dict[str, Any]:
    """Run `seeds` seeds of an experiment, counted up from its own; keys: cli/COMMANDS.md.

    `see` is called with each Result by the thread that has computed it, as soon as it is there.

    `runs` has `Result.as_dict` or `Result.refused` of each. Raises ExperimentError where no seed
    can be run. For `engine = auto` all seeds take the engine of the first one that can be run.
    """
    members = _members(experiment, seeds, threads)
    compile_seconds = engines.compile_kernels(members[0])
    started = time.perf_counter()

    def keep(result: Result) -> dict[str, Any]:
        if see:
            see(result)
        return result.as_dict()

    results = list(simulate_many(members, keep, threads, progress, rows=rows))
    runs = [run for run in results if not isinstance(run, ExperimentError)]
    refused = [error for error in results if isinstance(error, ExperimentError)]
    if not runs:
        raise refused[0]
    diverged = [run["message"] for run in runs if run["state"] == "diverged"]
    sentences = [
        f"{len(group)} of {plural(seeds, 'seed')} {what}, the first because {group[0]}"
        for what, group in (("diverged", diverged), ("were refused", refused)) if group
    ]  # fmt: skip
    listed = [
        Result.refused(member, run) if isinstance(run, ExperimentError) else run
        for member, run in zip(members, results, strict=True)
    ]
    return {
        "experiment": experiment.as_dict(),
        "engine_used": members[0].engine_used,
        "state": "diverged" if diverged else "refused" if refused else "finished",
        "message": "; ".join(sentences),
        "seeds": [member.seed for member in members],
        "threads": threads,
        "runs": listed,
        **over_seeds(listed, experiment.P),
        "theory_slope": runs[0]["theory_slope"],
        "seconds": time.perf_counter() - started,
        "compile_seconds": compile_seconds,
    }  # fmt: skip


def _members(experiment: Experiment, seeds: int, threads: int) -> list[Experiment]:
    """The seeds' experiments, of one engine. Raises ExperimentError where none can be settled."""
    members = [experiment.replace(seed=experiment.seed + i) for i in range(seeds)]
    refused: list[ExperimentError] = []
    limits = machine_limits(threads)
    for member in members:
        try:
            engine = settled(member, limits).engine
        except ExperimentError as error:
            refused.append(error)
        else:
            return [each.replace(engine=engine) for each in members]
    raise refused[0]


def over_seeds(runs: Sequence[dict[str, Any]], P: int) -> dict[str, Any]:
    """What runs (`Result.as_dict`, `Result.refused`) have in common that differ only in the seed.

    All seeds count, failures too: what a seed did not learn, because it was too slow, diverged or
    was refused, is not learned, and infinitely late.

    crossing_ratio : crossing / T of each direction, over the seeds for which theory names a T
    learned_share : share of all seeds that learned a direction, for each
    learned : number of directions a seed learned
    mse_final : population MSE at the end, infinite for a diverged run; a refused seed has none
    slope : mean of the finished seeds' slopes, and Student's 95 % interval of that mean
    slope_reasons : why the other finished seeds have none, and how many of them

    Spreads are `median` and `quartiles`, null for infinite, over `count` seeds of which `failed`
    have no finite value; null stands where there is nothing to take them over.
    """
    crossing, T = (
        np.array([run[name] or [np.nan] * P for run in runs], dtype=float).reshape(len(runs), P)
        for name in ("crossing", "T")
    )
    met = np.isfinite(crossing)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(T > 0, np.where(met, crossing, np.inf) / T, np.nan)
    final = [run["mse"][-1] if run["state"] == "finished" else np.inf for run in runs if run["mse"]]
    slopes = [run["slope"]["value"] for run in runs
              if run["state"] == "finished" and run["slope"]]  # fmt: skip
    reasons = sorted(run["slope_reason"] for run in runs
                     if run["state"] == "finished" and not run["slope"])  # fmt: skip
    return {
        "crossing_ratio": [_spread(each[~np.isnan(each)]) for each in ratio.T],
        "learned_share": met.mean(axis=0).tolist() if runs else None,
        "learned": _spread(met.sum(axis=1).astype(float)),
        "mse_final": _spread(np.array(final)),
        "slope": _mean(np.array(slopes)),
        "slope_reasons": dict(Counter(reasons)),
    }


def _spread(values: Array) -> dict[str, Any] | None:
    if not values.size:
        return None
    low, median, high = (
        value if np.isfinite(value) else None
        for value in quantiles(values, [0.25, 0.5, 0.75]).tolist()
    )
    failed = int(np.isinf(values).sum())
    return {"median": median, "quartiles": [low, high], "count": len(values), "failed": failed}


def _mean(values: Array) -> dict[str, Any] | None:
    if not values.size:
        return None
    mean, margin = float(values.mean()), mean_margin(values)
    ci = None if margin is None else [mean - margin, mean + margin]
    return {"mean": mean, "ci": ci, "count": len(values)}
