"""The Hermite basis and the kernel K against quadrature that shares nothing with the package."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import roots_hermitenorm

from emergence.theory.hermite import LinkFunction, gauss_hermite, hermite
from tests import naive
from tests.unit.conftest import LINKS

NODES, WEIGHTS = roots_hermitenorm(40)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
DEGREES = range(1, 9)


def test_basis_is_orthonormal() -> None:
    values = np.array([hermite(i).sigma(NODES) for i in DEGREES])
    # 40 nodes integrate degree 79 exactly: rounding only.
    np.testing.assert_allclose((values * WEIGHTS) @ values.T, np.eye(len(DEGREES)), atol=1e-11)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_sigma_and_its_slope_are_the_recurrences(link: LinkFunction) -> None:
    z = np.linspace(-5, 5, 101)
    scale = np.abs(link.sigma(z)).max()
    np.testing.assert_allclose(link.sigma(z), naive.sigma(link.c, z), atol=1e-12 * scale)
    np.testing.assert_allclose(
        link.sigma_prime(z) + 0 * z, naive.sigma_prime(link.c, z), atol=1e-12 * 10 * scale
    )


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_slope_is_the_derivative(link: LinkFunction) -> None:
    z, step = np.linspace(-3, 3, 61), 1e-5
    numeric = (link.sigma(z + step) - link.sigma(z - step)) / (2 * step)
    np.testing.assert_allclose(link.sigma_prime(z) + 0 * z, numeric, atol=1e-6)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("overlap", [-1.0, -0.7, 0.0, 0.2, 0.95])
def test_K_is_the_covariance_of_two_neurons(link: LinkFunction, overlap: float) -> None:  # noqa: N802
    first, second = np.meshgrid(NODES, NODES, indexing="ij")
    other = overlap * first + np.sqrt(1 - overlap**2) * second
    weights = np.outer(WEIGHTS, WEIGHTS)
    covariance = np.sum(weights * link.sigma(first) * link.sigma(other))
    slopes = np.sum(weights * link.sigma_prime(first) * link.sigma_prime(other))
    assert link.K(overlap) == pytest.approx(covariance, abs=1e-10)
    # Price's theorem: the derivative of the covariance is the covariance of the slopes.
    assert link.K_prime(overlap) == pytest.approx(slopes, abs=1e-9)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_second_derivative_of_K(link: LinkFunction) -> None:  # noqa: N802
    s, step = np.linspace(-0.9, 0.9, 19), 1e-5
    numeric = (link.K_prime(s + step) - link.K_prime(s - step)) / (2 * step)
    np.testing.assert_allclose(link.K_second(s) + 0 * s, numeric, atol=1e-7)


@pytest.mark.parametrize(
    ("pairs", "exponent"),
    [
        ([(4, 1.0)], 4),
        ([(3, 0.6), (4, 0.8)], 3),
        ([(0, 2.0), (6, 1.0)], 6),
        ([(1, 0.0), (2, 1)], 2),
    ],
)
def test_information_exponent_is_the_first_degree(
    pairs: list[tuple[int, float]], exponent: int
) -> None:
    assert LinkFunction(pairs).information_exponent == exponent


@pytest.mark.parametrize("pairs", [[], [(0, 1.0)], [(3, 0.0)]])
def test_a_constant_is_no_link_function(pairs: list[tuple[int, float]]) -> None:
    with pytest.raises(ValueError, match="degree 1 or more"):
        LinkFunction(pairs)


def test_gauss_hermite_gives_the_moments_of_a_normal() -> None:
    nodes, weights = gauss_hermite(6)
    moments = [float(weights @ nodes**power) for power in range(0, 11, 2)]
    assert moments == pytest.approx([1, 1, 3, 15, 105, 945], rel=1e-12)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_slope_kurtosis(link: LinkFunction) -> None:
    squares = naive.sigma_prime(link.c, NODES) ** 2
    expected = WEIGHTS @ squares**2 / (WEIGHTS @ squares) ** 2
    assert link.slope_kurtosis() == pytest.approx(expected, rel=1e-10)
