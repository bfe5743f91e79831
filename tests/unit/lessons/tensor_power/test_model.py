"""The closed forms against quadrature, sums over Hermite polynomials and finite differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermeval
from numpy.polynomial.legendre import leggauss
from scipy.special import factorial
from scipy.stats import binom

from emergence.arrays import Array
from emergence.lessons.tensor_power.model import (
    DEGREES,
    abs_coefficient,
    captures,
    degree_losses,
    field,
    higher_share,
    loss,
    relu_abs,
    relu_coefficient,
    relu_relu,
    share_interval,
)

A = np.array([1.0, 0.6, 0.3])
LOWEST = (0, 4)


def neurons(m: int, d: int = 5, starts: int = 2) -> Array:
    """Neurons of different norms."""
    rng = np.random.default_rng(3)
    return 0.7 * rng.standard_normal((starts, m, d))


def expected(function: Callable[[Array], Array]) -> float:
    """E over a standard normal, by Gauss-Legendre on either side of 0, where kinks are."""
    x, w = leggauss(120)
    z = 6 * (x + 1)
    density = 6 * w * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return float(density @ (function(z) + function(-z)))


def hermite(i: int, z: Array) -> Array:
    return np.asarray(hermeval(z, np.eye(i + 1)[i]) / np.sqrt(factorial(i)))


@pytest.mark.parametrize("i", range(13))
def test_the_hermite_coefficients_by_quadrature(i: int) -> None:
    by_hand = expected(lambda z: np.abs(z) * hermite(i, z))
    assert abs_coefficient(i) == pytest.approx(by_hand, abs=1e-9)
    by_hand = expected(lambda z: np.maximum(z, 0) * hermite(i, z))
    assert relu_coefficient(i) == pytest.approx(by_hand, abs=1e-9)


def test_the_chain_s_first_coefficients() -> None:
    """|z| = sqrt(2/pi) (1 + h_2 / sqrt 2 - h_4 / sqrt 24 + ...), and all of E |z|^2 = 1."""
    unit = np.sqrt(2 / np.pi)
    assert [abs_coefficient(i) / unit for i in (0, 2, 4)] == pytest.approx(
        [1, 1 / np.sqrt(2), -1 / np.sqrt(24)]
    )
    assert sum(abs_coefficient(i) ** 2 for i in range(0, 170, 2)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("s", [-0.99, -0.4, 0.0, 0.3, 0.8])
def test_the_kernels_in_the_plane_of_two_directions(s: float) -> None:
    """In polar coordinates E g = (1 / pi) int g(cos, sin) dangle for g of degree 2: E r^2 = 2."""
    angle, other = np.arange(200_000) * np.pi / 1e5, np.arccos(s)
    first, second = np.cos(angle), np.cos(angle - other)
    relu = 2 * np.mean(np.maximum(first, 0) * np.maximum(second, 0))
    mixed = 2 * np.mean(np.maximum(first, 0) * np.abs(second))
    assert relu_relu(np.array(s))[0] == pytest.approx(relu, abs=1e-8)
    assert relu_abs(np.array(s))[0] == pytest.approx(mixed, abs=1e-8)


@pytest.mark.parametrize("lowest", LOWEST)
def test_the_kernels_are_sums_over_hermite_polynomials_and_their_slopes_are(lowest: int) -> None:
    s = np.linspace(-0.9, 0.9, 13)
    degrees = range(lowest, 160)
    r, c = ([f(i) for i in degrees] for f in (relu_coefficient, abs_coefficient))
    for kernel, product in ((relu_relu, np.multiply(r, r)), (relu_abs, np.multiply(r, c))):
        value, slope = kernel(s, lowest)
        series = sum(p * s**i for i, p in zip(degrees, product, strict=True))
        np.testing.assert_allclose(value, series, atol=1e-9)
        h = 1e-6
        difference = (kernel(s + h, lowest)[0] - kernel(s - h, lowest)[0]) / (2 * h)
        np.testing.assert_allclose(slope, difference, atol=1e-8)


def test_the_loss_is_that_of_gaussian_samples() -> None:
    W = neurons(6)
    x = np.random.default_rng(1).standard_normal((400_000, 5))
    teacher = np.abs(x[:, :3]) @ A
    for one, closed in zip(W, loss(W, A), strict=True):
        student = np.maximum(x @ one.T, 0) @ np.linalg.norm(one, axis=1)
        squares = (student - teacher) ** 2
        assert closed == pytest.approx(squares.mean(), abs=4 * squares.std() / np.sqrt(len(x)))


@pytest.mark.parametrize("lowest", LOWEST)
def test_the_field_is_minus_the_gradient_of_half_the_loss(lowest: int) -> None:
    W, h = neurons(4), 1e-6
    difference = np.empty_like(W)
    for place in np.ndindex(W.shape):
        nudge = np.zeros_like(W)
        nudge[place] = h
        both = loss(W + nudge, A, lowest) - loss(W - nudge, A, lowest)
        difference[place] = -both[place[0]] / (4 * h)
    np.testing.assert_allclose(field(W, A, lowest), difference, atol=1e-7)


def test_the_loss_s_parts_are_those_of_explicit_tensors_and_add_up() -> None:
    W = neurons(4, starts=1)[0]
    n = np.linalg.norm(W, axis=1)
    parts = degree_losses(W, A)
    for part, i in zip(parts, DEGREES, strict=True):
        tensor = np.zeros((5,) * i)
        vectors = [(relu_coefficient(i) * k**2, w / k) for w, k in zip(W, n, strict=True)]
        vectors += [(-abs_coefficient(i) * a, e) for a, e in zip(A, np.eye(5), strict=False)]
        for weight, vector in vectors:
            outer = np.array(weight)
            for _ in range(i):
                outer = np.multiply.outer(outer, vector)
            tensor = tensor + outer
        assert part == pytest.approx(np.sum(tensor**2))
    assert parts[:3].sum() + loss(W, A, 4) == pytest.approx(float(loss(W, A)))
    assert loss(W, A, 4) > parts[3]


def test_two_neurons_a_direction_are_the_teacher_and_capture_it() -> None:
    W = np.concatenate([np.sqrt(A)[:, None] * np.eye(5)[:3], -np.sqrt(A)[:, None] * np.eye(5)[:3]])
    assert loss(W, A) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(captures(W, A), 1)
    np.testing.assert_allclose(field(W, A), 0, atol=1e-7)
    np.testing.assert_allclose(captures(W[:3], A), 0.5)


def test_what_the_higher_degrees_pull() -> None:
    s, h = 0.6, 1e-6
    pulls = [np.diff(relu_abs(np.array([s - h, s + h]), lowest)[0])[0] for lowest in (0, 4)]
    assert higher_share(s) == pytest.approx(pulls[1] / pulls[0], rel=1e-4)


@pytest.mark.parametrize(("k", "n"), [(0, 8), (3, 8), (8, 8)])
def test_the_interval_ends_where_so_many_would_be_too_rare(k: int, n: int) -> None:
    low, high = share_interval(k, n)
    assert low == 0 if k == 0 else binom.sf(k - 1, n, low) == pytest.approx(0.025)
    assert high == 1 if k == n else binom.cdf(k, n, high) == pytest.approx(0.025)
