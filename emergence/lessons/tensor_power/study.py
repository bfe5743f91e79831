"""Three ways to find directions, from one start; and the neurons that each needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.engines.relu_sgd import ReluSGD
from emergence.experiment import Experiment
from emergence.lessons.tensor_power.flow import flow
from emergence.lessons.tensor_power.model import (
    DEGREES,
    abs_coefficient,
    captures,
    degree_losses,
    higher_share,
    polar,
)
from emergence.lessons.tensor_power.power import deflated, power_rounds
from emergence.serving.study import Partial
from emergence.theory.power_method import winners
from emergence.theory.predictions import neurons_enough
from emergence.theory.quantiles import quantiles
from emergence.theory.teacher import power_strengths
from emergence.theory.thresholds import CAPTURED, EMERGED

FLOW, SGD, HIGHER = TRAININGS = ("flow", "online SGD", "degrees ≥ 4")
"""How the neurons are trained jointly: the last is the flow of a loss without
degrees 0, 1 and 2."""
NAMED = {FLOW: "by the flow", SGD: "by online SGD", HIGHER: "by the loss of degrees ≥ 4 alone"}
"""The same as a title says it."""
LOWEST = {FLOW: 0, SGD: 0, HIGHER: 4}
C = 0.5
"""Of SGD's step size C / (d sum_p a_p): a fitted student is stable below about 2."""
MOMENTS = 90
"""At which SGD's neurons are measured."""
OPERATIONS = 2e7
"""Coordinates of a slice of SGD: some hundredths of a second."""
S0 = 0.1
"""Norm of every neuron at the start."""
HORIZON = 200.0
"""A run ends at this time over the weakest strength."""
MOST = 64
"""Neurons of a start; the first m of them are the start of m."""
KAPPAS = (1, 4, 16, 64)
STARTS = 8
TRIALS = 40
"""Draws of random neurons for the power method, of `MOST_DRAWN` neurons each."""
MOST_DRAWN = 1 << 15
MIDDLE = (0.1, 0.5, 0.9)
"""Quantiles: the ends of the middle 80 %, and the median."""


@lru_cache(maxsize=64)
def start(d: int, m: int, seed: int) -> Array:
    """Directions of m random neurons in d dimensions, shape (m, d), read-only."""
    V = np.random.default_rng([seed, d]).standard_normal((MOST, d))[:m]
    V /= np.linalg.norm(V, axis=1, keepdims=True)
    V.setflags(write=False)
    return V


@dataclass(frozen=True)
class Teacher:
    """P orthonormal directions in d dimensions, a_p = p^-beta with a_1 / a_P = kappa."""

    P: int
    d: int
    kappa: int

    @property
    def beta(self) -> float:
        """The decay that makes kappa."""
        return float(np.log(self.kappa) / np.log(self.P))

    @property
    def a(self) -> Array:
        """Strengths, shape (P,)."""
        return power_strengths(self.P, self.beta)

    @property
    def end(self) -> float:
        """When a run of the flow ends."""
        return HORIZON * float(self.a[0] / self.a[-1])

    @property
    def enough(self) -> float:
        """P log P."""
        return float(neurons_enough(self.P))

    @property
    def promised(self) -> float:
        """exp(kappa), without its power of d."""
        return float(np.exp(self.kappa))

    @property
    def higher_at_start(self) -> float:
        """Share of degrees 4 and up in a direction's pull at a typical overlap, d^-1/2."""
        return higher_share(self.d**-0.5)

    def nearest_in_lab(self, m: int, seed: int) -> Experiment:
        """The Live Lab's nearest: |z| cut after degree 8, its second layer tied as here."""
        parts = {i: abs_coefficient(i) for i in (2, 4, 6, 8)}
        mixture = ",".join(f"{i}:{c:.4f}" for i, c in parts.items())
        return Experiment(
            P=self.P, d=self.d, beta=round(self.beta, 2), mixture=mixture, m=m, seed=seed,
            engine="flow", normalisation="slides",
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Joint:
    """One joint run, as far as it is.

    Attributes
    ----------
    t : times, shape (n,)
    captured : R_p, shape (n, P)
    losses : the loss's parts of `model.DEGREES`, shape (n, degrees)
    ends : where the neurons are: the direction with u > 1/2, or -1, shape (m,)
    over : whether the run is at its end
    """

    t: Array
    captured: Array
    losses: Array
    ends: IntArray
    over: bool

    @property
    def found(self) -> int:
        """Directions with R_p > 1/2."""
        return int(np.count_nonzero(self.captured[-1] > CAPTURED))

    @property
    def tenths(self) -> dict[int, float]:
        """By degree, the time from which a tenth of its loss at the start is never exceeded.

        Infinite where that is not reached.
        """
        above = self.losses > self.losses[0] / 10
        last = len(self.t) - 1 - np.argmax(above[::-1], axis=0)
        after = np.append(self.t, np.inf)
        return {degree: float(after[last[i] + 1]) for i, degree in enumerate(DEGREES)}

    @property
    def slowest(self) -> int:
        """Which of the teacher's degrees 0, 2 and 4 is the last in `tenths`."""
        return max((0, 2, 4), key=lambda degree: self.tenths[degree])


@dataclass(frozen=True)
class ThreeWays:
    """The same m neurons by the power method, with deflation, and trained jointly."""

    teacher: Teacher
    m: int
    seed: int
    training: str = FLOW

    @property
    def eta(self) -> float:
        """Step size of SGD."""
        return C / (self.teacher.d * float(np.sum(self.teacher.a)))

    @cached_property
    def directions(self) -> Array:
        """Directions at the start, shape (m, d)."""
        return start(self.teacher.d, self.m, self.seed)

    @property
    def winners(self) -> IntArray:
        """Where the power method takes each neuron, shape (m,)."""
        return winners(self.directions[:, : self.teacher.P], self.teacher.a, 4)

    @property
    def found_alone(self) -> int:
        """Directions that the power method finds."""
        return len(np.unique(self.winners))

    def as_alone(self, joint: Joint) -> int:
        """Neurons of a joint run that are where the power method takes them."""
        return int(np.count_nonzero(joint.ends == self.winners))

    def rounds(self, count: int) -> Array:
        """Largest u of any neuron with each direction after each round, shape (count + 1, P)."""
        return np.asarray(power_rounds(self.directions, self.teacher.a, count).max(axis=1))

    def deflated(self) -> tuple[Array, Array, IntArray]:
        """See `power.deflated`."""
        return deflated(self.directions, self.teacher.a)

    def results(self) -> Iterator[Partial[Joint]]:
        """The joint run so far."""
        a, P = self.teacher.a, self.teacher.P
        t, captured, losses = [], [], []
        value = None
        for tau, W in self._by_sgd() if self.training == SGD else self._by_flow():
            if W is None:
                if value is not None:
                    yield Partial(tau / self.teacher.end, value)
                continue
            t.append(tau)
            captured.append(captures(W, a))
            losses.append(degree_losses(W, a))
            u = polar(W, P)[3] ** 2
            ends = np.where(u.max(axis=1) > EMERGED, u.argmax(axis=1), -1)
            over = tau >= self.teacher.end
            value = Joint(np.array(t), np.array(captured), np.array(losses), ends, over)
            yield Partial(tau / self.teacher.end, value)

    def _by_flow(self) -> Iterator[tuple[float, Array]]:
        """Time and neurons after each step."""
        start, end = S0 * self.directions[None], self.teacher.end
        for tau, [W] in flow(start, self.teacher.a, end, LOWEST[self.training]):
            yield tau, W

    def _by_sgd(self) -> Iterator[tuple[float, Array | None]]:
        """Time and neurons at `MOMENTS` times; none of these at the end of a slice between."""
        engine = ReluSGD(S0 * self.directions, self.teacher.a, self.eta, self.seed)
        most = int(OPERATIONS / self.directions.size)
        for moment in np.geomspace(1.0, self.teacher.end, MOMENTS):
            while engine.tau < moment:
                rest = ceil((moment - engine.tau) / self.eta)
                engine.advance(min(most, rest))
                if engine.tau < moment:
                    yield engine.tau, None
            yield engine.tau, engine.W


def widths(P: int) -> tuple[int, ...]:
    """Numbers of neurons that joint training is tried with."""
    return tuple(P * share // 4 for share in (2, 4, 5, 6, 8, 12))


@lru_cache(maxsize=32)
def power_needed(P: int, kappa: int) -> Array:
    """Neurons the power method needs for each number of directions, shape (TRIALS, P).

    Column i: those that find i + 1 directions; infinite where `MOST_DRAWN` do not.
    """
    a = Teacher(P, P, kappa).a
    rng = np.random.default_rng([P, kappa])
    needed = np.full((TRIALS, P), np.inf)
    for row in needed:
        seen: set[int] = set()
        drawn = 0
        while len(seen) < P and drawn < MOST_DRAWN:
            block = 256 if drawn < 1024 else 4096
            ends = winners(rng.standard_normal((block, P)), a, 4)
            directions, first = np.unique(ends, return_index=True)
            for direction, at in sorted(zip(directions.tolist(), first, strict=True),
                                        key=lambda pair: int(pair[1])):  # fmt: skip
                if direction not in seen:
                    row[len(seen)] = drawn + at + 1
                    seen.add(direction)
            drawn += block
    return needed


@dataclass(frozen=True, eq=False)
class Grid:
    """Directions that joint training finds, as far as it was tried.

    found : by kappa, the directions found, shape (widths tried, STARTS)
    """

    P: int
    found: dict[int, IntArray]

    def needed(self, kappa: int) -> Array | None:
        """Of each start the least width tried that finds all, inf for none, shape (STARTS,).

        None while it is not known of every start.
        """
        found = self.found.get(kappa)
        if found is None:
            return None
        all_found = found == self.P
        if len(found) < len(widths(self.P)) and not all_found.any(axis=0).all():
            return None
        least = np.array(widths(self.P), dtype=float)[np.argmax(all_found, axis=0)]
        return np.where(all_found.any(axis=0), least, np.inf)

    def all_found(self, kappa: int, m: int) -> int | None:
        """Starts from which m neurons find all; None while it is not known."""
        number = widths(self.P).index(m)
        found = self.found.get(kappa)
        if found is None or len(found) <= number:
            return None
        return int(np.count_nonzero(found[number] == self.P))


@dataclass(frozen=True)
class Needed:
    """Joint training by a flow over widths and condition numbers; the chosen kappa is first."""

    P: int
    d: int
    kappa: int
    training: str = FLOW

    def results(self) -> Iterator[Partial[Grid]]:
        """What is found so far, width by width.

        Of the chosen kappa all widths, of the others those up to the first that finds all.
        """
        done: dict[int, IntArray] = {}
        order = (self.kappa, *(kappa for kappa in KAPPAS if kappa != self.kappa))
        tried = widths(self.P)
        for i, kappa in enumerate(order):
            teacher = Teacher(self.P, self.d, kappa)
            rows: list[IntArray] = []
            for m in tried:
                W = S0 * np.array([start(self.d, m, seed) for seed in range(1, STARTS + 1)])
                begun = (i + len(rows) / len(tried)) / len(order)
                for tau, state in flow(W, teacher.a, teacher.end, LOWEST[self.training]):
                    W = state
                    part = tau / teacher.end / len(tried) / len(order)
                    yield Partial(begun + part, Grid(self.P, done))
                found = np.count_nonzero(captures(W, teacher.a) > CAPTURED, axis=-1)
                rows.append(found)
                done = {**done, kappa: np.array(rows, dtype=np.int64)}
                if i and Grid(self.P, done).needed(kappa) is not None:
                    break
        yield Partial(1.0, Grid(self.P, done))


def middle(values: Array) -> Array:
    """The `MIDDLE` quantiles, shape (3,), of values some of which may be infinite."""
    return quantiles(values, MIDDLE)


def as_text(needed: float, P: int) -> str:
    """A number of neurons, or that it is more than was tried."""
    return f"{needed:.0f}" if np.isfinite(needed) else f"more than {widths(P)[-1]}"
