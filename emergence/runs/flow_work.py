"""What the adaptive flow will do: its fields, and the students that move and pull in them.

No numerical simulation: a sum over the directions, whose jumps are the predicted ones of a start,
or where there is none yet those of a typical start. The laws of what happens are
theory's (when a direction jumps, how near the others have come by then); how many fields that takes
is fitted to counted runs (`python -m tests.benchmarks.estimates`): 160 of them with d from 32 to
10^6, P to 256, m to 900, J = 1 to 6, all beta and s0. What is learned and moves on by itself is not
counted: it is small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.theory.teacher import strengths

FEW = 128
"""Students up to which all are sources, and nothing but very little is neglected."""
START_FIELDS, SEARCH_FIELDS, LINEAR_FIELDS = 68.0, 95.0, 120.0
"""Fields of the first steps, of the way to the first jump, and of a link whose J is 1."""
JUMP_FIELDS, JUMP_APART = 70.0, 1.4
"""Fields of a jump by itself; the time between two jumps, in units of 4 / (J a_p), at which half
of these are shared."""
GENTLE = 0.2
"""Share of these for J = 2, which has no jumps."""
STIFF_FIELDS, STABLE_FIELDS = 49.0, {"few": 7.6, "many": 6.2, "gentle": 4.7}
"""Fields where what has been learned limits a step: in a time of 1 over its rate, and of a
stabilised step over a time so long that only the root of it counts."""
NEGLECTED = 0.8e-3
"""Share of what is not learned that a direction's neurons may lack (`engines.flow_parts`)."""
FORCE = 1e-3
"""Share of the weakest strength below which a neuron's force is neglected."""
SETTLING, SETTLED = 3.7, 4.2
"""Time until a learned direction is left alone: this much of what its norm takes, and a rest."""


@dataclass(frozen=True)
class FlowWork:
    """Fields of a run, and their typical sizes.

    Attributes
    ----------
    fields : how often the flow's right-hand side is computed
    learned : directions that jump
    students : students that move in one
    sources : students that exert a force in one
    directions : directions in one
    width : coordinates in which it is computed
    """

    fields: float
    learned: float
    students: float
    sources: float
    directions: float
    width: float

    @property
    def flops(self) -> float:
        """Floating-point operations of all fields, counted as `engines.flow_steps` does."""
        row = 4 * self.sources * self.width + 60 * (self.sources + self.directions)
        return self.fields * self.students * row


def typical_jumps(experiment: Experiment, last: float) -> Array:
    """When the directions jump, shape (min(m, P),), increasing, where the last does at `last`."""
    count = min(experiment.m, experiment.P)
    number = np.arange(1, count + 1) / count
    # Chance parts the jumps of directions that are alike.
    return np.asarray(last * number**experiment.beta * (0.64 + 0.36 * number))


def flow_work(experiment: Experiment, end: float, jumps: Array) -> FlowWork:
    """The work of a flow to time `end`; `jumps`: their times, increasing, at most min(m, P)."""
    e, T = experiment, jumps
    m, P = e.m, e.P
    few, count = m <= FEW, len(jumps)
    a = strengths(e)[:count]
    learned = float(np.count_nonzero(end >= T))
    gap = np.where(end >= T, np.minimum(np.append(np.diff(T), np.inf), np.maximum(end - T, 0)), 0)
    own = JUMP_FIELDS * (1.6 if few else 1.0) * _share(e.J / 4 * a * gap)
    if e.J <= 2:
        fields = LINEAR_FIELDS
        if e.J == 2:
            stiff = _stiff(5 * a[0] * gap, STABLE_FIELDS["gentle"])
            fields = START_FIELDS + SEARCH_FIELDS + float(np.sum(GENTLE * own + stiff))
        return FlowWork(fields, learned, m, m, P, P + min(m, e.d - P) + 1)
    there = _Learning(e, a, T)
    stiff = _stiff(5 * there.pull(gap), STABLE_FIELDS["few" if few else "many"])
    each = own + stiff
    weights = each / max(float(each.sum()), 1e-300)
    fields = START_FIELDS + SEARCH_FIELDS * min(1.0, end / max(T[0], 1e-300)) + float(each.sum())
    gone = float(weights @ (np.arange(1, count + 1) - there.coupled))
    students, directions = m - gone, P - gone
    pulling = 0.3 + 0.67 * float(weights @ there.pulling) + there.crowd * m
    sources = students if few else min(pulling, students)
    width = directions + min(sources, e.d - P) + 1
    return FlowWork(fields, learned, students, sources, directions, width)


def _share(apart: Array) -> Array:
    return apart / (apart + JUMP_APART)


def _stiff(rate_time: Array, fields: float) -> Array:
    """Fields of a time in units of the stiffest rate: all of it, or the root where that is less."""
    straight, root = fields * rate_time, STIFF_FIELDS * np.sqrt(rate_time)
    return np.asarray(straight * root / np.maximum(straight + root, 1e-9))


class _Learning:
    """What has jumped and still takes part, for J > 2; all arrays are over directions, (count,).

    Attributes
    ----------
    coupled : directions that have jumped by T_p and still take part
    pulling : neurons that pull by then
    crowd : probability that any neuron pulls from the start on
    """

    def __init__(self, e: Experiment, a: Array, T: Array) -> None:
        J, power = e.J, e.J - 2
        self._a, self._T = a, T
        left = np.sqrt(np.maximum(a @ a - np.cumsum(a**2), 0) + 0.1 * a[-1] ** 2)
        n2 = e.s0**2 / (1 + 4 * e.s0**2 * T)
        few = e.m <= FEW
        # The best of m overlaps is z / d, squared; o^-(J-2) falls by J (J-2) a in a unit of time.
        z = 2 * np.log(max(e.m, 2)) + 1
        best = (e.d / z) ** (power / 2)
        norm = np.maximum(np.log(a / n2), 0) / 4
        later = best + J * power * norm

        def beyond(overlap: Array) -> Array:
            """Neurons that come so near a direction before its loss is gone, beside the first."""
            y = later + np.minimum(overlap, 1.0) ** -power
            return np.asarray(np.exp(z / 2 * (1 - (best / y) ** (2 / power))) - 1)

        neglected = NEGLECTED * (0.01 if few else 1.0)
        enough = (neglected * left / n2) ** (1 / J)
        halfway = np.where(enough < 1, beyond(enough) - beyond(np.ones(1)), 0.0)
        self._stays = np.minimum(1.17 * (1 - np.exp(-0.89 * halfway)), 1.0)
        pulls = (FORCE * a[-1] / n2) ** (1 / (J - 1))
        others = np.where(pulls < 1, beyond(pulls), 0.0)
        self.crowd = float(np.mean(1 - np.exp(-e.m * np.exp(-(pulls**2) * e.d / 2))))
        settled = SETTLING * (norm + np.maximum(np.log(a / (neglected * left)), 0) / 4) + SETTLED
        self._leaves = T + settled / a
        order = np.arange(len(T))
        self._first = np.minimum(np.searchsorted(self._leaves, T, side="right"), order)
        passing = order - self._first + 1.0
        self.coupled = np.maximum(passing, np.cumsum(self._stays))
        share = np.maximum(self._stays, passing / (order + 1))
        self.pulling = self.coupled + np.cumsum(others * share)

    def pull(self, gap: Array) -> Array:
        """Strength of the strongest direction that takes part, times how long it does in `gap`."""
        a, first, stays = self._a, self._first, self._stays
        none_before = np.cumprod(np.append(1.0, 1 - stays))[:-1]
        stuck = np.cumsum(a * stays * none_before)
        passing = a[first] * np.maximum(np.minimum(gap, self._leaves[first] - self._T), 0)
        return np.asarray(np.maximum(stuck * gap, passing))
