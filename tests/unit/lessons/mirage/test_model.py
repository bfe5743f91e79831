"""The closed forms against integrators and real runs; the dip against a linear programme."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import linprog

from emergence.arrays import Array
from emergence.experiment import ExperimentError
from emergence.lessons.mirage.dip import SEEDS, THRESHOLD, dip
from emergence.lessons.mirage.model import (
    ACCURACY,
    CAPTURE,
    DEGREES,
    JUMP,
    MEASURES,
    OVERLAP,
    FourMeasures,
    blow_up_decades,
    capture_decades,
    captured_time,
    overlap,
    overlap_decades,
    time_to,
)
from emergence.lessons.mirage.seeds import MOMENTS, Spread, spread_out
from emergence.lessons.mirage.study import S0, ManySeeds, Measures, real_starts, skill, start
from emergence.runs.ensemble import simulate_many
from emergence.theory.thresholds import EMERGED


@pytest.mark.parametrize("J", DEGREES)
@pytest.mark.parametrize("u0", [1e-4, 0.02, 0.6])
def test_the_overlap_is_the_equation_s(J: int, u0: float) -> None:
    tau = np.linspace(0, float(time_to(0.99, u0, J)), 7)
    solved = solve_ivp(
        lambda _, u: 2 * J * u ** (J / 2) * (1 - u), (0, tau[-1]), [u0], "LSODA", tau,
        rtol=1e-10, atol=1e-14,
    )  # fmt: skip
    np.testing.assert_allclose(overlap(tau, u0, J), solved.y[0], rtol=2e-5)
    np.testing.assert_allclose(time_to(overlap(tau, u0, J), u0, J), tau, atol=1e-9 * tau[-1])


def test_the_blow_up_is_the_law_without_saturation_and_tends_to_it() -> None:
    ratios = [overlap_decades(1 / d, 4) / blow_up_decades(1 / d) for d in (1e3, 1e6, 1e9)]
    # (1/8) (log 81 + 10 - 10/9) of time instead of (1/8) (10 - 10/9), at any large d.
    np.testing.assert_allclose(ratios[1:], 1 + np.log(81) / (10 - 10 / 9), rtol=1e-4)
    assert overlap_decades(1e-6, 4) == pytest.approx(overlap_decades(1e-3, 4) / 1000, rel=0.03)
    assert overlap_decades(1e-6, 2) == pytest.approx(overlap_decades(1e-3, 2) / 2, rel=0.05)


@pytest.mark.parametrize("d", [256, 1024, 16_384, 1_000_000])
def test_a_run_is_as_sharp_as_theory_says_and_jumps_only_at_j_4(d: int) -> None:
    runs = list(Measures(d).results())[-1].value
    for J, run in runs.items():
        # Times are right to 1e-6 of themselves, and a jump may be no longer than that.
        assert run.decades(OVERLAP) == pytest.approx(overlap_decades(run.u0, J), rel=2e-3, abs=3e-8)
        assert run.decades(ACCURACY) == 0
        assert 0.2 < d * run.u0 < 2
    smooth, sharp = runs[2], runs[4]
    assert smooth.decades(CAPTURE) == pytest.approx(capture_decades(smooth.u0, S0), rel=2e-3)
    assert float(captured_time(0.5, smooth.u0, S0)) == pytest.approx(
        np.interp(0.5, smooth.R, smooth.tau), rel=2e-3
    )
    assert smooth.jumps == [ACCURACY]
    assert sharp.jumps == list(MEASURES)


def test_decades_are_read_off_the_curves() -> None:
    tau = np.array([1.0, 2.0, 10.0, 20.0])
    u = np.array([0.0, 0.2, 0.8, 1.0])
    run = FourMeasures(2, tau, u, u, 1 - u, 0.01)
    assert run.decades(OVERLAP) == pytest.approx(np.log10(15 / 1.5))
    assert run.jumps == [ACCURACY]
    np.testing.assert_array_equal(run.curves[ACCURACY], [0, 0, 1, 1])
    assert pytest.approx(1.12, abs=0.01) == 10**JUMP


class Programme:
    """Minimise a distance: the last of the unknowns, before it the values of the curve."""

    def __init__(self, unknowns: int) -> None:
        self.unknowns = unknowns
        self.rows: list[Array] = []
        self.most: list[float] = []

    def add(self, most: float, *terms: tuple[int, float]) -> None:
        """Demand that the sum of these terms is at most so much."""
        row = np.zeros(self.unknowns)
        for i, factor in terms:
            row[i] += factor
        self.rows.append(row)
        self.most.append(most)

    def near(self, i: int, low: float, high: float) -> None:
        """Demand that value i is from `low` to `high`, but for the distance."""
        self.add(high, (i, 1), (self.unknowns - 1, -1))
        self.add(-low, (i, -1), (self.unknowns - 1, -1))

    def solve(self) -> float:
        """The least distance."""
        cost = np.zeros(self.unknowns)
        cost[-1] = 1
        bounds = [(0, 1)] * self.unknowns
        return float(linprog(cost, np.array(self.rows), self.most, bounds=bounds).fun)


def least_distance(sample: Array) -> float:
    """The dip by linear programmes: for each peak, the nearest convex, then concave curve.

    At the peak the curve may jump: it has two values there.
    """
    n, dx = len(sample), np.diff(np.sort(sample))
    after, before = np.arange(1, n + 1) / n, np.arange(n) / n
    found = []
    for peak in range(n):
        programme = Programme(n + 2)
        for i in range(peak):
            programme.near(i, after[i], before[i])
        programme.near(peak, before[peak], before[peak])
        programme.near(peak + 1, after[peak], after[peak])
        for i in range(peak + 1, n):
            programme.near(i + 1, after[i], before[i])
        for i in range(n):
            programme.add(0, (i, 1), (i + 1, -1))
        for i in range(1, peak):
            slopes = 1 / dx[i - 1], 1 / dx[i]
            programme.add(0, (i - 1, -slopes[0]), (i, sum(slopes)), (i + 1, -slopes[1]))
        for i in range(peak + 1, n - 1):
            slopes = 1 / dx[i - 1], 1 / dx[i]
            programme.add(0, (i, slopes[0]), (i + 1, -sum(slopes)), (i + 2, slopes[1]))
        found.append(programme.solve())
    return min(found)


def test_the_dip_is_the_distance_to_the_nearest_distribution_of_one_peak() -> None:
    rng = np.random.default_rng(5)
    for n in (6, 9, 13):
        one, two = rng.standard_normal(n), rng.standard_normal(n)
        two[: n // 2] += 5
        for sample in (one, two, rng.random(n) ** 3):
            assert dip(sample) == pytest.approx(least_distance(sample), abs=1e-9)


def test_one_uniform_sample_in_twenty_is_called_two_peaked_and_two_groups_nearly_always() -> None:
    rng = np.random.default_rng(7)
    called = np.mean([dip(rng.random(SEEDS)) > THRESHOLD for _ in range(1000)])
    assert 0.03 < called < 0.07  # three standard errors
    one = [dip(rng.beta(2, 5, SEEDS)) > THRESHOLD for _ in range(100)]
    two = [dip(np.append(rng.beta(2, 20, 150), rng.beta(20, 2, 50))) > THRESHOLD for _ in range(50)]
    assert np.mean(one) < 0.05
    assert np.mean(two) == 1


def test_what_cannot_be_told_apart_is_no_second_peak() -> None:
    assert dip(spread_out(np.full(200, 0.999))) == pytest.approx(1 / 400)
    u = np.random.default_rng(1).random(200)
    assert np.abs(np.sort(u) - spread_out(u)).max() < 0.01
    assert dip(spread_out(np.repeat([0.001, 0.9999], 100))) > 0.2


@pytest.mark.parametrize("J", DEGREES)
def test_200_runs_are_spread_as_their_starts_say_one_peak_two_peaks_one_peak(J: int) -> None:
    """J = 4 has two groups for a while, J = 2 never, from the best of 8 neurons."""
    exact = real_starts(J, 8).spread
    measured = list(ManySeeds(J, 8).results())[-1].value
    assert measured.u.shape == exact.u.shape == (len(MOMENTS), SEEDS)
    np.testing.assert_allclose(measured.u, exact.u, atol=2e-3)
    for spread in (exact, measured):
        two = spread.two_peaked
        if J == 2:
            assert two.size == 0
            assert spread.between(1.0) > 0.95
        else:
            assert 0.5 < two[0] < 1 < two[-1] < 5
            inside = [moment for moment in MOMENTS if two[0] <= moment <= two[-1]]
            np.testing.assert_array_equal(two, inside)
            assert spread.between(1.0) < 0.1


def test_a_single_neuron_has_two_groups_for_a_moment_even_at_j_2() -> None:
    """Its start varies by decades: two peaks alone prove no jump."""
    two = real_starts(2, 1).spread.two_peaked
    np.testing.assert_array_equal(two, [1.0])
    assert real_starts(4, 1).spread.two_peaked.size > 10


@pytest.mark.parametrize(("J", "c"), [(2, 0.02), (4, 0.1)])
def test_60_runs_of_sgd_emerge_when_the_closed_form_says(J: int, c: float) -> None:
    """Online SGD over the ensemble's threads: the share that has emerged, at every moment."""
    members = [
        skill(J, 8, 32, seed).replace(engine="sgd", c=c, horizon=2.0) for seed in range(1, 61)
    ]
    crossing: list[float] = []
    for kept in simulate_many(members, lambda result: float(result.crossing[0])):  # steps
        assert not isinstance(kept, ExperimentError)
        crossing.append(kept * members[0].eta)
    starts = np.array([start(member) for member in members])
    predicted = time_to(EMERGED, starts, J)
    ratio = np.nan_to_num(np.array(crossing), nan=np.inf) / predicted
    assert np.median(ratio) == pytest.approx(1.0, abs=0.15)
    for moment in (0.7, 1.0, 1.5):
        tau = moment * np.median(predicted)
        assert np.mean(np.array(crossing) <= tau) == pytest.approx(
            np.mean(predicted <= tau), abs=0.12
        )


def test_shares_are_counted() -> None:
    spread = Spread(np.tile([0.01, 0.02, 0.5, 0.99], (len(MOMENTS), 1)))
    shares = spread.shares(1.0)
    assert shares[0] == 0.5
    assert shares[-1] == shares[10] == 0.25
    assert spread.between(1.0) == 0.25
