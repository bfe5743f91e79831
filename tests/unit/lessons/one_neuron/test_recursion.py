"""The recursion of one neuron: each step's mean, spread and parts against independent routes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from emergence.engines.kernels.single_index import take_step
from emergence.engines.single_index import DecomposedSGD, SphericalSGD
from emergence.lessons.one_neuron.model import noise
from emergence.lessons.one_neuron.recursion.model import Recursion, chi_square_nodes
from emergence.lessons.one_neuron.recursion.study import TABLE, DecomposedSearch, NoiseSizes
from emergence.lessons.one_neuron.study import Search
from emergence.theory.hermite import hermite
from tests import naive
from tests.unit.conftest import directions

SMALL = 1e-6
"""A c at which the terms of order eta^3 are nothing."""


def test_at_j_4_the_signal_is_eight_times_that_of_the_talk() -> None:
    """u + eta 8 u^2 (1 - u): the talk's m + eta a (1 - m) m^2 with the 8 inside a."""
    rule = Recursion(4, 32, 0.01)
    u = np.array([0.0, 1 / 32, 0.3, 0.5, 1.0])
    np.testing.assert_allclose(rule.signal(np.sqrt(u)), rule.eta * 8 * u**2 * (1 - u), atol=1e-20)


@pytest.mark.parametrize("freedom", [2, 7, 30, 1_000_000])
def test_chi_square_nodes_have_its_moments(freedom: int) -> None:
    """E R^n = k (k + 2) ... (k + 2n - 2), exactly up to n = 11."""
    nodes, weights = chi_square_nodes(freedom, 6)
    for order in range(12):
        moment = math.prod(freedom + 2.0 * i for i in range(order))
        assert weights @ nodes**order == pytest.approx(moment, rel=1e-9)


@pytest.mark.parametrize(("J", "d", "c"), [(1, 6, 0.3), (2, 6, 0.1), (3, 6, 0.03), (4, 5, 0.02),
                                           (4, 5, 2.0)])  # fmt: skip
def test_mean_and_spread_of_one_step_by_monte_carlo(J: int, d: int, c: float) -> None:
    """In all d coordinates, by the plain step of `naive`'s formula, vectorised over the samples."""
    rule, rng, count = Recursion(J, d, c), np.random.default_rng(J), 400_000
    v, w = directions(rng, 2, d)
    o = float(v @ w)
    x = rng.standard_normal((count, d))
    z, y = x @ v, x @ w
    e = np.asarray(naive.h(J, z)) - np.asarray(naive.h(J, y))
    push = rule.eta * e * math.sqrt(J) * np.asarray(naive.h(J - 1, z))
    moved = v - push[:, None] * (x - z[:, None] * v)
    step = (moved @ w / np.linalg.norm(moved, axis=1)) ** 2 - o**2
    mean, spread = (float(each[0]) for each in rule.moments(np.array([o])))
    assert abs(step.mean() - mean) < 5 * step.std() / math.sqrt(count)
    off = np.sqrt(np.var((step - step.mean()) ** 2) / count) / (2 * step.std())
    assert abs(step.std() - spread) < 5 * off
    assert off < 0.1 * spread


@pytest.mark.parametrize("J", [2, 3, 4])
def test_zeta_at_small_eta_by_hand(J: int) -> None:
    """To second order: mean V (1 - 2u) - u (d - 2) C, variance of the step 4 u (1 - u) eta^2 Var.

    V = E[g^2 t^2], C = E[g^2]; at u = 0 t is y and C is `noise`, so that V - C = J (E h_J(y)^2 y^2
    - 1) = 2 J^2, at J = 4 32; at J = 2 less 2 E[h_2 h_2'^2] E[h_2(y) y^2] = 8.
    """
    d = 10_000
    rule = Recursion(J, d, SMALL)
    o = np.array([1e-4])
    mean, spread = rule.moments(o)
    V = noise(J) + 2 * J * J - 8 * (J == 2)
    assert spread[0] == pytest.approx(2 * o[0] * rule.eta * math.sqrt(V), rel=1e-3)
    zeta = (mean - rule.signal(o))[0] / rule.eta**2
    assert zeta == pytest.approx(V - o[0] ** 2 * d * noise(J), rel=1e-3)


@pytest.mark.parametrize("J", [3, 4])
@pytest.mark.parametrize(("d", "near"), [(1_000, 0.3), (100_000, 0.03)])
def test_noise_over_signal_depends_on_eta_d_to_the_half_j_alone(
    J: int, d: int, near: float
) -> None:
    """wander^2 = 2 V c / J and drift = (V - C) c / (2 J) = J c, up to terms of order 1/sqrt(d)."""
    sizes, c = Recursion(J, d, 1e-4).sizes, 1e-4
    assert sizes.wander**2 == pytest.approx(2 * (noise(J) + 2 * J * J) * c / J, rel=0.05)
    assert sizes.drift == pytest.approx(J * c, rel=near)


@pytest.mark.parametrize("J", [1, 2, 3, 4, 6])
def test_the_table_is_the_quadrature_between_its_nodes(J: int) -> None:
    rule = Recursion(J, 32, 0.01)
    signal, mean = rule.table(TABLE)
    o = np.linspace(-1, 1, TABLE)[1::97]
    exact = rule.moments(o)[0]
    np.testing.assert_allclose(mean[1::97] - signal[1::97], exact - rule.signal(o),
                               atol=2e-4 * np.abs(exact - rule.signal(o)).max())  # fmt: skip
    np.testing.assert_allclose(signal[1::97], rule.signal(o), rtol=1e-12)


@pytest.mark.parametrize("J", [2, 3, 4])
def test_the_books_are_those_of_a_plain_loop(J: int) -> None:
    """The same overlaps as `SphericalSGD`, and sums of what the quadrature says at each of them."""
    rule = Recursion(J, 12, 0.02)
    start = np.linspace(-0.5, 0.9, 5)
    parts = DecomposedSGD(hermite(J), 12, rule.eta, start, np.array(rule.table(TABLE)), seed=3)
    plain = SphericalSGD(hermite(J), 12, rule.eta, start, np.empty(0), seed=3)
    signal, mean, square = np.zeros((3, len(start)))
    for _ in range(40):
        before = plain.overlaps.copy()
        signal = signal + rule.signal(before)
        expected = rule.moments(before)[0]
        plain.advance(1)
        mean = mean + expected
        square = square + (plain.overlaps**2 - before**2 - expected) ** 2
    parts.advance(15)
    parts.advance(25)
    np.testing.assert_array_equal(parts.overlaps, plain.overlaps)
    for got, by_hand in zip(parts.sums, (signal, mean, square), strict=True):
        np.testing.assert_allclose(got, by_hand, rtol=1e-4, atol=1e-4 * np.abs(by_hand).max())


def test_the_martingale_has_mean_zero_and_the_square_it_should() -> None:
    """Over 4,000 neurons: its mean is 0 within its error, its mean square that of the sums."""
    rule = Recursion(4, 16, 0.002)
    start = np.full(4_000, 0.25)
    engine = DecomposedSGD(hermite(4), 16, rule.eta, start, np.array(rule.table(TABLE)), seed=1)
    engine.advance(2_000)
    martingale = engine.overlaps**2 - start**2 - engine.sums[1]
    error = martingale.std() / math.sqrt(len(start))
    assert abs(martingale.mean()) < 5 * error
    ratio = martingale**2 - engine.sums[2]
    assert abs(ratio.mean()) < 5 * ratio.std() / math.sqrt(len(start))
    assert abs(martingale.mean()) < abs((engine.sums[1] - engine.sums[0]).mean()) + 5 * error
    assert martingale.std() > 3 * np.abs(engine.sums[0]).mean(), "noise outweighs 2,000 signals"


def test_take_step_is_the_step_of_the_module() -> None:
    """(o - eta sqrt(1-u) g t)^2 / (1 + eta^2 g^2 (t^2 + R)), on samples given."""
    rng, rule = np.random.default_rng(0), Recursion(4, 9, 0.05)
    o, x = np.full(50, 0.4), np.abs(rng.standard_normal((3, 50)))
    moved, engine = o.copy(), SphericalSGD(hermite(4), 9, rule.eta, o, np.empty(0), 0)
    take_step(moved, x, *engine._neuron[:2], rule.eta)
    across, link = math.sqrt(1 - 0.16), hermite(4)
    z, t = 0.4 * x[0] + across * x[1], across * x[0] - 0.4 * x[1]
    g = (link.sigma(z) - link.sigma(0.4 * z + across * t)) * link.sigma_prime(z)
    u = (0.4 - rule.eta * across * g * t) ** 2 / (1 + (rule.eta * g) ** 2 * (t**2 + x[2]))
    np.testing.assert_allclose(moved**2, u, rtol=1e-6)


def test_a_run_s_books_balance() -> None:
    *_, last = DecomposedSearch(Search(3, 32, 0.004)).results()
    parts = last.value
    assert last.done == 1
    np.testing.assert_allclose(parts.u, parts.u[0] + parts.signal + parts.drift + parts.martingale)
    assert parts.u.shape == parts.martingale.shape == (len(parts.steps), 8)
    *_, same = Search(3, 32, 0.004).results()
    np.testing.assert_array_equal(parts.u, same.value.u)
    assert 0 <= parts.middle < 8


def test_measured_spreads_follow_the_quadrature() -> None:
    """Within five standard errors, and a tenth for the drift of u in the walk."""
    study = NoiseSizes(3, (16, 64))
    *_, last = study.results()
    assert len(last.value) == 6
    for each in last.value:
        c = each.eta * each.d**1.5
        expected = Recursion(3, each.d, c).sizes.wander
        assert abs(each.wander - expected) < 5 * each.error + 0.1 * expected
    assert [piece.value for piece in NoiseSizes(6, (16,)).results()] == [()], "no sample shows it"
    lines = study.lines(5)
    assert set(lines) == {16, 64}
    etas, sizes = lines[16]
    assert all(one.wander < two.wander for one, two in itertools.pairwise(sizes))
    assert etas[0] == pytest.approx(1e-5 * 16**-1.5)


@pytest.mark.parametrize("J", [3, 4])
def test_the_largest_step_falls_as_d_to_the_minus_half_j(J: int) -> None:
    """And there the martingale is as large as the signal: 2 V c / J = 1, up to terms in 1/d."""
    study = NoiseSizes(J, (256, 1_024, 4_096))
    assert study.power.value == pytest.approx(-J / 2, abs=0.02)
    for d, eta in study.largest().items():
        assert Recursion(J, d, eta * d ** (J / 2)).sizes.wander == pytest.approx(1, rel=1e-3)
