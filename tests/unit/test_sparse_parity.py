"""The network on sparse parity: kernels against a naive twin and finite differences; trainings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from emergence.arrays import Array
from emergence.engines.kernels.parity import Network, gradients
from emergence.engines.sparse_parity import ParitySettings, ParitySGD
from emergence.runs.sparse_parity import HEAD, Training, over_seeds, train, trained
from tests import naive

SMALL = ParitySettings(width=6, tasks=4, n=5, batch=9, seed=3)


def parameters(network: Network) -> list[Array]:
    return [np.array(each, dtype=float) for each in network]


def samples(run: ParitySGD, step: int) -> list[tuple[int, Array]]:
    s = run.settings
    k0, k1 = (int(each) for each in run._key)
    return naive.parity_samples(step, s.batch, s.n, s.p, k0, k1)


def test_the_naive_gradient_is_that_of_finite_differences() -> None:
    run = ParitySGD(SMALL)
    now, batch = parameters(run.network), samples(run, 0)
    found = naive.parity_gradients(now, run.bits, batch)
    for each, gradient in zip(now, found, strict=True):
        for place in np.ndindex(each.shape):
            kept, sides = each[place], []
            for sign in (1, -1):
                each[place] = kept + sign * 1e-6
                sides.append(naive.parity_loss(now, run.bits, batch))
            each[place] = kept
            assert gradient[place] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-8)


def test_steps_are_those_of_the_naive_twin_and_do_not_depend_on_how_they_are_cut() -> None:
    run, cut = ParitySGD(SMALL), ParitySGD(SMALL)
    now, steps = parameters(run.network), 40
    begin = [each.copy() for each in now]
    for step in range(steps):
        change = naive.parity_gradients(now, run.bits, samples(run, step))
        now = [each - SMALL.eta * by for each, by in zip(now, change, strict=True)]
    run.advance(steps)
    for part in (1, 12, 27):
        cut.advance(part)
    for mine, theirs, twin, before in zip(run.network, cut.network, now, begin, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_allclose(mine, twin, atol=2e-5)
        assert np.abs(twin - before).max() > 1e-3
    gradients(run.network, run._batch, run._change)
    last = samples(run, steps - 1)
    expected = naive.parity_gradients(parameters(run.network), run.bits, last)
    for each, by in zip(run._change, expected, strict=True):
        np.testing.assert_allclose(each, by, atol=1e-6)


def test_strengths_and_losses_are_means_over_all_inputs() -> None:
    run = ParitySGD(SMALL)
    run.advance(50)
    strength, loss = run.measure()
    now = parameters(run.network)
    inputs = [np.array(x) for x in itertools.product([1.0, -1.0], repeat=SMALL.n)]
    for k in range(SMALL.tasks):
        f = np.array([naive.parity_network(now, k, x) for x in inputs])
        g = np.array([naive.parity_label(run.bits[k], x) for x in inputs])
        assert strength[k] == pytest.approx(np.mean(f * g), abs=1e-6)
        assert loss[k] == pytest.approx(np.mean((f - g) ** 2), abs=1e-6)


def test_tasks_differ_and_are_asked_for_as_often_as_they_should_be() -> None:
    settings = ParitySettings(alpha=0.4, batch=20_000, width=2)
    run = ParitySGD(settings)
    assert len({tuple(each) for each in run.bits}) == settings.tasks
    run.advance(1)
    counts = np.bincount(run._batch.task, minlength=settings.tasks)
    p = settings.p
    assert p[9] / p[0] == pytest.approx(10**-1.4)
    assert (np.abs(counts - 20_000 * p) < 4 * np.sqrt(20_000 * p)).all()
    assert np.abs(run._batch.X.mean(axis=0)).max() < 0.03
    drawn = zip(run._batch.task, run._batch.X, strict=True)
    labels = [naive.parity_label(run.bits[k], x) for k, x in drawn]
    np.testing.assert_array_equal(run._batch.y, labels)


def by_hand(strength: Array, loss: Array | None = None) -> Training:
    steps = np.geomspace(1, 10 ** (len(strength) - 1), len(strength))
    loss = (1 - strength) ** 2 if loss is None else loss
    return Training(ParitySettings(tasks=strength.shape[1]), steps, strength, loss)


def test_what_is_measured_of_a_training() -> None:
    strength = np.array([[0.0, 0.0, 0.6], [0.4, 0.0, 0.7], [0.6, 0.2, 0.9]])
    run = by_hand(strength)
    np.testing.assert_allclose(run.emerged, [10**1.5, np.inf, 1.0])
    assert run.learned == 2
    assert run.delay is None
    p = np.array([1, 2**-1.6, 3**-1.6])
    np.testing.assert_allclose(run.total, (1 - strength) ** 2 @ p / p.sum())
    q = np.arange(1.0, 2e6) ** -1.6
    rest = (2e6 - 0.5) ** -0.6 / 0.6
    beyond = (q[3:].sum() + rest) / (q.sum() + rest)
    np.testing.assert_allclose(run.corrected, (1 - beyond) * run.total + beyond, rtol=1e-6)
    again = Training.from_dict(run.as_dict())
    np.testing.assert_array_equal(again.loss, run.loss)
    assert again.settings == run.settings


def test_exponents_over_seeds_leave_out_and_count_what_has_failed() -> None:
    ranks = np.arange(1, 11)
    steps = np.geomspace(1, 1e4, 400)

    def one(exponent: float, last: int = 10) -> Training:
        late = steps[:, None] / (30 * ranks**exponent)
        strength = np.where(late > 1, 1.0, 0.0) * (ranks <= last)
        return Training(ParitySettings(tasks=10), steps, strength, 1 - strength)

    found = over_seeds([one(1.5), one(1.7), one(1.6, 5)])
    assert found.learned == (10, 10, 5)
    assert found.delays == 2
    assert found.delay
    assert found.delay.value == pytest.approx(1.6, abs=0.02)
    assert found.delay.ci
    assert found.slope
    nothing, nowhere = np.zeros((3, 10)), np.full((3, 10), np.nan)
    lost = Training(ParitySettings(tasks=10), steps[:3], nothing, nowhere)
    assert lost.diverged
    with_lost = over_seeds([one(1.5), lost])
    assert (with_lost.diverged, with_lost.delays, with_lost.learned) == (1, 1, (10, 0))
    assert with_lost.delay
    assert with_lost.delay.ci is None
    assert over_seeds([lost]).slope is None


def test_a_training_that_diverges_ends_and_says_so() -> None:
    run = trained(ParitySettings(eta=20.0, width=16), 2000)
    assert run.diverged
    assert len(run.steps) < 100


@pytest.fixture(scope="module")
def network() -> Training:
    """The lesson's network, for three quarters of its steps."""
    return trained(ParitySettings(), 75_000)


def test_eight_skills_or_more_emerge_one_after_the_other(network: Training) -> None:
    assert network.learned >= HEAD
    assert network.total[0] == pytest.approx(1, abs=0.1)
    assert network.total[-1] < 0.3
    assert network.delay is not None
    assert 1.2 < network.delay < 2.4  # alpha + 1 = 1.6 by the solvable model
    # A jump, as the logistic curve's: most of the wait is before it.
    decades = np.log10(network.crossing(0.9)[:5] / network.crossing(0.1)[:5])
    assert np.median(decades) < 0.6


def test_a_training_tells_how_far_it_is() -> None:
    pieces = list(train(ParitySettings(width=4, tasks=2, n=4), 3000))
    shares = [share for share, _ in pieces]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert shares.count(1) == 1
    last = pieces[-1][1]
    assert last
    assert last.steps[-1] == 3000
