"""Hermite, tensor, power method: the chain's identities by brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from emergence.arrays import Array
from emergence.lessons.why_not_exp_kappa.chain.model import (
    contracted,
    on_circle,
    power_path,
    sampled_correlation,
    symmetric_tensor,
    watershed,
)
from emergence.lessons.why_not_exp_kappa.iteration import power_method
from emergence.theory.hermite import hermite
from emergence.theory.power_method import winners
from emergence.theory.risk import population_mse
from tests.unit.conftest import directions

DEGREES = (2, 3, 4, 6)


def by_hand(W: Array, a: Array, J: int) -> Array:
    """Entry after entry: T_ij... = sum_p a_p w_pi w_pj ..."""
    d = W.shape[1]
    T = np.zeros((d,) * J)
    for index in itertools.product(range(d), repeat=J):
        T[index] = sum(a[p] * np.prod([W[p, i] for i in index]) for p in range(len(a)))
    return T


@pytest.mark.parametrize("J", DEGREES)
def test_the_tensor_and_its_contraction_entry_by_entry(J: int) -> None:
    rng = np.random.default_rng(J)
    W, a, v = directions(rng, 2, 3), np.array([1.0, 0.4]), rng.standard_normal(3)
    T = symmetric_tensor(W, a, J)
    np.testing.assert_allclose(T, by_hand(W, a, J), atol=1e-14)
    expected = np.zeros(3)
    for index in itertools.product(range(3), repeat=J):
        expected[index[0]] += T[index] * np.prod([v[i] for i in index[1:]])
    np.testing.assert_allclose(contracted(T, v), expected, atol=1e-12)


@pytest.mark.parametrize("J", DEGREES)
def test_the_loss_is_the_distance_of_two_tensors(J: int) -> None:
    """E (f - f*)^2 = |T - sum_k |v_k|^2 vbar_k^J|^2, by sums over all entries."""
    rng = np.random.default_rng(10 + J)
    W, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    W, V, a, n2 = W[:2], directions(rng, 4, 3), np.array([1.0, 0.4]), rng.uniform(0.1, 1, 4)
    distance = np.sum((by_hand(W, a, J) - by_hand(V, n2, J)) ** 2)
    assert distance == pytest.approx(population_mse(V @ W.T, V, n2, a, hermite(J)))


@pytest.mark.parametrize("J", DEGREES)
def test_the_correlation_is_the_tensor_at_the_neuron(J: int) -> None:
    """Quadrature over the samples against T(v, ..., v), at several angles."""
    W, a = np.eye(2), np.array([1.0, 0.6])
    T = symmetric_tensor(W, a, J)
    for v in on_circle(np.linspace(0, 2 * np.pi, 7)):
        assert sampled_correlation(W, a, J, v) == pytest.approx(
            float(contracted(T, v) @ v), abs=1e-10
        )


@pytest.mark.parametrize("J", [3, 4, 6])
def test_the_power_path_climbs_the_correlation_s_gradient(J: int) -> None:
    """Each round goes along the numerical gradient of T(v, ..., v), and ends where theory says."""
    W, a = np.eye(2), np.array([1.0, 0.6])
    T = symmetric_tensor(W, a, J)
    for angle in np.linspace(0.1, 1.4, 6):
        path = power_path(T, on_circle(angle), 12)
        for v, after in itertools.pairwise(path[:4]):
            h = 1e-6
            slope = np.array([
                (float(contracted(T, v + h * e) @ (v + h * e))
                 - float(contracted(T, v - h * e) @ (v - h * e))) / (2 * h) for e in np.eye(2)
            ])  # fmt: skip
            np.testing.assert_allclose(after, slope / np.linalg.norm(slope), atol=1e-6)
        np.testing.assert_allclose(path[1], power_method(path[:1], a, J, 1)[0], atol=1e-12)
        won = int(winners(path[:1], a, J)[0])
        assert abs(path[-1][won]) == pytest.approx(1, abs=1e-6)
        assert won == (angle > watershed(a, J))
