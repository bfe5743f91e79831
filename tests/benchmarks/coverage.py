"""How often the intervals that the project prints hold the truth: 95 % is what they say.

`python -m tests.benchmarks.coverage [--sets N]`

Every data set is drawn from a law written here, not by the code under test, so that the truth is
known: random starts matched by sorting all pairs, slopes with heavy tails, thresholds of seeds
scattered around a power law, recovery times that are lognormal with some never seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emergence import Experiment
from emergence.arrays import Array
from emergence.lessons.idealised_dynamics.model import RANDOM, Idealised
from emergence.lessons.one_neuron import model as single_index
from emergence.runs.ensemble import over_seeds
from emergence.runs.plan import make_plan
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import mean_slope

Interval = tuple[float, float] | None
Case = Callable[[int], Iterator[bool | None]]
"""From a number of data sets to whether each interval held the truth; None where there is none."""

BETA = 1.0
BLANK = Outcome(
    experiment=Experiment(), engine_used="flow", state="finished", message="", slope=None,
    slope_reason=None, ci=None, window=None, theory_slope=None, T=(1.0,), crossing=(1.0,),
    capture=(1.0,), loss=0.0, missing=0.0, steps=(1.0,), mse=(1.0,), seconds=0.1,
)  # fmt: skip


def emergence_times(P: int, m: int, beta: float, rng: np.random.Generator) -> Array:
    """T_p = p^beta / z^2 (J = 4) of the pairs that the greedy map takes, all pairs sorted; (P,)."""
    rate = rng.standard_normal((m, P)) ** 2 * np.arange(1, P + 1) ** -beta
    T = np.full(P, np.inf)
    free = np.ones(m, dtype=bool)
    left = min(m, P)
    for pair in np.argsort(rate, axis=None)[::-1]:
        k, p = divmod(int(pair), P)
        if free[k] and np.isinf(T[p]):
            T[p], free[k] = 1 / rate[k, p], False
            left -= 1
            if not left:
                break
    return T


def staircase(t: Array, T: Array, beta: float) -> Array:
    """sum_p p^(-2 beta) 1{t < T_p}."""
    height = np.arange(1, len(T) + 1) ** (-2 * beta)
    return np.asarray((t[:, None] < T) @ height)


def holds(ci: Interval, truth: float) -> bool | None:
    """Whether an interval holds the truth."""
    return None if ci is None else bool(ci[0] <= truth <= ci[1])


def single_run(P: int, beta: float = BETA) -> Case:
    """One run's exponent in time: a staircase of a random start, theory's exponent the truth."""

    def case(sets: int) -> Iterator[bool | None]:
        e = Experiment(d=10**6, P=P, m=6 * P, beta=beta, engine="flow", s0=0.01,
                       normalisation="slides", horizon=3)  # fmt: skip
        rng = np.random.default_rng([P, 100])
        for _ in range(sets):
            T = emergence_times(P, 6 * P, beta, rng)
            t = np.geomspace(T.min() / 2, 3 * T.max(), 2_000)
            plan = replace(make_plan(e), T1=float(np.median(T * np.arange(1, P + 1) ** -beta)))
            found = plan.slope(t, staircase(t, T, beta))
            yield holds(found.ci, (1 - 2 * beta) / beta) if found else None

    return case


def growing(J: int, d: int = 64, P: int = 16) -> Case:
    """The same at small d, where the norms' growth bends the law: the decoupled equations."""

    def case(sets: int) -> Iterator[bool | None]:
        e = Experiment(d=d, P=P, m=6 * P, J=J, beta=BETA, engine="decoupled", horizon=5)
        for seed in range(sets):
            plan = make_plan(e.replace(seed=seed))
            tau = np.geomspace(plan.T.min() / 2, plan.end, 300)
            found = plan.slope(tau, plan.decoupled(tau))
            yield holds(found.ci, (1 - 2 * BETA) / BETA) if found else None

    return case


def idealised(P: int, start: str, beta: float = BETA) -> Case:
    """The lesson's own staircase, over seeds."""

    def case(sets: int) -> Iterator[bool | None]:
        for seed in range(1, sets + 1):
            found = Idealised(P, beta, 4, 4096, start, seed).fitted  # type: ignore[arg-type]
            yield holds(found.ci, (1 - 2 * beta) / beta) if found else None

    return case


def heavy(rng: np.random.Generator, *shape: int) -> Array:
    """Student's t with five degrees of freedom: what scatters with heavy tails."""
    return np.asarray(rng.standard_t(5, shape))


@dataclass(frozen=True)
class Law:
    """A case of an analysis on outcomes that `draw` draws from a law whose exponent is `truth`."""

    name: str
    swept: tuple[str, ...]
    truth: float
    draw: Callable[[np.random.Generator], list[Outcome]]

    def __call__(self, sets: int) -> Iterator[bool | None]:
        for number in range(sets):
            rng = np.random.default_rng([number, 200])
            found = ANALYSES[self.name].estimates(self.draw(rng), self.swept)
            yield holds(found[0].slope.ci, self.truth) if found else None


def outcome(experiment: Experiment, **found: Any) -> Outcome:
    """A finished run of which only this is known."""
    return replace(BLANK, experiment=experiment, **found)


def points(seeds: int, **axes: list[float]) -> list[Experiment]:
    """Experiments at every corner of the axes, for every seed."""
    found = [Experiment(P=1, d=64, seed=seed) for seed in range(1, seeds + 1)]
    for name, values in axes.items():
        found = [e.changed({name: value}) for e in found for value in values]
    return found


def time(seeds: int) -> Law:
    """Slopes of runs with heavy tails around -1, a tenth of the runs without one."""

    base = points(seeds)

    def draw(rng: np.random.Generator) -> list[Outcome]:
        slopes = -1 + 0.06 * heavy(rng, seeds)
        there = rng.random(seeds) > 0.1
        return [
            replace(BLANK, experiment=e, slope=float(s) if ok else None,
                    window=(1.0, 2.0) if ok else None)
            for e, s, ok in zip(base, slopes, there, strict=True)
        ]  # fmt: skip

    return Law("time", (), -1.0, draw)


def width(seeds: int) -> Law:
    """Plateaus m^-1, each off by a tenth or so, seeds shared by the widths."""
    widths = [2, 4, 8, 16]
    base = points(seeds, P=[64], m=list(widths))

    def draw(rng: np.random.Generator) -> list[Outcome]:
        off = 0.15 * heavy(rng, len(base)) + 0.2 * np.repeat(heavy(rng, seeds), len(widths))
        return [
            replace(BLANK, experiment=e, crossing=(1.0,) * e.m, loss=float(np.exp(x) / e.m))
            for e, x in zip(base, off, strict=True)
        ]

    return Law("width", ("m",), -1.0, draw)


def frontier(seeds: int) -> Law:
    """Losses m^-0.6 v t^-0.75, each seed's off by a power of C, each run by how fast it is.

    Where runs differ more in how fast they are the intervals get too wide: the window, from where
    to where the mean curves cross, goes along.
    """
    base = points(seeds, d=[2048], P=[1024], beta=[0.8], m=[4, 8, 16, 32, 64])
    steps = np.geomspace(1, 1e5, 100)

    def draw(rng: np.random.Generator) -> list[Outcome]:
        tilt, pace = 0.02 * heavy(rng, seeds), np.exp(0.1 * rng.standard_normal(len(base)))
        found = []
        for e, slow in zip(base, pace, strict=True):
            law = np.maximum(e.m**-0.6, (steps / slow) ** -0.75)
            loss = law * (e.m * steps) ** tilt[e.seed - 1]
            found.append(outcome(e, steps=tuple(steps.tolist()), mse=tuple(loss.tolist())))
        return found

    return Law("frontier", ("m",), -1 / 3, draw)


def recovery(seeds: int) -> Law:
    """Times d^3 times z^-2 of a seed's overlap: slow seeds never arrive within their run."""
    dims = [24, 48, 80]
    base = [e.replace(c=0.02) for e in points(seeds, d=[float(d) for d in dims])]

    def draw(rng: np.random.Generator) -> list[Outcome]:
        luck = np.repeat(np.abs(rng.standard_normal(seeds)) ** -2, len(dims))
        luck = luck * np.exp(0.5 * rng.standard_normal(len(base)))
        times = [float(x) * e.d**3 for e, x in zip(base, luck, strict=True)]
        return [
            replace(BLANK, experiment=e, crossing=(t if t < 20 * e.d**3 else None,))
            for e, t in zip(base, times, strict=True)
        ]

    return Law("recovery", ("d",), 3.0, draw)


def emergence(seeds: int) -> Law:
    """Crossings T^1.01 up to scatter, one direction in twenty never learned."""
    base = points(seeds, P=[16])

    def draw(rng: np.random.Generator) -> list[Outcome]:
        found = []
        for e in base:
            T = emergence_times(16, 96, 1.0, rng)
            crossing = T**1.01 * np.exp(0.1 * heavy(rng, 16))
            crossing[0] = T[0] ** 1.01
            gone = rng.random(16) < 0.05
            gone[0] = False
            found.append(replace(
                BLANK, experiment=e, T=tuple(T.tolist()),
                crossing=tuple(None if g else float(t)
                               for g, t in zip(gone, crossing, strict=True)),
            ))  # fmt: skip
        return found

    return Law("emergence", (), 1.01, draw)


def step_size(seeds: int, scatter: float = 0.4) -> Law:
    """Each seed has its own largest step, lognormal around d^-1.5, on the example's grid of c."""
    c = [0.2, 0.28, 0.4, 0.56, 0.8, 1.12, 1.6]
    dims = [32, 64, 128]
    base = [e.replace(J=3) for e in points(seeds, d=[float(d) for d in dims])]
    base = [e.replace(c=each) for e in base for each in c]

    def draw(rng: np.random.Generator) -> list[Outcome]:
        middle = 0.5 * np.exp(rng.uniform(-0.2, 0.2))
        own = np.repeat(middle * np.exp(scatter * rng.standard_normal(seeds * len(dims))), len(c))
        return [
            replace(BLANK, experiment=e, state="finished" if e.c <= limit else "diverged")
            for e, limit in zip(base, own, strict=True)
        ]

    return Law("step_size", ("d", "c"), -1.5, draw)


def neurons(seeds: int, scatter: float = 0.3) -> Law:
    """Each seed needs its own number of neurons, lognormal around 2 (P log P)^0.8."""
    axes = {4: [2, 3, 4, 6, 8, 11], 8: [5, 7, 10, 14, 20, 28], 16: [12, 17, 24, 34, 48, 68]}
    base = [
        Experiment(P=P, d=64, m=m, seed=seed)
        for seed in range(1, seeds + 1) for P, widths in axes.items() for m in widths
    ]  # fmt: skip

    def draw(rng: np.random.Generator) -> list[Outcome]:
        middle = 1.5 * np.exp(rng.uniform(-0.15, 0.15))
        own = {(s, P): middle * (P * np.log(P)) ** 0.8 * np.exp(scatter * rng.standard_normal())
               for s in range(1, seeds + 1) for P in axes}  # fmt: skip
        return [
            replace(BLANK, experiment=e, crossing=(1.0,) * (e.P - 1)
                    + (1.0 if e.m >= own[e.seed, e.P] else 1e30,), steps=(1e30,))
            for e in base
        ]  # fmt: skip

    return Law("neurons", ("P", "m"), 0.8, draw)


def ensemble(seeds: int) -> Case:
    """The mean slope of `--seeds N`."""

    def case(sets: int) -> Iterator[bool | None]:
        rng = np.random.default_rng([seeds, 300])
        for slopes in -1 + 0.06 * heavy(rng, sets, seeds):
            runs = [{"T": [1.0], "crossing": [1.0], "mse": [1.0], "state": "finished",
                     "slope": {"value": float(s)}}
                    for s in slopes]  # fmt: skip
            yield holds(over_seeds(runs, 1)["slope"]["ci"], -1.0)

    return case


def one_neuron(what: str) -> Case:
    """Lognormal recovery times d^3 of 32 seeds, looked at until 28 have arrived."""

    def case(sets: int) -> Iterator[bool | None]:
        rng = np.random.default_rng(400)
        for _ in range(sets):
            times = {}
            for d in (8, 11, 16, 23, 32, 45):
                each = d**3 * np.exp(0.4 * rng.standard_normal(32))
                times[d] = np.where(each <= np.sort(each)[27], each, np.inf)
            found = single_index.scaling(4, times)
            if what == "exponent":
                yield holds(found.fitted.ci if found.fitted else None, 3.0)
            else:
                i = int(rng.integers(6))
                yield holds((found.low[i], found.high[i]), float(found.d[i] ** 3))

    return case


def widths(seeds: int) -> Case:
    """The lesson's mean slope over seeds of plateaus, lognormal around m^-1."""

    def case(sets: int) -> Iterator[bool | None]:
        rng = np.random.default_rng([seeds, 500])
        m = np.asarray(2.0 ** np.arange(2, 7), float)
        for _ in range(sets):
            y = np.exp(0.15 * heavy(rng, seeds, len(m))) / m
            found = mean_slope(m, y, (4, 64))
            yield holds(found.ci, -1.0) if found else None

    return case


CASES: dict[str, Case] = {
    **{f"single run, P = {P}": single_run(P) for P in (8, 16, 32, 64)},
    **{f"single run, d = 64, P = 16, J = {J}": growing(J) for J in (3, 4, 6)},
    **{f"idealised dynamics, P = {P}, {start}": idealised(P, start)
       for start in RANDOM for P in (16, 64)},
    **{f"sweep, time, {n} seeds": time(n) for n in (8, 12, 24)},
    **{f"sweep, width, {n} seeds": width(n) for n in (8, 12, 24)},
    **{f"sweep, frontier, {n} seeds": frontier(n) for n in (4, 8, 12)},
    **{f"sweep, recovery, {n} seeds": recovery(n) for n in (8, 12, 24)},
    **{f"sweep, emergence, {n} seeds": emergence(n) for n in (8, 12, 24)},
    **{f"sweep, largest step size, {n} seeds": step_size(n) for n in (8, 12, 24)},
    **{f"sweep, neurons needed, {n} seeds": neurons(n) for n in (8, 12, 24)},
    **{f"run --seeds {n}": ensemble(n) for n in (8, 12, 24)},
    "one neuron, median": one_neuron("median"),
    "one neuron, exponent": one_neuron("exponent"),
    **{f"scaling law lesson, {n} seeds": widths(n) for n in (6, 16)},
}  # fmt: skip


def coverage(case: Case, sets: int) -> tuple[float, int]:
    """Share of the intervals that hold the truth, and how many intervals there were."""
    found = [each for each in case(sets) if each is not None]
    return (float(np.mean(found)) if found else float("nan")), len(found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500, help="data sets of each kind")
    parser.add_argument("--only", default="", help="kinds whose name contains this")
    given = parser.parse_args()
    for name, case in CASES.items():
        if given.only in name:
            share, count = coverage(case, given.sets)
            print(f"{name:55} {share:6.1%} of {count}", flush=True)
