"""The time left is not told before it is known, and then it is about right: simulated sweeps."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np
import pytest

from emergence import Experiment, ExperimentError
from emergence.arrays import Array, IntArray
from emergence.runs.speed import EVIDENCE, seconds_left, time_left
from emergence.sweeps.remaining import Costs


def costs_of(seconds: Array, groups: IntArray) -> Costs:
    costs = Costs([])
    costs.seconds, costs.groups = seconds, groups
    return costs


class Sweep:
    """A sweep as it might really go: what the model expects, and what each point really takes.

    Every worker starts late and compiles at each of its first points of another kind.
    """

    def __init__(self, seed: int, points: int, kinds: int, workers: int, scale: float) -> None:
        rng = np.random.default_rng(seed)
        self.workers = workers
        self.groups = np.arange(points) % kinds  # as `Sweep.points`: every kind in turn
        expected = scale * np.exp(rng.normal(0, 1.2, kinds))
        wrong = np.exp(rng.normal(0, 0.4, kinds)) * np.exp(rng.normal(0, 1.0))
        self.costs = costs_of(expected[self.groups], self.groups)
        self.real = (expected * wrong)[self.groups] * np.exp(rng.normal(0, 0.3, points))
        busy = [(float(rng.uniform(1, 4)), worker) for worker in range(workers)]
        heapq.heapify(busy)
        self.begin = np.zeros(points)
        compiled: set[tuple[int, int]] = set()
        for i in range(points):
            free, worker = heapq.heappop(busy)
            kind = (worker, int(self.groups[i]) % 2)
            free += 0.0 if kind in compiled else 8.0
            compiled.add(kind)
            self.begin[i] = free
            heapq.heappush(busy, (free + self.real[i], worker))
        self.end = max(free for free, _ in busy)

    def told(self, moments: Array) -> Iterator[tuple[float, float | None]]:
        """At each moment: the time really left, and what is told."""
        for now in moments:
            spent = np.clip(now - self.begin, 0, self.real)
            yield self.end - now, self.costs.left(spent / self.real, spent, self.workers)


SWEEPS = [
    (points, kinds, workers, scale)
    for points, kinds in ((8, 1), (40, 4), (300, 13))
    for workers in (1, 2, 16)
    for scale in (2.0, 60.0)
]


@pytest.mark.parametrize(("points", "kinds", "workers", "scale"), SWEEPS)
def test_within_a_factor_of_two_once_a_tenth_is_done(
    points: int, kinds: int, workers: int, scale: float
) -> None:
    """Of the moments at which a tenth of the computing is done; compiling's seconds are allowed."""
    ratios = []
    for seed in range(20):
        sweep = Sweep(seed, points, kinds, workers, scale)
        for left, told in sweep.told(np.linspace(0, sweep.end, 40)[:-1]):
            now = sweep.end - left
            spent = np.clip(now - sweep.begin, 0, sweep.real).sum()
            if spent < max(0.1 * sweep.real.sum(), EVIDENCE[1]):
                continue
            assert told is not None
            slack = 10.0
            ratios.append(max((left - slack) / max(told, 1e-9), (told - slack) / left))
    assert np.quantile(ratios, 0.98) < 2  # beyond: a first point unlike all others
    assert max(ratios) < 3


@pytest.mark.parametrize(("points", "kinds", "workers", "scale"), SWEEPS)
def test_never_absurd(points: int, kinds: int, workers: int, scale: float) -> None:
    for seed in range(20):
        sweep = Sweep(seed, points, kinds, workers, scale)
        moments = np.concatenate([np.geomspace(0.01, 1, 10) * sweep.end, [sweep.begin.min()]])
        for left, told in sweep.told(moments):
            if told is not None:
                assert told < 20 * left + 60
                assert left < 20 * told + 60


def test_nothing_is_told_before_there_is_evidence() -> None:
    costs = costs_of(np.full(10, 100.0), np.zeros(10, dtype=np.int64))
    nothing = np.zeros(10)
    assert costs.left(nothing, nothing, 2) is None
    # A process has taken up a point, and is compiling.
    begun = np.array([1e-9, *nothing[1:]])
    assert costs.left(begun, nothing, 2) is None
    assert costs.left(begun, np.array([30.0, *nothing[1:]]), 2) is None


def test_a_single_run_is_told_of_when_there_is_evidence() -> None:
    assert seconds_left(1e-9, 100.0) is None
    assert seconds_left(0.5, 0.1) is None
    assert seconds_left(0.25, 10.0) == pytest.approx(30.0)
    assert "estimating" in time_left(None)
    assert time_left(30.0) == "about 30 seconds left"
    assert time_left(0.0) == "done"


def test_the_last_point_is_computed_by_one_worker_alone() -> None:
    costs = costs_of(np.array([10.0, 10.0, 100.0]), np.zeros(3, dtype=np.int64))
    left = costs.left(np.array([1.0, 1.0, 0.5]), np.array([10.0, 10.0, 50.0]), workers=16)
    assert left == pytest.approx(50.0)


def test_all_done_is_nothing_left() -> None:
    costs = costs_of(np.full(3, 2.0), np.zeros(3, dtype=np.int64))
    assert costs.left(np.ones(3), np.full(3, 2.0), 2) == 0


def test_points_that_differ_in_their_seed_only_are_one_group() -> None:
    points = [
        Experiment(d=16, P=2, m=4, seed=s, c=c, engine="sgd") for c in (0.1, 0.2) for s in (1, 2, 3)
    ]
    costs = Costs(points)
    assert costs.groups.tolist() == [0, 0, 0, 1, 1, 1]
    assert len(set(costs.seconds.tolist())) == 2
    assert costs.share(np.ones(6)) == pytest.approx(1)
    assert costs.share(np.zeros(6)) == 0


def test_every_group_is_looked_at() -> None:
    """A hundred cheap points do not hide a dear one."""
    cheap = [Experiment(d=16, P=1, m=1, J=2, seed=s, c=0.1, engine="sgd") for s in range(2000)]
    dear = Experiment(d=256, P=8, m=64, c=0.01, engine="sgd")
    assert Costs([*cheap, dear]).seconds[-1] > 100 * Costs(cheap).seconds.mean()


def test_what_cannot_be_run_is_refused_only_where_nothing_can() -> None:
    large = Experiment(d=1_000_000, P=1024, m=4096, engine="sgd-full")
    with pytest.raises(ExperimentError):
        Costs([large])
    assert Costs([large, Experiment(d=16, P=2, m=4, engine="sgd")]).seconds.tolist()[0] == 0
