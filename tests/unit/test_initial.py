"""The random start: the law of uniform directions in R^d, drawn without anything of size d."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from emergence.arrays import Array
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.start import STARTS
from emergence.experiment import Experiment
from tests import naive
from tests.unit.conftest import directions

SIZES = [(5, 2, 3), (4, 2, 6), (3, 3, 4), (6, 1, 2), (3, 2, 4)]
"""(d, P, m): more and fewer coordinates beside the teachers than neurons, and none at all."""
DRAWS = 3_000


def drawn(d: int, P: int, m: int) -> Array:
    """Starts of many seeds, shape (draws, m, coordinates)."""
    return np.array(
        [initial_directions(Experiment(d=d, P=P, m=m, seed=seed)) for seed in range(DRAWS)]
    )


def directly(d: int, m: int) -> Array:
    """Uniform directions in R^d, the plain way, shape (draws, m, d)."""
    rng = np.random.default_rng(17)
    return directions(rng, DRAWS * m, d).reshape(DRAWS, m, d)


@pytest.mark.parametrize(("d", "P", "m"), SIZES)
def test_shape_and_length(d: int, P: int, m: int) -> None:
    start = initial_directions(Experiment(d=d, P=P, m=m))
    assert start.shape == (m, P + min(m, d - P))
    np.testing.assert_allclose(np.linalg.norm(start, axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize(("d", "P", "m"), SIZES)
def test_law_of_overlaps_and_gram_matrix(d: int, P: int, m: int) -> None:
    """Every overlap, the leading overlap, and every inner product of two students.

    Two-sample Kolmogorov-Smirnov against direct draws; p above 1e-6, about 5 sigma.
    """
    here, there = drawn(d, P, m), directly(d, m)
    last = m - 1
    features: dict[str, Callable[[Array], Array]] = {
        "overlap of the first": lambda V: V[:, 0, 0],
        "overlap of the last": lambda V: V[:, last, P - 1],
        "largest overlap": lambda V: np.abs(V[:, :, :P]).max(axis=(1, 2)),
        "first and last student": lambda V: np.sum(V[:, 0] * V[:, last], axis=1),
        "last two students": lambda V: np.sum(V[:, last - 1] * V[:, last], axis=1),
        "outside the teachers": lambda V: np.sum(V[:, 0, P:] * V[:, last, P:], axis=1),
        "volume": lambda V: np.linalg.det(V @ V.transpose(0, 2, 1)[:, :, :]).round(9),
    }
    for name, feature in features.items():
        if np.ptp(feature(there)) == 0:
            assert np.ptp(feature(here)) == 0, name
            continue
        assert stats.ks_2samp(feature(here), feature(there)).pvalue > 1e-6, name


@pytest.mark.parametrize(("d", "P", "m"), SIZES)
def test_moments_of_the_gram_matrix(d: int, P: int, m: int) -> None:
    """E <v,w>^2 = 1/d and E <v,w>^4 = 3/(d(d+2)) for all pairs; odd triangles vanish as 1/d^2."""
    V = drawn(d, P, m)
    S, overlaps = V @ V.transpose(0, 2, 1), V[:, :, :P]
    for values in (overlaps.reshape(DRAWS, -1), S[:, *np.triu_indices(m, 1)]):
        for power, mean in ((1, 0), (2, 1 / d), (4, 3 / (d * (d + 2)))):
            error = (values**power).std(axis=0) / np.sqrt(DRAWS)
            assert np.all(np.abs((values**power).mean(axis=0) - mean) < 5 * error)
    triangle = S[:, 0, 1] * overlaps[:, 0, 0] * overlaps[:, 1, 0]
    assert abs(triangle.mean() - 1 / d**2) < 5 * triangle.std() / np.sqrt(DRAWS)


@pytest.mark.parametrize(("d", "P", "m"), [*SIZES, (1_000_000, 3, 40)])
def test_normals_and_lengths_are_those_of_the_seed(d: int, P: int, m: int) -> None:
    """Against the plain generator and scipy's chi-square: what the normals' sizes leave is it."""
    chances = []
    for seed in range(60):
        start = initial_directions(Experiment(d=d, P=P, m=m, seed=seed))
        key = naive.threefry(seed, 0, STARTS, 0)
        for k in range(m):
            count = P + min(k, d - P)
            pairs = naive.normals(count + count % 2, *key, k).reshape(2, -1).T.ravel()[:count]
            scale = np.linalg.norm(start[k, :count]) / np.linalg.norm(pairs)
            np.testing.assert_allclose(start[k, :count], pairs * scale, rtol=1e-11)
            if k < d - P:
                chances.append(stats.chi2(d - P - k).cdf((start[k, P + k] / scale) ** 2))
            assert not start[k, count + (k < d - P) :].any()
    assert not chances or stats.kstest(chances, "uniform").pvalue > 1e-6


def test_a_neuron_s_direction_does_not_depend_on_those_after_it() -> None:
    few, many = (initial_directions(Experiment(d=40, P=3, m=m, seed=5)) for m in (4, 11))
    np.testing.assert_array_equal(few, many[:4, : few.shape[1]])


def test_every_engine_and_step_size_starts_from_the_same_overlaps() -> None:
    e = Experiment(d=20, P=3, m=5, seed=9)
    for change in ({"engine": "flow"}, {"c": 0.5}, {"beta": 0.3}, {"J": 2}, {"s0": 0.3}):
        np.testing.assert_array_equal(
            initial_directions(e), initial_directions(e.replace(**change))
        )
    assert not np.array_equal(initial_directions(e), initial_directions(e.replace(seed=10)))


def test_the_start_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(ValueError, match="read-only"):
        initial_directions(Experiment(d=8, P=2, m=3))[0, 0] = 1.0
