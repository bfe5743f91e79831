"""The engine of broken assumptions: against the naive twin, and what is known in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from emergence import Experiment
from emergence.arrays import Array
from emergence.engines.base import TRAINED_ON, DivergedError, Engine
from emergence.engines.general_sgd import GeneralSGD, random_turn, typical_gradient
from emergence.engines.initial import initial_directions
from emergence.engines.online_sgd import BLOCK_SAMPLES, OnlineSGD
from emergence.runs.plan import make_plan
from emergence.runs.simulation import Simulation
from emergence.theory.risk import contributions, population_mse, teacher_power
from emergence.theory.teacher import directions, gram, link_function, strengths
from tests import naive

FOREVER = 1e9
BROKEN: dict[str, dict[str, object]] = {
    "rho": {"rho": 0.4},
    "rho, three of them": {"rho": 0.3, "P": 3, "B": 3},
    "noise": {"noise": 0.7},
    "noise, batches": {"noise": 0.7, "B": 4},
    "seven samples": {"samples": 7},
    "seven in batches of three": {"samples": 7, "B": 3, "noise": 0.3},
    "more samples than a block": {"samples": 37},
    "second layer": {"second": "own"},
    "second layer, batches": {"second": "own", "B": 3},
    "momentum": {"optimizer": "momentum"},
    "adam": {"optimizer": "adam"},
    "adam, batches": {"optimizer": "adam", "B": 3, "d": 11},
    "sign": {"optimizer": "sign"},
    "all": {"optimizer": "adam", "second": "own", "samples": 20, "noise": 0.2, "rho": 0.2},
}


def experiment(**changes: object) -> Experiment:
    given = {"d": 6, "P": 2, "m": 3, "c": 0.15, "s0": 0.5, "engine": "sgd", "steps": 60, "seed": 3}
    return Experiment.of({**given, "mixture": "3:0.6,4:0.8", **changes})


def embedded(V: Array, d: int) -> Array:
    return np.concatenate([V, np.zeros((len(V), d - V.shape[1]))], axis=1)


def noise(e: Experiment, q: int) -> float:
    """The noise of sample q's label."""
    return e.noise * float(naive.normals(2, *naive.threefry(e.seed, 0, 2, 0), q)[0])


def sample(e: Experiment, q: int) -> Array:
    """Sample q of a run on fresh ones, shape (d,)."""
    size = e.B if e.B > 1 else BLOCK_SAMPLES
    block = naive.samples(q // size, -(-size // 8) * 8, e.d, *naive.threefry(e.seed, 0, 1, 0))
    return np.asarray(block[q % size])


def samples(e: Experiment, W: Array) -> Callable[[int], tuple[Array, float]]:
    """(x, y) of a number, from the run's own stream or from n that are drawn before."""
    a, c = strengths(e), link_function(e).c

    def drawn(q: int) -> tuple[Array, float]:
        x = sample(e, q)
        return x, naive.teacher(W, a, c, x) + noise(e, q)

    kept = [drawn(q) for q in range(e.samples)]
    return (lambda q: kept[q % e.samples]) if kept else drawn


def twin(e: Experiment) -> tuple[Array, Array, float]:
    """(overlaps, weights, train loss on the samples that are kept) at the end of the naive run."""
    a, link = strengths(e), link_function(e)
    turned = e.optimizer in ("adam", "sign")
    turn = random_turn(e.d, e.seed).T if turned else np.eye(e.d)
    W, V = (embedded(each, e.d) @ turn for each in (naive_root(e), initial_directions(e)))
    own, b = e.second == "own", np.full(e.m, e.s0**2)
    V = V if own else e.s0 * V
    rates = typical_gradient(e, a, link) if turned else (1.0, 1.0)
    of_v, of_b = (naive.Optimizer(e.optimizer, e.eta * rate) for rate in rates)
    number = samples(e, W)
    for t in range(e.steps):
        batch = [number(t * e.B + s) for s in range(e.B)]
        if own:
            both = [naive.own_gradient(V, b, link.c, x, y) for x, y in batch]
            V = V + of_v.change(np.mean([each for each, _ in both], axis=0))
            V = V / np.linalg.norm(V, axis=1, keepdims=True)
            b = b + of_b.change(np.mean([each for _, each in both], axis=0))
        else:
            each = [naive.labelled_gradient(V, link.c, x, y) for x, y in batch]
            V = V + of_v.change(np.mean(each, axis=0))
    n2 = np.sum(V**2, axis=1)
    units, weights = V / np.sqrt(n2)[:, None], b if own else n2
    losses = [
        (sum(float(weights[k] * naive.sigma(link.c, units[k] @ x)) for k in range(e.m)) - y) ** 2
        for x, y in map(number, range(e.samples))
    ]
    return units @ W.T, weights, float(np.mean(losses)) if losses else math.nan


def naive_gram(e: Experiment) -> Array:
    return np.array([[1.0 if p == q else e.rho for q in range(e.P)] for p in range(e.P)])


def naive_root(e: Experiment) -> Array:
    """The symmetric root of the teacher's Gram matrix, by its eigenvectors."""
    values, vectors = np.linalg.eigh(naive_gram(e))
    return np.asarray(vectors @ np.diag(np.sqrt(values)) @ vectors.T)


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_steps_are_those_of_the_naive_twin(changes: dict[str, object]) -> None:
    """In double precision but for the samples, which are drawn in single."""
    e = experiment(**changes)
    engine = GeneralSGD(e)
    started = engine.measure()
    for part in (0.3, 1.0):  # however it is cut
        engine.advance(part * e.steps * e.eta, FOREVER)
    seen = engine.measure()
    overlaps, weights, train = twin(e)
    np.testing.assert_allclose(seen.overlaps, overlaps, atol=1e-4)
    np.testing.assert_allclose(seen.n2, weights, rtol=2e-4, atol=1e-5)
    np.testing.assert_allclose(seen.train, train, rtol=1e-3)
    assert np.max(np.abs(seen.overlaps - started.overlaps)) > 0.01, (
        "a student at rest shows nothing"
    )
    assert np.max(np.abs(seen.n2 - started.n2)) > 0.003


def test_with_nothing_broken_it_is_online_sgd() -> None:
    """The same samples, the same run, but for single precision; it does learn."""
    e = Experiment(d=8, P=2, m=6, c=0.02, s0=0.2, steps=12_000, engine="sgd-full")
    both: list[Engine] = [OnlineSGD(e), GeneralSGD(e)]
    for share in (0.25, 0.5, 1.0):
        for engine in both:
            engine.advance(share * e.steps * e.eta, FOREVER)
        tuned, general = (engine.measure() for engine in both)
        np.testing.assert_allclose(general.overlaps, tuned.overlaps, atol=2e-3)
        np.testing.assert_allclose(general.n2, tuned.n2, atol=2e-3)
        assert general.mse == pytest.approx(tuned.mse, rel=5e-3)
    assert np.max(general.overlaps**2) > 0.8
    assert math.isnan(general.train)


@pytest.mark.parametrize("name", ["rho", "adam, batches", "second layer"])
def test_a_run_does_not_depend_on_how_it_is_cut(name: str) -> None:
    e = experiment(**BROKEN[name])
    whole, cut = GeneralSGD(e), GeneralSGD(e)
    whole.advance(e.steps * e.eta, FOREVER)
    for step in (1, 2, 17, 18, 40, e.steps):
        cut.advance(step * e.eta, FOREVER)
        assert cut.step == step
    np.testing.assert_array_equal(whole.overlaps(), cut.overlaps())


def test_all_start_from_the_theory_s_overlaps() -> None:
    """Whatever is broken, a plan's overlaps are those that the engine begins with."""
    for changes in BROKEN.values():
        e = experiment(**changes)
        np.testing.assert_allclose(make_plan(e).overlaps, GeneralSGD(e).overlaps(), atol=1e-12)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_the_loss_of_an_overlapping_teacher_is_what_sampling_says(rho: float) -> None:
    rng, link = np.random.default_rng(1), link_function(experiment())
    a, W = strengths(experiment(P=3)), embedded(directions(3, rho), 5)
    np.testing.assert_allclose(W @ W.T, gram(3, rho), atol=1e-12)
    V = rng.normal(size=(4, 5))
    n2 = np.sum(V**2, axis=1)
    units = V / np.sqrt(n2)[:, None]
    mse = population_mse(units @ W.T, units, n2, a, link, gram=gram(3, rho))
    assert mse == pytest.approx(naive.population_mse(V, W, a, link.c), rel=1e-10)
    X = rng.normal(size=(200_000, 5))
    squares = (link.sigma(X @ units.T) @ n2 - link.sigma(X @ W.T) @ a) ** 2
    assert abs(squares.mean() - mse) < 4 * squares.std() / math.sqrt(len(X))
    power = (link.sigma(X @ W.T) @ a) ** 2
    expected = teacher_power(a, gram(3, rho), link)
    assert abs(power.mean() - expected) < 4 * power.std() / math.sqrt(len(X))


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_captures_of_an_overlapping_teacher_are_the_nearest_combination(rho: float) -> None:
    """By least squares over symmetric tensors; what is not learned is not captured either."""
    rng, link = np.random.default_rng(1), link_function(experiment())
    a, W = strengths(experiment(P=3)), embedded(directions(3, rho), 5)
    V, n2 = rng.normal(size=(4, 5)), rng.uniform(0.1, 1.0, 4)
    V /= np.linalg.norm(V, axis=1, keepdims=True)

    def tensors(rows: Array) -> Array:
        each = [np.ones((len(rows), 1))]
        for _ in link.c[1:]:
            each.append(np.einsum("ki,kj->kij", each[-1], rows).reshape(len(rows), -1))
        return np.hstack([c * tensor for c, tensor in zip(link.c, each, strict=True)])

    nearest = np.linalg.lstsq(tensors(W).T, tensors(V).T * n2, rcond=None)[0].T
    np.testing.assert_allclose(contributions(V @ W.T, n2, a, link, rho), nearest / a, atol=1e-10)
    fitted = contributions(W[:2] @ W.T, a[:2], a, link, rho).sum(axis=0)
    np.testing.assert_allclose(fitted, [1, 1, 0], atol=1e-12)


def test_noisy_labels_have_a_floor_and_the_population_loss_has_none() -> None:
    """`labels` of a row is the loss on fresh noisy labels: sampled with the run's own student."""
    e = experiment(noise=0.8, c=0.05, steps=200)
    simulation = Simulation(e)
    while not simulation.finished:
        simulation.work(1.0)
    labels, mse = (simulation.record.get(name)[-1] for name in ("labels", "mse"))
    assert labels - mse == pytest.approx(0.64, rel=1e-4)
    engine = simulation.engine
    assert isinstance(engine, GeneralSGD)
    units, weights, rng = engine.units()[:, : e.d], engine.weights(), np.random.default_rng(2)
    X, link = rng.normal(size=(100_000, e.d)), link_function(e)
    W = embedded(directions(e.P, 0.0), e.d)
    y = link.sigma(X @ W.T) @ strengths(e) + 0.8 * rng.normal(size=len(X))
    squares = (link.sigma(X @ units.T) @ weights - y) ** 2
    assert abs(squares.mean() - labels) < 4 * squares.std() / math.sqrt(len(X))


def test_samples_that_are_kept_have_labels_with_the_noise_asked_for() -> None:
    e = experiment(noise=0.5, samples=4_000, d=4)
    engine = GeneralSGD(e)
    exact = GeneralSGD(e.replace(noise=0.0))
    np.testing.assert_array_equal(engine.kept[0], exact.kept[0])
    xi = (engine.kept[1] - exact.kept[1]) / 0.5
    assert abs(xi.mean()) < 4 / math.sqrt(4_000)
    assert abs((xi**2).mean() - 1) < 4 * math.sqrt(2 / 4_000)
    assert abs(np.corrcoef(xi, exact.kept[1])[0, 1]) < 4 / math.sqrt(4_000)


def test_the_training_loss_is_of_so_many_samples_at_most() -> None:
    """Of the first 2,048: the same, whatever comes after them."""
    few, many = (GeneralSGD(experiment(samples=n)).measure().train for n in (2048, 2500))
    assert TRAINED_ON == 2048
    assert few == many


def test_a_turn_is_orthogonal_and_of_the_seed() -> None:
    turn = random_turn(7, 5)
    np.testing.assert_allclose(turn @ turn.T, np.eye(7), atol=1e-12)
    assert np.abs(turn - random_turn(7, 6)).max() > 0.1
    entries = np.array([random_turn(3, seed)[0, 0] for seed in range(2_000)])
    assert abs(entries.mean()) < 4 * math.sqrt(1 / 3 / 2_000)  # uniform on [-1, 1] in R^3
    assert abs((entries**2).mean() - 1 / 3) < 4 * math.sqrt(4 / 45 / 2_000)


@pytest.mark.parametrize("changes", [{}, {"rho": 0.5, "noise": 1.0}, {"second": "own", "B": 4}])
def test_a_typical_gradient_is_what_sampling_says(changes: dict[str, object]) -> None:
    """To leading order in the small student, and in its small overlaps in many dimensions."""
    e = experiment(**{"d": 60, "s0": 0.01, "mixture": "2:1", **changes})
    link, a, rng = link_function(e), strengths(e), np.random.default_rng(4)
    W, V = (embedded(each, e.d) for each in (directions(e.P, e.rho), initial_directions(e)))
    X = rng.normal(size=(30_000, e.d))
    y = link.sigma(X @ W.T) @ a + e.noise * rng.normal(size=len(X))
    z = X @ V[0]
    size = e.s0**2 if e.second == "own" else e.s0
    of_v = np.sqrt(np.mean((y * size * link.sigma_prime(z)) ** 2 * np.mean(X**2, axis=1)) / e.B)
    of_b = np.sqrt(np.mean((y * link.sigma(z)) ** 2) / e.B)
    np.testing.assert_allclose((of_v, of_b), typical_gradient(e, a, link), rtol=0.15)


def test_a_violent_run_diverges() -> None:
    e = experiment(c=50.0, noise=3.0, steps=5_000)
    with pytest.raises(DivergedError):
        GeneralSGD(e).advance(e.steps * e.eta, FOREVER)
