"""The SGD kernels against the naive twin in double precision, on the naive twin's own samples."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.arrays import Array
from emergence.engines.online_sgd import BLOCK_SAMPLES
from emergence.theory.hermite import LinkFunction
from tests import naive
from tests.unit.conftest import LINKS, directions
from tests.unit.steps import KEY, A, run

D, M = 7, 3
STEPS = 4 * BLOCK_SAMPLES + 6


def samples(t: int, B: int, d: int = D) -> Array:
    """The batch of step t by the naive generator, shape (B, d)."""
    if B > 1:
        return naive.samples(t, -(-B // 8) * 8, d, *KEY)[:B]
    block, row = divmod(t, BLOCK_SAMPLES)
    return naive.samples(block, BLOCK_SAMPLES, d, *KEY)[row : row + 1]


def start(seed: int = 0) -> Array:
    """Students of norms around 1/2, in single precision like the kernels'."""
    V = 0.5 * directions(np.random.default_rng(seed), M, D)
    return np.asarray(V * np.array([[1.0], [0.6], [1.3]])).astype(np.float32).astype(float)


def lively(link: LinkFunction) -> float:
    """A step size at which thirty steps move the students visibly and none diverges."""
    return float(0.08 / link.K_prime(1.0) / np.sqrt(link.slope_kurtosis()))


@pytest.mark.parametrize("B", [1, 2, 5])
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_steps_are_those_of_the_naive_twin(link: LinkFunction, B: int) -> None:
    """More than four blocks of steps; the tolerance is that of single precision, 70 times 6e-8."""
    eta = lively(link)
    V = start()
    for t in range(STEPS):
        V = naive.sgd_step(V, np.eye(D)[:2], A, link.c, samples(t, B), eta)
    moved = np.abs(V - start()).max()
    assert moved > 20 * 5e-6
    np.testing.assert_allclose(run(start(), link, [eta] * STEPS, B), V, atol=5e-6)


@pytest.mark.parametrize(
    "steps", [1, 2, 7, 8, 9, BLOCK_SAMPLES - 1, BLOCK_SAMPLES, 9 * BLOCK_SAMPLES]
)
def test_every_row_of_a_block(steps: int) -> None:
    """The sums over earlier samples run in passes of eight."""
    link = LINKS["mix"]
    V = start()
    for t in range(steps):
        V = naive.sgd_step(V, np.eye(D)[:2], A, link.c, samples(t, 1), lively(link))
    np.testing.assert_allclose(
        run(start(), link, [lively(link)] * steps), V, atol=2e-6 + 5e-8 * steps
    )


@pytest.mark.parametrize("left", [1e-2, 1e-7, 0.0])
@pytest.mark.parametrize("at", [0, 5, BLOCK_SAMPLES - 10])
def test_steps_that_wipe_out_a_neuron(at: int, left: float) -> None:
    """Six steps from step `at` have the step size at which A = `left`: v becomes C x.

    The product of the six is below what single precision can hold. One neuron, sigma(z) = z: with
    others, or a higher degree, steps of this size diverge. Each multiplies the rounding so far.
    """
    link = LINKS["J=1"]
    V, etas = start()[:1], []
    for t in range(STEPS):
        x, n2 = samples(t, 1), float(np.sum(V**2))
        over = error(V, link, x[0]) * float(V[0] @ x[0]) / np.sqrt(n2)
        etas.append(float((1 - left) / over) if at <= t < at + 6 else 1e-3 / max(n2, 1.0))
        V = naive.sgd_step(V, np.eye(D)[:2], A, link.c, x, etas[-1])
    np.testing.assert_allclose(run(start()[:1], link, etas), V, atol=1e-3 * np.abs(V).max())


@pytest.mark.parametrize("left", [1e-1, 1e-2, 1e-3])
@pytest.mark.parametrize("at", [0, 5, BLOCK_SAMPLES - 1])
def test_a_step_that_cancels_a_neuron(at: int, left: float) -> None:
    """At step `at`, v_0 lies along the sample and keeps `left` of its length: A_0 v_0 = -C_0 x.

    Single precision leaves the twin 6e-8 / left; |v_0|^2 by its recursion would be worse.
    """
    link, quiet = LINKS["J=2"], 1e-3
    x, V, etas = samples(at, 1)[0], start(), []
    target = 0.5 * x / np.linalg.norm(x)
    for _ in range(6):  # the steps before hardly move it: a fixed point
        before = V
        for t in range(at):
            before = naive.sgd_step(before, np.eye(D)[:2], A, link.c, samples(t, 1), quiet)
        V[0] += target - before[0]
    begin = V = V.astype(np.float32).astype(float)
    for t in range(at + 5):
        z = float(V[0] @ x / np.linalg.norm(V[0]))
        over = error(V, link, x) * 2 * naive.sigma(link.c, z)
        etas.append(float((1 - left) / over) if t == at else quiet if t < at else 3 * lively(link))
        V = naive.sgd_step(V, np.eye(D)[:2], A, link.c, samples(t, 1), etas[-1])
    size = np.linalg.norm(V, axis=1, keepdims=True)
    np.testing.assert_allclose(run(begin, link, etas) / size, V / size, atol=5e-6 / left)


def error(V: Array, link: LinkFunction, x: Array) -> float:
    """f(x) - f*(x)."""
    return naive.student(V, link.c, x) - naive.teacher(np.eye(D)[:2], A, link.c, x)


def test_a_neuron_of_norm_zero_stays_there() -> None:
    silent = np.concatenate([start(), np.zeros((2, D))])
    after = run(silent, LINKS["J=4"], [1e-3] * 50)
    np.testing.assert_allclose(after[:M], run(start(), LINKS["J=4"], [1e-3] * 50), atol=1e-6)
    assert not after[M:].any()


@pytest.mark.parametrize(("d", "m"), [(2, 1), (3, 2), (15, 17), (16, 16), (17, 33)])
def test_awkward_sizes(d: int, m: int) -> None:
    """Sizes on either side of the multiples of 8 and 16."""
    link = LINKS["mix"]
    V = 0.3 * directions(np.random.default_rng(5), m, d).astype(np.float32).astype(float)
    for B in (1, 2):
        expected = V
        for t in range(5):
            expected = naive.sgd_step(expected, np.eye(d)[:2], A, link.c, samples(t, B, d), 1e-3)
        np.testing.assert_allclose(run(V, link, [1e-3] * 5, B), expected, atol=1e-5)
