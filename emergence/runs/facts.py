"""The facts that a run's titles are guarded by: what theory promises, and how the run has ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array, BoolArray
from emergence.experiment import Experiment
from emergence.recent import Recent, remembering
from emergence.runs.degraded import Degradation
from emergence.runs.plan import Plan
from emergence.runs.record import Record
from emergence.theory.predictions import decoupled_pairs
from emergence.theory.thresholds import CAPTURED, EMERGED
from emergence.theory.times import half_times

LATE = 0.7
"""A jump: half of an overlap's rise from its start to u = 1/2 comes after this share of its wait.

With J = 1, 2 it comes earlier at the sizes of a classroom, with J > 2 in small d as well.
"""
NEAR_NORM = (0.8, 1.25)
"""|v|^2 / a_p of a neuron that has grown to its strength."""


@dataclass(frozen=True)
class Promise:
    """What theory says of an experiment before it starts.

    Attributes
    ----------
    jumps : sharp transitions: every term of the link function is of degree above 2, and the
        decoupled dynamics rise late from where the neurons start (see `LATE`), which in small d
        they do not
    mixed : the link function has several terms
    joint : all neurons are trained together on the loss (not `decoupled`, not `correlation`)
    law : directions' strengths follow a power law that is summable: beta > 1/2 and P > 1; not
        J = 1, where the teacher is one linear function
    timed, due : directions with a predicted time, and with one within the run
    marked : those of them that have a triangle in the picture of the overlaps: it begins with the
        first snapshot and shows no more than 64 directions
    """

    experiment: Experiment
    jumps: bool
    mixed: bool
    joint: bool
    law: bool
    timed: int
    due: int
    marked: int

    @classmethod
    def of(cls, plan: Plan) -> Promise:
        """The promise of a planned experiment."""
        e, shown = plan.experiment, plan.T[plan.directions]
        return cls(
            experiment=e,
            jumps=e.J > 2 and _rise_late(plan),
            mixed=len(e.coefficients) > 1,
            joint=e.engine not in ("decoupled", "correlation"),
            law=plan.theory_slope is not None and e.P > 1 and e.J > 1,
            timed=int(np.isfinite(plan.T).sum()),
            due=int(np.count_nonzero(plan.end >= plan.T)),
            marked=int(np.count_nonzero((plan.snapshots[1] <= shown) & (plan.end >= shown))),
        )


@dataclass(frozen=True)
class Ending:
    """What a run has shown when it is over.

    Attributes
    ----------
    diverged : whether the step size was too large for it
    found : directions with which some neuron's u has passed 1/2
    learned : how many of them the student has at the end to more than half of their strength
    jumped : how many of them rose late (see `LATE`)
    left : last loss as a share of the first
    slope : measured slope of the loss, None where it cannot be fitted
    counts : neurons of each of `runs.record.CLASSES`
    strayed : how many of those found are not the matched neuron's: its own u, the thick line, is
        below 1/2 at the end; 0 where not all directions are kept
    degradation : how far it is from theory, where the experiment breaks its assumptions
    grown : matched neurons whose norm has reached its strength, of so many `matched`
    """

    diverged: bool
    found: int
    learned: int
    jumped: int
    left: float
    slope: float | None
    grown: int
    matched: int
    counts: tuple[int, ...]
    strayed: int
    degradation: Degradation | None = None

    @classmethod
    def of(cls, plan: Plan, record: Record, crossing: Array, diverged: bool) -> Ending:
        """What is in a record; `crossing` as `Simulation.crossing`, in units of tau."""
        tau, mse = record.tau[: record.count], record.mse[: record.count]
        found = np.isfinite(crossing)
        late = rise_share(tau, record.get("peak"), crossing) > LATE
        used = np.flatnonzero(plan.iota >= 0)
        grown = record.get("n2")[-1][plan.iota[used]] / plan.a[used]
        slope = None if diverged else plan.slope(tau, mse)
        return cls(
            diverged=diverged,
            found=int(found.sum()),
            learned=int((found & (record.get("capture")[-1] > CAPTURED)).sum()),
            jumped=int((late & found).sum()),
            left=float(mse[-1] / mse[0]) if mse[0] > 0 else 1.0,
            slope=slope.value if slope else None,
            grown=int(np.sum((grown > NEAR_NORM[0]) & (grown < NEAR_NORM[1]))),
            matched=len(used),
            counts=tuple(record.get("census")[-1].astype(int).tolist()),
            strayed=int((found & ~_own(plan, record)).sum()) if _whole(plan) else 0,
            degradation=degradation_of(plan, record, crossing) if plan.experiment.broken else None,
        )


def degradation_of(plan: Plan, record: Record, crossing: Array) -> Degradation:
    """How far a record is from theory; `crossing` as `Simulation.crossing`, in units of tau."""
    return Degradation.of(plan.T, crossing, _own(plan, record) if _whole(plan) else None)


def _whole(plan: Plan) -> bool:
    """Whether the overlaps of all directions are kept."""
    return len(plan.directions) == plan.experiment.P


def _own(plan: Plan, record: Record) -> BoolArray:
    """Whether u of each direction's own neuron is above 1/2 at the end, shape (P,)."""
    own = np.zeros(plan.experiment.P, dtype=bool)
    place = {k: i for i, k in enumerate(plan.neurons.tolist())}
    u = record.get("u")[-1]
    for p in np.flatnonzero(plan.iota >= 0):
        own[p] = u[place[int(plan.iota[p])], p] > EMERGED
    return own


_late: Recent[object, bool] = Recent(256)


@remembering(_late, lambda plan: plan.experiment)
def _rise_late(plan: Plan) -> bool:
    """Whether the decoupled dynamics of all matched pairs rise late.

    Kept by experiment, as a plan is large: a whole class looks at one, each browser with its page.
    """
    used = np.flatnonzero(plan.iota >= 0)
    start = plan.overlaps[plan.iota[used], used]
    pairs = decoupled_pairs(start, plan.a[used], plan.experiment.s0, plan.link)
    half, u = half_times(start, plan.link), np.tanh(pairs.w) ** 2
    shares = [
        rise_share(times, each[:, None], np.array([end if end < np.inf else np.nan]))[0]
        for times, each, end in zip(pairs.theta, u, half, strict=True)
    ]
    return bool(shares) and min(shares) > LATE


def rise_share(tau: Array, peak: Array, crossing: Array) -> Array:
    """Share of the time to u = 1/2 after which half of the rise is done, shape (P,).

    NaN where u never passes 1/2 or begins above it. `tau` : moments, shape (n,), the first 0;
    `peak` : max_k u_kp, shape (n, P); `crossing` : shape (P,), NaN for never.
    """
    shares = np.full(len(crossing), np.nan)
    for p in np.flatnonzero(np.isfinite(crossing) & (crossing > 0)):
        half = (peak[0, p] + EMERGED) / 2
        i = int(np.argmax(peak[:, p] >= half))
        if i == 0:  # it begins above, or is not kept there
            continue
        low, high = peak[i - 1, p], peak[i, p]
        reached = tau[i - 1] + (tau[i] - tau[i - 1]) * (half - low) / max(high - low, 1e-12)
        shares[p] = min(reached / crossing[p], 1.0)
    return shares
