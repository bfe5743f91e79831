"""One neuron's studies: its way to the direction, and how long it takes over d (Model 5.1, 5.2).

Every seed starts at u = 1/d, the mean of a random start: what is random then is the noise of the
samples alone. For odd J that is on the right side, o > 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.engines.single_index import SphericalSGD
from emergence.experiment import Experiment
from emergence.lessons.one_neuron.model import Flow, Scaling, scaling, search_end
from emergence.runs.slices import stepped
from emergence.serving.study import Partial
from emergence.theory.hermite import hermite
from emergence.theory.thresholds import EMERGED

SEEDS = 8
MOST = 7 / 8
"""A dimension is done when this share of the seeds has recovered."""
POINTS = 400
LEAST_STEPS = 400
"""At least so many steps are taken, however large they are."""
SHOWN = 1.6
"""Steps taken, in units of those that the flow takes to arrive."""
LAB_SEED = 42
"""A seed at which the Live Lab's first neuron starts at a typical overlap, about 1/sqrt(d)."""

STEP_SIZES = {1: 0.06, 2: 0.016, 3: 0.004, 4: 0.001, 6: 0.001}
"""By J a c of eta = c d^(-max(J/2, 1)) that is small enough: a step's noise grows with J."""
RECOVERY_DIMENSIONS = {
    1: (16, 64, 256, 1024, 4096, 16384, 65536),
    2: (16, 64, 256, 1024, 4096, 16384),
    3: (16, 32, 64, 128, 256),
    4: (8, 11, 16, 23, 32, 45),
}
"""By J the d at which recovery is measured. The steps grow as d^(J-1): larger d take too long."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The neurons' ways so far.

    Attributes
    ----------
    steps : moments, the first 0, shape (n,)
    u : squared overlaps, shape (n, seeds)
    searched, recovered : steps after which u first exceeded the border of search, and 1/2: the
        median over the seeds, infinite until more than half of them have
    arrived : how many seeds have exceeded 1/2
    """

    steps: Array
    u: Array
    searched: float
    recovered: float
    arrived: int

    @property
    def median(self) -> Array:
        """Median over the seeds of the squared overlap, shape (n,)."""
        return np.asarray(np.median(self.u, axis=1))

    @property
    def gain(self) -> float:
        """The median squared overlap now, in units of that at the start."""
        return float(self.median[-1] / self.u[0, 0])

    @property
    def search_share(self) -> float | None:
        """Share of the recovery time that is search; None until it is known."""
        return self.searched / self.recovered if np.isfinite(self.recovered) else None


@dataclass(frozen=True)
class Search:
    """Several neurons of one kind, from u = 1/d on: a study of `Paths`."""

    J: int
    d: int
    c: float

    @property
    def last(self) -> int:
        """Number of steps taken."""
        return round(max(SHOWN * self.flow.arrival, LEAST_STEPS))

    @property
    def flow(self) -> Flow:
        """The same without the samples' noise."""
        return Flow(self.J, self.d, self.c)

    @property
    def experiment(self) -> Experiment:
        """One neuron with a length of its own in the Live Lab, at the same step size."""
        return Experiment(P=1, m=1, d=self.d, J=self.J, eta=self.flow.eta, seed=LAB_SEED)

    def results(self) -> Iterator[Partial[Paths]]:
        """The paths up to later and later moments, evenly spaced."""
        engine = _engine(self.flow, SEEDS)
        moments = np.unique(np.linspace(0, self.last, POINTS + 1).round().astype(int))
        u = np.full((len(moments), SEEDS), engine.overlaps[0] ** 2)
        for i in range(1, len(moments)):
            for _ in stepped(engine, int(moments[i])):
                yield Partial(engine.step / self.last, _paths(engine, moments[:i], u[:i]))
            u[i] = engine.overlaps**2
            yield Partial(engine.step / self.last, _paths(engine, moments[: i + 1], u[: i + 1]))


def _engine(flow: Flow, seeds: int, borders: Array | None = None) -> SphericalSGD:
    start = np.full(seeds, flow.start**0.5)
    levels = np.append([flow.border] if borders is None else borders, EMERGED)
    return SphericalSGD(hermite(flow.J), flow.d, flow.eta, start, levels, seed=flow.J)


def _recovering(engine: SphericalSGD, arrival: float) -> Iterator[float]:
    """Take steps until most seeds have recovered; yields how many, at most the flow's `arrival`."""
    while np.mean(engine.crossed[-1] >= 0) < MOST:
        for _ in stepped(engine, engine.step + max(1, round(arrival / 20))):
            yield min(engine.step, arrival)


def _paths(engine: SphericalSGD, moments: IntArray, u: Array) -> Paths:
    times = np.where(engine.crossed < 0, np.inf, engine.crossed)
    searched, recovered = np.median(times, axis=1)
    arrived = int(np.count_nonzero(np.isfinite(times[1])))
    return Paths(moments.astype(float), u.copy(), float(searched), float(recovered), arrived)


PAIRS = tuple((J, d) for J, each in RECOVERY_DIMENSIONS.items() for d in each)


@dataclass(frozen=True)
class Recovery:
    """How the recovery time grows with d, for several J at once: a study of `Scaling`s by J.

    A dimension is done when 7 of 8 seeds have recovered: their median is known then, and so is
    its interval. The quick ones come first.
    """

    points: tuple[tuple[int, int], ...] = PAIRS
    """The pairs (J, d)."""
    seeds: int = 32

    @property
    def flows(self) -> dict[int, tuple[Flow, ...]]:
        """The same without the samples' noise, by J."""
        return {
            J: tuple(Flow(J, d, STEP_SIZES[J]) for i, d in self.points if i == J)
            for J in dict(self.points)
        }

    def results(self) -> Iterator[Partial[dict[int, Scaling]]]:
        """The scalings with more and more dimensions."""
        flows = [flow for each in self.flows.values() for flow in each]
        whole, spent = sum(flow.arrival for flow in flows), 0.0
        times: dict[int, dict[int, Array]] = {}
        scalings: dict[int, Scaling] = {}
        for flow in sorted(flows, key=lambda flow: flow.arrival):
            engine, J = _engine(flow, self.seeds), flow.J
            for steps in _recovering(engine, flow.arrival):
                yield Partial((spent + steps) / whole, scalings)
            spent += flow.arrival
            recovered = np.where(engine.crossed[1] < 0, np.inf, engine.crossed[1])
            times.setdefault(J, {})[flow.d] = recovered
            scalings = scalings | {J: scaling(J, times[J])}
            yield Partial(spent / whole, scalings)


DELTAS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""Search may be said to end at the overlap d^(-1/2 + delta), for any of these."""


@dataclass(frozen=True, eq=False)
class RemainingShare:
    """Steps after the search, as a share of all, measured for one J over d.

    Attributes
    ----------
    d : dimensions, increasing, shape (n,)
    share : (steps from o = d^(-1/2 + delta) to u = 1/2) / (all steps to u = 1/2), medians over the
        seeds, one row for each of DELTAS, shape (deltas, n)
    """

    d: Array
    share: Array


@dataclass(frozen=True)
class SearchShares:
    """Which share of the steps is left after the search, over d, for all DELTAS: a study.

    Its value is a `RemainingShare` for each J. A dimension is done when 7 of 8 seeds have
    recovered: medians are known then. One that has not counts as the slowest.
    """

    points: tuple[tuple[int, int], ...] = PAIRS
    """The pairs (J, d)."""
    seeds: int = 16

    def results(self) -> Iterator[Partial[dict[int, RemainingShare]]]:
        """The shares in more and more dimensions, the quick ones first."""
        flows = sorted((Flow(J, d, STEP_SIZES[J]) for J, d in self.points),
                       key=lambda flow: flow.arrival)  # fmt: skip
        whole, spent = sum(flow.arrival for flow in flows), 0.0
        shares: dict[int, RemainingShare] = {}
        for flow in flows:
            borders = np.array([float(search_end(flow.d, delta)) for delta in DELTAS])
            engine = _engine(flow, self.seeds, borders)
            for steps in _recovering(engine, flow.arrival):
                yield Partial((spent + steps) / whole, shares)
            spent += flow.arrival
            times = np.median(np.where(engine.crossed < 0, np.inf, engine.crossed), axis=1)
            share = (1 - times[:-1] / times[-1])[:, None]
            if flow.J in shares:
                before = shares[flow.J]
                share = np.hstack([before.share, share])
                d = np.append(before.d, float(flow.d))
            else:
                d = np.array([float(flow.d)])
            shares = shares | {flow.J: RemainingShare(d, share)}
            yield Partial(spent / whole, shares)
