"""Parts of the flow: their coordinates, their field, and what is taken for nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import polynomial

from emergence.arrays import Array
from emergence.engines.flow_parts import (
    Frame,
    Negligible,
    influence,
    isolated_loss,
    learned_directions,
)
from emergence.engines.kernels.flow import VectorField, flow_field
from emergence.theory.hermite import LinkFunction
from tests import naive
from tests.unit.conftest import LINKS, directions

D = 9
ROWS = np.array([4, 1, 5, 0, 3])
A = np.array([0.9, 0.5, 0.3])


def students(m: int = 6) -> Array:
    """Students of unequal norms in D coordinates."""
    rng = np.random.default_rng(3)
    return directions(rng, m, D) * rng.uniform(0.2, 0.8, (m, 1))


@pytest.mark.parametrize("sources", [0, 2, 5])
def test_coordinates_there_and_back(sources: int) -> None:
    """All of these students comes back, norms are kept, the others are untouched."""
    V = students()
    frame = Frame(V, ROWS, sources, np.array([0, 2]))
    X = frame.read(V)
    assert X.shape == (5, 2 + sources + 1)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), np.linalg.norm(V[ROWS], axis=1))
    for width in (3, D):
        back = np.full((6, width), 7.0)
        frame.write(X, back)
        np.testing.assert_allclose(back[ROWS], V[ROWS, :width], atol=1e-14)
        assert np.all(back[2] == 7.0)


def test_more_sources_than_coordinates() -> None:
    V = students(12)
    frame = Frame(V, np.arange(12), 12, np.arange(3))
    assert frame.read(V).shape == (12, 3 + (D - 3) + 1)
    back = np.empty_like(V)
    frame.write(frame.read(V), back)
    np.testing.assert_allclose(back, V, atol=1e-14)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("sources", [0, 1, 3, 5])
def test_field_of_a_part(link: LinkFunction, sources: int) -> None:
    """In the frame and back it is the naive field of the part's sources and teachers."""
    V, teachers = students(), np.array([0, 2])
    frame = Frame(V, ROWS, sources, teachers)
    X = frame.read(V)
    field = np.empty_like(X)
    c2 = link.c**2
    flow_field(X, VectorField(sources, A[teachers], c2, polynomial.polyder(c2)), field)
    found = np.zeros_like(V)
    frame.write(field, found)
    W = np.eye(D)[teachers]
    expected = naive.flow_rhs(V, W, A[teachers], link.c, ROWS[:sources].tolist())
    np.testing.assert_allclose(found[ROWS], expected[ROWS], atol=1e-13)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_influence_bounds_the_force(link: LinkFunction) -> None:
    """No force of a student on another at a smaller overlap is larger, in units of K'(1), K(1)."""
    for s in np.linspace(-0.8, 0.8, 17):
        bound = influence(np.array(0.8), np.array(0.3), link)
        assert 0.3 * abs(naive.K_prime(link.c, s)) <= bound * naive.K_prime(link.c, 1) + 1e-12
        assert 0.3 * abs(naive.K(link.c, s)) <= bound * naive.K(link.c, 1) + 1e-12


def test_missing_is_the_population_loss() -> None:
    V, c = students(3), [0.0, 0.0, 0.0, 0.6, 0.8]
    expected = naive.population_mse(V, np.eye(D)[:3], A, c)
    assert isolated_loss(V, A, LinkFunction([(3, 0.6), (4, 0.8)])) == pytest.approx(expected)


def test_a_shared_direction_settles_with_all_its_neurons() -> None:
    """Two neurons supply direction 1 together; each alone would call it not captured."""
    link, a = LINKS["J=4"], np.array([0.8, 0.4])
    X = np.zeros((4, 4))
    X[0, 0] = np.sqrt(0.8)
    X[1, 1], X[2, 1] = np.sqrt(0.1), np.sqrt(0.3)
    X[3, 2] = 0.1
    left = 0.01
    learned = learned_directions(X, a, link, left, Negligible())
    assert [(p, mine.tolist()) for p, mine in learned] == [
        (0, [True, False, False, False]), (1, [False, True, True, False])
    ]  # fmt: skip
    X[2, 1] = np.sqrt(0.29)
    assert [p for p, _ in learned_directions(X, a, link, left, Negligible())] == [0]
    # A force from outside on its neuron, of a large neuron half turned to it, holds direction 0.
    X[3] = np.array([0.6, 0.0, 0.8, 0.0])
    assert learned_directions(X, a, link, left, Negligible()) == []
