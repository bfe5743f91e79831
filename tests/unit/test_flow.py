"""Gradient flow in order parameters against the flow in all d coordinates, and its own promises."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from emergence.arrays import Array
from emergence.engines import flow_steps
from emergence.engines.base import emerged
from emergence.engines.flow_parts import FEW, Negligible
from emergence.engines.gradient_flow import GradientFlow
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.flow import flow_rows
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.theory import risk
from emergence.theory.hermite import LinkFunction
from emergence.theory.teacher import link_function, strengths
from tests import naive
from tests.unit.conftest import LINKS, embedded, with_link

FOREVER = 1e9
LOOKS = np.linspace(0.1, 1, 10)
WHOLE = Negligible(0.0, 0.0, 0.0)
"""Nothing is left out: one part, all students sources."""


def reference(e: Experiment, tau: Array, turn: Array | None = None) -> tuple[Array, Array]:
    """(overlaps, n2) at times tau by solve_ivp on the naive field in R^d; `turn` rotates R^d."""
    turn = np.eye(e.d) if turn is None else turn
    W = np.eye(e.d)[: e.P] @ turn
    V = e.s0 * embedded(initial_directions(e), e.d) @ turn
    a, c, shape = strengths(e), link_function(e).c, V.shape
    solution = solve_ivp(
        lambda _, y: naive.flow_rhs(y.reshape(shape), W, a, c).ravel(), (0, tau[-1]), V.ravel(),
        t_eval=tau, method="RK45", rtol=1e-8, atol=1e-10,
    )  # fmt: skip
    path = solution.y.T.reshape(len(tau), *shape)
    n2 = np.sum(path**2, axis=2)
    return path @ W.T / np.sqrt(n2)[:, :, None], n2


def small(link: LinkFunction, **given: object) -> Experiment:
    """A flow small enough for the naive field."""
    return with_link(link, **({"d": 9, "P": 2, "m": 4, "s0": 0.1, "engine": "flow"} | given))


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize(("d", "m"), [(9, 4), (4, 4)])
def test_order_parameters_follow_the_flow_in_all_coordinates(
    link: LinkFunction, d: int, m: int
) -> None:
    """Overlaps and norms through the jumps: within 1e-3 as the engine runs, 2e-5 when tightened.

    The second size has fewer coordinates beside the teachers than neurons.
    """
    e = small(link, d=d, m=m)
    tau = make_plan(e).end * LOOKS
    overlaps, n2 = reference(e, tau)
    for engine, error in ((GradientFlow(e), 1e-3), (GradientFlow(e, 1e-8, WHOLE), 2e-5)):
        for i, t in enumerate(tau):
            engine.advance(float(t), FOREVER)
            seen = engine.measure()
            np.testing.assert_allclose(seen.overlaps, overlaps[i], atol=error)
            np.testing.assert_allclose(seen.n2, n2[i], atol=error)
            np.testing.assert_allclose(engine.overlaps(), seen.overlaps, atol=1e-12)


@pytest.mark.parametrize("name", ["J=3", "J=4", "mix"])
def test_tightening_the_tolerance_converges(name: str) -> None:
    """The error against solve_ivp falls with the tolerance, to the reference's own."""
    e = small(LINKS[name])
    tau = make_plan(e).end * LOOKS
    overlaps, _ = reference(e, tau)
    errors = []
    for tolerance in (1e-3, 1e-5, 1e-8):
        engine, worst = GradientFlow(e, tolerance, WHOLE), 0.0
        for i, t in enumerate(tau):
            engine.advance(float(t), FOREVER)
            worst = max(worst, np.abs(engine.overlaps() - overlaps[i]).max())
        errors.append(worst)
    assert errors[1] < errors[0] / 5
    assert errors[2] < errors[1] / 5
    assert errors[2] < 1e-5


def losses(e: Experiment, engine: GradientFlow) -> Array:
    """The population loss at all snapshots of the plan, shape (snapshots,)."""
    seen = []
    for t in make_plan(e).snapshots:
        engine.advance(float(t), FOREVER)
        seen.append(engine.measure().mse)
    return np.array(seen)


@pytest.mark.parametrize(
    "given",
    [
        {"d": 256, "P": 16, "m": 64}, {"d": 256, "P": 12, "m": 64, "J": 3},
        {"d": 256, "P": 12, "m": 48, "mixture": "3:0.6,4:0.8"}, {"d": 128, "P": 16, "m": 8},
        {"d": 256, "P": 12, "m": 48, "J": 2}, {"d": 64, "P": 8, "m": 48, "J": 6},
    ], ids=["J=4", "J=3", "mix", "m < P", "J=2", "J=6"],
)  # fmt: skip
def test_the_loss_is_right_to_a_thousandth_at_every_snapshot(given: dict[str, object]) -> None:
    """As the engine runs, against a tolerance of 1e-9 with nothing left out."""
    e = Experiment.of({"s0": 0.01, "engine": "flow"} | given)
    expected = losses(e, GradientFlow(e, 1e-9, WHOLE))
    np.testing.assert_allclose(losses(e, GradientFlow(e)), expected, rtol=1e-3)


def test_the_reference_for_the_loss_is_that_of_the_naive_field() -> None:
    """solve_ivp in all coordinates: within 1e-4 of the loss at ten times."""
    e = Experiment(d=12, P=3, m=6, s0=0.05, engine="flow")
    tau = make_plan(e).end * LOOKS
    link, a = link_function(e), strengths(e)
    V = e.s0 * embedded(initial_directions(e), e.d)
    solution = solve_ivp(
        lambda _, y: naive.flow_rhs(y.reshape(V.shape), np.eye(e.d)[: e.P], a, link.c).ravel(),
        (0, tau[-1]), V.ravel(), t_eval=tau, method="DOP853", rtol=1e-9, atol=1e-11,
    )  # fmt: skip
    engine = GradientFlow(e, 1e-9, WHOLE)
    for t, y in zip(tau, solution.y.T, strict=True):
        engine.advance(float(t), FOREVER)
        expected = naive.population_mse(y.reshape(V.shape), np.eye(e.d)[: e.P], a, link.c)
        assert engine.measure().mse == pytest.approx(expected, rel=1e-4)


def test_parts_come_off_and_sources_come_in_where_there_are_many() -> None:
    """More students than `FEW`: they start as no sources, yet learn; all but the last to be learned
    leave, for then nothing else is left to learn."""
    e = Experiment(d=3_000, P=4, m=FEW + 12, s0=0.001, engine="flow")
    engine, whole = GradientFlow(e), GradientFlow(e, 1e-6, WHOLE)
    assert engine._coupled.frame.sources == 0
    most = 0
    for t in make_plan(e).end * np.linspace(0.02, 1, 20):
        engine.advance(float(t), FOREVER)
        whole.advance(float(t), FOREVER)
        most = max(most, e.P - len(engine._coupled.frame.teachers))
        here, there = engine.measure(), whole.measure()
        np.testing.assert_allclose(here.overlaps, there.overlaps, atol=2e-3)
        np.testing.assert_allclose(here.n2, there.n2, atol=2e-3)
    assert most == e.P - 1
    assert len(whole._coupled.frame.teachers) == e.P
    assert here.mse < 1e-6


@pytest.mark.parametrize("name", ["J=3", "J=4", "mix"])
def test_a_rotation_of_space_changes_nothing(name: str) -> None:
    """Teachers and students turned together by a random orthogonal matrix: the same overlaps."""
    e = small(LINKS[name], d=6, m=3)
    turn, _ = np.linalg.qr(np.random.default_rng(8).standard_normal((6, 6)))
    tau = make_plan(e).end * LOOKS
    for here, there in zip(reference(e, tau), reference(e, tau, turn), strict=True):
        np.testing.assert_allclose(here, there, atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(LINKS)), st.integers(1, 3), st.integers(1, 8), st.integers(0, 12),
    st.floats(0.01, 0.9), st.floats(0, 2), st.integers(0, 1_000),
)  # fmt: skip
def test_the_loss_only_falls(
    name: str, P: int, m: int, extra: int, s0: float, beta: float, seed: int
) -> None:
    d = max(P + extra, 2)
    e = small(LINKS[name], d=d, P=P, m=m, s0=s0, beta=beta, seed=seed, steps=1, c=1.0)
    engine = GradientFlow(e)
    losses = [engine.measure().mse]
    for t in np.geomspace(0.01, 50, 40):
        engine.advance(float(t), FOREVER)
        losses.append(engine.measure().mse)
    # Slack for the integrator's own error of 1e-5 a step.
    assert np.all(np.diff(losses) <= 1e-5 * losses[0])


def test_cuts_and_budgets_change_no_bit() -> None:
    e = small(LINKS["J=4"], d=16, m=6)
    end = make_plan(e).end
    whole, cut = GradientFlow(e), GradientFlow(e)
    whole.advance(end, FOREVER)
    for target in end * np.array([0.123, 0.5, 0.5001, 1.0]):
        for _ in range(100_000):
            cut.advance(float(target), 1e-5)
            if cut.tau >= target:
                break
    assert cut.tau == end
    one, other = whole.measure(), cut.measure()
    np.testing.assert_array_equal(one.overlaps, other.overlaps)
    np.testing.assert_array_equal(one.n2, other.n2)


def test_the_interpolant_is_as_good_as_the_steps() -> None:
    """Between the ends of steps the state obeys the flow: compare with a run stopped there."""
    e = small(LINKS["J=4"], d=16, m=6)
    coarse, fine = GradientFlow(e, 1e-5), GradientFlow(e, 1e-8)
    for t in make_plan(e).end * np.linspace(0.01, 1, 97):
        coarse.advance(float(t), FOREVER)
        fine.advance(float(t), FOREVER)
        np.testing.assert_allclose(coarse.overlaps(), fine.overlaps(), atol=2e-4)


def test_a_million_dimensions_cost_no_more_than_two_hundred() -> None:
    """Nothing of size d is stored: the state's shape, and the start's, depend on P and m alone."""
    large, modest = (
        Experiment(d=d, P=4, m=16, engine="flow", horizon=0.01) for d in (10**6, 200)
    )  # fmt: skip
    assert initial_directions(large).shape == initial_directions(modest).shape == (16, 20)
    engine = GradientFlow(large)
    engine.advance(make_plan(large).end, FOREVER)
    sizes = [
        value.size
        for part in (engine, *engine._coupled)
        for value in vars(part).values()
        if isinstance(value, np.ndarray)
    ]
    assert max(sizes) <= 7 * 16 * 21
    assert engine.measure().mse == pytest.approx(1.0, abs=0.01)


def test_the_flow_does_not_depend_on_d_once_the_start_is_given() -> None:
    """Adding coordinates in which no student moves changes nothing."""
    link, a = LINKS["J=4"], np.array([0.7, 0.4])
    V = 0.3 * initial_directions(Experiment(d=40, P=2, m=3))
    field = naive.flow_rhs(V, np.eye(V.shape[1])[:2], a, link.c)
    wide = naive.flow_rhs(embedded(V, 40), np.eye(40)[:2], a, link.c)
    np.testing.assert_allclose(wide[:, : V.shape[1]], field, atol=1e-15)
    assert not wide[:, V.shape[1] :].any()


def test_large_steps_are_cut_into_pieces_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which every field takes long: a few rows of a field in each call.

    From small norms and from large ones, whose steps are stiff; the tolerance is that of sums in
    another order.
    """
    for s0 in (0.05, 1.0):
        e = Experiment(d=64, P=4, m=12, J=4, s0=s0, engine="flow")
        moment = 0.5 * make_plan(e).end
        whole = GradientFlow(e, negligible=WHOLE)
        whole.advance(moment, np.inf)
        rows: list[int] = []

        def counted(V: Array, *rest: Any, rows: list[int] = rows) -> None:
            rows.append(len(V))
            flow_rows(V, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(flow_steps, "PIECE", 3_000.0)
            patch.setattr(flow_steps, "flow_rows", counted)
            clock = itertools.count()
            patch.setattr("emergence.engines.gradient_flow.perf_counter", clock.__next__)
            cut = GradientFlow(e, negligible=WHOLE)
            assert not rows, "nothing is computed before the first call"
            while cut.tau < moment:
                before = len(rows)
                cut.advance(moment, 1.5)
                assert len(rows) <= before + 1
        assert 0 < max(rows) < e.m
        np.testing.assert_allclose(cut.overlaps(), whole.overlaps(), rtol=1e-6, atol=1e-9)
        assert cut.evaluations == whole.evaluations


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of steps and of measurements on two threads: the same bits."""
    monkeypatch.setattr(flow_steps, "PIECE", 30_000.0)
    monkeypatch.setattr(risk, "MANY", 100)
    monkeypatch.setattr(risk, "ROWS", 32)
    e = Experiment(d=256, P=4, m=136, engine="flow")
    end = make_plan(e).end / 3
    with ThreadPoolExecutor(2) as pool:
        alone, shared = GradientFlow(e), GradientFlow(e, pool=pool)
        for engine in (alone, shared):
            engine.advance(end, FOREVER)
        assert shared._coupled.steps.large
        first, second = alone.measure(), shared.measure()
    assert first.mse == second.mse
    np.testing.assert_array_equal(first.overlaps, second.overlaps)


@pytest.mark.parametrize(("P", "m"), [(6, 16), (12, 160)])
def test_what_has_emerged_is_what_the_overlaps_say(P: int, m: int) -> None:
    """At every moment at which crossings are looked for: in the coupled part and out of it."""
    e = Experiment(d=128, P=P, m=m, engine="flow", s0=0.05)
    plan, engine, seen = make_plan(e), GradientFlow(e), set()
    for t in plan.checkpoints[::3]:
        engine.advance(float(t), FOREVER)
        found = engine.emerged()
        np.testing.assert_array_equal(found, emerged(engine.overlaps()))
        seen.add(int(found.sum()))
    assert len(seen) > P / 2
