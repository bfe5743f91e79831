"""One neuron and one direction: the flow against its exact implicit solution (Model 3.1)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from emergence.engines.gradient_flow import GradientFlow
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment
from emergence.theory.hermite import LinkFunction
from emergence.theory.times import pair_times
from tests.unit.conftest import LINKS, with_link

FOREVER = 1e9


def pair(link: LinkFunction, **given: object) -> tuple[Experiment, float]:
    """An experiment with P = m = 1 whose neuron starts on the right side, and its overlap."""
    for seed in range(100):
        e = with_link(link, **({"d": 16, "P": 1, "m": 1, "engine": "flow", "seed": seed} | given))
        overlap = float(initial_directions(e)[0, 0])
        if 0.2 < overlap * np.sqrt(e.d) < 1.6:
            return e, overlap
    raise AssertionError("no seed starts on the right side")


def arrival(link: LinkFunction, u0: float, u: float) -> float:
    """Time from u0 to u at a = 1, by quadrature of du / (2 o K'(o) (1 - u))."""

    def slowness(y: float) -> float:
        o = np.sqrt(1 / (1 + np.exp(-y)))
        return float(o / (2 * link.K_prime(o)))

    return float(quad(slowness, np.log(u0 / (1 - u0)), np.log(u / (1 - u)), epsrel=1e-11)[0])


def u_of(engine: GradientFlow) -> float:
    """The squared overlap now."""
    return float(engine.overlaps()[0, 0] ** 2)


@pytest.mark.parametrize("s0", [1e-4, 0.05])
def test_implicit_closed_form_at_degree_four(s0: float) -> None:
    """1/u0 - 1/u + log(u (1 - u0) / (u0 (1 - u))) = 8 a tau: both sides within 1e-3 relative."""
    e, overlap = pair(LINKS["J=4"], s0=s0)
    u0 = overlap**2

    def elapsed(u: float) -> float:
        return float(1 / u0 - 1 / u + np.log(u * (1 - u0) / (u0 * (1 - u)))) / 8

    engine = GradientFlow(e, 1e-6)
    for u in (1.5 * u0, 3 * u0, 0.3, 0.5, 0.9, 0.99):
        tau = elapsed(u)
        engine.advance(tau, FOREVER)
        assert elapsed(u_of(engine)) == pytest.approx(tau, rel=1e-3)


def test_closed_form_until_it_saturates() -> None:
    """u = 1 / (1/u0 - 8 a tau) while u is small, off by the factor (1 - u) alone."""
    e, overlap = pair(LINKS["J=4"], d=40_000, s0=1e-3)
    engine = GradientFlow(e, 1e-7)
    for share in (0.3, 0.6, 0.9):
        engine.advance(share / overlap**2 / 8, FOREVER)
        assert u_of(engine) == pytest.approx(overlap**2 / (1 - share), rel=0.02)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("tolerance", [1e-4, 1e-7])
def test_overlap_follows_the_quadrature(link: LinkFunction, tolerance: float) -> None:
    """The time at which the flow stands at u: 0.65 % off at most as it runs, as tolerance^(2/3)."""
    e, overlap = pair(link, s0=0.02)
    engine, error = GradientFlow(e, tolerance), 3 * tolerance ** (2 / 3)
    for u in (0.2, 0.5, 0.8, 0.95):
        tau = arrival(link, overlap**2, u)
        engine.advance(tau, FOREVER)
        assert arrival(link, overlap**2, u_of(engine)) == pytest.approx(tau, rel=error)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_crossing_time(link: LinkFunction) -> None:
    """The first time with u > 1/2, by bisection on fresh runs: 0.65 % off at most."""
    e, overlap = pair(link)
    expected = arrival(link, overlap**2, 0.5)

    def above(tau: float) -> float:
        engine = GradientFlow(e)
        engine.advance(tau, FOREVER)
        return u_of(engine) - 0.5

    assert brentq(above, 0.5 * expected, 1.5 * expected) == pytest.approx(expected, rel=6.5e-3)


@pytest.mark.parametrize("J", [1, 2])
def test_predicted_half_time_is_the_crossing(J: int) -> None:
    link = LINKS[f"J={J}"]
    _, overlap = pair(link)
    T = pair_times(np.array([[overlap]]), np.ones(1), link)[0, 0]
    assert pytest.approx(arrival(link, overlap**2, 0.5), rel=1e-8) == T


@pytest.mark.parametrize("J", [3, 4, 6, 8])
def test_blow_up_time_is_the_crossing_from_far_away(J: int) -> None:
    """(1 - u) and the start's size are what T leaves out: the ratio tends to 1 from a far start."""
    link = LINKS[f"J={J}"]
    ratios = []
    for overlap in (1e-2, 1e-3, 1e-4):
        T = pair_times(np.array([[overlap]]), np.ones(1), link)[0, 0]
        ratios.append(arrival(link, overlap**2, 0.5) / T)
    assert ratios[-1] == pytest.approx(1, abs=1e-3)
    assert abs(ratios[2] - 1) <= abs(ratios[1] - 1) <= abs(ratios[0] - 1)


def test_the_direction_does_not_care_about_the_norm() -> None:
    """d vbar / d tau does not depend on n_k: the overlap's path is the same at any s0."""
    paths = []
    for s0 in (1e-4, 1e-2, 0.7):
        e, overlap = pair(LINKS["J=4"], s0=s0)
        engine = GradientFlow(e, 1e-7)
        engine.advance(arrival(LINKS["J=4"], overlap**2, 0.4), FOREVER)
        paths.append(arrival(LINKS["J=4"], overlap**2, u_of(engine)) / engine.tau)
    assert paths == pytest.approx([1.0] * 3, abs=1e-4)
