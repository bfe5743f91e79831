"""The random numbers: known answers, the naive twin, and the law of a standard normal."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import erfc, factorial, sqrt

import numpy as np
import pytest
from scipy import stats

from emergence.arrays import Array
from emergence.engines.kernels.normals import fill_normals, normal_pair, stream_key, threefry
from emergence.engines.kernels.start import SAMPLES, STARTS
from tests import naive

KEY = (0x13198A2E, 0x03707344)
KNOWN_ANSWERS = [
    ((0, 0), (0, 0), (0x9D1C5EC6, 0x8BD50731), (0x6B200159, 0x99BA4EFE)),
    (
        (0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF),
        (0xFD36D048, 0x2D17272C), (0x1CB996FC, 0xBB002BE7),
    ),
    ((0x243F6A88, 0x85A308D3), KEY, (0xBA3E4725, 0xF27D669E), (0xC4923A9C, 0x483DF7A0)),
]  # fmt: skip
"""Counter, key, output of 13 and of 20 rounds, of the authors' test vectors (Random123's
kat_vectors)."""


def normals(count: int, t: int = 0, key: tuple[int, int] = KEY) -> np.ndarray:
    """The kernel's normals of step t."""
    out = np.empty(count, dtype=np.float32)
    half = count // 2
    uniform, angle = np.empty(half, dtype=np.float32), np.empty(half, dtype=np.int32)
    fill_normals(out, uniform, angle, np.uint32(key[0]), np.uint32(key[1]), np.int64(t))
    return out


@pytest.fixture(scope="module")
def many() -> np.ndarray:
    """Twelve million normals of three hundred steps, shape (300, 40 000)."""
    return np.array([normals(40_000, t) for t in range(300)])


@pytest.mark.parametrize(("counter", "key", "words", "of_twenty_rounds"), KNOWN_ANSWERS)
def test_threefry_known_answers(
    counter: tuple[int, int],
    key: tuple[int, int],
    words: tuple[int, int],
    of_twenty_rounds: tuple[int, int],
) -> None:
    assert threefry(*(np.uint32(word) for word in (*key, *counter))) == words
    assert naive.threefry(*key, *counter) == words
    assert naive.threefry(*key, *counter, rounds=20) == of_twenty_rounds


@pytest.mark.parametrize("t", [0, 1, 12_345, 2**32 - 1, 2**32, 3 * 2**32 + 7, 2**39])
def test_normals_are_box_muller_of_threefry(t: int) -> None:
    # Single precision: rounding u to float32 moves the smallest radii by up to 2e-4.
    expected = naive.normals(400, *KEY, t)
    np.testing.assert_allclose(normals(400, t), expected, rtol=2e-6, atol=3e-4)
    large = np.abs(expected) > 0.5
    np.testing.assert_allclose(normals(400, t)[large], expected[large], rtol=5e-6)


@pytest.mark.parametrize("t", [0, 12_345, 2**32 + 7, 2**39])
def test_pairs_in_double_precision_are_box_muller_of_threefry(t: int) -> None:
    words = np.uint32(KEY[0]), np.uint32(KEY[1])
    pairs = np.array([normal_pair(*words, np.int64(t), i) for i in range(200)])
    np.testing.assert_allclose(pairs.T.ravel(), naive.normals(400, *KEY, t), rtol=1e-12)


def test_every_seed_and_purpose_has_a_key_of_its_own() -> None:
    seeds = (*range(2_000), 2**31, 2**32 - 1)
    keys = {stream_key(seed, purpose) for seed in seeds for purpose in (STARTS, SAMPLES)}
    assert len(keys) == 2 * len(seeds)
    assert stream_key(2**32 - 1, SAMPLES) == naive.threefry(2**32 - 1, 0, SAMPLES, 0)


def test_moments_are_those_of_a_normal(many: np.ndarray) -> None:
    x = many.astype(float).ravel()
    powers = np.ones_like(x)
    for power in range(1, 9):
        powers *= x
        double = factorial(2 * power) / (2**power * factorial(power))
        mean = factorial(power) / (2 ** (power // 2) * factorial(power // 2))
        mean = 0.0 if power % 2 else mean
        standard_error = sqrt((double - mean**2) / len(x))
        assert abs(powers.mean() - mean) < 5 * standard_error, power


def test_distribution_is_normal(many: np.ndarray) -> None:
    assert stats.kstest(many[:50].ravel().astype(float), "norm").pvalue > 1e-6


@pytest.mark.parametrize("threshold", [1.0, 3.0, 4.0, 5.0])
@pytest.mark.parametrize("sign", [-1, 1])
def test_tails_occur_at_the_right_rate(many: np.ndarray, threshold: float, sign: int) -> None:
    # Exact two-sided Poisson/binomial probability: about 380 expected beyond 4, 3.4 beyond 5.
    count = int(np.count_nonzero(sign * many > threshold))
    rate = erfc(threshold / sqrt(2)) / 2
    assert stats.binomtest(count, many.size, rate).pvalue > 1e-6


def test_tails_of_many() -> None:
    """Among 400 million: about 229 beyond 5 sigma, 15 beyond 5.5, on either side 0.4 beyond 6."""
    size, blocks = 1 << 22, 96
    out, half = np.empty(size, dtype=np.float32), size // 2
    uniform, angle = np.empty(half, dtype=np.float32), np.empty(half, dtype=np.int32)
    far = []
    for block in range(blocks):
        words = np.uint32(KEY[0]), np.uint32(KEY[1])
        fill_normals(out, uniform, angle, *words, np.int64(1_000_000 + block))
        far.append(out[np.abs(out) > 4.5])
    tail = np.concatenate(far).astype(float)
    for threshold in (4.5, 5.0, 5.5, 6.0):
        for side in (1, -1):
            count = int(np.count_nonzero(side * tail > threshold))
            rate = erfc(threshold / sqrt(2)) / 2
            assert stats.binomtest(count, size * blocks, rate).pvalue > 1e-4, (threshold, side)
    # Beyond 4.5 the excess, on the scale of the tail's probability, is uniform.
    assert stats.kstest(stats.norm.sf(np.abs(tail)) / stats.norm.sf(4.5), "uniform").pvalue > 1e-4


def test_far_tail_is_there(many: np.ndarray) -> None:
    """The largest of twelve million is about 5.3; a truncated generator would miss it."""
    below = stats.norm.cdf(np.abs(many).max()) - stats.norm.cdf(-np.abs(many).max())
    assert 1e-6 < below**many.size < 1 - 1e-6


FUNCTIONS: tuple[Callable[[Array], Array], ...] = (
    lambda x: x, lambda x: (x * x - 1) / sqrt(2), lambda x: (x**3 - 3 * x) / sqrt(6),
)  # fmt: skip
"""The first Hermite polynomials: of mean 0 and variance 1, and uncorrelated."""


@pytest.mark.parametrize("lag", [1, 7, 20_000])
def test_lanes_are_uncorrelated(many: np.ndarray, lag: int) -> None:
    """Neighbours, and a pair's sine and cosine (20 000 apart), in value and in size."""
    here, there = many[:, :-lag].astype(float), many[:, lag:].astype(float)
    for f in FUNCTIONS[:2]:
        assert abs(np.mean(f(here) * f(there))) < 5 / sqrt(here.size)


def test_steps_are_uncorrelated(many: np.ndarray) -> None:
    here, there = many[:-1].astype(float), many[1:].astype(float)
    for f in FUNCTIONS[:2]:
        assert abs(np.mean(f(here) * f(there))) < 5 / sqrt(here.size)


@pytest.mark.parametrize("other", [(KEY[0] ^ 1, KEY[1]), (KEY[0], KEY[1] ^ 1), KEY[::-1]])
def test_keys_are_independent(other: tuple[int, int]) -> None:
    here, there = normals(400_000).astype(float), normals(400_000, key=other).astype(float)
    for f, g in itertools.product(FUNCTIONS, FUNCTIONS):
        assert abs(np.mean(f(here) * g(there))) < 5 / sqrt(len(here))


def test_streams_of_neighbouring_seeds_are_independent() -> None:
    """Thirty seeds as the engine turns them into keys: 435 pairs, values and squares."""
    keys = [stream_key(seed, SAMPLES) for seed in range(30)]
    drawn = np.array([normals(40_000, key=key) for key in keys], dtype=float)
    for f in FUNCTIONS[:2]:
        products = f(drawn) @ f(drawn).T / drawn.shape[1]
        others = products[~np.eye(30, dtype=bool)]
        assert np.abs(others).max() < 5 / sqrt(drawn.shape[1])
        # As a whole they scatter as independent ones do: 435 squares, each chi-square of 1.
        chance = stats.chi2(435).cdf(drawn.shape[1] * np.sum(others**2) / 2)
        assert 1e-4 < chance < 1 - 1e-4


@pytest.mark.parametrize("t", [2**32, 2**33, 2**38])
def test_steps_beyond_32_bits_are_new(t: int) -> None:
    here, there = normals(10_000, 5).astype(float), normals(10_000, 5 + t).astype(float)
    assert abs(np.mean(here * there)) < 5 / sqrt(len(here))


def test_the_same_step_gives_the_same_normals() -> None:
    np.testing.assert_array_equal(normals(1_000, 42), normals(1_000, 42))
