"""Lesson 5's claims: sharp transitions keep the irrelevant overlaps at 1/d; without, they move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from emergence.engines.gradient_flow import GradientFlow
from emergence.experiment import Experiment
from emergence.lessons.many_neurons.model import (
    IrrelevantOverlaps,
    fitted_level,
    growth_exponent,
    irrelevant,
    order,
    unfound,
)
from emergence.lessons.many_neurons.study import (
    FirstCrossings,
    Trajectories,
    Trajectory,
    at_start,
)
from emergence.runs.plan import make_plan
from emergence.theory.hermite import hermite
from tests import naive

SHARP = Experiment(d=1024, P=6, m=16, s0=0.02, seed=1, engine="flow", horizon=1.3)
SMOOTH = SHARP.replace(J=2, horizon=6.0)


@lru_cache
def trajectories() -> tuple[Trajectory, ...]:
    pieces = list(Trajectories((SHARP, SMOOTH)).results())
    counts = [len(piece.value[0].tau) for piece in pieces]
    assert counts == sorted(counts)
    assert pieces[-1].done == 1.0
    return pieces[-1].value


def test_what_is_asked_about_comes_first() -> None:
    """Of the last experiment; the others have not begun when its first direction is found."""
    for piece in Trajectories((SHARP, SMOOTH)).results():
        other, asked = piece.value
        if len(asked.acts) > 1:
            break
    assert len(other.tau) == 1


def test_both_links_start_alike() -> None:
    sharp, smooth = trajectories()
    np.testing.assert_array_equal(sharp.u[0], smooth.u[0])
    np.testing.assert_allclose(sharp.u[0], sharp.plan.overlaps**2, rtol=1e-6)


def test_the_acts_follow_one_another() -> None:
    for run in trajectories():
        drift, crossed, fitted, second = run.acts
        first, next_one = order(run.plan.T)
        assert run.tau[drift] == pytest.approx(0.8 * run.tau[crossed], rel=0.03)
        assert run.u[crossed, :, first].max() > 0.5 > run.u[crossed - 1, :, first].max()
        assert run.capture[fitted, first] > 0.95 > run.capture[fitted - 1, first]
        assert run.u[second, :, next_one].max() > 0.5 > run.u[second - 1, :, next_one].max()
        assert drift < crossed < fitted


def test_irrelevant_pairs_are_all_but_the_matched() -> None:
    plan = trajectories()[0].plan
    u = np.random.default_rng(0).random((16, 6))
    first = int(np.argmin(plan.T))
    own: list[float] = []
    others: list[float] = []
    for k in range(16):
        for p in range(6):
            if plan.iota[p] != k:
                (own if p == first else others).append(u[k, p] * 1024)
    seen = irrelevant(u, plan.iota, plan.T, 1024)
    np.testing.assert_allclose(np.sort(seen[0]), np.sort(own))
    np.testing.assert_allclose(np.sort(seen[1]), np.sort(others))


def test_sharp_transitions_leave_the_others_where_they_were() -> None:
    sharp, smooth = trajectories()
    at = sharp.acts[1]
    assert sharp.turned(at) == 0
    assert sharp.irrelevant_overlaps(at).median < 1.2 * sharp.irrelevant_overlaps(0).median
    assert sharp.irrelevant_overlaps(at).largest < 2.5 * sharp.irrelevant_overlaps(0).largest
    at = smooth.acts[1]
    assert smooth.turned(at) >= 4
    assert smooth.irrelevant_overlaps(at).median > 2 * smooth.irrelevant_overlaps(0).median
    assert smooth.irrelevant_overlaps(at).largest > 5 * smooth.irrelevant_overlaps(0).largest


def exponent(overlaps: Sequence[IrrelevantOverlaps], J: int) -> float:
    """`growth_exponent` where there is one."""
    fit = growth_exponent(overlaps, J)
    assert fit is not None
    return fit.value


def test_over_d_they_stay_at_one_over_d_only_where_transitions_are_sharp() -> None:
    experiments = tuple(
        Experiment(d=d, P=8, m=32, s0=0.02, seed=seed, engine="flow", J=J)
        for seed in (1, 2) for d in (256, 4096, 65536) for J in (4, 2)
    )  # fmt: skip
    pieces = list(FirstCrossings(experiments).results())
    assert [len(piece.value) for piece in pieces] == list(range(1, 13))
    overlaps = pieces[-1].value
    assert exponent(overlaps, 4) == pytest.approx(0.0, abs=0.05)
    assert exponent(overlaps, 2) == pytest.approx(0.5, abs=0.05)  # a_2 / a_1 at beta = 1
    assert growth_exponent(overlaps[:4], 4) is None


def test_growth_is_the_slope_of_a_power_law() -> None:
    overlaps = [IrrelevantOverlaps(d, 2, 3.0 * d**0.7, 1.0) for d in (10, 100, 1000)]
    assert exponent(overlaps, 2) == pytest.approx(0.7)
    assert fitted_level(overlaps, 0.7) == pytest.approx(3.0)


def test_runs_that_find_nothing_are_counted() -> None:
    lost = IrrelevantOverlaps(64, 4, float("nan"), float("nan"))
    runs = [IrrelevantOverlaps(d, 4, 2.0 * d**0.5, 1.0) for d in (16, 64, 256)]
    assert exponent([*runs, lost], 4) == pytest.approx(0.5)
    assert unfound([*runs, lost]) == 1
    short = Experiment(d=256, P=4, m=8, s0=0.02, seed=1, engine="flow", steps=10)
    *_, last = FirstCrossings((short, short.replace(steps=0))).results()
    assert [np.isnan(each.largest) for each in last.value] == [True, False]


def test_an_act_is_never_another_ones() -> None:
    """Where the first direction is never fitted, the second's discovery is not the third act."""
    run = trajectories()[0]
    unfitted = replace(run, capture=np.minimum(run.capture, 0.9))
    assert unfitted.acts == run.acts[:2]
    assert replace(run, u=run.u * 0.1).acts == ()


def test_pulls_at_the_start_are_counted_plainly() -> None:
    """Of 20 starts, in 14 the strongest direction pulls hardest at more neurons than any other."""
    base = Experiment(d=1024, P=8, m=32, s0=0.02, engine="flow")
    most = 0
    for seed in range(1, 21):
        plan = make_plan(base.replace(seed=seed))
        counts = [0] * 8
        for k in range(32):
            pulls = [plan.a[p] * 4 * abs(plan.overlaps[k, p]) ** 3 for p in range(8)]
            counts[pulls.index(max(pulls))] += 1
        assert at_start(plan).tolist() == counts
        most += counts[0] > max(counts[1:])
    assert most == 14


def test_two_neurons_of_h_2_are_their_matrix() -> None:
    """The caption of the page: f = sum_k ((v_k . x)^2 - |v_k|^2) / sqrt(2)."""
    rng = np.random.default_rng(0)
    V, x = rng.standard_normal((3, 5)), rng.standard_normal(5)
    n2 = np.sum(V**2, axis=1)
    f = n2 @ hermite(2).sigma(V @ x / np.sqrt(n2))
    assert f == pytest.approx(np.sum((V @ x) ** 2 - n2) / np.sqrt(2))
    assert f == pytest.approx((x @ (M := V.T @ V) @ x - np.trace(M)) / np.sqrt(2))


def test_the_fitted_direction_pulls_no_more() -> None:
    sharp, _ = trajectories()
    first, second = order(sharp.plan.T)
    drift, _, fitted, _ = sharp.acts
    before, after = sharp.pulled(drift), sharp.pulled(fitted)
    assert before.sum() == after.sum() == 16
    assert before[first] == before.max()
    assert after[first] <= 1
    assert after[second] > before[second]


@pytest.mark.parametrize(("experiment", "agree"), [(SHARP, 1.0), (SMOOTH, 0.9)], ids=["J4", "J2"])
def test_the_pull_is_what_the_flow_does(experiment: Experiment, agree: float) -> None:
    """The direction with the largest a_p (1 - R_p) K' is that of the fastest growing overlap."""
    run = trajectories()[0 if experiment is SHARP else 1]
    moment = run.acts[0]
    engine = GradientFlow(experiment)
    engine.advance(float(run.tau[moment]), np.inf)
    V, link = engine._students(engine._V.shape[1]), run.plan.link
    rates = naive.flow_rhs(V, np.eye(6, V.shape[1]), run.plan.a, link.c)
    norms = np.linalg.norm(V, axis=1)
    units = V / norms[:, None]
    turn = (rates - units * np.sum(rates * units, axis=1, keepdims=True)) / norms[:, None]
    push = np.argmax(np.abs(turn[:, :6]) / (1 - units[:, :6] ** 2), axis=1)
    counted = np.bincount(push, minlength=6)
    assert np.minimum(counted, run.pulled(moment)).sum() >= agree * 16


def test_in_the_end_one_neuron_owns_a_direction_only_where_transitions_are_sharp() -> None:
    sharp, smooth = trajectories()
    first = order(sharp.plan.T)[0]
    assert sharp.learned == smooth.learned == 6
    assert sharp.ended[first] == 1
    assert smooth.ended[first] >= 2
    assert smooth.ended.max() >= 4
    assert sharp.share[-1].min() > 0.9 > smooth.share[-1].max()
