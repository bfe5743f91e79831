"""The benchmark's peers take the very steps that the engine is compared on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emergence.theory.hermite import hermite
from tests import naive
from tests.benchmarks.peers import BLOCK, PEERS, Problem, version

INSTALLED = [name for name, (package, _) in PEERS.items() if version(package)]


@pytest.mark.parametrize("name", INSTALLED)
def test_a_peer_takes_the_steps_of_the_naive_twin(name: str) -> None:
    """64 steps on given samples; the tolerance is that of single precision."""
    d, m, P = 9, 5, 3
    X = np.random.default_rng(2).standard_normal((BLOCK, d))
    problem = dataclasses.replace(Problem.of(d, m, P), X=X, eta=1e-3)
    problem.V[:] *= 8.0
    expected = problem.V
    for x in X:
        expected = naive.sgd_step(expected, np.eye(d)[:P], problem.a, hermite(4).c, x[None], 1e-3)
    assert np.abs(expected - problem.V).max() > 0.01
    after = PEERS[name][1](problem)(BLOCK)
    np.testing.assert_allclose(after, expected, atol=1e-5)


def test_numpy_and_numba_are_always_there() -> None:
    assert {"NumPy loop", "naive Numba", "Numba, fastmath"} <= set(INSTALLED)
