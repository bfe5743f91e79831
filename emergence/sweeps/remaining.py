"""How long a sweep will still take: from its points' costs and the time they have really taken.

Before anything is measured a point's cost is that of `runs.speed`, a model good to about a factor
of two on one kind of machine. What has been computed so far says how far off it is: for all
points, for each group (points that differ in their seed only), and for a point that is being
computed. Compiling and starting processes are not in the times, so they promise nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.experiment import Experiment, ExperimentError
from emergence.runs import speed
from emergence.runs.limits import refuse_memory, refuse_work, server_limits
from emergence.runs.plan import WrongSideError, make_plan

SAMPLED = 96
"""Points whose cost is looked at to know that of all."""
TRUST = 0.1
"""Share of a point from which its own pace counts more than that of its group."""


class Costs:
    """Expected seconds of each point on one core, and which points are alike but for their seed.

    Points that this machine should not run cost nothing; where all looked at are such, the first
    one's ExperimentError is raised.

    Attributes
    ----------
    seconds : shape (points,)
    groups : number of each point's group, shape (points,)
    """

    def __init__(self, points: Sequence[Experiment]) -> None:
        groups: dict[Experiment, int] = {}
        self.groups: IntArray = np.array(
            [groups.setdefault(point.replace(seed=0), len(groups)) for point in points],
            dtype=np.int64,
        )
        self.seconds: Array = np.zeros(len(points))
        refused = []
        sampled: dict[int, list[float]] = {}
        for i in self._chosen():
            try:
                expected = _seconds(points[i])
            except WrongSideError:
                expected = 0.0
            except ExperimentError as error:
                refused.append(error)
                expected = 0.0
            sampled.setdefault(int(self.groups[i]), []).append(expected)
        if not points:
            return
        if refused and len(refused) == sum(map(len, sampled.values())):
            raise refused[0]
        means = {group: float(np.mean(seconds)) for group, seconds in sampled.items()}
        typical = float(np.mean(list(means.values())))
        self.seconds = np.array([means.get(int(group), typical) for group in self.groups])

    def _chosen(self) -> list[int]:
        """Numbers of at most `SAMPLED` points, of every group in turn, in an order by chance."""
        order = np.random.default_rng(0).permutation(len(self.groups))
        turns: dict[int, int] = {}
        ranked: list[tuple[int, int, int]] = []
        for i in order:
            group = int(self.groups[i])
            turns[group] = turns.get(group, -1) + 1
            ranked.append((turns[group], len(ranked), int(i)))
        return [i for _, _, i in sorted(ranked)[:SAMPLED]]

    def share(self, shares: Array) -> float:
        """Share of the work that is done (0 to 1), where `shares` of the points are, (points,)."""
        total = float(self.seconds.sum())
        done = float(self.seconds @ shares) / total if total > 0 else float(shares.mean())
        return min(done, 1.0)  # all shares may add up to a little more than all

    def left(self, shares: Array, spent: Array, workers: int) -> float | None:
        """Seconds until all points are done; None while too little is known (`speed.EVIDENCE`).

        One finished point will do for the share.

        Parameters
        ----------
        shares : share done of each point, shape (points,)
        spent : seconds of computing each has taken so far, shape (points,)
        workers : how many are computed at a time
        """
        least_share, least_seconds = speed.EVIDENCE
        enough = self.share(shares) >= least_share or np.any(shares >= 1)
        if not enough or spent.sum() < least_seconds:
            return None
        expected = np.maximum(self.seconds, 1e-3) * self._paces(shares, spent)
        begun = (spent > 0) & (shares < 1)
        # A point's own pace, as if it had first done `TRUST` of itself at its group's.
        own = (spent + TRUST * expected) / (shares + TRUST)
        each = np.where(begun, own, expected) * (1 - shares)
        return makespan(each[begun].tolist(), each[~begun & (shares < 1)].tolist(), workers)

    def _paces(self, shares: Array, spent: Array) -> Array:
        """Seconds really taken over seconds expected, of each point's group, shape (points,)."""
        done = np.maximum(self.seconds, 1e-3) * shares
        overall = spent.sum() / max(done.sum(), 1e-9)
        count = int(self.groups.max()) + 1
        own_spent, own_done, total, members = (
            np.bincount(self.groups, weights, count)
            for weights in (spent, done, np.maximum(self.seconds, 1e-3), None)
        )
        # As if every group had done half a point at the pace of all.
        half = total / members / 2
        return np.asarray((own_spent + half * overall) / (own_done + half))[self.groups]


def _seconds(point: Experiment) -> float:
    """Of one point, by estimate; its start is not drawn where it does not set the end."""
    if not point.steps or point.engine == "auto":
        return make_plan(point).seconds
    end, limits = point.steps * point.eta, server_limits()
    refuse_memory(point, limits)
    refuse_work(point, end, limits)
    return speed.seconds(point, end)


def makespan(running: list[float], waiting: list[float], workers: int) -> float:
    """When the last is done, of those running and of those waiting that take their places."""
    busy = running + [0.0] * max(0, min(workers, len(running) + len(waiting)) - len(running))
    if not busy:
        return 0.0
    heapq.heapify(busy)
    for seconds in waiting:
        heapq.heapreplace(busy, busy[0] + seconds)
    return max(busy)
