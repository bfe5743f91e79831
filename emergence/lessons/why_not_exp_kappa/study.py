"""How many directions are found with m neurons: power method, correlation loss, joint training.

All are measured here; what theory says of the power method is in `model`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil

import numpy as np

from emergence import engines
from emergence.arrays import Array, BoolArray, IntArray
from emergence.engines.base import Engine
from emergence.experiment import Experiment
from emergence.lessons.why_not_exp_kappa.iteration import power_method
from emergence.lessons.why_not_exp_kappa.model import PowerMethod, count_found, first_finders
from emergence.runs.plan import Plan, make_plan
from emergence.runs.simulation import Simulation
from emergence.runs.slices import advanced, worked
from emergence.serving.study import Partial
from emergence.theory.power_method import winners
from emergence.theory.risk import contributions
from emergence.theory.thresholds import CAPTURED, EMERGED
from emergence.theory.times import inverse_time_constant

TRIALS = 20
"""Draws of random neurons for the power method."""
NUMBERS = 1 << 21
"""Gaussians drawn at once; the power method on them takes a tenth of a second."""
MOST_NUMBERS = 4e7
"""Teachers that need more Gaussians than this are not drawn."""


def joint_flow(P: int, beta: float, J: int, m: int, seed: int) -> Experiment:
    """Joint training of m neurons in the infinite-sample limit, up to twice its last T_p.

    The search takes d^(J/2-1): a smaller d where J is larger.
    """
    d = 256 if J <= 4 else 64
    return Experiment(P=P, d=d, beta=beta, J=J, m=m, seed=seed, s0=0.02, engine="flow",
                      horizon=2.0)  # fmt: skip


def joint_sgd(P: int, beta: float, m: int, seed: int) -> Experiment:
    """Joint online SGD in all coordinates, J = 4: engine `correlation` sees the same samples."""
    return Experiment(P=P, d=64, beta=beta, m=m, seed=seed, c=0.1, engine="sgd-full", horizon=2.0)


@lru_cache(maxsize=32)
def power_trials(P: int, beta: float, J: int) -> tuple[Array, IntArray]:
    """The power method from random neurons: (numbers of neurons, directions found by them).

    Shapes (n,) and (TRIALS, n). The last number is large enough for all P to be found nearly
    always, or as large as can be drawn at once.
    """
    theory = PowerMethod(P, beta, J)
    m = ceil(min(1.5 * theory.needed(0.9), NUMBERS / (TRIALS * P)))
    rng = np.random.default_rng([P, J])
    ends = winners(rng.standard_normal((TRIALS, m, P)), theory.a, J)
    return over_widths(np.array([first_finders(each, P) for each in ends]), m)


def over_widths(first: IntArray, m: int) -> tuple[Array, IntArray]:
    """Numbers of neurons up to m, shape (n,), and what they find, shape (trials, n).

    `first` has each trial's first finders, shape (trials, P).
    """
    widths = np.unique(np.round(np.geomspace(1, m, 120)))
    return widths, np.array([count_found(each, widths) for each in first])


LOOKS = 40
"""Moments of a run of SGD at which the neurons' directions are noted."""


def ends(overlaps: Array, before: IntArray | None = None) -> IntArray:
    """The direction each neuron has found, u > 1/2, else the one it had `before` (-1: none), (m,).

    On the correlation loss the error never vanishes, and one sample with |x_1| > 5 throws every
    neuron at direction 1 out at once: what counts is the direction a neuron was last at.
    `overlaps` has shape (m, P).
    """
    u = overlaps**2
    return np.where(u.max(axis=1) > EMERGED, np.argmax(u, axis=1), -1 if before is None else before)


@dataclass(frozen=True, eq=False)
class DirectionCounts:
    """Directions found, so far.

    Attributes
    ----------
    joint : for each width the numbers found in the trials, widths as of `DirectionsFound.widths`
    twin : first finders on the correlation loss, one array (shape (P,)) for each trial
    """

    joint: tuple[tuple[int, ...], ...]
    twin: tuple[IntArray, ...]

    def over(self, m: int) -> tuple[Array, IntArray] | None:
        """What the twin's first neurons find, as `over_widths`; None before its first trial."""
        return over_widths(np.array(self.twin), m) if self.twin else None


@dataclass(frozen=True)
class DirectionsFound:
    """Directions found by joint training and on the correlation loss, over the width.

    Joint training is a flow of its own at each width; on the correlation loss neurons do not know
    of one another, so that one run of SGD tells all widths. J = 4 alone: others take SGD too long.
    """

    P: int
    beta: float
    J: int
    trials: int = 5

    @property
    def theory(self) -> PowerMethod:
        """What theory says of the power method on these strengths."""
        return PowerMethod(self.P, self.beta, self.J)

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of the joint students."""
        return tuple(sorted({max(1, round(self.P * ratio)) for ratio in (0.5, 1, 1.5, 2, 3)}))

    def results(self) -> Iterator[Partial[DirectionCounts]]:
        """Seed by seed: joint training at all widths, then the correlation loss."""
        joint: tuple[tuple[int, ...], ...] = ((),) * len(self.widths)
        twin: tuple[IntArray, ...] = ()
        runs = self.trials * (len(self.widths) + (self.J == 4))
        done = 0
        for seed in range(self.trials):
            for i, m in enumerate(self.widths):
                simulation = Simulation(joint_flow(self.P, self.beta, self.J, m, seed))
                for share in worked(simulation):
                    yield Partial((done + share) / runs, DirectionCounts(joint, twin))
                count = int(captured(simulation.engine, simulation.plan).sum())
                joint = (*joint[:i], (*joint[i], count), *joint[i + 1 :])
                done += 1
                yield Partial(done / runs, DirectionCounts(joint, twin))
            if self.J > 4:
                continue
            sgd = joint_sgd(self.P, self.beta, self.widths[-1], seed)
            plan = make_plan(sgd.replace(engine="correlation"))
            engine = engines.build(plan.experiment, plan.overlaps, plan.iota)
            end, where = end_time(plan), ends(plan.overlaps)
            for look in range(1, LOOKS + 1):
                for tau in advanced(engine, plan.nearest(end * look / LOOKS)):
                    yield Partial((done + min(tau / end, 1.0)) / runs, DirectionCounts(joint, twin))
                where = ends(engine.overlaps(), where)
            twin += (first_finders(where, self.P),)
            done += 1
            yield Partial(done / runs, DirectionCounts(joint, twin))


def end_time(plan: Plan) -> float:
    """Time tau by which nearly all neurons have ended on the correlation loss.

    Twice the blow-up time 1 / (J (J-2) max_q a_q |o_q|^(J-2)) of nine in ten (Model 3.2, 6.2).
    """
    J = plan.experiment.J
    pull = np.max(plan.a * np.abs(plan.overlaps) ** (J - 2), axis=1)
    return float(2 / (inverse_time_constant(J) * np.quantile(pull, 0.1)))


def captured(engine: Engine, plan: Plan) -> BoolArray:
    """Which directions the student has captured, R_p > 1/2, shape (P,)."""
    seen = engine.measure()
    return np.asarray(
        contributions(seen.overlaps, seen.n2, plan.a, plan.link).sum(axis=0) > CAPTURED
    )


@dataclass(frozen=True, eq=False)
class NeededWidths:
    """Neurons that were needed to find all directions, so far.

    Attributes
    ----------
    power : for each teacher the TRIALS numbers by the power method; empty where not measured
    joint : for each teacher the smallest tried widths of joint training, one for each trial;
        infinite where none that was tried is enough
    """

    power: tuple[tuple[int, ...], ...]
    joint: tuple[tuple[float, ...], ...]

    @property
    def trials(self) -> int:
        """Trials of joint training so far, over all teachers."""
        return sum(len(each) for each in self.joint)

    @property
    def failed(self) -> int:
        """Of these, those in which no width that was tried is enough."""
        return sum(each.count(float("inf")) for each in self.joint)


@dataclass(frozen=True)
class Needed:
    """Neurons needed for all directions of several teachers (P, beta), strengths p^-beta."""

    teachers: tuple[tuple[int, float], ...]
    J: int
    trials: int = 3

    RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
    """Widths m / P tried in turn for joint training."""
    LARGEST_JOINT = 32

    @property
    def theories(self) -> tuple[PowerMethod, ...]:
        """What theory says of the power method for each teacher."""
        return tuple(PowerMethod(P, beta, self.J) for P, beta in self.teachers)

    def results(self) -> Iterator[Partial[NeededWidths]]:
        """The power method's teacher by teacher, then the joint trials over all teachers."""
        power: list[tuple[int, ...]] = [()] * len(self.teachers)
        joint: list[tuple[float, ...]] = [()] * len(self.teachers)
        trained = [i for i, (P, _) in enumerate(self.teachers) if P <= self.LARGEST_JOINT]
        work = len(self.teachers) + self.trials * sum(self.teachers[i][0] for i in trained)
        done = 0
        for i, theory in enumerate(self.theories):
            if 2 * theory.needed() * theory.P * TRIALS < MOST_NUMBERS:
                for trial in range(TRIALS):
                    for needed in drawn(theory, trial):
                        if needed:
                            power[i] = (*power[i], needed)
                        yield Partial(done / work, NeededWidths(tuple(power), tuple(joint)))
            done += 1
        for trial in range(self.trials):
            for i in trained:
                P, beta = self.teachers[i]
                needed_jointly = float("inf")
                for m in (ceil(P * ratio) for ratio in self.RATIOS):
                    simulation = Simulation(joint_flow(P, beta, self.J, m, trial))
                    for _ in worked(simulation):
                        yield Partial(done / work, NeededWidths(tuple(power), tuple(joint)))
                    if captured(simulation.engine, simulation.plan).all():
                        needed_jointly = m
                        break
                joint[i] = (*joint[i], needed_jointly)
                done += P
                yield Partial(done / work, NeededWidths(tuple(power), tuple(joint)))


def drawn(theory: PowerMethod, trial: int) -> Iterator[int]:
    """Draw neurons until all directions are found; yields 0 until then, and last their number."""
    rng = np.random.default_rng([theory.P, theory.J, trial])
    missing, before = set(range(theory.P)), 0
    count = max(64, NUMBERS // 4 // theory.P)
    while missing:
        ends = winners(rng.standard_normal((count, theory.P)), theory.a, theory.J)
        directions, where = np.unique(ends, return_index=True)
        fresh = np.isin(directions, list(missing))
        missing -= set(directions.tolist())
        yield 0 if missing else before + int(where[fresh].max()) + 1
        before += count


@dataclass(frozen=True, eq=False)
class Fates:
    """Where the neurons are after a share of the run.

    Attributes
    ----------
    joint, twin : direction each neuron was last at, by joint SGD and on the correlation loss, -1
        for none, shape (m,)
    captured : which directions joint SGD has captured, shape (P,)
    """

    joint: IntArray
    twin: IntArray
    captured: BoolArray

    @property
    def reached(self) -> BoolArray:
        """Which directions some neuron has found on the correlation loss, shape (P,)."""
        return np.isin(np.arange(len(self.captured)), self.twin)


@dataclass(frozen=True)
class Twins:
    """Joint SGD and SGD on the correlation loss, from one start on the same samples."""

    P: int
    beta: float
    m: int
    seed: int

    @property
    def experiment(self) -> Experiment:
        """The joint run."""
        return joint_sgd(self.P, self.beta, self.m, self.seed)

    @cached_property
    def power(self) -> tuple[IntArray, BoolArray]:
        """Where the power method, iterated, leaves each neuron, (m,); which are found, (P,)."""
        plan = make_plan(self.experiment)
        ends = np.argmax(np.abs(power_method(plan.overlaps, plan.a, 4)), axis=1)
        return ends, np.bincount(ends, minlength=self.P) > 0

    @property
    def start(self) -> Fates:
        """Before the first step: all neurons are free."""
        free = np.full(self.m, -1)
        return Fates(free, free, np.zeros(self.P, dtype=bool))

    def results(self) -> Iterator[Partial[Fates]]:
        """Both up to the same step, forty times along the run. Raises DivergedError as SGD does."""
        plan = make_plan(self.experiment)
        both = tuple(
            engines.build(experiment, plan.overlaps, plan.iota)
            for experiment in (self.experiment, self.experiment.replace(engine="correlation"))
        )
        fates = self.start
        for look in range(1, LOOKS + 1):
            target = plan.nearest(plan.end * look / LOOKS)
            for engine in both:
                for _ in advanced(engine, target):
                    done = sum(each.tau for each in both) / (2 * plan.end)
                    yield Partial(min(done, 1.0), fates)
            joint, twin = both
            fates = Fates(
                ends(joint.overlaps(), fates.joint), ends(twin.overlaps(), fates.twin),
                captured(joint, plan),
            )  # fmt: skip
            yield Partial(look / LOOKS, fates)
