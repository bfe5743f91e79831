"""The decoupled pair: the theory's quadrature, the engine's BDF, and solve_ivp must agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence import simulate
from emergence.engines.decoupled import DecoupledDynamics
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.theory.hermite import LinkFunction
from emergence.theory.predictions import decoupled_mse, decoupled_pairs
from emergence.theory.teacher import link_function
from emergence.theory.times import pair_times
from tests import naive
from tests.unit.conftest import LINKS, with_link

A, S0 = np.array([0.8, 0.3]), 0.05
OVERLAPS = np.array([0.1, 0.3])


def oracle(overlap: float, a: float, s0: float, link: LinkFunction, tau: np.ndarray) -> np.ndarray:
    """(u, n2) of one pair at times tau by an implicit solver at tight tolerance."""
    solution = solve_ivp(
        naive.decoupled_rhs(a, link.c), (0, tau[-1]), [overlap**2, s0**2], t_eval=tau,
        method="LSODA", rtol=1e-10, atol=1e-14,
    )  # fmt: skip
    return np.asarray(solution.y)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("s0", [1e-3, 0.05, 0.95])
def test_quadrature_is_the_two_equations(link: LinkFunction, s0: float) -> None:
    """u to 1e-4 relative, n2 to 1e-3, through its jump too."""
    pairs = decoupled_pairs(OVERLAPS, A, s0, link)
    T = pair_times(OVERLAPS[:, None], A[:1], link)[:, 0] * A[0] / A
    for p in range(2):
        tau = np.concatenate([np.linspace(0, 1.5 * T[p], 60), T[p] + np.geomspace(0.1, 30, 40)])
        u, n2 = oracle(OVERLAPS[p], A[p], s0, link, np.sort(tau))
        seen, seen_rho = pairs.at(np.sort(tau) * A[:, None])
        np.testing.assert_allclose(seen[p] ** 2, u, rtol=1e-4)
        np.testing.assert_allclose(seen_rho[p] * A[p], n2, rtol=1e-3)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_engine_quadrature_and_oracle_agree(link: LinkFunction) -> None:
    """The engine integrates, the plan has the quadrature: one loss, within 1e-4 of its start."""
    e = with_link(link, d=40, P=3, m=12, engine="decoupled", s0=0.05)
    plan = make_plan(e)
    engine = DecoupledDynamics(e, plan.overlaps, plan.iota)
    tau = np.linspace(0, 1.2 * plan.end, 25)
    predicted = plan.decoupled(tau)
    expected = np.full(len(tau), plan.top * float(np.sum(plan.a[plan.iota < 0] ** 2)))
    for p in np.flatnonzero(plan.iota >= 0):
        k = plan.iota[p]
        u, n2 = oracle(abs(plan.overlaps[k, p]), plan.a[p], e.s0, link, tau)
        cross = np.array([naive.K(link.c, np.sqrt(value)) for value in u])
        expected += plan.a[p] ** 2 * plan.top - 2 * plan.a[p] * n2 * cross + n2**2 * plan.top
    start = plan.top * float(plan.a @ plan.a)
    np.testing.assert_allclose(predicted, expected, atol=1e-4 * start)
    for i, t in enumerate(tau):
        engine.advance(float(t), 1e9)
        assert engine.measure().mse == pytest.approx(expected[i], abs=1e-4 * start)


@pytest.mark.parametrize(
    ("mixture", "overlap"),
    [
        ("1:1", -0.4), ("1:0.3,2:0.5", -0.27), ("1:0.3,2:0.5", -0.1), ("2:0.3,3:0.9", -0.2),
        ("2:0.3,3:0.9", -0.03), ("2:0.5,3:0.3", -0.3), ("2:1", -0.3), ("4:1", -0.3),
    ],
)  # fmt: skip
def test_neurons_that_start_on_the_wrong_side(mixture: str, overlap: float) -> None:
    """Links with odd terms see the sign: do/dtau = a K'(o) (1 - o^2) passes 0, sticks, or flips.

    Engine and quadrature against solve_ivp in the overlap itself, all within 1e-3.
    """
    e = Experiment(d=16, P=1, m=1, mixture=mixture, engine="decoupled", s0=0.1, steps=1)
    link = link_function(e)

    def rhs(_: float, state: np.ndarray) -> list[float]:
        o, n2 = state
        growth = 4 * n2 * (naive.K(link.c, o) - n2 * naive.K(link.c, 1.0))
        return [naive.K_prime(link.c, o) * (1 - o**2), growth]

    tau = np.linspace(0, 120, 60)
    solution = solve_ivp(
        rhs, (0, tau[-1]), [overlap, e.s0**2], t_eval=tau, method="LSODA", rtol=1e-10, atol=1e-13
    )
    pairs = decoupled_pairs(np.array([overlap]), np.ones(1), e.s0, link)
    seen, n2 = (values[0] for values in pairs.at(tau[None, :]))
    even = not link.c[1::2].any()
    np.testing.assert_allclose(-seen if even else seen, solution.y[0], atol=1e-3)
    np.testing.assert_allclose(n2, solution.y[1], atol=1e-3)
    engine = DecoupledDynamics(e, np.array([[overlap]]), np.zeros(1, dtype=np.int64))
    for i, t in enumerate(tau):
        engine.advance(float(t), 1e9)
        found = engine.measure()
        assert found.overlaps[0, 0] == pytest.approx(solution.y[0, i], abs=1e-5)
        assert found.n2[0] == pytest.approx(solution.y[1, i], abs=1e-5)


def test_only_matched_neurons_turn_and_grow() -> None:
    e = with_link(LINKS["J=4"], d=40, P=3, m=8, engine="decoupled")
    plan = make_plan(e)
    engine = DecoupledDynamics(e, plan.overlaps, plan.iota)
    engine.advance(100 * plan.end, 1e9)
    seen = engine.measure()
    np.testing.assert_array_equal(seen.overlaps[plan.unused], plan.overlaps[plan.unused])
    np.testing.assert_allclose(seen.n2[plan.unused], e.s0**2, rtol=1e-12)
    np.testing.assert_allclose(seen.n2[plan.iota], plan.a, rtol=1e-6)
    own = seen.overlaps[plan.iota, np.arange(3)]
    np.testing.assert_allclose(np.abs(own), 1, atol=1e-9)
    # The turn is in the plane of start and target: the other overlaps shrink to nothing.
    assert np.all(np.sum(seen.overlaps[plan.iota] ** 2, axis=1) < 1 + 1e-9)


def test_turned_overlaps_stay_those_of_unit_vectors() -> None:
    """Half way, the neuron is a unit vector in the plane of its start and its direction."""
    e = with_link(LINKS["J=4"], d=40, P=3, m=8, engine="decoupled")
    plan = make_plan(e)
    engine = DecoupledDynamics(e, plan.overlaps, plan.iota)
    engine.advance(0.98 * float(plan.T.min()), 1e9)
    for p, k in enumerate(plan.iota):
        start, own = plan.overlaps[k], plan.overlaps[k, p]
        now = engine.overlaps()[k]
        across = (start - own * np.eye(3)[p]) / np.sqrt(1 - own**2)
        expected = now[p] * np.eye(3)[p] + np.sqrt(1 - now[p] ** 2) * across
        np.testing.assert_allclose(now, expected, atol=1e-12)


def test_small_budgets_change_no_bit() -> None:
    e = with_link(LINKS["J=3"], d=40, P=3, m=8, engine="decoupled")
    plan = make_plan(e)
    whole = DecoupledDynamics(e, plan.overlaps, plan.iota)
    cut = DecoupledDynamics(e, plan.overlaps, plan.iota)
    whole.advance(plan.end, 1e9)
    while cut.tau < plan.end:
        cut.advance(plan.end, 1e-4)
    assert cut.measure().mse == whole.measure().mse
    np.testing.assert_array_equal(cut.overlaps(), whole.overlaps())


def test_a_direction_without_a_neuron_costs_its_strength_for_ever() -> None:
    link, matched = LINKS["J=4"], np.array([True, False])
    pairs = decoupled_pairs(OVERLAPS[:1], A[:1], S0, link)
    assert decoupled_mse(np.array([1e6]), pairs, A, matched, link)[0] == pytest.approx(A[1] ** 2)
    none = decoupled_pairs(OVERLAPS[:0], A[:0], S0, link)
    nothing = decoupled_mse(np.array([0.0, 1e6]), none, A, np.array([False, False]), link)
    np.testing.assert_allclose(nothing, np.sum(A**2))


def test_jumps_shorter_than_the_spacing_of_doubles_are_solved() -> None:
    """At J = 8 and d = 10^5 directions emerge after 1e15 units of time, within one unit."""
    result = simulate(Experiment(d=100_000, P=2, m=4, J=8, engine="decoupled"))
    assert result.state == "finished"
    np.testing.assert_allclose(result.crossing, result.T, rtol=0.01)
    assert result.mse[-1] < 1e-3
