"""A sweep's pictures of outcomes that follow the scaling law exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from emergence.figures.sweeps.outcomes import ALL, sweep_figures
from emergence.runs.plan import make_plan
from emergence.sweeps.analyses.base import Estimate
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import Slope
from emergence.theory.scaling import power_law
from tests.unit.sweeps import BLANK

BASE = {"P": 64, "d": 1024, "engine": "flow"}


def lawful(sweep: Sweep) -> list[Outcome]:
    """The loss of each point falls by the power law of time and stays where m are learned."""
    outcomes = []
    for e in sweep.points:
        plan = make_plan(e.replace(m=64))  # one T_1 for all widths
        tau = plan.T1 * np.geomspace(0.5, 2.0 * e.P**e.beta, 300)
        p = np.minimum((tau / plan.T1) ** (1 / e.beta), e.m)
        loss = power_law(plan.T1 * p**e.beta, plan.T1, plan.a, e.beta, plan.top)
        outcome = replace(
            BLANK, experiment=e, T=tuple((plan.T / e.eta).tolist()), capture=(1.0,) * e.P,
            crossing=(1.0,) * min(e.m, e.P),
            steps=tuple((tau / e.eta).tolist()), mse=tuple(loss.tolist()), loss=float(loss[-1]),
            slope=(1 - 2 * e.beta) / e.beta,
            window=tuple(plan.T1 / e.eta * np.array([1.5, 32.0]) ** e.beta),
        )  # fmt: skip
        outcomes.append(outcome)
    return outcomes


def drawn(sweep: Sweep) -> dict[str, dict[str, go.Figure]]:
    outcomes = lawful(sweep)
    pictures = sweep_figures(sweep, outcomes, sweep.estimates(outcomes))
    return {name: {of: draw() for of, draw in each.items()} for name, each in pictures.items()}


@pytest.fixture(scope="module")
def width() -> dict[str, dict[str, go.Figure]]:
    grid = {"beta": [1.0, 1.5], "m": [2, 4, 8, 16]}
    return drawn(Sweep.of({"analysis": "width", "base": BASE, "grid": grid}))


def test_every_curve_collapses_on_theorys_line(width: dict[str, dict[str, go.Figure]]) -> None:
    *curves, theory = width["Collapse"][ALL].data
    assert theory.name == "theory"
    assert len(curves) == 8
    for curve in curves:
        x, y = np.array(curve.x), np.array(curve.y)
        assert x.min() < 0.6 < 2 < x.max()
        np.testing.assert_allclose(y, np.minimum(x, 1), rtol=0.05)


def test_the_border_is_where_time_and_width_limit_alike(
    width: dict[str, dict[str, go.Figure]],
) -> None:
    """On it the loss is the plateau's, and a later moment no longer lowers it."""
    assert list(width["L(m, t)"]) == list(width["Surface"]) == ["β = 1", "β = 1.5"]
    for beta, name in ((1.0, "β = 1"), (1.5, "β = 1.5")):
        contour, border = width["L(m, t)"][name].data
        t, m, z = np.array(contour.x), np.array(contour.y), np.array(contour.z)
        np.testing.assert_allclose(border.y, m)
        for row, met in zip(z, np.log(np.array(border.x)), strict=True):
            plateau = row[-1]
            assert np.interp(met, np.log(t), row) == pytest.approx(
                plateau, abs=0.06
            )  # one T_1 for all m
            slope = (1 - 2 * beta) / beta
            before = np.interp(met - 0.5, np.log(t), row)
            assert before - plateau == pytest.approx(-0.5 * slope / np.log(10), abs=0.02)
        surface, line = width["Surface"][name].data
        np.testing.assert_allclose(np.array(surface.z), z)
        assert len(line.z) == 4


def test_exponents_stand_beside_theory(width: dict[str, dict[str, go.Figure]]) -> None:
    theory, _, measured = width["Exponents"][ALL].data
    np.testing.assert_allclose(measured.x, [1.0, 1.5])
    np.testing.assert_allclose(measured.y, [-1.0, -2.0], rtol=1e-6)
    np.testing.assert_allclose(theory.y, 1 - 2 * np.array(theory.x))
    assert (theory.x[0], theory.x[-1]) == (1.0, 1.5)
    assert np.isnan(measured.error_y.array).all(), "one seed has no interval"
    assert [text.strip() for text in measured.text] == ["-1.000", "-2.000"]


def test_the_lines_of_a_fit_have_the_slopes_named() -> None:
    pictures = drawn(Sweep.of({"analysis": "time", "base": BASE | {"m": 64}, "seeds": 2}))
    points, measured, theory = pictures["Fits"][ALL].data
    for line in (measured, theory):
        x, y = np.log(np.array(line.x)), np.log(np.array(line.y))
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(-1.0)
    slopes = np.diff(np.log(points.y)) / np.diff(np.log(points.x))
    np.testing.assert_allclose(slopes, -1.0, atol=0.02)
    _, _, exponent = pictures["Exponents"][ALL].data
    np.testing.assert_allclose(exponent.error_y.array, 0, atol=1e-9)
    assert set(pictures) == {"Exponents", "Fits", "Collapse"}


def test_what_no_run_has_reached_is_not_drawn() -> None:
    """Runs of m = 4 end early: beyond their end there is nothing, in no picture."""
    sweep = Sweep.of({"analysis": "width", "base": BASE, "grid": {"m": [4, 16]}, "seeds": 2})
    outcomes = []
    for o in lawful(sweep):
        kept = len(o.steps) if o.experiment.m == 16 else 150
        outcomes.append(replace(o, steps=o.steps[:kept], mse=o.mse[:kept]))
    end = min(o.steps[-1] for o in outcomes if o.experiment.m == 4)
    broken = replace(outcomes[0], state="diverged", mse=(1e6,) * 150)
    figures = sweep_figures(sweep, [*outcomes, broken], sweep.estimates(outcomes))
    contour = figures["L(m, t)"][ALL]().data[0]
    t, z = np.array(contour.x), np.array(contour.z, dtype=float)
    np.testing.assert_array_equal(np.isfinite(z[0]), t <= end)
    assert np.isfinite(z[1]).all()
    assert z[np.isfinite(z)].max() < 2, "the run that diverged is in no mean"
    figures["Surface"][ALL]()
    narrow = figures["Collapse"][ALL]().data[0]
    assert np.isfinite(np.array(narrow.y)).all()


def test_theorys_line_is_the_one_of_the_estimates() -> None:
    base = {"J": 4, "P": 1, "m": 1, "eta": 1e-6}
    sweep = Sweep.of({"analysis": "recovery", "base": base,
                      "grid": {"d": [64, 256], "s0": [0.1, 0.2]}})  # fmt: skip
    outcomes = [replace(BLANK, experiment=e, crossing=(float(e.d),)) for e in sweep.points]
    estimates = sweep.estimates(outcomes)
    theory, *_ = sweep_figures(sweep, outcomes, estimates)["Exponents"][ALL]().data
    assert [each.theory for each in estimates] == [1.0, 1.0]
    np.testing.assert_allclose(theory.y, 1.0)


def test_a_law_that_does_not_depend_on_x_is_drawn() -> None:
    """J = 1 with a constant step size: the same number of steps at every d, exponent 0."""
    sweep = Sweep.of({"analysis": "recovery", "base": {"J": 1, "P": 1, "m": 1, "eta": 1e-3},
                      "grid": {"d": [64, 256]}})  # fmt: skip
    outcomes = [replace(BLANK, experiment=e, crossing=(2000.0,)) for e in sweep.points]
    [estimate] = sweep.estimates(outcomes)
    assert estimate.theory == 0
    assert estimate.slope.value == pytest.approx(0, abs=1e-9)
    drawn = sweep_figures(sweep, outcomes, [estimate])
    for name in ("Exponents", "Fits"):
        assert len(drawn[name][ALL]().data) > 1
    assert [trace.name for trace in drawn["Collapse"][ALL]().data] == ["theory"]


@pytest.mark.parametrize("name", ["time", "width", "recovery", "step_size", "neurons"])
def test_nothing_yet_is_an_empty_picture(name: str) -> None:
    sweep = Sweep.of({"analysis": name, "base": BASE})
    assert list(sweep_figures(sweep, [], [])) == ["Exponents"]
    sweep_figures(sweep, [], [])["Exponents"][ALL]()


GRIDS: dict[str, dict[str, list[float]]] = {
    "time": {"beta": [0.75, 1.0, 1.5]}, "width": {"beta": [0.75, 1.5], "m": [2, 4]},
    "recovery": {"J": [2, 3, 4], "d": [64, 128]}, "emergence": {"d": [64, 128]},
    "step_size": {"J": [2, 3, 4], "d": [64, 128], "c": [0.1, 0.2]},
    "neurons": {"P": [4, 8], "m": [8, 16]},
}  # fmt: skip


@pytest.mark.parametrize("name", GRIDS)
def test_theory_stands_before_the_first_point(name: str) -> None:
    """As it will beside the estimates; the axes are there, and stay for points near theory's."""
    fixed = {"P": 4, "d": 1024, "engine": "flow"}
    base = {key: value for key, value in fixed.items() if key not in GRIDS[name]}
    sweep = Sweep.of({"analysis": name, "base": base, "grid": GRIDS[name], "seeds": 3})
    empty = sweep_figures(sweep, [], [])["Exponents"][ALL]()
    theory, singles, measured = empty.data
    assert len(singles.x) == len(measured.x) == 0
    expected = [each.theory for each in sweep.expected]
    assert np.isin(expected, np.array(theory.y)).all()
    low, high = empty.layout.yaxis.range
    assert low + 0.1 <= min(expected) <= max(expected) <= high - 0.1
    near = [
        Estimate(each.of, each.theory, Slope(each.theory + 0.05, (each.theory - 9, 9), (1, 2), 2),
                 "", (1.0,), (1.0,)) for each in sweep.expected
    ]  # fmt: skip
    full = sweep_figures(sweep, [], near, near)["Exponents"][ALL]()
    assert full.layout.xaxis == empty.layout.xaxis
    _, singles, measured = full.data
    assert len(singles.x) == len(measured.x) == len(expected)
    assert full.layout.yaxis.range == (low, high), "an interval of few seeds is cut"


def test_an_exponent_far_from_theorys_is_in_view() -> None:
    sweep = Sweep.of({"analysis": "time", "base": BASE, "grid": {"beta": [1.0, 1.5]}})
    far = [Estimate(each.of, each.theory, Slope(7.0, None, (1, 2), 2), "", (1.0,), (1.0,))
           for each in sweep.expected]  # fmt: skip
    low, high = sweep_figures(sweep, [], far)["Exponents"][ALL]().layout.yaxis.range
    assert low < -1.333 < 7 < high


def test_each_seed_is_a_dot_of_its_own() -> None:
    sweep = Sweep.of({"analysis": "time", "base": BASE | {"m": 64}, "grid": {"beta": [1.0, 1.5]},
                      "seeds": 3})  # fmt: skip
    outcomes = [replace(o, slope=-1.0 - o.experiment.seed / 10) for o in lawful(sweep)]
    singles = sweep.singles(outcomes)
    _, dots, _ = sweep_figures(sweep, outcomes, [], singles)["Exponents"][ALL]().data
    assert sorted(zip(dots.x, dots.y, strict=True)) == [
        (beta, pytest.approx(-1.0 - seed / 10)) for beta in (1.0, 1.5) for seed in (3, 2, 1)
    ]


def test_of_two_fields_the_first_stands_once_below_its_neighbours() -> None:
    grid = {"d": [1024, 32768], "beta": [0.75, 1.0, 1.5]}
    sweep = Sweep.of({"analysis": "emergence", "base": {"P": 4, "engine": "flow"}, "grid": grid})
    axis = sweep_figures(sweep, [], [])["Exponents"][ALL]().layout.xaxis
    assert axis.title.text == "β"
    assert list(axis.ticktext) == [
        "0.75<br>", "1<br>d = 1,024", "1.5<br>", "0.75<br>", "1<br>d = 32,768", "1.5<br>",
    ]  # fmt: skip


@pytest.mark.parametrize("picture", ["Fits", "Collapse"])
def test_every_line_has_a_name_for_the_page_to_place(picture: str) -> None:
    sweep = Sweep.of({"analysis": "time", "base": BASE | {"m": 64},
                      "grid": {"beta": [0.75, 1.0, 1.5]}})  # fmt: skip
    figure = drawn(sweep)[picture][ALL]
    assert figure.layout.showlegend
    assert not figure.layout.annotations
    named = [trace for trace in figure.data if trace.showlegend is not False]
    assert len({trace.name for trace in named}) == len(named) >= 3
    for side in "xy":
        low, high = 10 ** np.array(figure.layout[f"{side}axis"].range)
        values = np.concatenate([np.asarray(trace[side], dtype=float) for trace in named])
        assert low < np.nanmin(values)
        assert high > np.nanmax(values)
