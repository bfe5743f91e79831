"""The interval of one run's slope: the starts it simulates, against starts drawn in full."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import ks_2samp

from emergence import Experiment, simulate
from emergence.arrays import Array
from emergence.runs.plan import make_plan
from emergence.theory.hermite import hermite
from emergence.theory.predictions import travel_time
from emergence.theory.scaling import time_exponent
from emergence.theory.scatter import (
    RandomStarts,
    _fall,
    _half_times,
    _left,
    random_times,
    slope_margin,
)


def greedy(rate: Array) -> Array:
    """1 / rate of the pairs (m, P) that the greedy map takes, infinite for directions without."""
    rate, T = rate.copy(), np.full(rate.shape[1], np.inf)
    for _ in range(min(rate.shape)):
        k, p = np.unravel_index(np.argmax(rate), rate.shape)
        if rate[k, p] <= 0:
            break
        T[p] = 1 / rate[k, p]
        rate[k], rate[:, p] = 0.0, 0.0
    return T


@pytest.mark.parametrize(
    ("P", "m", "J", "d"), [(8, 48, 4, 10**6), (8, 8, 4, 64), (8, 3, 6, 256), (6, 7, 3, 10**6)]
)
def test_simulated_emergence_times_are_those_of_full_starts(P: int, m: int, J: int, d: int) -> None:
    """Every direction's time is distributed as when all overlaps are drawn and matched."""
    a = np.arange(1.0, P + 1) ** -1.0
    starts = RandomStarts(tuple(a.tolist()), 1.0, ((J, 1.0),), d, m, None)
    found = random_times(starts, hermite(J), 1_500)
    rng = np.random.default_rng(1)
    full = []
    for _ in range(1_500):
        z = rng.standard_normal((m, P))
        z /= np.sqrt(np.sum(z**2, axis=1) + rng.chisquare(max(d - P, 1), m))[:, None]
        z = z if J % 2 else np.abs(z)
        full.append(greedy(J * (J - 2) * a * np.maximum(z, 0.0) ** (J - 2)))
    drawn = np.array(full)
    for p in (0, P // 2, P - 1):
        there = [np.isfinite(each[:, p]) for each in (found, drawn)]
        assert there[0].mean() == pytest.approx(there[1].mean(), abs=0.06)
        if min(each.sum() for each in there) > 100:
            assert ks_2samp(found[there[0], p], drawn[there[1], p]).pvalue > 1e-3
    assert np.isfinite(found).sum(axis=1).max() <= min(m, P)


@pytest.mark.parametrize("J", [1, 2, 3, 4, 6])
def test_a_direction_leaves_the_loss_as_its_two_equations_say(J: int) -> None:
    """Integrated in time from a small start: 1 - 2 rho u^(J/2) + rho^2 (Model 3.8)."""
    room, u0 = 300.0, 0.003

    def field(_: float, y: Array) -> list[float]:
        u, rho = y
        pull = max(u, 0.0) ** (J / 2)
        return [2 * J * pull * (1 - u), 4 * rho * (pull - rho)]

    half = float(travel_time(J, u0, 0.5))
    t = half + np.linspace(0.0, 3.0, 40)
    found = solve_ivp(field, (0, t[-1]), [u0, 1 / room], t_eval=t, method="LSODA",
                      rtol=1e-9, atol=1e-12)  # fmt: skip
    u, rho = found.y
    theta, met, growth = _fall(hermite(J))
    left = np.interp(t - half, theta, _left(met, growth, room + 4 * half))
    np.testing.assert_allclose(left, 1 - 2 * rho * u ** (J / 2) + rho**2, atol=0.12)
    assert left[-1] < 0.05


def test_half_times_of_blow_ups_are_those_of_the_flow() -> None:
    o = np.array([0.01, 0.1, 0.3])
    for J in (3, 4, 6):
        theta = 1 / (J * (J - 2) * o ** (J - 2))
        np.testing.assert_allclose(
            _half_times(theta, hermite(J)), travel_time(J, o**2, 0.5), rtol=1e-5
        )


@pytest.mark.parametrize("start", [{"d": 64, "s0": 0.05}, {"d": 10**6, "s0": 0.01}])
def test_margins_know_the_bias_of_small_dimensions(start: dict[str, float]) -> None:
    """The slopes that the decoupled equations really give, over 150 seeds: 95 % within."""
    e = Experiment(P=16, m=96, engine="decoupled", horizon=4).changed(start)
    off = []
    for seed in range(150):
        plan = make_plan(e.replace(seed=seed))
        tau = np.geomspace(plan.T.min() / 2, plan.end, 300)
        slope = plan.slope(tau, plan.decoupled(tau))
        if slope:
            off.append(abs(slope.value + 1))
            assert slope.ci is not None
            margin = (slope.ci[1] - slope.ci[0]) / 2
    assert len(off) > 145
    assert np.mean(np.array(off) <= margin) == pytest.approx(0.95, abs=0.04)


def test_a_margin_is_a_function_of_the_kind_of_start_alone() -> None:
    one = Experiment(d=1024, P=8, m=48, engine="decoupled", s0=0.01, horizon=4, seed=1)
    runs = [simulate(one.replace(seed=seed)) for seed in (1, 2)]
    widths = [r.slope.ci[1] - r.slope.ci[0] for r in runs if r.slope and r.slope.ci]
    assert widths == pytest.approx([widths[0]] * 2)
    starts = RandomStarts((1.0, 0.5, 0.25, 0.2), 1.0, ((4, 1.0),), 100, 24, 0.01)
    first = slope_margin(starts)
    slope_margin.cache_clear()
    assert slope_margin(starts) == first


def test_more_directions_have_a_narrower_interval_and_too_few_none() -> None:
    def margin(P: int) -> float | None:
        a = tuple((np.arange(1.0, P + 1) ** -1.0).tolist())
        return slope_margin(RandomStarts(a, 1.0, ((4, 1.0),), 10**6, 6 * P, None))

    assert margin(2) is None
    widths = [margin(P) for P in (8, 32, 128)]
    assert all(widths)
    assert widths == sorted(widths, reverse=True)  # type: ignore[type-var]
    assert time_exponent(0.5) is None
    assert slope_margin(RandomStarts((1.0,) * 8, 0.5, ((4, 1.0),), 64, 48, None)) is None
