"""The law against a search over widths, counted sums and the decoupled equations; the fits against
other solvers and against what is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import differential_evolution

from emergence.lessons.budget import study
from emergence.lessons.budget.figure import curves, ranges
from emergence.lessons.budget.hoffmann import Form, Points, fit, objective, stopped_early
from emergence.lessons.budget.iso import Iso, complement, parabola
from emergence.lessons.budget.model import CONDITION, ONE, RULES, STABLE, Law, partial_sum
from emergence.lessons.budget.study import (
    EQUAL,
    FLOW,
    RANDOM,
    SEEDS,
    Bought,
    Buying,
    Fitted,
    Ranges,
    runs_of,
    widths,
)
from emergence.theory.hermite import hermite
from emergence.theory.predictions import greedy_matching
from emergence.theory.stability import mean_square_bound
from tests.unit.traces import named, names


def last(buying: Buying) -> Bought:
    return list(buying.results())[-1].value


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("beta", [0.7, 1.0, 1.3])
def test_the_best_width_is_the_one_that_a_search_finds(beta: float, rule: str) -> None:
    law = Law(beta, rule)
    m = np.geomspace(1, 1e5, 40_001)
    for C in (50.0, 1e4, 1e6):
        loss = law.loss(m, C / m)
        best = m[loss.argmin()]
        assert law.width(C) == pytest.approx(best, rel=2e-3)
        assert law.frontier(C) == pytest.approx(loss.min(), rel=2e-3)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("beta", [0.7, 1.3])
def test_what_is_reached_is_what_can_be_counted(beta: float, rule: str) -> None:
    """Direction p is learned after p^beta / eta samples; the loss is a sum over the others."""
    law = Law(beta, rule)
    p = np.arange(1, 400)
    eta = {
        ONE: np.ones(399),
        CONDITION: p**-beta,
        STABLE: np.array([
            mean_square_bound(law.d, np.arange(1.0, q + 1) ** -beta, hermite(4)) for q in p
        ]) / mean_square_bound(law.d, np.ones(1), hermite(4)),
    }[rule]  # fmt: skip
    np.testing.assert_allclose(law.step_size(p), eta, rtol=1e-9)
    samples = p**beta / eta
    np.testing.assert_allclose(law.reached(samples), p, rtol=1e-5)
    assert law.loss(7, samples[100]) == pytest.approx(law.loss(7, 1e9))
    q = np.arange(1.0, 3e6)
    left = float(np.sum(q[20:] ** (-2 * beta))) + q[-1] ** (1 - 2 * beta) / (2 * beta - 1)
    assert law.loss(1e6, samples[19]) == pytest.approx(left, rel=1e-4)


@pytest.mark.parametrize("beta", [0.6, 1.0, 1.4])
def test_long_sums_are_sums(beta: float) -> None:
    whole = np.cumsum(np.arange(1.0, 50_001) ** -beta)
    p = np.array([1, 30, 1_000, 1_001, 50_000])
    np.testing.assert_allclose(partial_sum(p, beta), whole[p - 1], rtol=1e-8)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("beta", [0.7, 1.3])
def test_exponents_are_slopes_far_out(beta: float, rule: str) -> None:
    """The stable step size's are reached late: its sum has to outgrow the kurtosis."""
    law = Law(beta, rule)
    far = 1e30 if rule == STABLE else 1e10
    C = far * np.array([1.0, 1.5])
    m, loss = law.width(C), law.frontier(C)
    assert np.log(m[1] / m[0]) / np.log(1.5) == pytest.approx(law.a, rel=0.02)
    assert np.log(loss[0] / loss[1]) / np.log(1.5) == pytest.approx(law.c, rel=0.02)
    growth = {ONE: beta, CONDITION: 2 * beta, STABLE: max(1.0, beta)}[rule]
    assert law.a == pytest.approx(1 / (1 + growth))


def test_a_tuned_random_start_is_the_best_of_all_step_sizes() -> None:
    rng = np.random.default_rng(1)
    T = np.arange(1, 13) ** 0.8 * rng.uniform(0.3, 2, 12)
    T[[2, 7]] = np.inf
    law, t = Law(0.8, CONDITION), np.array([3.0, 20.0, 200.0])
    found = law.tuned(t, T)
    for loss, moment in zip(found, t, strict=True):
        each = []
        for p in range(1, 13):
            learned = [q for q in range(1, p + 1) if T[q - 1] <= moment * p**-0.8]
            each.append(sum(q**-1.6 for q in range(1, 13) if q not in learned))
        assert loss == pytest.approx(min(each), rel=1e-12)
    by_one = [sum(q**-1.6 for q in range(1, 13) if T[q - 1] > moment) for moment in t]
    np.testing.assert_allclose(Law(0.8).tuned(t, T), by_one)


def test_a_parabola_is_found_and_a_valley_without_one_is_not() -> None:
    m = widths(64)
    loss = 0.3 * np.exp(0.2 * np.log(m / 7.3) ** 2)
    np.testing.assert_allclose(parabola(m, loss), (0.2, 7.3, 0.3), rtol=1e-9)
    assert np.isnan(parabola(m, 1 / m)[1])
    loss[:2] = np.nan
    assert parabola(m, loss)[1] == pytest.approx(7.3)


def test_exponents_of_minima_and_their_interval() -> None:
    """Valleys whose minima are powers by construction, each seed's power another one."""
    m, C = widths(512), np.geomspace(30, 3_000, 8)
    each = 0.5 + 0.02 * np.array([-1.0, 0.5, 1.5, -1.0])
    best = C ** each[:, None]
    loss = C**-0.3 * np.exp(0.1 * np.log(m[None, :, None] / best[:, None]) ** 2)
    iso = Iso(m, C, loss)
    slope, falls = iso.width_slope, iso.loss_slope
    assert slope
    assert falls
    assert slope.value == pytest.approx(0.5, abs=0.003)
    assert falls.value == pytest.approx(-0.3, abs=0.003)
    half = 3.182 * each.std(ddof=1) / 2  # Student's, of four seeds: the mean is nearly linear here
    assert slope.ci
    assert slope.ci[1] - slope.value == pytest.approx(half, rel=0.1)
    time = complement(slope)
    assert time
    assert (time.value, time.ci) == (1 - slope.value, (1 - slope.ci[1], 1 - slope.ci[0]))
    assert complement(None) is None
    alone = Iso(m, C, loss[:1]).width_slope
    assert alone
    assert alone.ci is None
    assert Iso(m, C[:3], loss[:, :, :3]).width_slope is None


def grid(form: Form) -> Points:
    m, t = (each.ravel() for each in np.meshgrid(2.0 ** np.arange(9), 3.0 ** np.arange(9)))
    return Points(m, t, form.loss(m, t))


@pytest.mark.parametrize(
    "form", [Form(1.69, 40.0, 0.34, 41.0, 0.28), Form(0.02, 1.3, 0.6, 0.5, 1.2)]
)
def test_a_form_is_found_again(form: Form) -> None:
    """From its own losses, a few of them far off: Huber's loss leaves these aside."""
    points = grid(form)
    loss = points.loss.copy()
    loss[[3, 40, 77]] *= 1.5
    found = fit(Points(points.m, points.t, loss))
    for name in ("E", "A", "width", "B", "time"):
        assert getattr(found, name) == pytest.approx(getattr(form, name), rel=0.02), name


def test_the_frontier_of_a_form_is_the_least_over_widths() -> None:
    form = Form(0.02, 1.3, 0.6, 0.5, 1.2)
    m = np.geomspace(1e-3, 1e6, 100_001)
    for C in (10.0, 1e5):
        assert form.frontier(np.array(C)) == pytest.approx(form.loss(m, C / m).min(), rel=1e-6)
    ends = [m[form.loss(m, C / m).argmin()] for C in (1e2, 1e5)]
    assert np.log(ends[1] / ends[0]) / np.log(1e3) == pytest.approx(form.a, abs=1e-3)
    falls = (form.frontier(np.array([1e2, 1e5])) - form.E).tolist()
    assert np.log(falls[0] / falls[1]) / np.log(1e3) == pytest.approx(form.c)


def test_no_global_search_finds_a_better_fit_and_an_early_stop_a_worse_one() -> None:
    points = runs_of(Law(0.8), 1e3)
    form = fit(points)
    q = points.packed(form)

    def cost(z: np.ndarray) -> float:
        return objective(points, points.form(z))

    assert cost(q) == pytest.approx(objective(points, form), rel=1e-9)
    bounds = [(each - 2, each + 2) for each in q[[0, 1]]] + [(0.1, 3), (q[3] - 2, q[3] + 2),
                                                             (0.1, 3)]  # fmt: skip
    search = differential_evolution(cost, bounds, maxiter=60, popsize=8, seed=1, polish=False)
    assert objective(points, form) < search.fun
    assert objective(points, stopped_early(points)) > 1.001 * objective(points, form)


def test_the_slopes_of_the_residuals() -> None:
    points = runs_of(Law(0.8), 100.0)
    q = np.array([-1.0, 0.1, 0.7, -0.2, 0.9])
    by_differences = np.stack([
        (points.residuals(q + step) - points.residuals(q - step)) / 2e-6
        for step in 1e-6 * np.eye(5)
    ], axis=1)  # fmt: skip
    np.testing.assert_allclose(points.jacobian(q), by_differences, atol=1e-8)


@pytest.fixture(scope="module")
def fits() -> tuple[Fitted, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "RANGES", {2: 1e2, 4: 1e4, 8: 1e8})
        patch.setattr(study, "DRAWS", 10)
        return list(Ranges(Law(0.8)).results())[-1].value


def test_a_short_range_shows_a_floor_and_another_exponent(fits: tuple[Fitted, ...]) -> None:
    short, *_, long = fits
    assert short.last == 100
    assert short.form.E > 0.2
    assert not short.holds(1 / 1.8)
    assert short.interval[1] < 1 / 1.8
    assert long.form.E < 1e-3
    assert long.form.a == pytest.approx(1 / 1.8, abs=0.01)
    errors = [abs(each.form.a - 1 / 1.8) for each in fits]
    assert errors == sorted(errors, reverse=True)
    # Beyond its runs the short one's loss stays above the truth, and above its own interval's end.
    beyond = np.array([1e9])
    truth = Law(0.8).frontier(beyond)
    assert short.band(beyond)[0] > 10 * truth
    assert truth < long.form.frontier(beyond) < 2 * truth  # a sum of two, where one is the law


def test_equal_starts_have_the_law_s_exponents() -> None:
    for beta, rule in ((0.8, ONE), (0.8, CONDITION), (1.2, ONE)):
        law = Law(beta, rule)
        bought = last(Buying(law, EQUAL))
        slope, form = bought.iso.width_slope, bought.form_a
        assert slope
        assert form
        assert slope.value == pytest.approx(law.a, rel=0.02)
        assert form.value == pytest.approx(law.a, rel=0.05)
        assert slope.ci is None is form.ci


def test_random_starts_are_matched_and_counted() -> None:
    buying = Buying(Law(0.8), RANDOM)
    bought = last(buying)
    z = np.random.default_rng([2, 18]).standard_normal((512, 512))
    a = np.arange(1.0, 513) ** -0.8
    i, j = 7, 6
    width, t = int(buying.m[i]), buying.C[j] / buying.m[i]
    times = 1 / (a * z[:width] ** 2)
    iota = greedy_matching(times)
    learned = [p for p in range(512) if iota[p] >= 0 and times[iota[p], p] <= t]
    q = np.arange(1.0, 2e6)
    left = float(np.sum(q**-1.6)) + q[-1] ** -0.6 / 0.6 - sum((p + 1) ** -1.6 for p in learned)
    assert bought.iso.loss[2, i, j] == pytest.approx(left, rel=1e-5)
    # Best of m starts: wide students are faster than theory's, so that both exponents are larger.
    a_slope, c_slope = bought.iso.width_slope, bought.iso.loss_slope
    assert a_slope
    assert c_slope
    assert c_slope.ci
    assert a_slope.value > 1 / 1.8
    assert c_slope.ci[1] < -0.6 / 1.8


def test_the_flow_buys_what_iota_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SEEDS, FLOW, 1)
    buying = Buying(Law(0.8), FLOW)
    parts = list(buying.results())
    bought = parts[-1].value
    assert bought.predicted
    flow, alone = bought.iso.mean, bought.predicted.mean
    assert np.median(np.abs(np.log(flow / alone))) < 0.02
    best, predicted = bought.iso.parabolas[:, 1], bought.predicted.parabolas[:, 1]
    usable = np.isfinite(best) & np.isfinite(predicted)
    assert usable.sum() >= 3
    np.testing.assert_allclose(best[usable], predicted[usable], rtol=0.15)
    assert [part.done for part in parts] == sorted(part.done for part in parts)
    with pytest.raises(ValueError, match="no noise"):
        Buying(Law(0.8, CONDITION), FLOW)


def test_nothing_is_drawn_before_the_guess_but_the_guess(fits: tuple[Fitted, ...]) -> None:
    law, buying = Law(0.8), Buying(Law(0.8), EQUAL)
    assert names(curves(law, buying.m, buying.C, None, 0.4)) == {"your guess, C to the 0.4"}
    assert names(ranges(law, 100.0, ())) == set()
    bought = last(buying)
    shown = curves(law, buying.m, buying.C, bought, None)
    np.testing.assert_allclose(named(shown, "best m").y, bought.iso.parabolas[:, 1])
    np.testing.assert_allclose(named(shown, "theory").y, buying.C ** (1 / 1.8))
    drawn = ranges(law, 100.0, fits)
    np.testing.assert_allclose(named(drawn, "a by the fit").y, [each.form.a for each in fits])
    assert named(drawn, "the fit, beyond").x[0] >= 100
