"""The population gradient is the mean of SGD's step, and the gradient of the population loss."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.polynomial import hermite_e

from emergence.arrays import Array
from emergence.engines.kernels.flow import VectorField, flow_field
from emergence.theory.hermite import LinkFunction
from tests import naive
from tests.unit.conftest import LINKS, directions
from tests.unit.steps import A, run

D, M = 3, 3
W = np.eye(D)[: len(A)]


def students() -> Array:
    """Students of unequal norms."""
    rng = np.random.default_rng(1)
    return directions(rng, M, D) * rng.uniform(0.2, 0.8, (M, 1))


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_mean_of_the_stochastic_gradient(link: LinkFunction) -> None:
    """Gauss-Hermite over all inputs, exact for degree 17; the tolerance is rounding."""
    nodes, weights = hermite_e.hermegauss(9)
    weights = weights / weights.sum()
    mean = np.zeros((M, D))
    for point in itertools.product(range(9), repeat=D):
        gradient = naive.sgd_gradient(students(), W, A, link.c, nodes[list(point)])
        mean += np.prod(weights[list(point)]) * gradient
    expected = -naive.flow_rhs(students(), W, A, link.c)
    np.testing.assert_allclose(mean, expected, atol=1e-9)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_flow_descends_the_population_loss(link: LinkFunction) -> None:
    """Central differences of half the population MSE; tolerance from their error, step^2."""
    V, step = students(), 1e-5
    gradient = np.zeros_like(V)
    for k, i in np.ndindex(V.shape):
        nudge = np.zeros_like(V)
        nudge[k, i] = step
        rise = naive.population_mse(V + nudge, W, A, link.c)
        rise -= naive.population_mse(V - nudge, W, A, link.c)
        gradient[k, i] = rise / (2 * step) / 2
    np.testing.assert_allclose(naive.flow_rhs(V, W, A, link.c), -gradient, atol=1e-7)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize(("m", "d"), [(3, 3), (5, 9), (1, 2)])
def test_field_of_the_kernel(link: LinkFunction, m: int, d: int) -> None:
    rng = np.random.default_rng(2)
    V = directions(rng, m, d) * rng.uniform(0.01, 0.9, (m, 1))
    out = np.empty_like(V)
    slopes = np.polynomial.polynomial.polyder(link.c**2)
    flow_field(V, VectorField(m, A, link.c**2, slopes), out)
    np.testing.assert_allclose(out, naive.flow_rhs(V, np.eye(d)[:2], A, link.c), atol=1e-12)


@pytest.mark.parametrize("name", ["J=1", "J=2", "J=3", "J=4", "mix"])
def test_large_batches_step_along_the_population_gradient(name: str) -> None:
    """One kernel step on 200 x 1024 samples against the population gradient.

    Coordinates are judged by the batches' own scatter, at 5 standard errors; a step of this size
    is far above single precision.
    """
    link, d = LINKS[name], 5
    V = (0.5 * directions(np.random.default_rng(3), M, d)).astype(np.float32).astype(float)
    eta = 0.1
    steps = np.array([(run(V, link, [eta], B=1024, key=(7, i)) - V) / eta for i in range(200)])
    mean, scatter = steps.mean(axis=0), steps.std(axis=0) / np.sqrt(len(steps))
    expected = naive.flow_rhs(V, np.eye(d)[:2], A, link.c)
    assert np.all(np.abs(mean - expected) < 5 * scatter)
    # The test has power: the noise is below a fifth of the gradient.
    assert np.linalg.norm(scatter) < 0.2 * np.linalg.norm(expected)
