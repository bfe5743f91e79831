"""SGD on the correlation loss: against its naive twin, and against where theory sends neurons."""

from __future__ import annotations

import numpy as np
import pytest

from emergence import simulate
from emergence.arrays import Array
from emergence.engines.correlation_sgd import CorrelationSGD
from emergence.engines.initial import initial_directions
from emergence.engines.online_sgd import BLOCK_SAMPLES, LANES, OnlineSGD
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.runs.warnings import warnings_of
from emergence.theory.power_method import winners
from emergence.theory.teacher import link_function, strengths
from tests import naive
from tests.unit.conftest import LINKS, embedded, with_link

FOREVER = 1e9


def twin(e: Experiment, steps: int) -> Array:
    """Unit vectors after the naive double-precision run in R^d, shape (m, d)."""
    W, a, c = np.eye(e.d)[: e.P], strengths(e), link_function(e).c
    V = embedded(initial_directions(e), e.d)
    k0, k1 = naive.threefry(e.seed, 0, 1, 0)
    for t in range(steps):
        if e.B > 1:
            X = naive.samples(t, -(-e.B // LANES) * LANES, e.d, k0, k1)[: e.B]
        else:
            block = naive.samples(t // BLOCK_SAMPLES, BLOCK_SAMPLES, e.d, k0, k1)
            X = block[t % BLOCK_SAMPLES][None]
        V = naive.correlation_step(V, W, a, c, X, e.eta)
    return V


def after(e: Experiment, steps: int) -> CorrelationSGD:
    engine = CorrelationSGD(e)
    engine.advance(steps * e.eta, FOREVER)
    return engine


@pytest.mark.parametrize("B", [1, 3])
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_steps_are_those_of_the_naive_twin(link: object, B: int) -> None:
    """200 steps at a size at which they move the neurons visibly; single precision."""
    e = with_link(link, d=7, P=2, m=3, B=B, engine="correlation")  # type: ignore[arg-type]
    e = e.replace(eta=0.02 / float(link_function(e).K_prime(1.0)))
    expected, engine = twin(e, 200), after(e, 200)
    assert np.abs(expected - embedded(initial_directions(e), e.d)).max() > 0.01
    np.testing.assert_allclose(engine.students(), expected, atol=1e-4)
    assert not engine._directions.V[e.d :].any()
    seen = engine.measure()
    np.testing.assert_allclose(seen.overlaps, engine.overlaps(), atol=1e-6)
    np.testing.assert_allclose(seen.overlaps, expected[:, : e.P], atol=1e-4)
    np.testing.assert_allclose(seen.n2, e.s0**2, rtol=1e-6)
    S, n2 = expected @ expected.T, e.s0**2
    K = link_function(e).K
    a = strengths(e)
    mse = K(1.0) * a @ a - 2 * n2 * np.sum(a * K(expected[:, : e.P])) + n2**2 * np.sum(K(S))
    cross = K(0.0) * (a.sum() ** 2 - a @ a)
    assert seen.mse == pytest.approx(mse + cross, rel=1e-4)


def test_it_starts_as_joint_sgd_does() -> None:
    """Same start, same samples, same eta: while all norms are small the directions move together.

    They differ by a fiftieth of what they have moved by, or less: second order in eta.
    """
    e = Experiment(d=16, P=2, m=8, s0=1e-3, c=0.01, engine="sgd-full", steps=8_000)
    joint = OnlineSGD(e)
    joint.advance(e.steps * e.eta, FOREVER)
    alone = after(e.replace(engine="correlation"), e.steps)
    moved = np.abs(joint.overlaps() - initial_directions(e)[:, : e.P]).max()
    assert moved > 0.01
    # A step of joint SGD is normalised only when looked at.
    assert np.abs(joint.overlaps() - alone.overlaps()).max() < 0.02 * moved


def test_cuts_budgets_and_seeds() -> None:
    e = Experiment(d=33, P=2, m=5, c=0.02, engine="correlation")
    whole, cut = after(e, 3_000), CorrelationSGD(e)
    for step in (1, 2, 17, 500, 2_999.5):
        for _ in range(10_000):
            cut.advance(step * e.eta, 1e-6)
            if cut.step >= step:
                break
    assert cut.step == whole.step == 3_000
    np.testing.assert_array_equal(cut._directions.V, whole._directions.V)
    assert not np.array_equal(
        after(e.replace(seed=e.seed + 1), 3_000)._directions.V, whole._directions.V
    )


@pytest.mark.parametrize("c", [1e-6, 1e4])
@pytest.mark.parametrize("J", [1, 4, 8])
def test_no_step_size_diverges(c: float, J: int) -> None:
    e = Experiment(d=3, P=2, m=4, J=J, c=c, engine="correlation")
    seen = after(e, 5_000).measure()
    assert np.isfinite(seen.mse)
    np.testing.assert_allclose(seen.n2, e.s0**2, rtol=1e-5)


def test_neurons_end_where_the_power_method_ends() -> None:
    """Small steps: nearly all arrive, most where the closed form says, nearly all clear ones.

    The noise of the samples decides for neurons that are torn between two directions; half the
    step size and fewer are torn.
    """
    arrived, agree, clear, clearly = np.zeros(4)
    for seed in range(3):
        e = Experiment(d=16, P=4, m=40, c=0.01, seed=seed, engine="correlation")
        plan = make_plan(e)
        u = after(e, 400_000).overlaps() ** 2
        there = u.max(axis=1) > 0.5
        right = np.argmax(u, axis=1) == winners(plan.overlaps, plan.a, 4)
        pull = np.sort(plan.a * plan.overlaps**2, axis=1)
        decided = pull[:, -1] > 2 * pull[:, -2]
        arrived += there.sum()
        agree += (right & there).sum()
        clear += (decided & there).sum()
        clearly += (right & decided & there).sum()
    assert arrived > 0.9 * 120
    assert agree > 0.7 * arrived
    assert clear > 0.4 * arrived
    assert clearly > 0.92 * clear


def test_a_whole_run_and_what_is_said_of_it() -> None:
    e = Experiment(d=16, P=2, m=8, J=4, c=0.05, seed=15, engine="correlation")
    result = simulate(e)
    assert result.state == "finished"
    assert result.mse[-1] == pytest.approx(result.mse[0], rel=0.1)
    assert result.capture.max() < 0.1
    assert np.isfinite(result.crossing[0])
    plan = make_plan(e)
    found = len(set(winners(plan.overlaps, plan.a, 4)))
    assert f"at {found} of 2 directions" in warnings_of(plan)["engine"]
    assert "power method" not in warnings_of(make_plan(e.replace(J=2)))["engine"]
