"""Engines agree where their limits coincide: SGD at tiny steps, and one neuron alone."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.engines import build
from emergence.engines.base import Engine
from emergence.engines.gradient_flow import GradientFlow
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan

FOREVER = 1e9
SIZES = {
    "J=1": {"J": 1, "P": 1, "m": 3}, "J=2": {"J": 2, "P": 2, "m": 3},
    "J=3": {"J": 3, "P": 2, "m": 4}, "J=4": {"J": 4, "P": 1, "m": 3},
    "mixture": {"mixture": "2:0.6,3:0.8", "P": 2, "m": 4},
}  # fmt: skip


def engine(e: Experiment) -> Engine:
    """The engine of an experiment at its start."""
    plan = make_plan(e)
    return build(e, plan.overlaps, plan.iota)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("B", [1, 32])
def test_sgd_at_tiny_steps_is_the_flow(sizes: dict[str, object], B: int) -> None:
    """The same start, the same clock tau: overlaps and norms within 0.1 all along.

    The noise has a variance of about eta / B; a clock off by a factor 2, or a loss without its
    1/2, would move the jumps by far more.
    """
    base = Experiment.of({"engine": "sgd", "d": 6, "s0": 0.3, "B": B, "seed": 63} | sizes)
    end = make_plan(base.replace(engine="flow", c=1.0)).end
    eta = B * end / 150_000
    sgd, flow = engine(base.replace(eta=eta)), engine(base.replace(engine="flow"))
    for t in end * np.linspace(0.1, 1, 10):
        sgd.advance(float(t), FOREVER)
        flow.advance(sgd.tau, FOREVER)
        here, there = sgd.measure(), flow.measure()
        np.testing.assert_allclose(here.overlaps, there.overlaps, atol=0.1)
        np.testing.assert_allclose(here.n2, there.n2, atol=0.1)
    assert there.mse < 0.9 * engine(base).measure().mse


@pytest.mark.parametrize("J", [1, 2, 3, 4, 6, 8])
def test_a_lone_pair_is_decoupled(J: int) -> None:
    """P = m = 1: flow and decoupled dynamics are the same, within the flow's tolerance."""
    e = next(
        e for seed in range(50)
        if initial_directions(e := Experiment(d=6, P=1, m=1, J=J, s0=0.1, seed=seed, engine="flow"))
        [0, 0] > 0.3
    )  # fmt: skip
    pair, flow = engine(e.replace(engine="decoupled")), GradientFlow(e, 1e-6)
    for t in make_plan(e.replace(horizon=30)).end * np.geomspace(0.01, 1, 30):
        pair.advance(float(t), FOREVER)
        flow.advance(float(t), FOREVER)
        np.testing.assert_allclose(pair.overlaps(), flow.overlaps(), atol=0.002)
        assert pair.measure().mse == pytest.approx(flow.measure().mse, abs=0.002)
    assert pair.measure().mse < 0.01
