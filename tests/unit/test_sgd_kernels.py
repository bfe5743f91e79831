"""The SGD kernels against the naive twin in double precision, on the naive twin's own samples."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import polynomial

from emergence.engines.kernels.sgd import sgd_batch_steps, sgd_steps
from emergence.theory.hermite import LinkFunction
from tests import naive
from tests.unit.conftest import LINKS, Array, directions

KEY = (0x13198A2E, 0x03707344)
A = np.array([0.8, 0.5])
D, M = 7, 3
LIMIT = np.float32(1e6)


S = 4  # samples in a block


def padded(n: int, multiple: int = 16) -> int:
    """The next multiple."""
    return -(-n // multiple) * multiple


def run(
    V: Array, link: LinkFunction, eta: float, steps: int, B: int = 0, extra: int = 0,
    key: tuple[int, int] = KEY,
) -> Array:  # fmt: skip
    """Students after `steps` kernel steps; B = 0 is the kernel for single samples.

    `extra` adds that many coordinates of padding.
    """
    m, d = V.shape
    width = padded(d) + extra
    state = np.zeros((m, width), dtype=np.float32)
    state[:, :d] = V
    sigma = link.polynomial.astype(np.float32)
    slope = polynomial.polyder(link.polynomial).astype(np.float32)
    words = [np.uint32(word) for word in key]
    half = S * width // 2
    uniform, angle = np.zeros(half, dtype=np.float32), np.zeros(half, dtype=np.int32)
    teacher, limits = (A.astype(np.float32), sigma, slope, d), (np.float32(eta), LIMIT)
    clock = (*words, np.int64(0), steps, uniform, angle)
    block = np.zeros((S, width), dtype=np.float32)
    if B:
        X = np.zeros((B, width), dtype=np.float32)
        assert sgd_batch_steps(state, X, block, *teacher, *limits, *clock) == steps
    else:
        Vx, n2, work, more = np.zeros((4, m), dtype=np.float32)
        given = (state, Vx, n2, block, *teacher, False, *limits, *clock, work, more)
        assert sgd_steps(*given) == steps
    assert not state[:, d:].any()
    return state[:, :d].astype(float)


def samples(t: int, B: int, d: int = D, width: int | None = None) -> Array:
    """The batch of step t by the naive generator, shape (B, d)."""
    return naive.samples(t, B, d, *KEY, width or padded(d), S)


def start(seed: int = 0) -> Array:
    """Students of norms around 1/2, in single precision like the kernels'."""
    V = 0.5 * directions(np.random.default_rng(seed), M, D)
    return np.asarray(V * np.array([[1.0], [0.6], [1.3]])).astype(np.float32).astype(float)


def lively(link: LinkFunction) -> float:
    """A step size at which thirty steps move the students visibly and none diverges."""
    return float(0.08 / link.K_prime(1.0) / np.sqrt(link.slope_kurtosis()))


@pytest.mark.parametrize("B", [0, 1, 5])
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_steps_are_those_of_the_naive_twin(link: LinkFunction, B: int) -> None:
    """Thirty steps; the tolerance is that of single precision, 30 times 6e-8."""
    eta = lively(link)
    V = start()
    for t in range(30):
        V = naive.sgd_step(V, np.eye(D)[:2], A, link.c, samples(t, max(B, 1)), eta)
    moved = np.abs(V - start()).max()
    assert moved > 20 * 2e-6
    np.testing.assert_allclose(run(start(), link, eta, 30, B), V, atol=2e-6)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_both_kernels_agree_on_single_samples(link: LinkFunction) -> None:
    single, batch = (run(start(), link, lively(link), 30, B) for B in (0, 1))
    np.testing.assert_allclose(single, batch, atol=2e-6)


def test_a_neuron_of_norm_zero_stays_there() -> None:
    silent = np.concatenate([start(), np.zeros((2, D))])
    after = run(silent, LINKS["J=4"], 1e-3, 50)
    np.testing.assert_allclose(after[:M], run(start(), LINKS["J=4"], 1e-3, 50), atol=1e-6)
    assert not after[M:].any()


def test_padding_of_the_coordinates_changes_nothing() -> None:
    """Coordinates beyond d hold zeros: the twin, which has none, sees the samples alone.

    With another padded length the samples differ, so the twin draws them at that length too.
    """
    V = start()
    for t in range(20):
        x = samples(t, 1, width=padded(D) + 16)
        V = naive.sgd_step(V, np.eye(D)[:2], A, LINKS["J=4"].c, x, 1e-3)
    np.testing.assert_allclose(run(start(), LINKS["J=4"], 1e-3, 20, extra=16), V, atol=1e-5)


@pytest.mark.parametrize(("d", "m"), [(2, 1), (3, 2), (15, 17), (16, 16), (17, 33)])
def test_awkward_sizes(d: int, m: int) -> None:
    """Sizes on either side of the multiples of 16."""
    link = LINKS["mix"]
    V = 0.3 * directions(np.random.default_rng(5), m, d).astype(np.float32).astype(float)
    expected = V
    for t in range(5):
        expected = naive.sgd_step(expected, np.eye(d)[:2], A, link.c, samples(t, 1, d), 1e-3)
    np.testing.assert_allclose(run(V, link, 1e-3, 5), expected, atol=1e-5)
    np.testing.assert_allclose(run(V, link, 1e-3, 5, B=1), expected, atol=1e-5)
