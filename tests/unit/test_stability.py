"""The mean-square bound of the step size, and the share of it that is offered to try: measured."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from emergence import Experiment, simulate
from emergence.runs.plan import make_plan
from emergence.theory.stability import KINDS, MARGIN, MEASURED, mean_square_bound
from tests import naive
from tests.benchmarks.step_size import BASES, SEEDS, diverged
from tests.unit.conftest import LINKS

BASE = Experiment(d=32, P=8, m=32, J=4, engine="sgd")


def scaled(share: float, seed: int) -> Experiment:
    """The base experiment at `share` of the mean-square bound."""
    e = BASE.replace(seed=seed)
    return e.replace(c=share * make_plan(e).bound_c)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_far_above_the_bound_it_diverges_and_says_what_to_try(seed: int) -> None:
    e = scaled(10, seed)
    r = simulate(e)
    assert r.state == "diverged"
    assert "diverged after" in r.message
    assert "larger batch size B" in r.message
    found = re.search(r"Try c = ([\d.e-]+), that is η = ([\d.e-]+): at", r.message)
    assert found
    c, eta = float(found[1]), float(found[2])
    assert c == pytest.approx(e.c / 10 * MARGIN, rel=0.05)
    assert eta == pytest.approx(c * e.d**-2, rel=0.05)
    # What came before is kept: snapshots from the start to just before the end.
    assert len(r.steps) > 10
    assert r.mse[0] == pytest.approx(1, abs=0.01)
    assert np.isfinite(r.mse).all()
    [stopped] = re.findall(r"after ([\d,]+) steps", r.message)
    last = int(stopped.replace(",", ""))
    assert 0.9 * last < r.steps[-1] <= last < make_plan(e).end / e.eta


@pytest.mark.parametrize("seed", [2, 3])
def test_half_the_bound_is_fine(seed: int) -> None:
    r = simulate(scaled(0.5, seed))
    assert r.state == "finished"
    assert r.mse[-1] < 0.05
    assert np.count_nonzero(r.capture > 0.8) >= 4


NAMED = (BASES[0], BASES[1], BASES[2], BASES[3])
"""Kinds of experiments of which up to half diverge at the bound itself."""


@pytest.mark.parametrize("base", NAMED, ids=str)
def test_what_the_message_says_to_try_holds(base: dict[str, Any]) -> None:
    """A dozen seeds of each kind, none of which diverges (one in a hundred may)."""
    assert diverged(base, MARGIN, 12) == [False] * 12


def test_the_bound_itself_is_no_promise() -> None:
    """d = 48, P = 3, J = 2 at the bound: what was called safe diverges."""
    assert sum(diverged(BASES[0], 1.0, 16)) >= 3


def test_the_numbers_of_the_message_are_those_of_the_measurement() -> None:
    """At most one in a hundred, over at least as many runs as the benchmark's kinds and seeds."""
    bad, runs = MEASURED
    assert bad <= runs / 100
    assert len(BASES) == KINDS
    assert 0.9 * KINDS * SEEDS < runs <= KINDS * SEEDS
    remedy = make_plan(BASE.replace(c=5)).remedy
    assert f"at 0.2 times the mean-square bound {bad:,} of {runs:,} runs" in remedy


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    """A run that diverges at less than what would be offered: half of it, without a number; below
    the least c only a batch helps."""
    assert make_plan(BASE.replace(c=0.01)).remedy.startswith("Try c = 0.005, that is η = ")
    assert "runs" not in make_plan(BASE.replace(c=0.01)).remedy
    extreme = Experiment(d=4, P=1, m=2, mixture="8:10", c=1, steps=10, engine="sgd")
    assert make_plan(extreme).remedy == "Try a larger batch size B"


def test_a_larger_batch_is_as_good() -> None:
    """Sixty-four samples a step at the step size that diverges with one (Model 7.1)."""
    assert simulate(scaled(10, 1).replace(B=64, steps=30_000)).state == "finished"
    one, many = (make_plan(BASE.replace(B=B)).bound_c for B in (1, 16))
    assert 10 < many / one <= 16


@pytest.mark.parametrize("name", ["J=1", "J=2", "J=3", "J=4", "mix"])
def test_bound_is_that_of_the_second_moment_of_a_fitted_student(name: str) -> None:
    """The same inequality from samples: d E[g^2 sum_q g_q^2] against 2 E[g^2], 5 standard errors.

    g_q = sqrt(a_q) sigma'(z_q), and |x|^2 = d.
    """
    link, a, d = LINKS[name], np.array([0.8, 0.5, 0.3]), 50
    z = np.random.default_rng(4).standard_normal((400_000, 3))
    squares = a * naive.sigma_prime(link.c, z) ** 2
    ratio = d * squares[:, 0] * squares.sum(axis=1)
    power = a[0] * float(link.K_prime(1.0))
    growth = ratio / power + power
    error = growth.std() / np.sqrt(len(z)) / growth.mean()
    assert mean_square_bound(d, a, link) == pytest.approx(2 / growth.mean(), rel=5 * error + 1e-9)
