"""The compute frontier: of curves whose exponent is known, and of real runs by another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from emergence import Experiment
from emergence.arrays import Array
from emergence.figures.sweeps.outcomes import sweep_figures
from emergence.runs.plan import make_plan
from emergence.runs.result import simulate
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.analyses.frontier import Frontier
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.theory.scaling import compute_exponent
from tests.unit.sweeps import BLANK

WIDTHS = [4, 8, 16, 32, 64, 128]
Law = Callable[[int, Array], Array]


def made(law: Law, seeds: int = 1, P: int = 1024, steps: float = 1e7) -> list[Outcome]:
    """Outcomes of students whose loss is `law` of the width and the steps; seed s is s times as
    slow."""
    t = np.geomspace(1, steps, 150)
    return [
        replace(
            BLANK, experiment=Experiment(d=2048, P=P, m=m, beta=0.8, seed=seed),
            steps=tuple(t.tolist()), mse=tuple(law(m, t / seed).tolist()),
        )
        for seed in range(1, seeds + 1) for m in WIDTHS
    ]  # fmt: skip


def maximum(beta: float) -> Law:
    """Neurons or time limit: m^(1 - 2 beta) v t^((1 - 2 beta)/beta)."""
    return lambda m, t: np.maximum(float(m) ** (1 - 2 * beta), t ** ((1 - 2 * beta) / beta))


def estimated(outcomes: list[Outcome]) -> Estimate | None:
    found = ANALYSES["frontier"].estimates(outcomes, ["m"])
    return found[0] if found else None


@pytest.mark.parametrize("beta", [0.7, 0.8, 1.0, 1.5])
def test_the_frontier_of_a_maximum_of_two_powers(beta: float) -> None:
    """Its slope is what theory says of the law: m t^(1/beta) at the corners."""
    found = estimated(made(maximum(beta)))
    assert found is not None
    assert found.slope.value == pytest.approx(compute_exponent(beta), rel=0.03)
    # A width m is used up at t = m^beta; the next, 2 m, is there at the same t.
    low, high = found.slope.window
    assert low == pytest.approx(8 * 4**beta, rel=0.05)
    assert high == pytest.approx(128 * 64**beta, rel=0.05)


@pytest.mark.parametrize(("a", "b"), [(0.6, 0.75), (1.0, 0.4), (0.3, 1.2)])
def test_the_frontier_of_a_sum_of_two_powers(a: float, b: float) -> None:
    """L = m^-a + t^-b, m t = C: by Lagrange the least L goes as C^(-a b/(a + b))."""
    found = estimated(made(lambda m, t: float(m) ** -a + t**-b, steps=1e9))
    assert found is not None
    assert found.slope.value == pytest.approx(-a * b / (a + b), rel=0.03)


def test_theory_is_minus_a_third_at_the_papers_beta() -> None:
    assert compute_exponent(0.8) == pytest.approx(-1 / 3)
    assert ANALYSES["frontier"].theory([Experiment(beta=0.5)]) is None
    assert estimated([replace(o, missing=None) for o in made(maximum(0.8))]) is None


def test_the_interval_is_of_the_mean_over_seeds() -> None:
    """Each seed has an exponent of its own; one seed alone has no interval."""
    slopes = np.array([-0.31, -0.33, -0.36, -0.30])
    outcomes = []
    for o in made(maximum(0.8), seeds=4):
        e = o.experiment
        t = np.array(o.steps)
        tilt = (e.m * t) ** (slopes[e.seed - 1] - compute_exponent(0.8))
        plain = maximum(0.8)(e.m, t)
        outcomes.append(replace(o, mse=tuple((plain * tilt).tolist())))
    found = estimated(outcomes)
    assert found is not None
    assert found.slope.value == pytest.approx(slopes.mean(), abs=0.01)
    assert found.slope.ci is not None
    student = 3.182 * slopes.std(ddof=1) / 2  # 97.5 % of 3 degrees of freedom
    assert np.ptp(found.slope.ci) / 2 == pytest.approx(student, rel=0.1)
    alone = estimated([o for o in outcomes if o.experiment.seed == 2])
    assert alone is not None
    assert alone.slope.ci is None


def test_a_width_without_a_plateau_ends_the_window() -> None:
    """Students of P neurons and more learn everything: there the tail is what is left."""
    found = estimated(made(maximum(0.8), P=32))
    assert found is not None
    assert found.slope.window[1] == pytest.approx(32 * 16**0.8, rel=0.05)
    assert "best m from 8 to 16" in found.basis


def test_runs_that_end_too_early_say_nothing() -> None:
    """m = 64 gets better until its time is 64^beta (28): a run of 20 steps does not get there."""
    outcomes = made(maximum(0.8), steps=1e3)
    assert estimated(outcomes) is not None
    short = [
        replace(o, steps=o.steps[:60], mse=o.mse[:60]) if o.experiment.m == 64 else o
        for o in outcomes
    ]
    assert short[4].steps[-1] < 20
    assert estimated(short) is None
    assert estimated([o for o in outcomes if o.experiment.m < 16]) is None, "two widths"


@pytest.fixture(scope="module")
def real() -> tuple[Sweep, list[Outcome]]:
    sweep = Sweep.of({
        "analysis": "frontier",
        "base": {"d": 2048, "P": 32, "beta": 0.8, "s0": 0.01, "engine": "flow",
                 "eta": 0.001, "steps": 2_000_000},
        "grid": {"m": [2, 4, 8, 16, 32]},
        "seeds": 2,
    })  # fmt: skip
    return sweep, [Outcome.of(simulate(e, threads=1, rows=False)) for e in sweep.points]


def test_a_small_frontier_of_the_flow(real: tuple[Sweep, list[Outcome]]) -> None:
    """By brute force: at every budget every run is looked at; and by the decoupled equations."""
    sweep, outcomes = real
    [found] = sweep.estimates(outcomes)
    assert found.theory == pytest.approx(-1 / 3)
    each = []
    for seed in (1, 2):
        runs = [o for o in outcomes if o.experiment.seed == seed]
        least = [
            min(
                np.exp(np.interp(np.log(C / o.experiment.m), np.log(o.steps),
                                 np.log(np.add(o.mse, o.missing or 0.0))))
                for o in runs
            )
            for C in found.x
        ]  # fmt: skip
        each.append(np.polyfit(np.log(found.x), np.log(least), 1)[0])
    assert found.slope.value == pytest.approx(np.mean(each), rel=1e-6)
    alone = []
    for o in outcomes:
        tau = np.array(o.steps) * o.experiment.eta
        alone.append(replace(o, mse=tuple(make_plan(o.experiment).decoupled(tau).tolist())))
    frontiers = Frontier.of(outcomes), Frontier.of(alone)
    assert all(frontiers)
    slopes = [
        np.polyfit(np.log(found.x), each.envelope(np.array(found.x)).mean(axis=0), 1)[0]
        for each in frontiers if each
    ]  # fmt: skip
    assert slopes[0] == pytest.approx(slopes[1], rel=0.1)


def test_the_picture_of_the_frontier(real: tuple[Sweep, list[Outcome]]) -> None:
    """A curve for each width, none beyond its run; the least of them; theory's slope."""
    sweep, outcomes = real
    estimates = sweep.estimates(outcomes)
    pictures = sweep_figures(sweep, outcomes, estimates)
    assert next(iter(pictures)) == "Frontier"
    figure = pictures["Frontier"]["all points"]()
    *curves, least, theory = figure.data
    assert [curve.name for curve in curves] == [f"m = {m}" for m in (2, 4, 8, 16, 32)]
    budget = np.array(least.x)
    for curve, m in zip(curves, (2, 4, 8, 16, 32), strict=True):
        assert np.isfinite(np.array(curve.y, dtype=float)).tolist() == (budget <= m * 2e6).tolist()
        assert np.all(np.array(least.y) <= np.nan_to_num(np.array(curve.y), nan=9) * (1 + 1e-9))
    slope = np.diff(np.log(theory.y)) / np.diff(np.log(theory.x))
    assert slope[0] == pytest.approx(-1 / 3)
    assert f"{estimates[0].slope.value:.3f}" in least.name
    assert [shape.x0 for shape in figure.layout.shapes] == list(estimates[0].slope.window)
    assert "Frontier" in sweep_figures(sweep, outcomes[:5], [])
    assert next(iter(sweep_figures(sweep, [], []))) == "Exponents"
