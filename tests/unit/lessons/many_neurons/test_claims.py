"""Claim 1 and claim 2: what the lesson measures, against other routes and hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest

from emergence import engines
from emergence.experiment import Experiment
from emergence.lessons.many_neurons.claims.model import Coupled, by_dimension, summaries
from emergence.lessons.many_neurons.claims.study import Decoupling, compare
from emergence.runs.plan import make_plan
from emergence.theory.predictions import travel_time


def measured(experiment: Experiment) -> Coupled:
    *_, coupled = compare(experiment)
    assert isinstance(coupled, Coupled)
    return coupled


def start(d: int, J: int = 4, seed: int = 1) -> Experiment:
    return Experiment(d=d, P=4, m=16, s0=0.02, seed=seed, engine="flow", J=J)


@pytest.mark.parametrize("J", [2, 4])
def test_the_decoupled_times_are_those_of_the_decoupled_engine(J: int) -> None:
    experiment = start(256, J)
    plan = make_plan(experiment)
    own = (plan.iota, np.arange(experiment.P))
    engine = engines.build(experiment.replace(engine="decoupled"), plan.overlaps, plan.iota)
    alone = travel_time(J, plan.overlaps[own] ** 2, 0.5) / plan.a
    for p in np.argsort(alone):
        engine.advance(float(alone[p]), np.inf)
        assert engine.overlaps()[own][p] ** 2 == pytest.approx(0.5, abs=1e-3)


def test_claim_1_the_coupled_times_tend_to_the_decoupled_ones() -> None:
    """From d = 256 to a million by more than fiftyfold, for two starts."""
    for seed in (1, 2):
        near, far = measured(start(256, seed=seed)), measured(start(1_000_000, seed=seed))
        assert far.never == 0
        assert far.largest < 1e-4
        assert near.median > 50 * far.median


def test_without_its_premise_claim_1_fails() -> None:
    """J = 2: irrelevant overlaps are large, and all but the first are found 10 % off or never."""
    coupled = measured(start(1_000_000, J=2))
    assert np.sum(coupled.off > 0.1) == 3
    assert np.nanmax(coupled.grown) > 1e-3 * coupled.d


def test_claim_2_irrelevant_overlaps_stay_of_order_1_over_d() -> None:
    """At every transition but the last, which has none left: J = 4 far below J = 2, any d."""
    largest = {}
    for J in (2, 4):
        for d in (4_096, 1_000_000):
            largest[J, d] = np.nanmax(measured(start(d, J)).grown)
    assert largest[4, 1_000_000] < 2 * largest[4, 4_096] < 200
    assert largest[2, 1_000_000] > 5 * largest[2, 4_096]


def test_crossings_are_found_finely() -> None:
    """Against looks 1e-5 apart around the coupled crossing."""
    experiment = start(512)
    coupled, plan = measured(experiment), make_plan(experiment)
    own = (plan.iota, np.arange(4))
    alone = travel_time(4, plan.overlaps[own] ** 2, 0.5) / plan.a
    first = int(np.argmin(alone))
    engine = engines.build(experiment, plan.overlaps, plan.iota)
    for tau in alone[first] * np.arange(0.98, 1.1, 1e-5):
        engine.advance(float(tau), np.inf)
        if engine.overlaps()[own][first] ** 2 > 0.5:
            break
    assert abs(tau / alone[first] - 1) == pytest.approx(coupled.off[first], abs=3e-5)


def test_never_counts() -> None:
    off = np.array([0.1, np.inf, 0.3, np.inf])
    one = Coupled(64, 2, off, np.full(4, np.nan))
    assert (one.never, one.largest, one.median) == (2, 0.3, np.inf)
    assert np.isnan(Coupled(64, 2, np.full(2, np.inf), np.full(2, np.nan)).largest)


def test_the_study_grows() -> None:
    experiments = (start(1_024), start(256), start(256, J=2))
    pieces = list(Decoupling(experiments).results())
    assert [len(piece.value) for piece in pieces] == sorted(len(piece.value) for piece in pieces)
    assert pieces[-1].done == 1
    assert [each.d for each in by_dimension(pieces[-1].value, 4)] == [256, 1_024]


def test_a_summary_leaves_nothing_out() -> None:
    """Two starts at one d, by hand: the never found are in the median and are counted."""
    one = Coupled(64, 2, np.array([0.1, np.inf]), np.array([3.0, np.nan]))
    two = Coupled(64, 2, np.array([np.inf, np.inf]), np.array([np.nan, np.nan]))
    (said,) = summaries([one, two, Coupled(64, 4, np.zeros(2), np.zeros(2))], 2)
    assert (said.d, said.starts, said.directions, said.never) == (64, 2, 4, 3)
    assert (said.median, said.grown) == (np.inf, 3.0)
    (none,) = summaries([two], 2)
    assert np.isnan(none.grown)
    assert summaries([], 4) == ()
