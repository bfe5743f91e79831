"""The power method against explicit tensors, the flow against another integrator; the counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence.arrays import Array
from emergence.lessons.tensor_power.flow import flow
from emergence.lessons.tensor_power.model import captures, field, loss
from emergence.lessons.tensor_power.power import deflated, power_rounds
from emergence.lessons.tensor_power.study import (
    FLOW,
    S0,
    SGD,
    STARTS,
    Grid,
    Joint,
    Needed,
    Teacher,
    ThreeWays,
    as_text,
    power_needed,
    start,
    widths,
)

SMALL = Teacher(4, 6, 4)


def tensor(a: Array, d: int) -> Array:
    """sum_p a_p e_p^(x 4), shape (d, d, d, d)."""
    T = np.zeros((d,) * 4)
    for p, strength in enumerate(a):
        T[p, p, p, p] = strength
    return T


def contracted(T: Array, v: Array) -> Array:
    return np.asarray(np.einsum("ijkl,j,k,l", T, v, v, v))


def test_the_rounds_are_those_of_the_explicit_tensor_and_end_where_the_closed_form_says() -> None:
    V, a = start(6, 16, 3), SMALL.a
    path = power_rounds(V, a, 12)
    for v, u in zip(V, np.swapaxes(path, 0, 1), strict=True):
        for row in u:
            np.testing.assert_allclose(v[:4] ** 2, row, atol=1e-12)
            v = contracted(tensor(a, 6), v)
            v = v / np.linalg.norm(v)
    np.testing.assert_array_equal(path[-1].argmax(axis=1), ThreeWays(SMALL, 16, 3).winners)


def test_deflation_finds_all_with_as_many_neurons_and_takes_out_what_it_found() -> None:
    a, T = SMALL.a, tensor(SMALL.a, 6)
    V = start(6, 16, 3)
    used, best, order = deflated(V, a)
    assert sorted(order) == [0, 1, 2, 3]
    assert used[-1] == 4
    np.testing.assert_allclose(best[-1], 1)
    for v, found in zip(V, order, strict=False):
        for _ in range(40):
            v = contracted(T, v)
            v = v / np.linalg.norm(v)
        assert np.argmax(np.abs(v)) == found
        T = T - contracted(T, v) @ v * np.einsum("i,j,k,l", v, v, v, v)
    assert np.abs(T).max() < 1e-9
    assert len(deflated(V[:2], a)[2]) == 2


@pytest.mark.parametrize("lowest", [0, 4])
def test_the_steps_are_those_of_another_integrator(lowest: int) -> None:
    W = S0 * np.array([start(6, 6, 1), start(6, 6, 2)])
    states = list(flow(W, SMALL.a, 60.0, lowest))
    assert states[-1][0] == pytest.approx(60)
    solved = solve_ivp(
        lambda _, y: field(y.reshape(W.shape), SMALL.a, lowest).ravel(), (0, 60), W.ravel(),
        "LSODA", rtol=1e-9, atol=1e-11,
    ).y[:, -1]  # fmt: skip
    np.testing.assert_allclose(states[-1][1], solved.reshape(W.shape), atol=0.02)
    losses = [loss(state, SMALL.a, lowest) for _, state in states]
    assert np.all(np.diff(losses, axis=0) < 1e-6)


def test_joint_training_finds_what_the_power_method_misses_from_the_same_neurons() -> None:
    """Whatever kappa: 2 P neurons."""
    for kappa in (1, 64):
        ways = ThreeWays(Teacher(8, 16, kappa), 16, 1)
        joint = list(ways.results())[-1].value
        assert joint.found == 8
        assert np.all(joint.captured[-1] > 0.8)
        assert np.all(np.diff(joint.t) > 0)
        assert joint.losses[-1].sum() < 1e-3 * joint.losses[0].sum()
    assert ways.found_alone < 6
    np.testing.assert_array_equal(ways.rounds(12)[-1] > 0.5, np.isin(range(8), ways.winners))
    assert len(ways.deflated()[2]) == 8


def test_a_run_says_what_is_found() -> None:
    joint = Joint(np.ones(1), np.array([[0.51, 0.5, 1.2]]), np.zeros((1, 4)), np.array([0]), True)
    assert joint.found == 2


def test_needed_is_the_least_width_that_finds_all() -> None:
    teacher = Teacher(4, 8, 64)
    for piece in Needed(4, 8, 64).results():
        needed, found = piece.value.needed(64), piece.value.found.get(64)
        if found is not None and len(found) == len(widths(4)):
            break
        assert list(piece.value.found) in ([], [64]), "the chosen kappa is the first"
    assert found is not None
    assert needed is not None
    assert found.shape == (len(widths(4)), STARTS)
    assert np.all(found <= np.minimum(4, np.array(widths(4)))[:, None])
    for row, least in zip(found.T, needed, strict=True):
        assert least == widths(4)[np.flatnonzero(row == 4)[0]]
    assert np.median(needed) <= 8
    assert piece.value.all_found(64, 12) == STARTS
    V = S0 * np.array([start(8, 8, seed) for seed in range(1, STARTS + 1)])
    *_, (_, W) = flow(V, teacher.a, teacher.end)
    np.testing.assert_array_equal(
        np.sum(captures(W, teacher.a) > 0.5, axis=1), found[widths(4).index(8)]
    )


def test_a_start_that_never_finds_all_needs_infinitely_many() -> None:
    found = np.full((len(widths(4)), 2), 3)
    found[-1, 0] = 4
    np.testing.assert_array_equal(Grid(4, {4: found}).needed(4), [12, np.inf])
    assert Grid(4, {4: found[:-1]}).needed(4) is None
    assert Grid(4, {}).all_found(4, 8) is None
    assert as_text(12.0, 4) == "12"
    assert as_text(np.inf, 4) == "more than 12"


def test_the_power_method_needs_what_two_directions_say() -> None:
    """P = 2: a neuron ends at the weak one with probability (2 / pi) arctan(kappa^-1/2)."""
    needed = power_needed(2, 16)
    p = 2 / np.pi * np.arctan(1 / 4)
    mean = 1 + (1 - p) * (1 / p) + p * (1 / (1 - p))  # the other one after the first
    assert needed[:, 0].max() == 1
    assert needed[:, 1].mean() == pytest.approx(mean, abs=4 * needed[:, 1].std() / np.sqrt(40))
    hard = power_needed(8, 64)
    assert np.median(hard[:, -1]) > 20 * 8
    assert np.all(np.diff(hard, axis=1) > 0)


def test_the_start_of_fewer_neurons_is_the_first_of_more_and_kappa_is_kappa() -> None:
    np.testing.assert_array_equal(start(16, 8, 1), start(16, 64, 1)[:8])
    a = Teacher(8, 16, 64).a
    assert a[0] / a[-1] == pytest.approx(64)
    lab = Teacher(8, 16, 64).nearest_in_lab(16, 1)
    assert lab.J == 2
    assert 8**lab.beta == pytest.approx(64, rel=0.05)


def test_online_sgd_finds_them_too_and_takes_as_long() -> None:
    teacher = Teacher(8, 16, 16)
    last = []
    for training in (SGD, FLOW):
        run = list(ThreeWays(teacher, 16, 1, training).results())[-1].value
        assert run.found == 8
        assert run.over
        assert run.losses[-1].sum() < 0.01 * run.losses[0].sum()
        missing = (run.captured <= 0.5).any(axis=1)
        last.append(run.t[np.flatnonzero(missing)[-1]])
    assert 0.5 < last[0] / last[1] < 2


def test_when_a_degree_has_lost_nine_tenths() -> None:
    losses = np.array([[1.0, 0, 1, 1], [0.05, 0, 0.2, 1], [0.2, 0, 0.1, 1], [0.1, 0, 0, 1]])
    joint = Joint(np.arange(1.0, 5), np.zeros((4, 2)), losses, np.array([0]), True)
    assert joint.tenths[0] == 4
    assert joint.tenths[2] == 3
    assert joint.tenths[4] == np.inf
    assert joint.slowest == 4
