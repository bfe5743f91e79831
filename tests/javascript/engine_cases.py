"""Experiments that the engine in the browser and the native one both run, and their comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from emergence.arrays import Array
from emergence.engines.base import DivergedError
from emergence.engines.initial import initial_directions
from emergence.engines.online_sgd import OnlineSGD, sample_key
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.theory.teacher import strengths
from tests import naive

CASES = {
    "J = 1": Experiment(d=32, P=1, m=4, J=1, c=0.005, engine="sgd"),
    "J = 2": Experiment(d=16, P=3, m=8, J=2, c=0.02, engine="sgd"),
    "J = 3": Experiment(d=17, P=2, m=9, J=3, c=0.05, engine="sgd"),
    "J = 4": Experiment(d=32, P=3, m=13, J=4, c=0.1, engine="sgd"),
    "J = 6": Experiment(d=6, P=1, m=4, J=6, c=5e-4, seed=3, engine="sgd"),
    "J = 8": Experiment(d=4, P=1, m=4, J=8, c=1e-4, seed=1, engine="sgd"),
    "a mixture": Experiment(d=16, P=2, m=8, c=0.03, mixture="3:0.6,4:0.8", engine="sgd"),
    "B > 1": Experiment(d=15, P=2, m=7, J=3, c=0.2, B=5, engine="sgd"),
    "m < P": Experiment(d=24, P=4, m=2, J=4, c=0.05, horizon=2.5, seed=3, engine="sgd"),
    "diverging": Experiment(d=16, P=2, m=8, J=4, c=20, s0=0.5, seed=1, engine="sgd"),
    "d = P, odd": Experiment(d=5, P=5, m=3, J=3, c=0.05, steps=4_000, engine="sgd"),
    "largest": Experiment(d=256, P=32, m=128, steps=400, engine="sgd"),
    "large batches": Experiment(d=255, P=31, m=127, B=33, steps=100, engine="sgd"),
    "reduced": Experiment(d=256, P=3, m=6, J=2, c=0.05, engine="sgd"),
}
SHORT = {"d = P, odd", "largest", "large batches"}
"""Nothing is learned: they are there for their sizes."""


@dataclass(frozen=True)
class Made:
    """What came of a run: `crossing` in steps, linear between two looks, NaN for never."""

    start: Array
    crossing: Array
    diverged: bool
    step: int
    overlaps: Array
    n2: Array
    mse: float


def looks(e: Experiment) -> list[int]:
    """Steps at which both look."""
    plan = make_plan(e)
    moments = np.union1d(plan.checkpoints, plan.snapshots)
    return sorted({int(np.ceil(tau / e.eta - 1e-6)) for tau in moments} - {0})


def given(e: Experiment) -> dict[str, Any]:
    """What Node or Chromium are given."""
    names = ("d", "P", "m", "J", "B", "s0", "seed", "engine")
    values = {name: getattr(e, name) for name in names} | {"mixture": e.mixture}
    return {"e": values, "a": strengths(e).tolist(), "eta": e.eta, "looks": looks(e)}


@cache
def native(e: Experiment) -> Made:
    """The run on this machine's processor."""
    engine, diverged = OnlineSGD(e), False
    crossing, before, last = np.full(e.P, np.nan), np.zeros(e.P), 0
    try:
        for look in looks(e):
            engine.advance(look * e.eta, np.inf)
            u = (engine.overlaps() ** 2).max(axis=0)
            for p in np.flatnonzero(np.isnan(crossing) & (u >= 0.5)):
                part = (0.5 - before[p]) / (u[p] - before[p]) if last else 1.0
                crossing[p] = last + (look - last) * part
            before, last = u, look
    except DivergedError:
        diverged = True
    found = engine.measure()
    start = initial_directions(e)[:, : e.P]
    return Made(start, crossing, diverged, engine.step, found.overlaps, found.n2, found.mse)


def check(name: str, made: dict[str, Any]) -> None:
    """Hold a run of a browser's engine against the native one."""
    e, here = CASES[name], native(CASES[name])
    there = np.array([np.nan if each is None else each for each in made["crossing"]])
    np.testing.assert_allclose(np.reshape(made["start"], (e.m, e.P)), here.start, atol=1e-12)
    key = tuple(int(word) for word in sample_key(e))
    assert tuple(made["key"]) == key
    block = 2**32 + e.seed
    counters = [(block & 0xFFFFFFFF, i | block >> 32 << 24) for i in range(64)]
    pairs = [naive.threefry(key[0], key[1], *counter) for counter in counters]
    assert made["words"] == [word for pair in pairs for word in pair]
    assert made["diverged"] == here.diverged == (name == "diverging")
    np.testing.assert_array_equal(np.isnan(there), np.isnan(here.crossing))
    np.testing.assert_allclose(there, here.crossing, rtol=0.01)
    if here.diverged:
        assert abs(made["step"] - here.step) <= 0.01 * here.step + 1
        return
    assert np.isfinite(here.crossing).any() or name in SHORT
    assert made["step"] == here.step
    for overlaps, atol in (("overlaps", 1e-3), ("kept", 2e-3)):
        found = np.reshape(made[overlaps], (e.m, e.P))
        np.testing.assert_allclose(found, here.overlaps, atol=atol)
    np.testing.assert_allclose(made["n2"], here.n2, rtol=1e-2, atol=1e-3)
    np.testing.assert_allclose(made["mse"], here.mse, rtol=1e-2, atol=1e-5)
