"""The three pictures of the chain from Hermite polynomials to the power method, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emergence.arrays import Array
from emergence.lessons.why_not_exp_kappa.chain.model import (
    contracted,
    on_circle,
    power_path,
    sampled_correlation,
    symmetric_tensor,
    watershed,
)
from emergence.theory.teacher import power_strengths

ROUNDS = 5
NEURONS = 15
FIRST, LAST = 4.0, 86.0
"""Angles of the first and the last neuron at the start, in degrees: none is at rest."""


@dataclass(frozen=True)
class Chain:
    """Two orthogonal teachers w_1, w_2 of strengths 1 and 2^-beta in the plane, sigma = h_J."""

    beta: float
    J: int

    @property
    def a(self) -> Array:
        """Strengths, shape (2,)."""
        return power_strengths(2, self.beta)

    @cached_property
    def tensor(self) -> Array:
        """T = sum_p a_p w_p^(x J), shape (2, ..., 2)."""
        return symmetric_tensor(np.eye(2), self.a, self.J)

    def pair(self, points: int = 81) -> tuple[Array, Array, Array, Array]:
        """Overlaps -1 to 1 and their power J, shape (points,); some, and E[h(w.x) h(v.x)] there."""
        s, dots = np.linspace(-1, 1, points), np.linspace(-1, 1, 11)
        W = np.eye(2)[:1]
        sampled = [
            sampled_correlation(W, np.ones(1), self.J, v) for v in on_circle(np.arccos(dots))
        ]
        return s, s**self.J, dots, np.array(sampled)

    def circle(self, points: int = 121) -> tuple[Array, Array, Array, Array]:
        """Angles in degrees and T(v, ..., v), shape (points,); some, and E[f* sigma(v.x)] there."""
        degrees, dots = np.linspace(0, 180, points), np.linspace(0, 180, 13)
        T = [float(contracted(self.tensor, v) @ v) for v in on_circle(np.radians(degrees))]
        sampled = [
            sampled_correlation(np.eye(2), self.a, self.J, v) for v in on_circle(np.radians(dots))
        ]
        return degrees, np.array(T), dots, np.array(sampled)

    def iterations(self) -> tuple[Array, float]:
        """Angles in degrees, shape (rounds + 1, neurons), and the watershed between w_1 and w_2."""
        starts = on_circle(np.radians(np.linspace(FIRST, LAST, NEURONS)))
        paths = np.array([power_path(self.tensor, v, ROUNDS) for v in starts])
        angles = np.degrees(np.arctan2(paths[..., 1], paths[..., 0]))
        return np.asarray(angles.T), float(np.degrees(watershed(self.a, self.J)))
