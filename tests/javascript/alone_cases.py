"""Experiments that a browser computes by itself, each with a run that nobody has made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from emergence.arrays import Array
from emergence.engines.base import Measurement
from emergence.engines.initial import initial_directions
from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import DEGREES
from emergence.runs.plan import Plan, make_plan
from emergence.runs.record import Record

MOMENTS = 40
"""Snapshots of a made-up run."""


@dataclass(frozen=True)
class Case:
    """An experiment, and a run that nobody has made: neurons on their way to made-up ends."""

    e: Experiment

    @cached_property
    def plan(self) -> Plan | None:
        """None where it is refused."""
        try:
            return make_plan(self.e)
        except ExperimentError:
            return None

    @property
    def refusal(self) -> str | None:
        """In a sentence."""
        try:
            make_plan(self.e)
        except ExperimentError as error:
            return str(error)
        return None

    @property
    def overlaps(self) -> Array:
        return initial_directions(self.e)[:, : self.e.P]

    @cached_property
    def run(self) -> dict[str, Any]:
        """The neurons' goals, and how far they are at each of some snapshots; times in steps.

        Of the directions none, some or all are learned by the neuron that theory says, some by
        another one; in a jump where the way is a high power of time; the loss follows theory's
        decoupled dynamics, or stays behind.
        """
        if self.plan is None:
            return {}
        e, plan, rng = self.e, self.plan, np.random.default_rng(self.e.seed)
        goal = rng.standard_normal((e.m, e.P)) ** 3
        goal /= 2 * np.linalg.norm(goal, axis=1, keepdims=True)
        norms = e.s0**2 * rng.uniform(0.1, 2, e.m)
        learned = rng.random(e.P) < rng.choice([0, 0.7, 1, 1])
        sizes = [[1.0], [0.2, 1.0, rng.uniform(0.6, 1.4)]][rng.integers(2)]
        for p in np.flatnonzero((plan.iota >= 0) & learned):
            k = plan.iota[p] if rng.random() < 0.9 else rng.integers(e.m)
            goal[k] = 0.1 * goal[k]
            goal[k, p], norms[k] = 0.97, plan.a[p] * rng.choice(sizes)
        at = np.unique(np.linspace(0, len(plan.snapshots) - 1, MOMENTS).round().astype(int))
        tau = plan.snapshots[at]
        shares = (tau / plan.end) ** rng.choice([0.5, 3, 30])
        ahead, power, behind, floor = [
            (1, 1, 0, 0), (1, rng.uniform(0.8, 1.2), 0, 0), (1, 1, rng.uniform(0, 30), 0),
            (5, 1, 0, rng.uniform(0.05, 1)),
        ][rng.integers(4)]  # fmt: skip
        mse = np.abs(plan.decoupled(tau * ahead)) ** power * (1 + behind * shares)
        mse += floor * plan.top * plan.a[-1] ** 2
        if rng.random() < 0.1:
            mse = mse[0] * (1 - 0.1 * rng.random() * shares)
        peaks = np.array([(((1 - s) * self.overlaps + s * goal) ** 2).max(axis=0) for s in shares])
        steps = plan.steps(tau)
        found = np.where((peaks > 0.5).any(axis=0), steps[(peaks > 0.5).argmax(axis=0)], np.nan)
        return {
            "goal": goal, "norms": norms, "shares": shares, "steps": steps, "mse": mse,
            "crossing": found, "kept": [0, len(at) // 2, len(at) - 1],
        }  # fmt: skip

    @property
    def crossing(self) -> Array:
        """Time at which each direction is found, NaN for never, shape (P,)."""
        return np.asarray(self.run["crossing"] * self.e.eta)

    @cached_property
    def record(self) -> Record:
        assert self.plan is not None
        run, record, plan = self.run, Record(self.plan), self.plan
        for share, step, mse in zip(run["shares"], run["steps"], run["mse"], strict=True):
            O = (1 - share) * self.overlaps + share * run["goal"]  # noqa: E741
            n2 = (1 - share) * plan.experiment.s0**2 + share * run["norms"]
            record.append(step * self.e.eta, Measurement(O, n2, float(mse)))
        return record

    @property
    def tau(self) -> Array:
        """Moments for the predicted losses: among the first, and beyond the last."""
        if self.plan is None:
            return np.zeros(0)
        return np.geomspace(self.plan.end / 1e4, self.plan.end * 3, 50)

    def to_json(self) -> dict[str, Any]:
        wanted = {name: value for name, value in self.e.as_dict().items() if name != "eta"}
        run = {name: np.ravel(value) for name, value in self.run.items()}
        return {"e": wanted, "overlaps": self.overlaps.ravel(), "tau": self.tau, "run": run}


def named() -> list[Experiment]:
    """One of each kind that has a branch of its own."""
    kinds: list[dict[str, Any]] = [
        {}, {"P": 1, "m": 1, "d": 2}, {"P": 1, "seed": 1}, {"P": 1, "seed": 2}, {"P": 1, "seed": 3},
        {"m": 3}, {"beta": 0.5}, {"beta": 0.0, "P": 32, "d": 256},
        {"P": 32, "d": 256, "m": 128, "J": 3}, {"P": 16, "m": 64}, {"P": 17, "m": 50, "J": 2},
        {"B": 64, "c": 1.0}, {"steps": 7}, {"steps": 200_000, "c": 1e-3}, {"horizon": 0.01},
        {"J": 3, "P": 1, "m": 1}, {"J": 3, "m": 2, "d": 7, "P": 3}, {"J": 8, "d": 256},
        {"J": 1, "d": 99}, {"J": 1, "P": 1}, {"J": 1, "P": 6, "beta": 2.5}, {"d": 8, "m": 5},
        {"normalisation": "slides"}, {"normalisation": "slides", "s0": 1.0, "c": 1e-5},
        {"mixture": "3:0.6,4:0.8"}, {"mixture": "1:0.3,3:-1"}, {"mixture": "1:1,2:1,5:0.2"},
        {"mixture": "2:0.001,4:1"}, {"mixture": "1:0.001,4:1", "m": 100},
        {"mixture": "3:1e-6,8:10", "P": 3}, {"mixture": "2:1,3:2,4:1,5:3,6:1,7:2,8:1"},
        {"mixture": "4:2"}, {"mixture": "3:1,6:1", "m": 4, "P": 4},
        {"engine": "flow"}, {"engine": "flow", "d": 10**6, "J": 3},
        {"engine": "flow", "steps": 900}, {"engine": "flow", "P": 16, "m": 64, "beta": 0.8},
        {"engine": "flow", "J": 1, "B": 8}, {"engine": "sgd", "d": 200_000},
        {"engine": "sgd", "B": 1024, "d": 10**6, "P": 32},
    ]  # fmt: skip
    return [Experiment.of({"engine": "sgd"} | kind) for kind in kinds]


def drawn(count: int) -> list[Experiment]:
    """Of all sizes, the same ones each time."""
    rng = np.random.default_rng(17)
    found = []
    for _ in range(count):
        d = int(rng.integers(2, 257))
        values: dict[str, Any] = {
            "engine": "sgd", "d": d, "P": int(rng.integers(1, min(d, 32) + 1)),
            "beta": round(rng.uniform(0, 3), int(rng.integers(1, 16))),
            "J": int(rng.choice(DEGREES)), "m": int(rng.integers(1, 129)),
            "c": 10 ** rng.uniform(-4, 1), "s0": 10 ** rng.uniform(-4, 0),
            "B": int(2 ** rng.integers(0, 6)), "seed": int(rng.integers(2**32)),
            "horizon": rng.uniform(0.1, 3), "steps": int(rng.choice([0, 0, 3, 5_000])),
        }  # fmt: skip
        if rng.random() < 0.4:  # of those that have a slope
            P, beta, J = int(rng.integers(16, 33)), rng.uniform(0.6, 1.7), int(rng.integers(2, 5))
            values |= {"d": 200, "P": P, "beta": beta, "J": J, "horizon": 1.5, "steps": 0}
            values["m"] = 128 if rng.random() < 0.8 else P - 1
        if rng.random() < 0.3:
            others = rng.choice(np.arange(values["J"], 9), min(3, 9 - values["J"]), replace=False)
            values["mixture"] = {int(i): rng.normal() for i in {values["J"], *others}}
        if rng.random() < 0.3:
            values["engine"] = str(rng.choice(["flow", "auto"]))
        if values["engine"] == "auto":  # beyond, only a server knows which
            values |= {"steps": 0, "horizon": min(values["horizon"], 2.0)}
        found.append(Experiment.of(values))
    return found
