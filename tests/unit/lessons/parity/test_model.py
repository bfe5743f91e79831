"""The solvable model against an integrator and sums of other sizes; exponents against theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from emergence.arrays import Array
from emergence.lessons.parity.figure import solved
from emergence.lessons.parity.model import (
    COMPUTE,
    DATA,
    PARAMETERS,
    RESOURCES,
    SHOWN,
    SKILLS,
    START,
    TIME,
    Skills,
    curves,
    exponent,
    half_time,
    strength,
    unit,
)
from emergence.theory.fits import fit_power
from tests.unit.traces import named, names


def test_the_closed_form_solves_the_flow_of_both_parameters() -> None:
    p, start = np.array([0.5, 0.2, 0.03]), np.array([1e-3, 1e-2, 0.3])

    def field(_: float, ab: Array) -> Array:
        a, b = ab.reshape(2, 3)
        missing = p * (1 - a * b)
        return np.concatenate([b * missing, a * missing])

    t = np.linspace(0, 60, 9)
    begin = np.tile(np.sqrt(start), 2)
    a, b = solve_ivp(field, (0, 60), begin, "LSODA", t, rtol=1e-10, atol=1e-13).y.reshape(2, 3, -1)
    np.testing.assert_allclose(strength(t, p[:, None], start[:, None]), a * b, rtol=1e-6)
    np.testing.assert_allclose(strength(half_time(p, 0.01), p, 0.01), 0.5)


def test_frequencies_are_shares_of_infinitely_many() -> None:
    for alpha in (0.2, 1.5):
        skills = Skills(alpha, 50)
        assert skills.p.sum() + skills.beyond(50) == pytest.approx(1)
        np.testing.assert_allclose(skills.frequency(np.arange(1, 51)), skills.p)
        np.testing.assert_allclose(1 - np.cumsum(skills.p), skills.beyond(np.arange(1, 51)))


def test_the_loss_over_time_is_the_sum_for_every_width() -> None:
    skills, t = Skills(0.6, 30), np.array([0.0, 3.0, 100.0])
    starts = np.random.default_rng(1).uniform(1e-4, 1e-2, (2, 30))
    widths = np.array([1.0, 7.0, 30.0])
    table = skills.time_losses(t, widths, starts)
    for s, N, i in np.ndindex(table.shape):
        known = int(widths[N])
        left = sum(
            skills.p[k] * (1 - strength(t[i], skills.p[k], starts[s, k])) ** 2 for k in range(known)
        )
        assert table[s, N, i] == pytest.approx(left + 1 - skills.p[:known].sum())


def test_random_sets_of_data_have_the_mean_loss() -> None:
    skills, D = Skills(0.8, 200), np.array([1.0, 30.0, 1000.0])
    expected = skills.data_loss(D)
    p = skills.p
    assert expected[1] == pytest.approx(np.sum(p * (1 - p) ** 30) + 1 - p.sum())
    many = skills.data_losses(D, np.random.default_rng(3), 4000)
    error = many.std(axis=0) / np.sqrt(4000)
    assert (np.abs(many.mean(axis=0) - expected) < 4 * error).all()
    # Drawn sample by sample: what no sample has asked for is missing.
    rng = np.random.default_rng(4)
    drawn = rng.choice(201, (2000, 30), p=np.append(p, skills.beyond(200)))
    left = [1 - p[np.unique(row[row < 200])].sum() for row in drawn]
    assert np.mean(left) == pytest.approx(expected[1], abs=4 * np.std(left) / np.sqrt(2000))


@pytest.mark.parametrize("alpha", [0.2, 0.6, 1.5])
def test_every_resource_has_nam_s_exponent(alpha: float) -> None:
    laws = {TIME: -alpha / (alpha + 1), DATA: -alpha / (alpha + 1), PARAMETERS: -alpha,
            COMPUTE: -alpha / (alpha + 2)}  # fmt: skip
    for resource in RESOURCES:
        assert exponent(resource, alpha) == pytest.approx(laws[resource])
        slope = curves(resource, alpha).slope
        assert slope.value == pytest.approx(laws[resource], rel=0.012)
        if resource == PARAMETERS:
            assert slope.ci is None, "nothing is random"
        else:
            assert slope.ci
            assert 0 < slope.ci[1] - slope.ci[0] < 0.15 * -slope.value
        flat, steep = curves(resource, alpha).decades
        assert steep <= slope.value <= flat
        assert steep == pytest.approx(flat, rel=0.06)


def test_a_model_of_other_size_has_the_same_losses_where_its_skills_are_enough() -> None:
    """By an integral over skills, and by 5,000 of them instead of 100,000."""
    few = Skills(0.6, 3000)
    begin, end = half_time(few.frequency([5.0, 150.0]))
    t = np.geomspace(begin, end, 30)
    [loss] = few.time_losses(t, np.array([3000.0]), np.full((1, 3000), START))[:, 0]
    fit = fit_power(t, loss)
    assert fit
    assert fit.value == pytest.approx(-0.375, rel=0.015)
    [[many]] = Skills(0.6).time_losses(
        t[-1:], np.array([float(SKILLS)]), np.full((1, SKILLS), START)
    )
    assert loss[-1] == pytest.approx(many[0], rel=1e-3)
    fit = fit_power(D := np.geomspace(30, 3000, 30), few.data_loss(D))
    assert fit
    assert fit.value == pytest.approx(-0.375, rel=0.015)
    D = np.array([1000.0, 10_000.0])
    by_integral = [
        quad(lambda y, size=size: np.exp(y + np.log(few.frequency(np.exp(y)))
             - size * few.frequency(np.exp(y))), 0, 40, limit=200)[0] for size in D
    ]  # fmt: skip
    np.testing.assert_allclose(Skills(0.6).data_loss(D), by_integral, rtol=1e-3)


def test_the_best_width_for_a_budget_is_found_and_grows_as_theory_says() -> None:
    found = curves(COMPUTE, 0.6)
    assert found.fixed is not None
    with np.errstate(invalid="ignore"):
        assert (np.nan_to_num(found.fixed, nan=9.0) >= found.loss[0] - 1e-12).all()
    # The width up to which skills are learned at the best: as C^(1/(alpha + 2)).
    early, late = (float(np.interp(np.log(share), np.log(found.loss[0][::-1]),
                   np.log(found.x[::-1]))) for share in (0.2, 0.02))  # fmt: skip
    # The loss is N^-alpha times a constant, C is N^(alpha + 2).
    assert late - early == pytest.approx(np.log(10) * 2.6 / 0.6, rel=0.03)


def test_what_is_drawn_is_what_was_computed_and_nothing_before_the_guess() -> None:
    for resource in RESOURCES:
        found = curves(resource, 0.6)
        assert not names(solved(resource, 0.6, None, None))
        assert names(solved(resource, 0.6, None, -0.5)) == {"your guess, slope -0.5"}
        drawn = solved(resource, 0.6, found, None)
        loss = named(drawn, "best N" if resource == COMPUTE else "loss")
        np.testing.assert_allclose(loss.y, found.loss.mean(axis=0))
        np.testing.assert_allclose(loss.x * unit(resource, 0.6), found.x)
        np.testing.assert_allclose(named(drawn, f"skill {SHOWN[3]}").y, found.learned[3])
        law = named(drawn, "slope")
        assert np.diff(np.log(law.y)) / np.diff(np.log(law.x)) == pytest.approx(
            exponent(resource, 0.6)
        )
    assert SKILLS == 100_000
