"""Lesson 6: what is found by joint training, on the correlation loss, by the power method."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.engines import build
from emergence.lessons.why_not_exp_kappa.figure import (
    directions_found,
    neurons_needed,
    who_goes_where,
)
from emergence.lessons.why_not_exp_kappa.model import PowerMethod, needed_quantiles
from emergence.lessons.why_not_exp_kappa.study import (
    DirectionCounts,
    DirectionsFound,
    Fates,
    Needed,
    NeededWidths,
    Twins,
    drawn,
    end_time,
    ends,
    joint_flow,
    power_trials,
)
from emergence.runs.plan import make_plan
from emergence.runs.slices import advanced
from emergence.theory.power_method import winners


def test_the_trials_of_the_power_method() -> None:
    """Counted neuron by neuron from the same Gaussians, and near what theory expects."""
    P, beta, J = 8, 1.0, 4
    m, counts = power_trials(P, beta, J)
    assert m[0] == 1
    assert m[-1] >= PowerMethod(P, beta, J).needed(0.9)
    g = np.random.default_rng([P, J]).standard_normal((len(counts), int(m[-1]), P))
    pull = np.arange(1.0, P + 1) ** -beta * g**2
    for trial in range(3):
        plain = [len({int(np.argmax(v)) for v in pull[trial, : int(n)]}) for n in m]
        assert counts[trial].tolist() == plain
    error = counts.std(axis=0) / np.sqrt(len(counts)) + 0.05
    assert np.all(np.abs(counts.mean(axis=0) - PowerMethod(P, beta, J).expected(m)) < 5 * error)


def test_trials_stay_affordable_where_the_need_does_not() -> None:
    m, counts = power_trials(32, 2.0, 4)
    assert m[-1] < 1e-3 * PowerMethod(32, 2.0).needed()
    assert counts.max() < 32


def test_drawing_until_all_are_found() -> None:
    """The number is the last first finder's, also over several blocks of neurons."""
    theory = PowerMethod(16, 2.0)  # needs more than one block
    pieces = list(drawn(theory, 3))
    assert pieces[:-1] == [0] * (len(pieces) - 1)
    rng = np.random.default_rng([16, 4, 3])
    count = (1 << 19) // 16
    blocks = [rng.standard_normal((count, 16)) for _ in pieces]
    where = winners(np.concatenate(blocks), theory.a, 4)
    assert len(set(where[: pieces[-1]])) == 16
    assert len(set(where[: pieces[-1] - 1])) == 15


def test_joint_training_finds_all_with_p_log_p_neurons_and_the_power_method_does_not() -> None:
    """P = 8: the lesson's claim, at 24 neurons where P log P is 17."""
    study = DirectionsFound(8, 1.0, 4, trials=1)
    pieces = list(study.results())
    done = [piece.done for piece in pieces]
    assert np.all(np.diff(done) > -1e-12)
    assert done[-1] == pytest.approx(1)
    counts = pieces[-1].value
    assert study.widths == (4, 8, 12, 16, 24)
    assert [len(each) for each in counts.joint] == [1] * 5
    assert counts.joint[0] == (4,)  # m < P: one direction for each neuron (Model 4.6)
    assert counts.joint[-1] == (8,)
    power = float(PowerMethod(8, 1.0).expected(24))
    assert power < 7
    widths, alone = counts.over(24)  # type: ignore[misc]
    assert alone[:, -1].max() < 8
    assert alone[:, -1].mean() == pytest.approx(power, abs=2)
    assert widths[-1] == 24


def test_other_links_have_joint_training_alone() -> None:
    *_, last = DirectionsFound(4, 1.0, 6, trials=1).results()
    assert last.done == pytest.approx(1)
    assert last.value.twin == ()
    assert last.value.over(8) is None
    assert last.value.joint[-1] == (4,)


def test_neurons_needed_by_both() -> None:
    """The power method's twenty trials about theory; joint training below P log P plus one P."""
    teachers = ((4, 1.0), (8, 1.0), (64, 2.0))
    *_, last = Needed(teachers, 4, trials=1).results()
    assert last.done == pytest.approx(1)
    power, joint = last.value.power, last.value.joint
    assert [len(each) for each in power] == [20, 20, 0]  # the third is beyond drawing
    low, _, high = needed_quantiles(teachers, 4)
    for i in (0, 1):
        assert low[i] < np.median(power[i]) < high[i]
    assert [len(each) for each in joint] == [1, 1, 0]
    assert joint[1][0] <= 8 * np.log(8) + 8


def test_widths_that_are_not_enough_are_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no width that is tried finds all, the need is not the largest of them."""
    monkeypatch.setattr(Needed, "RATIOS", (0.25, 0.5))
    *_, last = Needed(((4, 1.0),), 4, trials=2).results()
    assert last.value.joint == ((np.inf, np.inf),)
    assert (last.value.failed, last.value.trials) == (2, 2)
    widths = NeededWidths(((), ()), ((np.inf, np.inf), (8, 9, np.inf)))
    fig = neurons_needed(Needed(((4, 1.0), (8, 1.0)), 4), widths, over_kappa=False)
    dots = next(trace for trace in fig.data if trace.name == "joint training")
    top = 10 ** fig.layout.yaxis.range[1]
    assert dots.y[0] > top
    assert dots.y[1] == 9
    assert dots.y[1] + dots.error_y.array[1] > top
    json.loads(fig.to_json())


def test_twins_part_ways() -> None:
    """From one start on the same samples joint SGD finds more than without deflation."""
    study = Twins(8, 1.0, 32, seed=3)
    *_, last = study.results()
    fates = last.value
    assert last.done == pytest.approx(1)
    assert fates.captured.sum() > fates.reached.sum()
    # Some stay free in joint training, where on the correlation loss nearly all end somewhere.
    assert np.count_nonzero(fates.joint < 0) > np.count_nonzero(fates.twin < 0)
    assert np.mean(fates.twin == 0) > 2 * np.mean(fates.joint == 0)
    plan = make_plan(study.experiment)
    where, reached = study.power
    assert where.tolist() == winners(plan.overlaps, plan.a, 4).tolist()
    assert reached.sum() == len(set(where))
    assert np.all(study.start.joint == -1)


def test_free_neurons_have_hardly_moved_when_the_strong_directions_are_found() -> None:
    """J = 4, d = 256: when directions 1 to 4 are found, the neurons of 5 to 8 are as at the start.

    Left to itself, each neuron would be at its own end by then or on the way to it.
    """
    plan = make_plan(joint_flow(8, 1.0, 4, 24, seed=0))
    engine = build(plan.experiment, plan.overlaps, plan.iota)
    for tau in np.geomspace(plan.T.min(), plan.end, 400):
        engine.advance(float(tau), 1e9)
        if np.all(np.max(engine.overlaps()[:, :4] ** 2, axis=0) > 0.5):
            break
    late = plan.iota[4:]
    u, start = engine.overlaps()[late] ** 2, plan.overlaps[late] ** 2
    assert np.all(np.max(u[:, :4], axis=1) < 0.1)
    assert np.abs(u[:, :4] - start[:, :4]).max() < 0.05
    assert engine.tau < end_time(plan)


def test_sgd_advances_to_the_nearest_step_in_any_slices() -> None:
    e = joint_flow(2, 1.0, 4, 4, seed=0).replace(engine="correlation")
    plan = make_plan(e)
    engine = build(e, plan.overlaps, plan.iota)
    for steps in (0.2, 0.9, 7.4, 1e5 + 0.3, 1e5):
        times = list(advanced(engine, plan.nearest(steps * e.eta)))
        assert times == sorted(times)
        assert engine.tau == pytest.approx(min(round(steps), 100_000) * e.eta, rel=1e-12)


def test_where_neurons_end() -> None:
    overlaps = np.array([[0.1, 0.8], [-0.9, 0.1], [0.5, 0.5]])
    assert ends(overlaps).tolist() == [1, 0, -1]
    assert ends(overlaps, np.array([-1, 1, 1])).tolist() == [1, 0, 1]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([1, 4, 33]), st.integers(1, 40), st.integers(0, 9))
def test_who_goes_where_draws_every_neuron_once(P: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    where = rng.integers(-1, P, m)
    reached = np.isin(np.arange(P), where)
    fig = who_goes_where({"one": (where, reached), "two": (np.full(m, -1), np.zeros(P, bool))})
    lines = [trace for trace in fig.data if trace.mode == "lines+markers"]
    assert sum(len(trace.x) for trace in lines) == 3 * 2 * m
    drawn_to = np.concatenate([trace.x[1::3] for trace in lines])
    assert np.count_nonzero(np.isfinite(drawn_to)) == np.count_nonzero(where >= 0)
    assert f"{reached.sum()} of {P} found" in fig.layout.annotations[0].text


def test_nothing_is_given_away_before_the_answer() -> None:
    study = DirectionsFound(8, 1.0, 4)
    fig = directions_found(study, None, 50, False, 1e7)
    assert [trace.x[0] for trace in fig.data] == [50, study.theory.enough, 8.0]
    assert fig.layout.xaxis.range[1] == 7


@pytest.mark.parametrize(("P", "beta", "J"), list(itertools.product([4, 32], [0.0, 2.0], [4, 6])))
def test_pictures_of_extreme_teachers(P: int, beta: float, J: int) -> None:
    study = DirectionsFound(P, beta, J)
    recovery = DirectionCounts(((1, 2), *[()] * (len(study.widths) - 1)), ())
    fig = directions_found(study, recovery, 10**7, True, 1e7)
    assert all(np.all(np.isfinite(trace.y)) for trace in fig.data)
    needed = Needed(((4, beta), (P, beta)), J)
    other = neurons_needed(needed, NeededWidths(((), ()), ((4.0, 5.0), ())), over_kappa=False)
    assert np.all(np.isfinite(other.layout.yaxis.range))


def test_fates_know_what_is_reached() -> None:
    fates = Fates(np.array([0, -1]), np.array([2, -1]), np.zeros(3, bool))
    assert fates.reached.tolist() == [False, False, True]
