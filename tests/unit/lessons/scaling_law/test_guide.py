"""The numbers of the answers, another way: greed pair by pair, sums of tails, runs one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import zeta

from emergence.lessons.scaling_law.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def learned(seed: int) -> set[int]:
    """What the first 8 of 512 random neurons learn of 256 directions, pair by pair, from 1."""
    z = np.random.default_rng([seed, 8]).standard_normal((512, 256))[:8]
    times = np.arange(1, 257) ** 0.8 / (8 * z**2)
    taken: dict[int, int] = {}
    for k, p in zip(*np.unravel_index(np.argsort(times, axis=None), times.shape), strict=True):
        if int(k) not in taken and int(p) + 1 not in taken.values():
            taken[int(k)] = int(p) + 1
    return set(taken.values())


def test_holes() -> None:
    first = learned(0)
    strongest = set(range(1, 9))
    missed = [len(strongest - learned(seed)) for seed in range(6)]
    check(READ, {"count": len(first), "missed": missed[0], "weakest": max(first),
                 "share": 100 * sum(missed) / 48})  # fmt: skip
    assert len(first) == 8
    assert missed[0] > 0


def test_exponents() -> None:
    """In width also from the tails themselves, m and so many times m."""
    check(COMPUTE, {"time": -0.75, "width": -0.6, "budget": -1 / 3, "times": 2 ** (5 / 3)})
    m = 1e6
    assert zeta(1.6, COMPUTE.computed["times"] * m) / zeta(1.6, m) == pytest.approx(0.5, rel=1e-4)


def test_two_ways_to_choose_the_step_size() -> None:
    """The least loss over runs r = 1 ... 256, each of which learns up to r at t^(1/beta) / r."""
    t = np.geomspace(1.5**1.6, 256**1.6, 300)
    tails = zeta(1.6, np.arange(257.0) + 1)
    r = np.arange(1, 257)[:, None]
    count = np.minimum(np.floor(t ** (1 / 0.8) / r + 1e-9).astype(int), r)
    slope = float(np.polyfit(np.log(t), np.log(tails[count].min(axis=0)), 1)[0])
    check(THINK, {"one": -0.75, "tuned": -0.375, "drawn": slope}, rel=0.02)
