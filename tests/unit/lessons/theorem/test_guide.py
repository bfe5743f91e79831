"""The numbers of the answers, another way: by hand, by an integral, by greed without a heap."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from emergence.experiment import Experiment
from emergence.lessons.theorem.guide import GUIDE
from emergence.runs.plan import make_plan
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def test_what_is_asked_for() -> None:
    check(READ, {"width": 32 / (8 * np.log(8)), "large": 4096 / 64, "small": 64 / 64})


def test_the_times() -> None:
    """From o = 0.1 to infinity in do/dtau = a J o^(J-1)."""

    def time(J: int) -> float:
        return float(quad(lambda o: 1 / (0.5 * J * o ** (J - 1)), 0.1, np.inf)[0])

    check(COMPUTE, {"J4": time(4), "J6": time(6)})


def test_four_neurons() -> None:
    plan = make_plan(Experiment(J=4, P=8, m=4, d=4096, c=1.0, s0=0.01, engine="flow"))
    times = 1 / (8 * plan.a * plan.overlaps**2)
    free, open_ = set(range(4)), set(range(8))
    while free and open_:
        k, p = min(((k, p) for k in free for p in open_), key=lambda pair: float(times[pair]))
        assert plan.iota[p] == k
        free.remove(k)
        open_.remove(p)
    check(THINK, {"width": 4 / (8 * np.log(8)), "matched": 8 - len(open_), "left": len(open_)})
