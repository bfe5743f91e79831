"""The SGD engine: a whole learning run beside its twin, chunks, seeds, and divergence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.arrays import Array
from emergence.engines.base import DivergedError
from emergence.engines.initial import initial_directions
from emergence.engines.online_sgd import BLOCK_SAMPLES, OnlineSGD
from emergence.experiment import Experiment
from emergence.theory.teacher import link_function, strengths
from tests import naive
from tests.unit.conftest import embedded

FOREVER = 1e9
SHORT = {
    "J=1": Experiment(d=6, P=1, m=3, J=1, c=0.01, s0=0.3, steps=1_000, engine="sgd"),
    "J=2": Experiment(d=6, P=2, m=4, J=2, c=0.02, s0=0.3, steps=1_500, engine="sgd"),
    "J=3": Experiment(d=6, P=2, m=4, J=3, c=0.02, s0=0.3, steps=3_000, engine="sgd"),
    "J=4": Experiment(d=6, P=1, m=3, J=4, c=0.02, s0=0.3, steps=5_000, engine="sgd"),
    "mixture": Experiment(
        d=6, P=2, m=3, c=0.01, s0=0.3, steps=3_000, mixture="2:0.6,3:0.8", engine="sgd"
    ),
    "B=4": Experiment(d=6, P=2, m=3, J=3, c=0.04, s0=0.3, steps=1_000, B=4, engine="sgd"),
}
"""Runs long enough to learn something, short enough for the naive twin."""


def twin(e: Experiment, looks: int) -> tuple[Array, Array]:
    """(overlaps, squared norms) of the naive double-precision run at `looks` equal intervals."""
    W, a, c = np.eye(e.d)[: e.P], strengths(e), link_function(e).c
    V = e.s0 * embedded(initial_directions(e), e.d)
    k0, k1 = naive.threefry(e.seed, 0, 1, 0)
    overlaps, n2 = [], []
    for t in range(e.steps):
        if e.B > 1:
            X = naive.samples(t, -(-e.B // 8) * 8, e.d, k0, k1)[: e.B]
        else:
            block = naive.samples(t // BLOCK_SAMPLES, BLOCK_SAMPLES, e.d, k0, k1)
            X = block[t % BLOCK_SAMPLES][None]
        V = naive.sgd_step(V, W, a, c, X, e.eta)
        if (t + 1) % (e.steps // looks) == 0:
            n2.append(np.sum(V**2, axis=1))
            overlaps.append(V[:, : e.P] / np.sqrt(n2[-1])[:, None])
    return np.array(overlaps), np.array(n2)


@pytest.mark.parametrize("experiment", SHORT.values(), ids=SHORT)
def test_single_precision_changes_nothing_visible(experiment: Experiment) -> None:
    """Overlaps and squared norms within 1e-3 of the double-precision twin all the way.

    A pixel of a curve drawn 500 pixels high is 2e-3.
    """
    looks = 10
    overlaps, n2 = twin(experiment, looks)
    engine = OnlineSGD(experiment)
    for i in range(looks):
        engine.advance((i + 1) * experiment.steps // looks * experiment.eta, FOREVER)
        seen = engine.measure()
        np.testing.assert_allclose(seen.overlaps, overlaps[i], atol=1e-3)
        np.testing.assert_allclose(seen.n2, n2[i], atol=1e-3)
        np.testing.assert_allclose(engine.overlaps(), seen.overlaps, atol=1e-6)
    # The run did learn: a test on a student at rest would prove nothing.
    assert np.max(overlaps[-1] ** 2) > 0.8


def state(engine: OnlineSGD) -> bytes:
    """Everything that is measured, to the last bit."""
    seen = engine.measure()
    return seen.overlaps.tobytes() + seen.n2.tobytes() + np.float64(seen.mse).tobytes()


@pytest.mark.parametrize("B", [1, 3])
@pytest.mark.parametrize(("d", "m", "J"), [(10, 5, 3), (16, 16, 4), (33, 17, 2)])
def test_chunks_change_no_bit(d: int, m: int, J: int, B: int) -> None:
    """7 steps at a time, odd cut points, and all 2 800 at once."""
    e = Experiment(d=d, m=m, J=J, P=2, c=0.02, B=B, s0=0.2, engine="sgd")
    whole, sevens, odd = OnlineSGD(e), OnlineSGD(e), OnlineSGD(e)
    whole.advance(2_800 * e.eta, FOREVER)
    for i in range(400):
        sevens.advance(7 * (i + 1) * e.eta, FOREVER)
    for cut in (1, 2, 3, 30, 77, 78, 1_001, 2_799.5):
        odd.advance(cut * e.eta, FOREVER)
    assert whole.step == sevens.step == odd.step == 2_800
    assert state(whole) == state(sevens) == state(odd)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=8), st.floats(0, 1e-4))
def test_cuts_and_time_budgets_change_no_bit(cuts: list[int], seconds: float) -> None:
    e = Experiment(d=8, m=3, P=2, c=0.02, s0=0.2, engine="sgd")
    whole, cut = OnlineSGD(e), OnlineSGD(e)
    whole.advance(sum(cuts) * e.eta, FOREVER)
    for target in np.cumsum(cuts):
        cut.advance(target * e.eta, seconds)
        assert cut.step <= target
        cut.advance(target * e.eta, FOREVER)
        assert cut.step == target
        assert cut.tau == pytest.approx(target * e.eta, rel=1e-12)
    assert state(whole) == state(cut)


@pytest.mark.parametrize("steps", [1, 3, 1_000, 123_457, 2**33 + 1, 2**40 - 1])
def test_time_of_a_step_leads_to_that_step(steps: int) -> None:
    """steps * eta / eta rounds up and down; the engine must stop at the step meant."""
    for d in (11, 13, 63, 1_000):
        e = Experiment(d=d, m=2, P=1, c=1.0, engine="sgd")
        engine = OnlineSGD(e)
        engine.step = max(steps - 3, 0)
        engine.advance(steps * e.eta, FOREVER)
        assert engine.step == steps


def test_going_back_does_nothing() -> None:
    engine = OnlineSGD(Experiment(d=8, m=3, P=2, engine="sgd"))
    engine.advance(50 * engine._eta, FOREVER)
    before = state(engine)
    engine.advance(20 * engine._eta, FOREVER)
    assert state(engine) == before
    assert engine.step == 50


def test_the_seed_decides_everything() -> None:
    def after(seed: int) -> bytes:
        e = Experiment(d=8, m=3, P=2, seed=seed, engine="sgd")
        engine = OnlineSGD(e)
        engine.advance(200 * e.eta, FOREVER)
        return state(engine)

    runs = [after(seed) for seed in (0, 1, 2, 2**32 - 1)]
    assert runs == [after(seed) for seed in (0, 1, 2, 2**32 - 1)]
    assert len(set(runs)) == 4


def test_where_arrays_lie_in_memory_changes_no_bit() -> None:
    """Compiled loops over arrays close to each other round otherwise, and small ones may be."""
    experiment = Experiment(d=16, P=2, m=8, J=3, seed=5, steps=500, engine="sgd-full")
    found, kept = set(), []
    for i in range(60):
        kept.append([np.empty(16 * k + 1, np.uint8) for k in range(i % 7)])
        engine = OnlineSGD(experiment)
        engine.advance(experiment.steps * experiment.eta, FOREVER)
        found.add(engine.overlaps().tobytes())
    assert len(found) == 1


def test_samples_differ_between_seeds_from_the_same_start() -> None:
    """Two seeds do not share samples: from one start their steps are uncorrelated."""
    steps = []
    for seed in (1, 2):
        e = Experiment(d=64, P=8, m=8, seed=seed, s0=0.3, engine="sgd")
        engine, other = OnlineSGD(e), OnlineSGD(e.replace(seed=3))
        engine._block.V[:] = other._block.V
        before = engine.students()
        engine.advance(e.eta, FOREVER)
        steps.append((engine.students() - before)[:, :64].ravel())
    # 64 coordinates of one direction x each: correlation of 1/sqrt(64) at most, five times.
    assert abs(np.corrcoef(steps[0], steps[1])[0, 1]) < 5 / np.sqrt(64)


def test_divergence_is_noticed_and_time_stands_still() -> None:
    e = Experiment(d=8, P=2, m=4, J=4, c=5.0, s0=0.5, engine="sgd")
    engine = OnlineSGD(e)
    with pytest.raises(DivergedError):
        engine.advance(1e6 * e.eta, FOREVER)
    assert 0 < engine.step < 100_000
    assert engine.tau == pytest.approx(engine.step * e.eta)


def test_divergence_does_not_depend_on_the_chunks() -> None:
    e = Experiment(d=8, P=2, m=4, J=4, c=5.0, s0=0.5, engine="sgd")
    whole, single = OnlineSGD(e), OnlineSGD(e)
    with pytest.raises(DivergedError):
        whole.advance(1e6 * e.eta, FOREVER)
    while single.step < whole.step:
        single.advance((single.step + 1) * e.eta, FOREVER)
    with pytest.raises(DivergedError):
        single.advance((single.step + 1) * e.eta, FOREVER)
    assert whole.step == single.step
