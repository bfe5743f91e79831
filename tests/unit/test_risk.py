"""The closed form of the population MSE against sampling and against the sum over all units."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.polynomial import hermite_e

from emergence.engines.base import measure_students
from emergence.theory import risk
from emergence.theory.hermite import LinkFunction
from emergence.theory.risk import ROWS, contributions, population_mse
from tests import naive
from tests.unit.conftest import LINKS, directions

D, M, A = 4, 5, np.array([0.9, 0.5, 0.3])
W = np.eye(D)[: len(A)]
UNCENTRED = {"with c_0": LinkFunction([(0, 0.5), (2, 0.8)])}
ALL = LINKS | UNCENTRED


def students(seed: int = 3) -> np.ndarray:
    """Students of unequal norms, some of them close to a teacher, shape (M, D)."""
    rng = np.random.default_rng(seed)
    V = directions(rng, M, D)
    V[0] += 2 * W[0]
    V[1] += 2 * W[1]
    return np.asarray(V * rng.uniform(0.1, 0.7, (M, 1)))


def closed_form(V: np.ndarray, link: LinkFunction) -> float:
    """The package's closed form, from the order parameters."""
    n2 = np.sum(V**2, axis=1)
    unit = V / np.sqrt(n2)[:, None]
    return population_mse(unit @ W.T, unit, n2, A, link)


@pytest.mark.parametrize("link", ALL.values(), ids=ALL)
def test_mse_is_the_sum_over_all_units(link: LinkFunction) -> None:
    V = students()
    expected = naive.population_mse(V, W, A, link.c)
    assert closed_form(V, link) == pytest.approx(expected, rel=1e-12)
    assert measure_students(V, A, link).mse == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("link", ALL.values(), ids=ALL)
def test_mse_of_many_neurons_is_the_sum_over_all_units(link: LinkFunction) -> None:
    """More than the closed form holds rows of at once, the last of them not full."""
    rng = np.random.default_rng(5)
    V = directions(rng, 2 * ROWS + 37, D) * rng.uniform(0.1, 0.7, (2 * ROWS + 37, 1))
    assert closed_form(V, link) == pytest.approx(naive.population_mse(V, W, A, link.c), rel=1e-10)


def squared_errors(V: np.ndarray, link: LinkFunction, X: np.ndarray) -> np.ndarray:
    """(f - f*)^2 at each row of X."""
    n2 = np.sum(V**2, axis=1)
    f = naive.sigma(link.c, X @ (V / np.sqrt(n2)[:, None]).T) @ n2
    return np.asarray((f - naive.sigma(link.c, X @ W.T) @ A) ** 2)


@pytest.mark.parametrize("link", ALL.values(), ids=ALL)
def test_mse_is_the_integral_over_the_input(link: LinkFunction) -> None:
    """Gauss-Hermite in all D coordinates: exact for the degree-16 polynomial of J = 8."""
    nodes, weights = hermite_e.hermegauss(9)
    X = np.array(list(itertools.product(nodes, repeat=D)))
    weight = np.prod(list(itertools.product(weights / weights.sum(), repeat=D)), axis=1)
    V = students()
    assert closed_form(V, link) == pytest.approx(weight @ squared_errors(V, link, X), rel=1e-9)


@pytest.mark.parametrize("name", ["J=1", "J=2", "J=3", "J=4", "mix", "with c_0"])
def test_mse_is_the_mean_over_samples(name: str) -> None:
    X = np.random.default_rng(11).standard_normal((200_000, D))
    squares = squared_errors(students(), ALL[name], X)
    standard_error = squares.std() / np.sqrt(len(X))
    assert abs(closed_form(students(), ALL[name]) - squares.mean()) < 5 * standard_error
    assert standard_error < 0.05 * squares.mean()


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_student_that_is_the_teacher_has_no_loss(link: LinkFunction) -> None:
    assert closed_form(W * np.sqrt(A)[:, None], link) == pytest.approx(0.0, abs=1e-13)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_student_of_tiny_norm_has_the_teacher_power_as_loss(link: LinkFunction) -> None:
    power = link.K(1.0) * np.sum(A**2)
    assert closed_form(1e-9 * students(), link) == pytest.approx(power, rel=1e-12)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_contributions_are_the_covariance_with_a_direction(link: LinkFunction) -> None:
    V = students()
    n2 = np.sum(V**2, axis=1)
    unit = V / np.sqrt(n2)[:, None]
    expected = [
        [n2[k] * naive.K(link.c, unit[k, p]) / (A[p] * naive.K(link.c, 1.0)) for p in range(len(A))]
        for k in range(M)
    ]
    np.testing.assert_allclose(contributions(unit @ W.T, n2, A, link), expected, rtol=1e-12)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_neurons_that_share_a_direction_capture_it_together(link: LinkFunction) -> None:
    """Three neurons on w_1 with norms that add up to a_1: captured whole, by none alone."""
    n2 = A[0] * np.array([0.5, 0.3, 0.2])
    shares = contributions(np.eye(3)[[0, 0, 0]][:, : len(A)], n2, A, link)
    assert shares[:, 0].sum() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(shares[:, 0], [0.5, 0.3, 0.2], rtol=1e-12)
    assert not shares[:, 1:].any()


def test_single_precision_of_many_keeps_the_loss() -> None:
    """Of a student that has learned all but a thousandth, some directions with two neurons: 1e-4 of
    what is left."""
    rng = np.random.default_rng(7)
    P, m = 40, risk.MANY + 30
    a = np.asarray(np.arange(1.0, P + 1) ** -0.8, dtype=np.float64)
    V = directions(rng, m, P + 60) * 0.002
    for p in range(P):
        V[p] = V[P + p] = 0.0
        V[p, p] = V[P + p, p] = np.sqrt(a[p] / 2)
        V[P + p, P:] += 0.001 * rng.standard_normal(60)
    n2 = np.sum(V**2, axis=1)
    unit = V / np.sqrt(n2)[:, None]
    link = LinkFunction([(4, 1.0)])
    exact = a @ a - 2 * n2 @ link.K(unit[:, :P]) @ a + n2 @ link.K(unit @ unit.T) @ n2
    assert exact < 1e-3 * (a @ a)
    assert population_mse(unit[:, :P], unit, n2, a, link) == pytest.approx(exact, rel=1e-4)
