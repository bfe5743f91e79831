"""What is kept of a run: rows of numbers, one a snapshot, bounded in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np

from emergence.arrays import Array, BoolArray, Float32, IntArray
from emergence.engines.base import Measurement
from emergence.experiment import Experiment
from emergence.runs.cost import shown
from emergence.runs.plan import Plan
from emergence.theory.risk import contributions
from emergence.theory.scaling import local_slope
from emergence.words import plural

Row = Float32

SERVES = 0.05
"""A neuron serves a direction when it supplies at least this share of it."""


CLASSES = ("matched by ι", "sharing a direction", "unused")
"""Each neuron is of one of them: matched to a direction by theory; not matched, but serving one;
neither."""


def census(owner: IntArray, unmatched: BoolArray) -> IntArray:
    """How many neurons are of each of `CLASSES`, shape (3,): they add up to m.

    owner : direction each neuron serves, -1 for none, shape (m,)
    unmatched : neurons that iota matches to no direction, shape (m,)
    """
    serving = owner >= 0
    kinds = (~unmatched, unmatched & serving, unmatched & ~serving)
    return np.array([np.count_nonzero(kind) for kind in kinds])


def census_words(counts: Iterable[float]) -> str:
    """The same in words, as every picture and table has them."""
    whole = [int(count) for count in counts]
    kinds = (f"{count:,} {kind}" for count, kind in zip(whole, CLASSES, strict=True))
    return f"{plural(sum(whole), 'neuron')}: {', '.join(kinds)}"


class Field(TypedDict):
    """Where a quantity stands in a row, and its shape there."""

    offset: int
    shape: list[int]


def shapes(experiment: Experiment) -> dict[str, list[int]]:
    """The quantities of a row, in order.

    time, a share of the run (its steps may be more than single precision holds); mse; slope
    (local, tail-corrected, NaN without a law); n2 (m); capture R_p (P); peak max_k u_kp (P); winner
    (P), the neuron with the largest share; share (P), that share; owner (m), the direction each
    neuron serves, -1 for none; census (3), see `census`; u (neurons shown, directions shown).
    Where labels are noisy, `labels`, the population loss on them; where samples are kept, `train`,
    the loss on these with their labels.
    """
    m, P = experiment.m, experiment.P
    more: dict[str, list[int]] = {name: [] for name in other_losses(experiment)}
    return {
        "time": [], "mse": [], "slope": [], **more, "n2": [m], "capture": [P], "peak": [P],
        "winner": [P], "share": [P], "owner": [m], "census": [3], "u": [*shown(experiment)],
    }  # fmt: skip


def other_losses(experiment: Experiment) -> tuple[str, ...]:
    """The losses of a row beside the population MSE."""
    return tuple(name for name, on in (
        ("labels", experiment.noise > 0), ("train", experiment.samples > 0)
    ) if on)  # fmt: skip


def layout(plan: Plan) -> dict[str, Field]:
    """Where each quantity of `shapes` stands in a row."""
    fields: dict[str, Field] = {}
    offset = 0
    for name, shape in shapes(plan.experiment).items():
        fields[name] = {"offset": offset, "shape": shape}
        offset += int(np.prod(shape))
    return fields


class Record:
    """Snapshots of one run, appended by one thread and read by any.

    A row never changes once `count` includes it, so readers need no lock.

    Attributes
    ----------
    plan : of the run
    tau, mse : times eta * steps and population MSE, shape (capacity,), the first `count` valid
    rows : float32 rows as in `layout`, shape (capacity, width); or only the last one, where
        nobody looks at the others
    """

    def __init__(self, plan: Plan, rows: bool = True) -> None:
        self.plan, self.whole = plan, rows
        self.fields = layout(plan)
        last = self.fields["u"]
        self.width = last["offset"] + int(np.prod(last["shape"]))
        capacity = len(plan.snapshots)
        self.tau: Array = np.zeros(capacity)
        self.mse: Array = np.zeros(capacity)
        self.rows: Row = np.zeros((capacity if rows else 1, self.width), dtype=np.float32)
        self.count = 0

    def until(self, count: int) -> Record:
        """The first `count` snapshots, shared with this record, whatever it comes to hold."""
        first = Record.__new__(Record)
        first.__dict__ |= self.__dict__ | {"count": count}
        return first

    def append(self, tau: float, measurement: Measurement) -> None:
        """Keep a measurement taken at time `tau`."""
        i = self.count
        self.tau[i], self.mse[i] = tau, measurement.mse
        if self.whole:
            self.rows[i] = self.row(tau, measurement)
        else:
            self._last = tau, measurement
        self.count = i + 1

    def row(self, tau: float, measurement: Measurement) -> Row:
        """The row of a measurement at time `tau`, at or after the last one kept."""
        plan = self.plan
        O, n2 = measurement.overlaps, measurement.n2  # noqa: E741
        supplied = contributions(O, n2, plan.a, plan.link, plan.experiment.rho)
        winner = np.argmax(supplied, axis=0)
        owner = np.argmax(supplied, axis=1)
        owner[np.max(supplied, axis=1) < SERVES] = -1
        u = O**2
        times = np.append(self.tau[: self.count], tau)
        losses = np.append(self.mse[: self.count], measurement.mse)
        local = None
        if not plan.why_no_law:
            local = local_slope(times, losses, plan.experiment.beta, plan.a, plan.top)
        slope = local.value if local else np.nan
        e = plan.experiment
        beside = {"labels": measurement.mse + e.noise**2, "train": measurement.train}
        parts = [
            [tau / plan.end, measurement.mse, slope], [beside[name] for name in other_losses(e)],
            n2, supplied.sum(axis=0), u.max(axis=0), winner, supplied.max(axis=0),
            owner, census(owner, plan.unused), u[np.ix_(plan.neurons, plan.directions)].ravel(),
        ]  # fmt: skip
        return np.concatenate(parts).astype(np.float32)

    def get(self, name: str) -> Array:
        """A quantity over all snapshots, shape (count, *its shape); over the last one where only
        that is kept."""
        rows = self.rows[: self.count]
        if not self.whole and self.count:
            rows[0] = self.row(*self._last)
        field = self.fields[name]
        size = int(np.prod(field["shape"]))
        block = rows[:, field["offset"] : field["offset"] + size]
        return block.reshape(len(rows), *field["shape"]).astype(float)

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.rows.nbytes + self.tau.nbytes + self.mse.nbytes
