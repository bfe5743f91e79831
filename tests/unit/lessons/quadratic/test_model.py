"""The exact flow of J = 2 against the engine and an integrator; the exponent against quadrature."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence.lessons.quadratic import study
from emergence.lessons.quadratic.figure import scaling
from emergence.lessons.quadratic.model import Logistic, QuadraticFlow
from emergence.lessons.quadratic.study import BothFlows, exact, losses_alone
from emergence.theory.fits import mean_slope
from emergence.theory.scaling import time_exponent
from emergence.theory.scatter import RandomStarts, slope_margin
from emergence.theory.teacher import power_strengths
from tests.unit.traces import named


def test_the_matrix_equation_is_solved() -> None:
    rng = np.random.default_rng(2)
    a, V = np.array([1.0, 0.6, 0.3]), 0.1 * rng.standard_normal((5, 7))
    A = np.diag(np.append(a, np.zeros(4)))

    def field(_: float, v: np.ndarray) -> np.ndarray:
        rows = v.reshape(5, 7)
        return np.asarray(2 * rows @ (A - rows.T @ rows)).ravel()

    flow = QuadraticFlow(V[:, :3], V[:, 3:] @ V[:, 3:].T, a)
    for tau in (0.1, 1.0, 4.0, 30.0):
        end = solve_ivp(field, (0, tau), V.ravel(), rtol=1e-10, atol=1e-13).y[:, -1].reshape(5, 7)
        M = end.T @ end
        capture, loss = flow.at(tau)
        np.testing.assert_allclose(capture, np.diag(M)[:3] / a, rtol=1e-6)
        assert loss == pytest.approx(np.sum((A - M) ** 2), rel=1e-6, abs=1e-12)


@pytest.fixture
def smaller(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Half of the lesson's directions and neurons: a flow of them takes a sixth of the time."""
    for name, value in {"P": 32, "M": 64, "HIGH": 16.0}.items():
        monkeypatch.setattr(study, name, value)
    exact.cache_clear()
    yield
    exact.cache_clear()


@pytest.mark.usefixtures("smaller")
def test_the_coupled_flow_in_a_million_dimensions_is_the_exact_one() -> None:
    runs = list(BothFlows(1_000_000, 0.8).results())[-1].value
    expected = exact(1_000_000, 0.8)
    np.testing.assert_allclose(runs[2].loss[0], expected.loss[0], rtol=1e-4)
    np.testing.assert_allclose(runs[2].capture, expected.capture, atol=1e-3)
    slope = runs[4].slope
    assert slope
    a = tuple(power_strengths(32, 0.8).tolist())
    scatter = slope_margin(RandomStarts(a, 0.8, ((4, 1.0),), 1_000_000, 64, study.S0))
    assert slope.value == pytest.approx(-0.75, abs=scatter)
    # Sharpness: at J = 4 few captures are half-way, at J = 2 many at once.
    half_way = {J: ((r.capture > 0.1) & (r.capture < 0.9)).sum(axis=1) for J, r in runs.items()}
    assert half_way[2].max() > 8 > 3 > half_way[4].max()


@pytest.mark.parametrize("beta", [0.8, 1.0, 1.5])
def test_the_exponent_is_the_law_with_its_logarithm(beta: float) -> None:
    curves = exact(1_000_000, beta)
    slope = curves.slope
    assert slope
    assert slope.ci
    assert slope.ci[1] - slope.ci[0] < 0.02
    theory = Logistic(beta, 1.28e-8).exponent(4 * 8**0.5)
    assert slope.value == pytest.approx(theory, rel=0.02)
    assert slope.value < (time_exponent(beta) or 0.0)
    np.testing.assert_allclose(curves.loss.mean(axis=0), losses_alone(1_000_000, beta), rtol=0.15)


def test_quadrature_over_many_directions_has_the_exponent_and_tends_to_the_law() -> None:
    found = []
    for y in (1e-8, 1e-100, 1e-300):
        many = Logistic(0.8, y)
        tau = np.geomspace(float(many.time(30.0)), float(many.time(300.0)), 60)
        slope = mean_slope(tau, many.loss(tau, 20_000)[None], (tau[0], tau[-1] * 1.001))
        assert slope
        assert slope.value == pytest.approx(many.exponent(95.0), rel=0.012)
        found.append(slope.value)
    assert found[-1] == pytest.approx(-0.75, rel=0.012)


@pytest.mark.parametrize(("beta", "y"), [(0.8, 1.28e-8), (1.5, 1.28e-8), (0.7, 1.28e-6)])
def test_directions_overlap_from_where_the_captures_do(beta: float, y: float) -> None:
    alone = Logistic(beta, y)
    tau = np.linspace(0, float(alone.time(10.0)), 20_000)
    captures = alone.capture(tau, np.arange(1.0, 9.0))
    begun, over = np.argmax(captures > 0.1, axis=0), np.argmax(captures > 0.9, axis=0)
    assert alone.overlapping == 1 + np.argmax(begun[1:] < over[:-1])


@pytest.mark.parametrize("beta", [0.7, 1.5])
def test_the_whole_fall_of_the_loss_is_in_the_picture(beta: float) -> None:
    curves = exact(10_000, beta)
    low, high = scaling(beta, 2, {}, curves, None, None).layout.yaxis2.range
    assert 10**low < curves.loss.min() < curves.loss.max() < 10**high


def test_nothing_is_drawn_before_the_guess_but_the_guess() -> None:
    figure = scaling(0.8, 2, {}, None, None, -0.5)
    drawn = [trace.name for trace in figure.data if trace.x[0] is not None]
    assert drawn == ["your guess, slope -0.5"]
    curves = exact(10_000, 0.8)
    shown = scaling(0.8, 2, {}, curves, None, None)
    np.testing.assert_allclose(named(shown, "p = 4").y, curves.capture[:, 3])
    np.testing.assert_allclose(named(shown, "J = 2, closed form").y, curves.loss.mean(axis=0))
