"""The flow cut into parts that do not feel one another: coordinates, sources, learned directions.

Sharp transitions leave most of the student alone: a neuron exerts a force only once it is aligned
or large, and what it has captured, together with the direction it captured, exerts none. So one
part holds all that still moves each other, and each learned direction with its neurons is a part
of its own. A neuron that exerts no force is not dead: it is moved, and may become a source later.
The coordinates are those of the order parameters (Model 2.3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array, BoolArray, IntArray
from emergence.theory.hermite import LinkFunction
from emergence.theory.risk import ROWS, population_mse

FEW = 128
"""Number of students up to which all are sources, as this costs little."""
ALIGNED = 0.9
"""Overlap squared from which a neuron counts as one direction's."""
AT_REST = 1e-12
"""A learned direction moves no more when this share of its a_p^2 is missing."""


@dataclass(frozen=True)
class Negligible:
    """Shares that the parts of the flow neglect.

    Attributes
    ----------
    force : a student is no source where its force is bounded by this share of the weakest
        teacher's, or of what is not learned yet if that is less
    missing : a direction counts as learned when what it lacks is at most this share, in norm, of
        all that is not learned
    disturbance : and when the forces of others on its neurons are at most this share; they tilt
        them, which the loss feels only in second order
    """

    force: float = 1e-3
    missing: float = 1e-3
    disturbance: float = 1e-2


class Frame:
    """Orthonormal coordinates of some of the students, as few as their flow needs.

    Full coordinates are those of `initial_directions`, D of them. A student's coordinates here are:
    along the teachers of this part; along a basis of the rest of the sources' span; and, where it
    is no source, along a direction of its own. What it has outside the first two no force acts on:
    it shrinks as the student turns, without changing its direction.

    Parameters
    ----------
    V : all students in full coordinates, shape (m, D)
    rows : students of this part, sources first, shape (n,)
    sources : number of sources
    teachers : directions of this part, increasing, shape (P',)
    pool : threads that share the work of many students
    """

    def __init__(
        self, V: Array, rows: IntArray, sources: int, teachers: IntArray,
        pool: Executor | None = None,
    ) -> None:  # fmt: skip
        self.rows, self.sources, self.teachers, self._pool = rows, sources, teachers, pool
        self.rest = np.setdiff1d(np.arange(V.shape[1]), teachers)
        span = np.linalg.qr(V[np.ix_(rows[:sources], self.rest)].T)[0]
        self.basis = basis = np.ascontiguousarray(span.T)
        self.own = np.zeros((len(rows), len(self.rest)))  # of sources none

        def some(here: slice) -> None:
            own = V[np.ix_(rows[here], self.rest)]
            for _ in range(2):  # twice is enough for full precision
                own = own - (own @ basis.T) @ basis
            norms = np.linalg.norm(own, axis=1, keepdims=True)
            self.own[here] = own / np.where(norms > 0, norms, 1.0)

        self._each(some, sources)

    def _each(self, some: Callable[[slice], None], first: int = 0) -> None:
        """Do something with all students from the first on, a few at a time."""
        n = len(self.rows)
        parts = [slice(start, min(start + ROWS, n)) for start in range(first, n, ROWS)]
        deque(self._pool.map(some, parts) if self._pool else map(some, parts), maxlen=0)

    def read(self, V: Array) -> Array:
        """Coordinates here of students V, shape (m, D): shape (n, P' + basis + 1)."""
        P = len(self.teachers)
        X = np.empty((len(self.rows), P + len(self.basis) + 1))

        def some(here: slice) -> None:
            rest = V[np.ix_(self.rows[here], self.rest)]
            X[here, :P] = V[np.ix_(self.rows[here], self.teachers)]
            X[here, P:-1] = rest @ self.basis.T
            X[here, -1] = np.einsum("ki,ki->k", rest, self.own[here])

        self._each(some)
        return X

    def write(self, X: Array, V: Array) -> None:
        """Set this part's rows of V, shape (m, width), to the first full coordinates of X."""
        columns = np.searchsorted(self.rest, V.shape[1])
        P = len(self.teachers)

        def some(here: slice) -> None:
            rest = X[here, P:-1] @ self.basis[:, :columns]
            rest += X[here, -1:] * self.own[here, :columns]
            V[np.ix_(self.rows[here], self.rest[:columns])] = rest
            V[np.ix_(self.rows[here], self.teachers)] = X[here, :P]

        self._each(some)


def influence(overlap: Array, n2: Array, link: LinkFunction) -> Array:
    """Bound on the force of students of squared norms n2 on others of at most this overlap.

    In the unit of a teacher's strength: n2 max(K'(s) / K'(1), K(s) / K(1)), elementwise; the two
    arrays have one shape.
    """
    s = np.abs(overlap)
    turning, growing = link.K_prime(s) / link.K_prime(1.0), link.K(s) / link.K(1.0)
    return np.asarray(n2 * np.maximum(turning, growing))


def isolated_loss(X: Array, a: Array, link: LinkFunction) -> float:
    """E (f - f*)^2 as if there were only these students and teachers.

    X has shape (n, width), its first P' columns along the teachers, whose strengths are a.
    """
    n2 = np.einsum("ki,ki->k", X, X)
    units = X / np.sqrt(n2)[:, None]
    return population_mse(units[:, : len(a)], units, n2, a, link)


def learned_directions(
    X: Array, a: Array, link: LinkFunction, left: float, negligible: Negligible
) -> list[tuple[int, BoolArray]]:
    """Directions p learned and left alone by the others, each with which sources supply it.

    X are the sources in their frame, shape (sources, width), a the strengths of its teachers,
    shape (P',), `left` the loss that is not learned yet; the second of a pair has shape (sources,).
    """
    n2 = np.einsum("ki,ki->k", X, X)
    units = X / np.sqrt(n2)[:, None]
    owned = units[:, : len(a)] ** 2 > ALIGNED
    captured = n2 @ owned / a
    learned = []
    for p in np.flatnonzero(np.abs(captured - 1) < 0.2):
        mine = owned[:, p]
        students = np.column_stack([X[mine, p], np.delete(X[mine], p, axis=1)])
        if isolated_loss(students, a[p : p + 1], link) > negligible.missing**2 * left:
            continue
        # The force q_k of all others on these neurons.
        q = -(n2[~mine] * link.K_prime(units[mine] @ units[~mine].T)) @ units[~mine]
        pull = a * link.K_prime(units[mine, : len(a)])
        pull[:, p] = 0.0
        q[:, : len(a)] += pull
        force = np.linalg.norm(q, axis=1).max() / float(link.K_prime(1.0))
        if force <= negligible.disturbance * np.sqrt(left):
            learned.append((int(p), mine))
    return learned
