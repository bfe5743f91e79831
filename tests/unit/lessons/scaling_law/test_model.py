"""L(m, t): exponents against theory, students against brute force, the flow against iota."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import zeta

from emergence import simulate
from emergence.lessons.scaling_law.model import (
    StepSizes,
    best_plateaus,
    doubling,
    equal_widths,
    gather,
    moments,
    random_students,
    random_widths,
    tuned_exponent,
)
from emergence.lessons.scaling_law.study import FlowWidths, Measured
from emergence.lessons.scaling_law.study import P as FLOW_P
from emergence.runs.plan import make_plan
from emergence.theory.fits import mean_slope
from emergence.theory.scaling import compute_exponent, plateau_exponent, time_exponent
from tests import naive

BETAS = [0.6, 0.8, 1.0, 1.5, 2.0]


def test_the_papers_exponents() -> None:
    assert compute_exponent(0.8) == pytest.approx(-1 / 3)
    assert plateau_exponent(0.8) == pytest.approx(-0.6)
    assert tuned_exponent(0.8) == pytest.approx(-0.375)
    assert time_exponent(0.8) == pytest.approx(-0.75)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("J", [4, 6])
def test_equal_starts_have_theorys_exponents(beta: float, J: int) -> None:
    """Plateau, time and compute frontier within 5 %; the losses are sums over the m strongest."""
    widths = equal_widths(256, beta, J)
    for slope, theory in (
        (widths.plateau_slope, plateau_exponent(beta)),
        (widths.time_slope, time_exponent(beta)),
        (widths.compute_slope, compute_exponent(beta)),
    ):
        assert slope is not None
        assert slope.value == pytest.approx(theory, rel=0.05)


@pytest.mark.parametrize("beta", [1.0, 1.5])
def test_random_starts_have_the_plateau_exponent_at_large_m(beta: float) -> None:
    """Within 5 % over m = 64 ... 1024 of P = 4096; the holes heal as m grows."""
    m = (16, 64, 128, 256, 512, 1024)
    seeds = [random_students(4096, beta, 4, seed, m) for seed in range(4)]
    widths = gather(4096, beta, 4, m, seeds)
    slope = mean_slope(widths.m.astype(float), widths.plateau, (50, 2_000))
    assert slope is not None
    assert slope.value == pytest.approx(plateau_exponent(beta), rel=0.05)
    assert widths.excess(16) > widths.excess(128) > widths.excess(1024) > 1
    assert widths.excess(1024) < 1.1
    assert equal_widths(256, beta, 4).excess(16) == pytest.approx(1)


@pytest.mark.parametrize("beta", BETAS)
def test_random_starts_at_classroom_sizes(beta: float) -> None:
    """The time exponent within 5 %; width and budget are steeper, by logarithms of m."""
    widths = random_widths(256, beta, 4, 6)
    time, plateau, compute = widths.time_slope, widths.plateau_slope, widths.compute_slope
    assert time is not None
    assert plateau is not None
    assert plateau.ci is not None
    assert compute is not None
    assert time.value == pytest.approx(time_exponent(beta), rel=0.05)
    assert 0.98 < plateau.value / plateau_exponent(beta) < 1.25
    assert 1.0 < compute.value / compute_exponent(beta) < 1.35
    assert plateau.ci[0] < plateau.value < plateau.ci[1]


def test_students_against_brute_force() -> None:
    beta, J, P, m = 1.2, 4, 7, 4
    (student,) = random_students(P, beta, J, 3, (m,))
    z = np.random.default_rng([3, 8]).standard_normal((m, P))
    times = np.array([[(p + 1) ** beta / (8 * z[k, p] ** 2) for p in range(P)] for k in range(m)])
    iota = naive.greedy_matching(times)
    for p in range(P):
        assert student.learned[p] == (iota[p] >= 0)
        expected = times[iota[p], p] if iota[p] >= 0 else np.inf
        assert student.T[p] == pytest.approx(expected)
    rest = sum(q ** (-2 * beta) for q in range(P + 1, 10**6))
    t = moments(P, beta, J)
    for i in (0, len(t) // 2, len(t) - 1):
        missing = sum((p + 1) ** (-2 * beta) for p in range(P) if t[i] < student.T[p])
        assert student.loss[i] == pytest.approx(missing + rest, rel=1e-6)


def test_wider_students_have_the_narrower_ones_neurons() -> None:
    m = (1, 2, 4, 8)
    together = random_students(16, 1.0, 4, 5, m)
    earliest = [float(student.T.min()) for student in together]
    assert earliest == sorted(earliest, reverse=True)
    assert [int(student.learned.sum()) for student in together] == [1, 2, 4, 8]


def test_the_frontier_is_the_least_over_the_widths() -> None:
    widths = equal_widths(16, 1.0, 4)
    for i in (50, 200, 400):
        C = widths.C[i]
        least = np.inf
        for row, m in enumerate(widths.m):
            least = min(least, float(np.interp(C / m, widths.t, widths.loss[0, row])))
        assert widths.frontier[0, i] == pytest.approx(least, rel=0.02)
    m = np.array([1, 2, 7])
    np.testing.assert_allclose(best_plateaus(m, 1.0), [zeta(2, 2), zeta(2, 3), zeta(2, 8)])


@pytest.mark.parametrize("beta", BETAS)
def test_tuned_step_sizes(beta: float) -> None:
    """The best run is the best of all runs; its exponent is (1 - 2 beta)/(2 beta) within 5 %."""
    steps = StepSizes(beta)
    every = np.min([steps.run(r) for r in range(1, steps.most + 1)], axis=0)
    np.testing.assert_allclose(steps.best, every)
    assert steps.slope is not None
    assert steps.slope.value == pytest.approx(tuned_exponent(beta), rel=0.05)
    last = steps.run(steps.most)  # one eta, small enough for all: as steep as in time
    one = mean_slope(steps.samples, last[None], (3 * steps.most**beta, steps.samples[-1] / 4))
    assert one is not None
    assert one.value == pytest.approx((1 - 2 * beta) / beta, rel=0.05)


def test_mean_slope_covers_the_truth() -> None:
    """95 % intervals over six noisy power laws cover in 95 % of 2,000 cases, to sampling error."""
    rng, x = np.random.default_rng(0), np.geomspace(1, 100, 12)
    covered = 0
    for _ in range(2_000):
        y = x ** rng.normal(-0.7, 0.1, (6, 1)) * 3
        fit = mean_slope(x, y, (2, 50))
        assert fit is not None
        assert fit.ci is not None
        covered += fit.ci[0] < -0.7 < fit.ci[1]
    assert covered / 2_000 == pytest.approx(0.95, abs=0.02)
    assert mean_slope(x, x[None] ** -0.5, (1.1, 2)) is None
    alone = mean_slope(x, x[None] ** -0.5, (1, 100))
    assert alone is not None
    assert alone.value == pytest.approx(-0.5)
    assert alone.ci is None


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_flow_learns_the_pairs_that_iota_predicts(seed: int) -> None:
    """d = 32,768, P = 32, m = 8: eight directions with holes, each by the neuron of iota."""
    experiment = FlowWidths(1.0, 4).experiment(8, seed).replace(d=32_768)
    result = simulate(experiment)
    learned = np.flatnonzero(result.capture > 0.5)
    assert learned.tolist() == np.flatnonzero(result.iota >= 0).tolist()
    assert len(learned) == 8
    assert learned[-1] >= 8, "not the eight strongest"
    neurons = make_plan(experiment).neurons[result.record.get("u")[-1].argmax(axis=0)]
    assert neurons[learned].tolist() == result.iota[learned].tolist()


@pytest.mark.parametrize("seed", [1, 2])
def test_at_small_d_neurons_share_directions(seed: int) -> None:
    """At d = 128 the norm's growth takes as long as at any d, and a second neuron slips in."""
    result = simulate(FlowWidths(1.0, 4).experiment(8, seed).replace(d=128))
    u = result.record.get("u")[-1]
    assert np.all(u.max(axis=1) > 0.9), "every neuron has a direction"
    learned = int(np.sum(result.capture > 0.5))
    assert learned == len(set(u.argmax(axis=1))) < 8


def test_narrow_students_have_holes() -> None:
    """ "The m strongest" is true of none of the first 20 seeds at m = 16, P = 256."""
    for seed in range(20):
        (student,) = random_students(256, 1.0, 4, seed, (16,))
        assert student.learned.sum() == 16
        assert not student.learned[:16].all()
        assert student.learned[:4].all()


@pytest.fixture(scope="module")
def measured() -> list[tuple[float, Measured | None]]:
    return [(piece.done, piece.value) for piece in FlowWidths(1.0, 4, seeds=2).results()]


def test_the_study_refines(measured: list[tuple[float, Measured | None]]) -> None:
    done = [each for each, _ in measured]
    assert done == sorted(done)
    assert done[-1] == 1.0
    shapes = [value.flow.loss.shape[:2] for _, value in measured if value and value.flow]
    assert list(dict.fromkeys(shapes)) == [*((1, w) for w in range(1, 8)), (2, 7)]
    first = next(value for _, value in measured if value)
    assert first.flow is None
    assert len(first.predicted.loss) == 1


def test_the_flow_follows_the_decoupled_equations(
    measured: list[tuple[float, Measured | None]],
) -> None:
    last = measured[-1][1]
    assert last is not None
    assert last.flow is not None
    flow, predicted = last.flow, last.predicted
    narrow = flow.m <= FLOW_P // 4
    wrong = flow.learned[:, narrow] != predicted.learned[:, narrow]
    assert wrong.sum() <= 1
    gap = np.abs(np.log(flow.loss[:, narrow] / predicted.loss[:, narrow]))
    assert np.mean(gap) < 0.03
    assert np.mean(np.abs(np.log(flow.loss / predicted.loss))) < 0.1
    np.testing.assert_allclose(flow.loss[:, :, -1], flow.plateau, rtol=0.1)
    assert flow.loss[:, :, 0] == pytest.approx(flow.total, rel=0.01)
    assert flow.time_slope is not None
    assert predicted.time_slope is not None
    assert flow.time_slope.value == pytest.approx(predicted.time_slope.value, rel=0.05)
    assert flow.m.tolist() == list(doubling(64))
