"""SGD in reduced coordinates: exact in law, at a cost that does not depend on d."""

from __future__ import annotations

import contextlib
import itertools

import numpy as np
import pytest
from numpy.polynomial import hermite_e
from scipy import stats

from emergence import Experiment, ExperimentError, simulate
from emergence.arrays import Array
from emergence.engines.base import DivergedError
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.normals import Stream
from emergence.engines.kernels.reduced import (
    AT_ONCE,
    PANEL,
    chi_square,
    compress,
    fill_reduced_block,
    turn_panel,
)
from emergence.engines.online_sgd import OnlineSGD
from emergence.runs import cost
from emergence.theory.hermite import hermite
from tests import naive

KEY = np.uint32(0x243F6A88), np.uint32(0x85A308D3)
D, P, M, WIDTH = 24, 2, 6, 16
SMALL = Experiment(d=D, P=P, m=M, c=0.1, s0=0.1, steps=12_000, engine="sgd")


def blocks(count: int) -> Array:
    """Reduced samples, shape (count, M, WIDTH)."""
    X = np.zeros((WIDTH, 8), dtype=np.float32)
    uniform, angle = np.zeros(8 * WIDTH // 2, np.float32), np.zeros(8 * WIDTH // 2, np.int32)
    out = np.empty((count, M, WIDTH))
    for b in range(count):
        fill_reduced_block(X, D, P + M, M, Stream(*KEY, np.int64(b), uniform, angle))
        out[b] = X[:, :M].T
    return out


def test_samples_have_the_length_and_the_law_of_a_gaussian_in_d_dimensions() -> None:
    X = blocks(4_000)
    squares = (X**2).sum(axis=2)
    for s in range(M):
        assert stats.kstest(squares[:, s], stats.chi2(D).cdf).pvalue > 1e-6
        inside = X[:, s, : P + M + s].ravel()
        assert stats.kstest(inside, stats.norm.cdf).pvalue > 1e-6
        assert not X[:, s, P + M + s + 1 :].any()


@pytest.mark.parametrize("freedom", [1, 2, 3, 17, 1_000_000])
def test_chi_square_has_its_law(freedom: int) -> None:
    drawn = [chi_square(freedom, *KEY, np.int64(b), s) for b in range(700) for s in range(6)]
    law = stats.chi2(freedom)
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-6
    error = law.std() / np.sqrt(len(drawn))
    assert abs(np.mean(drawn) - freedom) < 5 * error
    square = (np.array(drawn) - freedom) ** 2
    spread = np.sqrt(law.var() ** 2 * (law.stats("k") + 2) / len(drawn))
    assert abs(square.mean() - law.var()) < 5 * spread
    assert np.unique(drawn).size == len(drawn)


@pytest.mark.parametrize("rank", [M, 3])
def test_compressing_keeps_overlaps_and_gram_matrix(rank: int) -> None:
    """Students of full rank, and students that depend linearly on three."""
    rng = np.random.default_rng(1)
    V = np.zeros((WIDTH, 16), dtype=np.float32)
    V[: P + 2 * M, :M] = rng.standard_normal((P + 2 * M, rank)) @ rng.standard_normal((rank, M))
    before = V.astype(float)
    compress(V, P)
    after = V.astype(float)
    np.testing.assert_array_equal(after[:P], before[:P])
    np.testing.assert_allclose(after.T @ after, before.T @ before, rtol=1e-5, atol=1e-4)
    assert not after[P + M :].any()


@pytest.mark.parametrize("rank", [3, 100])
def test_panels_have_the_factor_of_the_gram_matrix(rank: int) -> None:
    """More students than a panel has rows, of full rank and linearly dependent, against numpy."""
    rng = np.random.default_rng(2)
    n, m = 150, 100
    students = rng.standard_normal((m, rank)) @ rng.standard_normal((rank, n))
    U = np.zeros((m, m))
    for begin in range(0, m, PANEL):
        turn_panel(students, U, begin, min(begin + PANEL, m))
    assert not np.tril(U, -1).any()
    np.testing.assert_allclose(U.T @ U, students @ students.T, atol=1e-8 * n * rank)
    if rank == m:
        np.testing.assert_allclose(U, np.linalg.cholesky(students @ students.T).T, atol=1e-8)


def test_a_large_basis_is_turned_in_pieces_and_students_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over two turns, by a clock that leaves time for a panel or for a few steps in each call."""
    e = Experiment(d=100_000, P=2, m=2 * AT_ONCE, c=0.01, s0=0.1, engine="sgd-reduced")
    engine, whole = OnlineSGD(e), OnlineSGD(e)
    panels: list[int] = []

    def counted(students: Array, U: Array, begin: int, end: int) -> None:
        before = engine.students()
        turn_panel(students, U, begin, end)
        np.testing.assert_array_equal(engine.students(), before)
        panels.append(begin)

    steps = 2 * e.m + 40
    whole.advance(steps * e.eta, np.inf)
    monkeypatch.setattr("emergence.engines.online_sgd.turn_panel", counted)
    clock = itertools.count()
    monkeypatch.setattr("emergence.engines.paced.perf_counter", lambda: float(next(clock)))
    while engine.step < steps:
        seen = len(panels)
        engine.advance(steps * e.eta, 1.5)
        assert len(panels) <= seen + 1
    assert panels == 3 * [*range(0, e.m, PANEL)]
    V, W = engine.students(), whole.students()
    np.testing.assert_allclose(V, W, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(V, axis=1), e.s0, rtol=0.1)
    assert np.abs(V[:, e.P + e.m :]).max() > 0, "between two turns"


def test_the_mean_gram_matrix_after_some_steps_is_that_of_the_full_engine() -> None:
    """Students' overlaps and Gram matrices after 20 steps, over 3,000 seeds of the samples.

    Twenty steps reach past the first turn of the basis. Five standard errors.
    """
    e = Experiment(d=D, P=P, m=M, J=2, c=0.1, s0=0.3, steps=20, engine="sgd")
    seen: dict[str, list[Array]] = {}
    for name in ("sgd-full", "sgd-reduced"):
        for seed in range(3_000):
            engine = OnlineSGD(e.replace(engine=name))
            words = np.random.SeedSequence([seed, len(name)]).generate_state(2)
            engine._key = words.astype(np.uint32)
            engine.advance(20 * e.eta, 60.0)
            V = engine.students()
            seen.setdefault(name, []).append(np.concatenate([V @ V.T, V[:, :P]], axis=1))
    full, reduced = (np.array(values) for values in seen.values())
    error = np.sqrt((full.var(axis=0) + reduced.var(axis=0)) / len(full))
    assert np.all(np.abs(full.mean(axis=0) - reduced.mean(axis=0)) < 5 * error)
    assert error.max() < 0.02 * np.abs(full.mean(axis=0)).max()


def test_the_mean_gram_matrix_after_one_step_is_exact() -> None:
    """The reduced engine's mean over 40,000 samples against quadrature over all of x.

    The Gram matrix after a step is a polynomial in the coordinates in the span of students and
    teachers, and linear in the squared length of the rest of x, whose mean is d - 3: the twin's
    step at Gauss-Hermite nodes, with sqrt(d - 3) as a fourth coordinate, gives the exact mean.
    """
    e = Experiment(d=30, P=1, m=2, J=2, c=1.0, s0=0.3, engine="sgd-reduced")
    begin = np.pad(e.s0 * initial_directions(e), ((0, 0), (0, 1)))
    nodes, weights = hermite_e.hermegauss(10)
    weights = weights / weights.sum()
    exact = np.zeros((2, 2))
    for point in itertools.product(range(10), repeat=3):
        x = np.append(nodes[list(point)], np.sqrt(e.d - 3))
        V = naive.sgd_step(begin, np.eye(4)[:1], np.ones(1), hermite(2).c, x[None], e.eta)
        exact += np.prod(weights[list(point)]) * V @ V.T
    seen, engine = [], OnlineSGD(e)
    for seed in range(40_000):
        engine.step, engine.tau, engine._key = 0, 0.0, np.array([seed, 7], dtype=np.uint32)
        engine._block.V[:] = 0.0
        engine._block.V[:4, :2] = begin.T
        engine._block.gamma[:], engine._block.alpha[:] = 0.0, 1.0
        engine.advance(e.eta, 60.0)
        V = engine.students()
        seen.append(V @ V.T)
    error = np.std(seen, axis=0) / np.sqrt(len(seen))
    assert np.all(np.abs(np.mean(seen, axis=0) - exact) < 5 * error)
    # It can fail: the step changes the matrix by far more than that.
    assert np.abs(exact - begin @ begin.T).max() > 10 * error.max()


@pytest.mark.benchmark
def test_crossings_and_losses_agree_in_law_over_many_seeds() -> None:
    """Two-sample Kolmogorov-Smirnov, 600 seeds each: final loss, largest overlap, crossing."""

    def run(name: str, seed: int) -> list[float]:
        engine, crossing = OnlineSGD(SMALL.replace(engine=name, seed=seed)), np.inf
        with contextlib.suppress(DivergedError):
            for t in range(100, SMALL.steps + 1, 100):
                engine.advance(t * SMALL.eta, 60.0)
                if np.isinf(crossing) and np.max(engine.overlaps()[:, 0] ** 2) > 0.5:
                    crossing = t
        seen = engine.measure()
        return [seen.mse, float(np.max(seen.overlaps**2)), min(crossing, 1e9)]

    full = np.array([run("sgd-full", seed) for seed in range(600)])
    reduced = np.array([run("sgd-reduced", seed) for seed in range(1_000, 1_600)])
    for column in range(full.shape[1]):
        found = stats.ks_2samp(full[:, column], reduced[:, column], method="asymp")
        assert found.pvalue > 1e-3


def test_sgd_takes_the_faster_one_and_says_which() -> None:
    assert Experiment(d=64, P=8, m=32, engine="sgd").engine_used == "sgd-full"
    assert Experiment(d=1024, P=8, m=32, engine="sgd").engine_used == "sgd-reduced"
    assert Experiment(d=1024, P=8, m=32, B=4, engine="sgd").engine_used == "sgd-full"
    assert Experiment(engine="flow").engine_used == "flow"
    assert simulate(SMALL.replace(steps=10)).engine_used == "sgd-full"


def test_neither_memory_nor_work_depends_on_d() -> None:
    small, large = (
        Experiment(d=d, P=16, m=32, steps=1_000, engine="sgd") for d in (256, 1_000_000)
    )
    assert cost.memory(large) == cost.memory(small)
    assert cost.estimate(large, large.eta).flops == cost.estimate(small, small.eta).flops
    assert OnlineSGD(large)._block.V.shape == OnlineSGD(small)._block.V.shape


def test_what_the_reduced_engine_cannot_do_is_refused() -> None:
    with pytest.raises(ExperimentError, match="single samples"):
        Experiment(d=1024, B=4, engine="sgd-reduced")
    with pytest.raises(ExperimentError, match="at least P"):
        Experiment(d=64, P=8, m=32, engine="sgd-reduced")
    clamped, notices = Experiment.clamped("d=64&P=8&m=32&engine=sgd-reduced")
    assert clamped.engine == "sgd"
    assert notices


def test_a_run_does_not_depend_on_how_it_is_cut() -> None:
    whole, pieces = (OnlineSGD(SMALL.replace(engine="sgd-reduced")) for _ in range(2))
    whole.advance(5_000 * SMALL.eta, 60.0)
    while pieces.step < 5_000:
        pieces.advance(min(pieces.step + 7, 5_000) * SMALL.eta, 60.0)
    np.testing.assert_array_equal(whole.students(), pieces.students())
