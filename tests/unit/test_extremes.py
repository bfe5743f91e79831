"""The whole range of every parameter, through all that is computed of a run: no overflow, no
number that JSON or single precision does not have, no traceback (warnings are errors here)."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import orjson
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from emergence.experiment import Experiment
from emergence.parameters import DEGREES
from emergence.runs.plan import make_plan
from emergence.runs.result import result_of
from emergence.runs.simulation import Simulation
from emergence.runs.warnings import warnings_of
from emergence.serving import wire
from emergence.serving.run import Run
from emergence.sweeps.outcome import Outcome
from emergence.ui.server.payload import payload
from tests.unit.planned import planned

COEFFICIENTS = st.sampled_from([1e-6, -1e-6, 0.01, 1.0, -10.0, 10.0]) | st.floats(0.001, 10)


@st.composite
def extremes(draw: st.DrawFn) -> Experiment:
    """Experiments at the ends of their parameters' ranges, and in between."""
    P = draw(st.sampled_from([1, 2, 5, 64, 1024]))
    given: dict[str, object] = {
        "d": max(P, draw(st.sampled_from([2, 16, 1024, 10**6]))), "P": P,
        "m": draw(st.sampled_from([1, 2, 8, 40])),
        "beta": draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])),
        "c": draw(st.sampled_from([1e-6, 1.0, 1e4])),
        "s0": draw(st.sampled_from([1e-4, 0.05, 1.0])),
        "B": draw(st.sampled_from([1, 1, 1024])), "seed": draw(st.sampled_from([0, 7, 2**32 - 1])),
        "engine": draw(st.sampled_from(["sgd", "flow", "decoupled", "correlation"])),
        "normalisation": draw(st.sampled_from(["paper", "slides"])),
        "horizon": draw(st.sampled_from([0.01, 1.5, 100.0])),
        "steps": draw(st.sampled_from([0, 0, 1, 10, 2**40])),
    }  # fmt: skip
    if draw(st.booleans()):
        return Experiment.of({"J": draw(st.sampled_from(DEGREES))} | given)
    degrees = draw(st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True))
    assume(min(degrees) in DEGREES)
    return Experiment.of({"mixture": {i: draw(COEFFICIENTS) for i in degrees}} | given)


NAMED = Experiment(d=10**6, P=4, m=8, J=8, engine="flow")
FIERCE = Experiment(
    d=2, P=2, beta=0, J=1, m=1, c=10_000, s0=1e-4, seed=0, engine="correlation", steps=2**40
)
LEAST = Experiment(d=10**6, P=1, m=1, J=8, engine="decoupled", c=1e-6)


@settings(max_examples=50)
@given(extremes())
@example(NAMED)
@example(LEAST)
@example(Experiment(d=1024, P=1024, m=40, beta=3, J=8, c=1e-6, engine="decoupled"))
def test_predictions(e: Experiment) -> None:
    plan = planned(e)
    assert 0 < plan.end < np.inf
    sent = orjson.loads(payload(e))
    assert 0 < sent["first"] <= sent["end"]
    assert len(sent["T"]) == e.P
    assert all(T is None or 0 <= T < math.inf for T in sent["T"])
    assert [T is None for T in sent["T"]] == [k is None for k in sent["iota"]]
    assert bool(plan.unpredicted) == (None in sent["iota"])
    assert all(isinstance(sentence, str) for sentence in warnings_of(plan).values())
    tau = plan.snapshots
    for loss in (plan.staircase(tau), plan.decoupled(tau)):
        assert np.all(np.isfinite(loss))


@settings(max_examples=30)
@given(extremes())
@example(NAMED)
@example(LEAST)
@example(FIERCE)
def test_what_is_kept_and_sent(e: Experiment) -> None:
    """A moment of a run: its rows, its answer, its result, its outcome."""
    plan = planned(e)
    assume(e.m * plan.experiment.P * len(plan.snapshots) < 2e7 and e.d * e.m <= 10**7)
    simulation = Simulation(e)
    simulation.work(0.02)
    tip = simulation.tip()
    rows = simulation.record.rows[: simulation.record.count]
    for row in rows if tip is None else [*rows, tip]:
        assert np.all(np.isfinite(np.delete(row, simulation.record.fields["slope"]["offset"])))
    assert np.all(np.diff(rows[:, 0]) >= 0)
    found = result_of(simulation)
    json.dumps(found.as_dict(), allow_nan=False)
    if found.state == "unfinished" or len(found.steps) == 1:
        return  # a run that is over has moments beside its start
    outcome = Outcome.of(found)
    assert Outcome.from_json(json.dumps(outcome.as_dict(), allow_nan=False)) == outcome


def test_a_viewer_gets_steps_that_single_precision_does_not_hold() -> None:
    """10^48 steps and more, each exactly; once rows held them, they overflowed."""
    run = Run(LEAST)
    run.want("a", np.inf)
    while run.published.count < 5:
        run.work(0.05)
    answer = wire.encode(run, 0)
    (length,) = struct.unpack_from("<I", answer)
    steps = np.array(json.loads(answer[4 : 4 + length])["steps"])
    plan = make_plan(LEAST)
    assert plan.end / LEAST.eta > float(np.finfo(np.float32).max)
    np.testing.assert_allclose(steps[:5], plan.snapshots[:5] / LEAST.eta, rtol=1e-12)
