"""The numbers of the answers, another way: random neurons, drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.classroom.teaching import Exercise
from emergence.lessons.why_not_exp_kappa.guide import GUIDE
from tests.unit.lessons.recomputed import check

READ, COMPUTE, THINK = GUIDE.exercises


def found(P: int, beta: float, m: int, trials: int) -> float:
    """Share of trials in which m neurons end at all P directions: a |overlap|^2 decides (J = 4)."""
    rng = np.random.default_rng(1)
    a = np.arange(1.0, P + 1) ** -beta
    all_found = 0
    for _ in range(trials):
        overlaps = rng.standard_normal((m, P), dtype=np.float32)
        all_found += len(np.unique(np.argmax(a * overlaps**2, axis=1))) == P
    return all_found / trials


def needed(exercise: Exercise, P: int, beta: float, trials: int, margin: float) -> float:
    """The exercise's number, once so many neurons have found all directions in half of trials."""
    number = exercise.computed["needed"]
    assert found(P, beta, round(number), trials) == pytest.approx(0.5, abs=margin)
    return number


def test_what_the_power_method_needs() -> None:
    check(READ, {"needed": needed(READ, 16, 1.0, 800, 0.06), "enough": 16 * np.log(16)})


def test_kappa() -> None:
    check(COMPUTE, {"kappa": 32, "power": np.log10(np.exp(32.0)), "enough": 32 * np.log(32),
                    "needed": needed(COMPUTE, 32, 1.0, 150, 0.13)})  # fmt: skip
    assert COMPUTE.computed["enough"] < COMPUTE.computed["needed"] < np.exp(32)


def test_equal_strengths_are_coupons() -> None:
    rng = np.random.default_rng(2)
    a = 1 / np.arange(1.0, 17)
    ends = np.argmax(a * rng.standard_normal((400_000, 16), dtype=np.float32) ** 2, axis=1)
    last = 100 * float(np.mean(ends == 15))
    assert THINK.computed["last"] == pytest.approx(last, rel=0.1)
    check(THINK, {"kappa": 1, "needed": -16 * np.log(1 - 0.5 ** (1 / 16)),
                  "enough": 16 * np.log(16), "share": 100 / 16,
                  "last": THINK.computed["last"]}, rel=1e-4)  # fmt: skip
