"""Engine `flow`: population gradient flow, the infinite-sample limit of SGD (Model 2.2)."""

from __future__ import annotations

from concurrent.futures import Executor
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.polynomial import polynomial

from emergence.arrays import Array, BoolArray, IntArray
from emergence.engines.base import Measurement, measure_students
from emergence.engines.flow_parts import (
    AT_REST,
    FEW,
    Frame,
    Negligible,
    influence,
    isolated_loss,
    learned_directions,
)
from emergence.engines.flow_steps import FlowSteps, Pieces
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.flow import VectorField
from emergence.experiment import Experiment
from emergence.theory.risk import ROWS
from emergence.theory.teacher import link_function, strengths
from emergence.theory.thresholds import EMERGED

TOLERANCE, FINE_TOLERANCE = 4e-5, 1e-6
"""Largest error of one step, relative to the norm and to the overlaps of each neuron. Up to `FEW`
neurons have the finer one, which is cheap there."""
LOOK_EVERY = 2
"""Steps between two looks at who exerts a force and what is learned."""
SOON = 32
"""Students that become sources before they exert a force that counts, at most."""
TOGETHER = 16
"""Learned directions wait for others to leave with, up to one in as many sources and teachers: what
is left begins anew without them, which takes longer than a step."""


class Part(NamedTuple):
    """Students that move by themselves, in coordinates of their own."""

    frame: Frame
    steps: FlowSteps

    def write(self, tau: float, V: Array) -> None:
        """Set this part's rows of V, shape (m, width), to the first coordinates at time tau."""
        self.frame.write(self.steps.state(tau), V)


class GradientFlow:
    """dV/dtau = -grad of 1/2 E (f - f*)^2 in the order parameters. Implements `Engine`.

    What is learned leaves the coupled part and moves on by itself (`flow_parts`). The cost does
    not depend on d. The loss is right to 1e-3 at every moment with up to `FEW` students; with more
    of them, whose negligible forces are left out, it may be off by 2e-2 during jumps that overlap
    (measured at P = 32, m = 192, d = 512), and by less the larger d is.

    Parameters
    ----------
    tolerance : largest error of a step, by default as above
    negligible : what the parts of the flow neglect; by default 1e-3 of the loss that is left, and
        less in small experiments, where it costs little
    pool : threads that share the work of large steps and measurements; what is computed does not
        depend on them
    """

    def __init__(
        self,
        experiment: Experiment,
        tolerance: float | None = None,
        negligible: Negligible | None = None,
        pool: Executor | None = None,
    ) -> None:
        self._pool = pool
        self.tau = 0.0
        few = experiment.m <= FEW
        self._tolerance = tolerance or (FINE_TOLERANCE if few else TOLERANCE)
        self._negligible = negligible or (Negligible(missing=1e-5) if few else Negligible())
        self._P = experiment.P
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        directions = initial_directions(experiment)
        self._V = experiment.s0 * directions
        self._nearest = _nearest(directions, pool)
        self._found = np.zeros(self._P, dtype=bool)
        self._direction = np.random.default_rng(0).standard_normal(self._V.shape)
        self._before = 0
        self._learned: list[Part] = []
        self._pieces: Pieces | None = None
        """Of a large step that is being taken."""
        self._couple(np.arange(experiment.m), np.arange(experiment.P), 0.0, None, np.inf)

    @property
    def evaluations(self) -> int:
        """Fields computed for the coupled part so far."""
        return self._before + self._coupled.steps.evaluations

    def _part(
        self, rows: IntArray, sources: int, teachers: IntArray, start: float, h: float | None
    ) -> Part:
        """A part of the flow that starts from the full state."""
        frame = Frame(self._V, rows, sources, teachers, self._pool)
        c2 = self._link.c**2
        dc2 = np.asarray(polynomial.polyder(c2), dtype=np.float64)
        field = VectorField(sources, self._a[teachers], c2, dc2)
        direction = frame.read(self._direction)
        X = frame.read(self._V)
        steps = FlowSteps(X, field, start, self._tolerance, direction, h, self._pool)
        return Part(frame, steps)

    def _couple(
        self, rows: IntArray, teachers: IntArray, start: float, h: float | None, left: float
    ) -> None:
        """Begin the coupled part anew from the full state, with the sources there are now."""
        V = self._V[rows]
        n2 = np.einsum("ki,ki->k", V, V)
        overlaps = np.abs(V[:, : self._P]).max(axis=1) / np.sqrt(n2)
        # Others are as near as they were at the start, or as near as a direction they turn to.
        near = np.maximum(self._nearest[rows], overlaps)
        forces, threshold = influence(near, n2, self._link), self._threshold(teachers, left)
        strong = forces > threshold
        # The next to become sources join in at once: those a little below, if these are not all.
        soon = np.flatnonzero(~strong & (forces > threshold / 16))
        strong[soon[np.argsort(-forces[soon], kind="stable")[:SOON]]] = True
        strong |= len(rows) <= FEW
        order = np.argsort(~strong, kind="stable")
        self._near = near[order]
        self._coupled = self._part(rows[order], int(strong.sum()), teachers, start, h)

    def _threshold(self, teachers: IntArray, left: float) -> float:
        weakest = self._a[teachers[-1]] if len(teachers) else np.inf
        return float(self._negligible.force * min(weakest, np.sqrt(left)))

    def _look(self) -> None:
        """Let learned directions go, and new sources in."""
        frame, steps = self._coupled
        X, a = steps.state(), self._a[frame.teachers]
        sources = X[: frame.sources]
        left = max(isolated_loss(sources, a, self._link), AT_REST)
        gone = learned_directions(sources, a, self._link, left, self._negligible)
        quiet = X[frame.sources :]
        n2 = np.einsum("ki,ki->k", quiet, quiet)
        overlaps = np.abs(quiet[:, : len(a)]).max(axis=1, initial=0.0) / np.sqrt(n2)
        near = np.maximum(self._near[frame.sources :], overlaps)
        strong = influence(near, n2, self._link) > self._threshold(frame.teachers, left)
        leave = len(gone) > min(frame.sources, len(a)) // TOGETHER
        if not leave and not strong.any():
            return
        self._coupled.write(steps.end, self._V)
        self._direction[:] = 0.0
        frame.write(steps.direction, self._direction)
        self._before += steps.evaluations
        rows = frame.rows
        for p, mine in gone:
            own = frame.rows[: frame.sources][mine]
            part = self._part(own, len(own), frame.teachers[p : p + 1], steps.end, None)
            self._learned.append(part)
            self._found[frame.teachers[p]] = True
            rows = np.setdiff1d(rows, own)
        teachers = np.delete(frame.teachers, [p for p, _ in gone])
        self._couple(np.sort(rows), teachers, steps.end, steps.h, left)

    def advance(self, tau: float, seconds: float) -> None:
        started = perf_counter()
        while (steps := self._coupled.steps).end < tau:
            if perf_counter() - started >= seconds:
                tau = steps.end
                break
            if self._pieces is None:
                if steps.steps and steps.steps % LOOK_EVERY == 0:
                    self._look()
                steps = self._coupled.steps
                if not steps.large:
                    steps.step()
                    continue
                self._pieces = steps.pieces()
            if next(self._pieces, self) is self:
                self._pieces = None
        self._learned = [part for part in self._learned if self._relax(part, tau)]
        self.tau = tau

    def _relax(self, part: Part, tau: float) -> bool:
        """Move a learned direction on to time tau; False where it has come to rest before."""
        a = self._a[part.frame.teachers]
        rest = AT_REST * float(a[0] ** 2 * self._link.K(1.0))
        while part.steps.end < tau:
            if isolated_loss(part.steps.state(), a, self._link) < rest:
                part.write(part.steps.end, self._V)
                return False
            part.steps.step()
        return True

    def _students(self, width: int) -> Array:
        """The first `width` coordinates of all students now, until the next step."""
        # The full state has what is at rest; of all others it is anybody's to write.
        V = self._V[:, :width]
        for part in (self._coupled, *self._learned):
            part.write(self.tau, V)
        return V

    def overlaps(self) -> Array:
        n2 = np.einsum("ki,ki->k", self._V, self._V)
        for frame, steps in (self._coupled, *self._learned):
            X = steps.state(self.tau)
            n2[frame.rows] = np.einsum("ki,ki->k", X, X)
        return np.asarray(self._students(self._P) / np.sqrt(n2)[:, None])

    def emerged(self) -> BoolArray:
        found = self._found.copy()
        frame, steps = self._coupled
        # Nothing goes from there to 1/2 and back within a step.
        X = steps.state(self.tau, steps.near(EMERGED / 2))
        if len(X):
            u = X[:, : len(frame.teachers)] ** 2 / np.einsum("ki,ki->k", X, X)[:, None]
            found[frame.teachers] |= u.max(axis=0) > EMERGED
        return found

    def measure(self) -> Measurement:
        V = self._students(self._V.shape[1])
        return measure_students(V, self._a, self._link, self._pool)


def _nearest(units: Array, pool: Executor | None) -> Array:
    """The largest overlap |<vbar_k, vbar_l>| of each student with another, shape (m,)."""

    def some(start: int) -> Array:
        S = np.abs(units[start : start + ROWS] @ units.T)
        S[np.arange(len(S)), start + np.arange(len(S))] = 0.0
        return np.asarray(S.max(axis=1))

    starts = range(0, len(units), ROWS)
    return np.concatenate(list(pool.map(some, starts) if pool else map(some, starts)))


def compile_pieces(experiment: Experiment) -> None:
    """Have the kernels of large steps compiled or loaded, by a flow taken for a large one."""
    flow = GradientFlow(experiment, negligible=Negligible(0.0, 0.0, 0.0))
    flow._coupled.steps.large = True
    flow.advance(100.0, 60.0)
