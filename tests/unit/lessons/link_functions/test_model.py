"""Hermite series of any link against analytic coefficients, plain integrals and Monte Carlo."""

from __future__ import annotations

from math import exp, factorial, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad

from emergence.lessons.link_functions.model import (
    DEGREE,
    LINKS,
    MIXTURE,
    NAMES,
    TOLERANCE,
    HermiteSeries,
    basis,
    correlation,
    expand,
    typical_overlap,
)
from tests import naive

MIXED = ((1, 0.05), (2, 0.0), (3, -0.4))


def relu_coefficient(i: int) -> float:
    """E[max(z, 0) h_i(z)]: 1/sqrt(2 pi), 1/2, and (-1)^(i/2-1) (i-3)!! / sqrt(2 pi i!), i even."""
    if i < 2:
        return (1 / sqrt(2 * pi), 0.5)[i]
    if i % 2:
        return 0.0
    odd = float(np.prod(np.arange(1, i - 2, 2)))
    return float((-1) ** (i // 2 - 1) * odd / sqrt(2 * pi * factorial(i)))


def series_of(name: str) -> HermiteSeries:
    return expand(name, MIXED if name == MIXTURE else ())


def test_relu_and_absolute_value_have_their_analytic_coefficients() -> None:
    relu = np.array([relu_coefficient(i) for i in range(DEGREE + 1)])
    absolute = np.where(np.arange(DEGREE + 1) % 2, 0.0, 2 * relu)
    np.testing.assert_allclose(expand("ReLU").c, relu, atol=1e-12)
    np.testing.assert_allclose(expand("|z|").c, absolute, atol=1e-12)


def test_gauss_hermite_alone_misses_a_kink() -> None:
    for name in ("ReLU", "|z|"):
        assert expand(name).plain > 1e-4, "the split at the kink is needed"
        assert expand(name).change < 1e-12


def test_cosine_and_square_have_their_analytic_coefficients() -> None:
    cosine = [
        0.0 if i % 2 else (-1) ** (i // 2) * exp(-0.5) / sqrt(factorial(i))
        for i in range(DEGREE + 1)
    ]
    np.testing.assert_allclose(expand("cos").c, cosine, atol=1e-13)
    square = np.zeros(DEGREE + 1)
    square[[0, 2]] = 1, sqrt(2)
    np.testing.assert_allclose(expand("z²").c, square, atol=1e-13)


@pytest.mark.parametrize("i", range(1, 9))
def test_a_hermite_polynomial_is_its_own_series(i: int) -> None:
    series = expand(NAMES[i - 1])
    np.testing.assert_allclose(series.c, np.eye(DEGREE + 1)[i], atol=1e-12)
    assert series.risen(0.3) == pytest.approx(0.3**i, rel=1e-12)


def test_a_mixture_is_its_own_series() -> None:
    expected = np.zeros(DEGREE + 1)
    expected[[1, 3, 4]] = 0.05, -0.4, 1.0
    np.testing.assert_allclose(expand(MIXTURE, MIXED).c, expected, atol=1e-13)
    assert [expand(MIXTURE, tuple((i, 0.2 * (i == j)) for i in (1, 2, 3))).J for j in range(1, 5)] \
        == [1, 2, 3, 4]  # fmt: skip


@pytest.mark.parametrize("name", ["tanh", "GELU", "SiLU"])
def test_smooth_links_agree_with_a_plain_sum(name: str) -> None:
    # The trapezium rule converges exponentially for what is smooth and falls off at both ends.
    z = np.linspace(-14, 14, 1401)
    weights = np.exp(-(z**2) / 2) / sqrt(2 * pi) * (z[1] - z[0])
    for i in (0, 1, 2, 3, 7, 12, 18):
        expected = weights @ (LINKS[name].sigma(z) * naive.h(i, z))
        assert expand(name).c[i] == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize("name", NAMES)
def test_the_information_exponent_stands_clear_of_the_tolerance(name: str) -> None:
    series = series_of(name)
    scale = sqrt(series.power)
    assert series.below < TOLERANCE / 1e4, "zeros are zero to rounding"
    assert abs(series.c[series.J]) > 1e4 * TOLERANCE * scale, "what is there is seen"
    assert series.change < 1e-11


def test_information_exponents_of_the_named_links() -> None:
    assert [expand(name).J for name in NAMES[:8]] == [1, 2, 3, 4, 5, 6, 7, 8]
    exponents = {"ReLU": 1, "GELU": 1, "SiLU": 1, "tanh": 1, "|z|": 2, "z²": 2, "cos": 2}
    assert {name: expand(name).J for name in exponents} == exponents


@pytest.mark.parametrize("name", NAMES)
def test_the_squares_add_up_to_the_power(name: str) -> None:
    series = series_of(name)
    power, _ = quad(
        lambda z: float(series.link.sigma(np.asarray(z)) ** 2) * exp(-z * z / 2) / sqrt(2 * pi),
        -14, 14, points=[0.0], epsabs=1e-12, limit=200,
    )  # fmt: skip
    assert series.power == pytest.approx(power, rel=1e-9)
    held = np.array([series.held(degree) for degree in range(DEGREE + 1)])
    assert np.all(np.diff(held) > -1e-14)
    assert 0.998 < held[-1] < 1 + 1e-12


def test_the_missing_power_of_relu_is_its_analytic_tail() -> None:
    i = np.arange(DEGREE + 2, 20_000, 2)
    # (i-3)!!^2 / i! by its ratio of neighbours, from the last coefficient of the series.
    ratio = np.concatenate([[1.0], (i[:-1] - 1.0) ** 2 / ((i[:-1] + 2.0) * (i[:-1] + 1.0))])
    tail = relu_coefficient(DEGREE + 2) ** 2 * np.cumprod(ratio).sum()
    assert 1 - expand("ReLU").held(DEGREE) == pytest.approx(tail / 0.5, rel=2e-3)


def test_partial_sums_are_sums_of_terms() -> None:
    series = expand("tanh")
    z = np.array([-1.3, 0.2, 2.0])
    sums = series.sums(z)
    for degree in (0, 1, 5, 14):
        plain = sum(series.c[i] * naive.h(i, z) for i in range(degree + 1))
        np.testing.assert_allclose(sums[degree], plain, atol=1e-12)
    np.testing.assert_allclose(basis(z)[:, 4], naive.h(4, z), atol=1e-13)


def test_the_arc_cosine_kernel_is_the_landscape_of_relu() -> None:
    s = np.linspace(-1, 1, 21)
    exact = (np.sqrt(1 - s**2) + s * (pi - np.arccos(s))) / (2 * pi)
    # The series is cut after degree 20: its tail is largest at |s| = 1.
    missing = 0.5 * (1 - expand("ReLU").held(DEGREE))
    assert np.all(np.abs(expand("ReLU").function.K(s) - exact) <= missing * np.abs(s) ** 21 + 1e-9)
    np.testing.assert_allclose(correlation(LINKS["ReLU"], s), exact, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_landscape_is_the_double_integral(name: str) -> None:
    series = series_of(name)
    s = np.linspace(-0.9, 0.9, 7)
    scale = series.power
    np.testing.assert_allclose(series.function.K(s), correlation(series.link, s), atol=1e-3 * scale)


@pytest.mark.parametrize("name", ["ReLU", "|z|", "tanh", "cos", "h₂", "h₃", MIXTURE])
def test_the_landscape_is_the_average_over_samples(name: str) -> None:
    series = series_of(name)
    x = np.random.default_rng(5).standard_normal((400_000, 2))
    for s in (-0.6, 0.03, 0.8):
        products = series.link.sigma(x[:, 0]) * series.link.sigma(
            s * x[:, 0] + sqrt(1 - s**2) * x[:, 1]
        )
        error = 4.5 * products.std() / sqrt(len(products))
        assert products.mean() == pytest.approx(float(series.function.K(s)), abs=error)


@pytest.mark.parametrize("name", NAMES)
def test_the_landscape_starts_with_slope_J_in_log_log(name: str) -> None:  # noqa: N802
    series = series_of(name)
    s = np.array([1e-6, 2e-6])
    rise = series.risen(s)
    assert np.log2(rise[1] / rise[0]) == pytest.approx(series.J, abs=1e-3)
    assert rise[0] == pytest.approx(series.first * s[0] ** series.J, rel=1e-3)
    step = 1e-4
    numeric = float(series.risen(0.2 + step) - series.risen(0.2 - step)) / (2 * step)
    assert series.pull(0.2) == pytest.approx(numeric, rel=1e-4)


def test_a_random_neuron_searches_for_a_time_of_this_order() -> None:
    x = np.random.default_rng(3).standard_normal((20_000, 64))
    overlaps = x[:, 0] / np.linalg.norm(x, axis=1)
    assert typical_overlap(64) == pytest.approx(np.sqrt(np.mean(overlaps**2)), rel=0.03)
    series = expand("h₄")
    for d in (2**12, 2**16):
        # ds/dt = K'(s) (1 - s^2) from 1/sqrt(d) to 0.9, against d^((J-2)/2) / (J (J-2)).
        time, _ = quad(
            lambda log_s: exp(log_s) / float(series.function.K_prime(exp(log_s))
                                             * (1 - exp(2 * log_s))),
            np.log(typical_overlap(d)), np.log(0.9),
        )  # fmt: skip
        assert time == pytest.approx(series.search(d) / (4 * 2), rel=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_the_lab_runs_the_same_link(name: str) -> None:
    series = series_of(name)
    experiment = series.experiment()
    if name in ("h₅", "h₇"):
        assert experiment.J == series.J - 1
        return
    assert experiment.J == series.J
    for degree, value in experiment.coefficients:
        assert value == pytest.approx(series.c[degree], rel=1e-5)
