"""Adaptive steps of the flow, with a state at every moment between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from functools import partial
from itertools import pairwise
from typing import TypeVar

import numpy as np

from emergence.arrays import Array, IntArray
from emergence.engines.base import DivergedError
from emergence.engines.kernels.flow import (
    VectorField,
    directions,
    flow_field,
    flow_rows,
    norms,
    peaks,
    spectral_radius,
)
from emergence.engines.kernels.steps import (
    Point,
    chebyshev_error,
    chebyshev_stage,
    chebyshev_step,
    chebyshev_weights,
    dormand_prince_end,
    dormand_prince_stage,
    dormand_prince_step,
    interpolant,
)

RADIUS_MARGIN = 1.25
RADIUS_EVERY = 4
"""Steps between two looks at the spectral radius."""
SMOOTH_LIMIT = 3.3
"""Largest h * radius at which a step of order 5 is stable on the negative real axis."""
MAX_STAGES = 200
PIECE = 2e8
"""Operations of a piece of a large step; a field of more than a quarter makes one large."""

Pieces = Generator[None, None, None]
T = TypeVar("T")


class FlowSteps:
    """Steps of order 5 where accuracy limits them, stabilised ones of order 2 where stiffness does.

    Between the ends of a step the state is an interpolant of order 4, or the cubic Hermite one.

    Parameters
    ----------
    V : state at time `start`, shape (m, D), not changed
    tolerance : largest error of one step, relative to each neuron's norm and overlaps
    direction : first estimate of the stiffest direction, shape (m, D), changed in place
    h : length of the first step to try, or None for one that is surely short
    pool : threads that compute the pieces of a large step, None for the caller's alone; what is
        computed does not depend on them

    Attributes
    ----------
    end, h : time up to which steps were taken, and the next one's length, 0 before the first
    large : whether a step takes long: `pieces` then cuts it
    steps, evaluations : steps taken, and fields computed for them
    """

    def __init__(
        self, V: Array, field: VectorField, start: float, tolerance: float, direction: Array,
        h: float | None = None, pool: Executor | None = None,
    ) -> None:  # fmt: skip
        self.end, self.steps, self.evaluations = start, 0, 1
        self.direction = direction
        self._field, self._start, self._tolerance = field, start, tolerance
        slope = np.zeros_like(V)
        self._states, self._slopes, self._bend = (V, V), (slope, slope), np.zeros_like(V)
        # For the next step's end. Fresh memory of this size takes long to be given.
        self._spare: tuple[Array, Array, Array] | None = None
        self._k = np.empty((7, *V.shape))
        self._smooth, self._begun = True, False
        self._radius, self.h = 0.0, h or 0.0
        sources, P = field.sources, len(field.a)
        self._row = 4.0 * sources * V.shape[1] + 60.0 * (sources + P)
        work = self._row * len(V)
        self.large, self._pool = work > PIECE / 4, pool
        # An even number of equal pieces: two cores share them.
        count = max(1, min(2 * math.ceil(work / PIECE / 2), len(V)))
        cuts = np.linspace(0, len(V), count + 1).astype(int).tolist()
        self._cuts = list(pairwise(cuts))
        self._last = (self.h, tolerance)
        self._near: tuple[float, float, IntArray] = (math.nan, 0.0, np.zeros(0, dtype=np.int64))

    def _begin(self) -> Pieces:
        """The field and the stiffness at the start."""
        V, slope = self._states[1], self._slopes[1]
        yield from self._fields(V, slope)
        yield from self._look(rounds=5 if self.h else 50)
        self.h = self.h or 0.01 / self._radius
        self._last = (self.h, self._tolerance)
        self._begun = True

    def _fields(self, V: Array, out: Array) -> Pieces:
        """Set out to the field at V."""
        if not self.large:
            flow_field(V, self._field, out)
            return
        n, unit = np.empty(len(V)), np.empty((self._field.sources, V.shape[1]))
        self._each(partial(_measure, V, n, unit))

        def some(first: int, last: int) -> None:
            part = slice(first, last)
            flow_rows(V[part], n[part], n, unit, self._field, first, out[part])

        if self._pool:
            self._each(some)
            yield
            return
        for first, last in self._cuts:
            some(first, last)
            yield

    def _each(self, some: Callable[[int, int], T]) -> list[T]:
        """What a function of rows gives for each piece of them."""
        if self._pool is None:
            return [some(first, last) for first, last in self._cuts]
        return list(self._pool.map(lambda cut: some(*cut), self._cuts))

    def _look(self, rounds: int) -> Pieces:
        """Look at the spectral radius (see `spectral_radius`)."""
        self.evaluations += rounds
        V, slope = self._states[1], self._slopes[1]
        if not self.large:
            radius = spectral_radius(V, slope, self._field, self.direction, rounds)
        else:
            there, point = self._k[1:3]
            nudge = 1e-6 * float(np.linalg.norm(V))
            for _ in range(rounds):
                length = float(np.linalg.norm(self.direction))
                if length == 0.0:
                    self.direction[:] = 1.0
                    length = math.sqrt(V.size)
                self._each(partial(_nudge, V, self.direction, nudge / length, point))
                yield from self._fields(point, there)
                self._each(partial(_subtract, there, slope, self.direction))
                radius = float(np.linalg.norm(self.direction)) / nudge
                if radius == 0.0:
                    break
        self._radius = max(RADIUS_MARGIN * float(radius), 1e-300)

    def _smooth_step(
        self, begin: Point, h: float, end: Point, bend: Array
    ) -> Generator[None, None, float]:
        if not self.large:
            return float(dormand_prince_step(begin, h, self._field, end, bend, self._k))
        self._k[0] = begin.field
        for stage in range(1, 7):
            self._each(partial(dormand_prince_stage, begin.V, h, stage, self._k, end.V))
            yield from self._fields(end.V, self._k[stage])
        ending = partial(dormand_prince_end, begin, h, self._field, end, bend, self._k)
        return float(max(self._each(ending)))

    def _stiff_step(
        self, begin: Point, h: float, stages: int, end: Point
    ) -> Generator[None, None, float]:
        if not self.large:
            return float(chebyshev_step(begin, h, stages, self._field, end))
        weights, previous = chebyshev_weights(stages), self._k[0]
        previous[:] = begin.V
        np.multiply(begin.field, weights[1, 2] * h, out=end.V)
        np.add(end.V, begin.V, out=end.V)
        for weight in weights[2:]:
            yield from self._fields(end.V, end.field)
            chebyshev_stage(begin, h, tuple(map(float, weight)), end.field, previous, end.V)
        yield from self._fields(end.V, end.field)
        return float(chebyshev_error(begin, h, self._field, end, previous))

    def step(self) -> None:
        """Take one step. Raises DivergedError where no step is small enough."""
        for _ in self.pieces():
            continue

    def pieces(self) -> Pieces:
        """One step, smaller and smaller until its error is within the tolerance.

        It is cut where it takes long; to the end of the last piece the state is as before. Raises
        DivergedError where no step is small enough.
        """
        if not self._begun:
            yield from self._begin()
        V, slope = self._states[1], self._slopes[1]
        new, new_slope, bend = self._spare or (
            np.empty_like(V), np.empty_like(V), np.empty_like(V)
        )  # fmt: skip
        begin, end = Point(V, slope), Point(new, new_slope)
        while True:
            if self._smooth:
                h, stages, power = min(self.h, SMOOTH_LIMIT / self._radius), 6, 5
                error = yield from self._smooth_step(begin, h, end, bend)
            else:
                h, power = min(self.h, 0.65 * MAX_STAGES**2 / self._radius), 3
                stages = max(2, 1 + math.ceil(math.sqrt(1 + 1.54 * h * self._radius)))
                error = yield from self._stiff_step(begin, h, stages, end)
                bend[:] = 0.0
            self.evaluations += stages
            # The error grows as h^power. Where it has been growing it will grow on: towards a jump
            # each step is shorter than the last (Gustafsson's predictive controller).
            error = max(error, 1e-300)
            ideal = 0.85 * (self._tolerance / error) ** (1 / power)
            if error <= self._tolerance:
                break
            self.h = h * max(ideal, 0.1)
            if self.end + self.h == self.end:
                raise DivergedError
            if h * self._radius > 1:
                yield from self._look(rounds=3)
        trend = h / self._last[0] * (self._last[1] / error) ** (1 / power)
        self._last = (h, error)
        self.h = h * min(max(ideal * min(trend, 1.0), 0.1), 4.0)
        self._start, self.end = self.end, self.end + h
        if self.steps:  # the first begins with the caller's array
            self._spare = self._states[0], self._slopes[0], self._bend
        self._states, self._slopes, self._bend = (V, new), (slope, new_slope), bend
        self.steps += 1
        if self.steps % RADIUS_EVERY == 0:
            yield from self._look(rounds=2)
        # A stabilised step of 2 / radius costs less than a smooth one at its limit.
        limit = 1.5 * SMOOTH_LIMIT if self._smooth else 2.0
        self._smooth = self.h * self._radius < limit

    def state(self, tau: float = math.inf, rows: IntArray | None = None) -> Array:
        """The state at time tau within the last step, at its end if beyond, shape (m, D); or only
        some rows of it."""
        chosen = slice(None) if rows is None else rows
        h = self.end - self._start
        if tau >= self.end or h == 0.0:
            return self._states[1][chosen]
        ends = [each[chosen] for each in (*self._states, *self._slopes, self._bend)]
        out = np.empty_like(ends[0])

        def some(first: int, last: int) -> None:
            part = slice(first, last)
            interpolant(*(each[part] for each in ends), h, (tau - self._start) / h, out[part])

        if rows is None:
            self._each(some)
        else:
            some(0, len(out))
        return out

    def near(self, least: float) -> IntArray:
        """Students of which a squared overlap with a teacher is above `least` at either end of the
        last step: looked up once a step."""
        if self._near[:2] != (self.end, least):
            tops = np.empty((2, len(self._states[1])))
            for state, top in zip(self._states, tops, strict=True):
                self._each(partial(_peaks, state, len(self._field.a), top))
            self._near = self.end, least, np.flatnonzero(tops.max(axis=0) > least)
        return self._near[2]


def _measure(V: Array, n: Array, unit: Array, first: int, last: int) -> None:
    """Set some students' norms, and the directions of those that `unit` has room for."""
    part = slice(first, last)
    norms(V[part], n[part])
    directions(V[part], n[part], unit[part])


def _nudge(V: Array, direction: Array, factor: float, out: Array, first: int, last: int) -> None:
    """Make some rows of a direction longer by a factor, and set those of out to V plus it."""
    part = slice(first, last)
    direction[part] *= factor
    np.add(V[part], direction[part], out=out[part])


def _subtract(a: Array, b: Array, out: Array, first: int, last: int) -> None:
    part = slice(first, last)
    np.subtract(a[part], b[part], out=out[part])


def _peaks(V: Array, P: int, out: Array, first: int, last: int) -> None:
    peaks(V[first:last], P, out[first:last])
