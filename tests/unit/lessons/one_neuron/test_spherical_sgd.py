"""One neuron by spherical SGD in one number, against all d coordinates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import roots_hermitenorm

from emergence.arrays import Array
from emergence.engines.kernels.single_index import Samples, fill_samples, take_step
from emergence.engines.single_index import SphericalSGD
from emergence.lessons.one_neuron.model import noise
from emergence.theory.hermite import hermite
from tests import naive
from tests.unit.conftest import directions

DEGREES = (1, 2, 3, 4, 6)


def engine(J: int, d: int, eta: float, start: Array, seed: int = 0) -> SphericalSGD:
    return SphericalSGD(hermite(J), d, eta, start, np.array([0.2, 0.5]), seed)


def steps_of(J: int, o: Array, x: Array, eta: float) -> Array:
    """The overlaps after one step on given samples (shape (3, n))."""
    moved, link = o.copy(), engine(J, 8, eta, o)
    take_step(moved, x, link._neuron.sigma, link._neuron.slope, eta)
    return moved


def plane(points: int = 40) -> tuple[Array, Array]:
    """Gauss-Hermite nodes of (w.x, e.x), shape (2, points^2), and their weights."""
    nodes, weights = roots_hermitenorm(points)
    weights = weights / weights.sum()
    grid = np.array(np.meshgrid(nodes, nodes)).reshape(2, -1)
    return grid, np.outer(weights, weights).ravel()


@pytest.mark.parametrize("J", DEGREES)
def test_each_step_is_that_of_all_coordinates(J: int) -> None:
    """The samples of one run in R^9 as the kernel sees them: the overlaps agree to rounding."""
    rng = np.random.default_rng(J)
    v, w = directions(rng, 2, 9)
    o, eta = np.array([v @ w]), 0.3 / math.sqrt(noise(J))
    for _ in range(40):
        x = rng.standard_normal(9)
        side = v - (v @ w) * w
        across = float(side @ x) / math.sqrt(side @ side)
        y = float(w @ x)
        rest = float(x @ x) - y**2 - across**2
        o = steps_of(J, o, np.array([[y], [across], [rest]]), eta)
        v = naive.spherical_step(v, w, hermite(J).c, x, eta)
        assert o[0] == pytest.approx(float(v @ w), abs=1e-9)


@pytest.mark.parametrize("J", DEGREES)
def test_the_mean_step_is_the_flow_and_the_noise_shrinks(J: int) -> None:
    """By quadrature over the samples: J o^(J-1) (1 - o^2) at first order in eta.

    At second order it is -o/2 (d C_J + terms without d), here for a small overlap and large d.
    """
    grid, weights = plane()
    for o in (-0.6, 0.1, 0.5, 0.9):
        x = np.concatenate([grid, np.full((1, grid.shape[1]), 3.0)])
        up, down = (steps_of(J, np.full(len(weights), o), x, eta) for eta in (1e-9, -1e-9))
        drift = float(weights @ (up - down)) / 2e-9
        assert drift == pytest.approx(J * o ** (J - 1) * (1 - o**2), rel=1e-5, abs=1e-6)
    d, o, eta = 1e6, 1e-3, 1e-8 / math.sqrt(noise(J))
    x = np.concatenate([grid, np.full((1, grid.shape[1]), d - 2)])
    up, down = (steps_of(J, np.full(len(weights), o), x, sign * eta) for sign in (1, -1))
    shrinking = -float(weights @ (up + down - 2 * o)) / eta**2
    assert shrinking == pytest.approx(o * d * noise(J), rel=1e-2)


def test_noise_by_hand() -> None:
    """E h_J^2 h_J'^2 + J from the products of Hermite polynomials: 1 + 1, 10 + 2, 93 + 3."""
    assert [noise(J) for J in (1, 2, 3, 4)] == pytest.approx([2, 12, 96, 856])


@pytest.mark.parametrize("freedom", [2, 3, 17, 1_000_000])
def test_samples_have_their_law(freedom: int) -> None:
    rows, seeds = 64, 50
    X, keys = np.zeros((rows, 3, seeds)), np.arange(2 * seeds, dtype=np.uint32).reshape(seeds, 2)
    scratch = np.zeros(4 * rows, np.float32), np.zeros(2 * rows, np.float32)
    samples = Samples(X, *scratch, np.zeros(2 * rows, np.int32))
    drawn = []
    for block in range(3):
        fill_samples(samples, freedom, keys, np.int64(block))
        drawn.append(X.copy())
    y, across, rest = np.concatenate(drawn).transpose(1, 0, 2).reshape(3, -1)
    for values, law in ((y, stats.norm), (across, stats.norm), (rest, stats.chi2(freedom))):
        assert stats.kstest(values, law.cdf).pvalue > 1e-6
        assert np.unique(values).size > 0.999 * len(values)
    table = np.corrcoef([y, across, rest])
    assert np.abs(table - np.eye(3)).max() < 5 / math.sqrt(len(y))


@pytest.mark.parametrize(("J", "eta"), [(1, 0.1), (2, 0.04), (3, 0.02), (4, 0.005)])
def test_overlaps_after_some_steps_have_the_law_of_all_coordinates(J: int, eta: float) -> None:
    """12 steps in R^6 from o = 0.4: mean, variance and whole distribution over the seeds."""
    d, count, rng = 6, 1_500, np.random.default_rng(J)
    w = np.eye(d)[0]
    plain = np.empty(count)
    for i in range(count):
        v = np.array([0.4, math.sqrt(1 - 0.16), 0, 0, 0, 0])
        for x in rng.standard_normal((12, d)):
            v = naive.spherical_step(v, w, hermite(J).c, x, eta)
        plain[i] = v @ w
    fast = engine(J, d, eta, np.full(4 * count, 0.4))
    fast.advance(12)
    error = math.sqrt(plain.var() / count + fast.overlaps.var() / (4 * count))
    assert error < 0.02
    assert abs(plain.mean() - fast.overlaps.mean()) < 5 * error
    assert stats.levene(plain, fast.overlaps).pvalue > 1e-5
    assert stats.ks_2samp(plain, fast.overlaps).pvalue > 1e-5


def test_a_run_does_not_depend_on_how_it_is_cut_and_crossings_are_exact() -> None:
    start = np.full(7, 0.3)
    whole, pieces = engine(2, 12, 0.02, start), engine(2, 12, 0.02, start)
    whole.advance(10)
    assert np.unique(whole.overlaps).size == 7, "every seed has its own samples"
    other = engine(2, 12, 0.02, start, seed=1)
    other.advance(10)
    assert not np.intersect1d(other.overlaps, whole.overlaps).size
    whole.advance(1_490)
    crossed = np.full((2, 7), -1)
    while pieces.step < 1_500:
        pieces.advance(1)
        for level, u in enumerate((0.2, 0.5)):
            new = (crossed[level] < 0) & (pieces.overlaps**2 > u)
            crossed[level, new] = pieces.step
    np.testing.assert_array_equal(whole.overlaps, pieces.overlaps)
    np.testing.assert_array_equal(whole.crossed, crossed)
    np.testing.assert_array_equal(pieces.crossed, crossed)
    assert (crossed[1] > 0).all()


@pytest.mark.parametrize("J", DEGREES)
def test_far_too_large_steps_stay_on_the_sphere(J: int) -> None:
    fast = engine(J, 8, 1e6, np.full(8, 1 / math.sqrt(8)))
    fast.advance(2_000)
    assert np.all(np.abs(fast.overlaps) <= 1)
