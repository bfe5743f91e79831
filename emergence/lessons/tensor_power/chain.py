"""From |z| to Hermite polynomials, to a tensor of order 4, to the power method: as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np
from numpy.polynomial import hermite_e
from numpy.polynomial.legendre import leggauss

from emergence.arrays import Array
from emergence.lessons.tensor_power.model import abs_coefficient

FARTHEST = 9.0
"""The quadrature's end: a normal is hardly ever beyond."""


def normalised_hermite(i: int, z: Array) -> Array:
    """h_i(z) = He_i(z) / sqrt(i!), elementwise."""
    return np.asarray(hermite_e.hermeval(z, np.eye(i + 1)[i]) / sqrt(factorial(i)))


def partial_sum(z: Array, top: int) -> Array:
    """The degrees of |z| up to `top`, elementwise."""
    return np.asarray(
        sum(abs_coefficient(i) * normalised_hermite(i, z) for i in range(0, top + 1, 2))
    )


def normal_quadrature(points: int = 60) -> tuple[Array, Array]:
    """Nodes and weights of E over a standard normal, exact on either side of 0: |z| has a kink."""
    x, w = leggauss(points)
    z = FARTHEST * (x + 1) / 2
    weight = FARTHEST / 2 * w * np.exp(-(z**2) / 2) / sqrt(2 * np.pi)
    return np.concatenate([-z[::-1], z]), np.concatenate([weight[::-1], weight])


@dataclass(frozen=True)
class Plane:
    """Two directions at a right angle, of strengths 1 and 1 / kappa."""

    kappa: float

    @property
    def a(self) -> Array:
        """Strengths, shape (2,)."""
        return np.array([1.0, 1 / self.kappa])

    def tensor(self, degrees: Array) -> Array:
        """T(v, v, v, v) at angles from e_1 in degrees, shape of these."""
        v = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)
        return np.asarray(v**4 @ self.a)

    def correlation(self, degrees: Array) -> Array:
        """E[f*(x) h_4(<v, x>)] / c_4 by quadrature over the plane, at these angles."""
        z, w = normal_quadrature()
        x, y = np.meshgrid(z, z)
        teacher = self.a[0] * np.abs(x) + self.a[1] * np.abs(y)
        each = [
            w @ (teacher * normalised_hermite(4, np.cos(t) * x + np.sin(t) * y)) @ w
            for t in np.radians(degrees)
        ]
        return np.array(each) / abs_coefficient(4)

    def round(self, u: Array) -> Array:
        """Squared overlap with e_1 after a round of the power method, from u before."""
        first, second = u**3, (1 - u) ** 3 / self.kappa**2
        return np.asarray(first / (first + second))

    @property
    def watershed(self) -> float:
        """The u that a round leaves as it is: above it e_1 wins."""
        return 1 / (1 + self.kappa)

    def staircase(self, u: float, rounds: int = 6) -> tuple[Array, Array]:
        """The steps of these rounds between the curve and the diagonal, shapes (2 rounds + 1,)."""
        x, y = [u], [u]
        for _ in range(rounds):
            new = float(self.round(np.array(u)))
            x += [u, new]
            y += [new, new]
            u = new
        return np.array(x), np.array(y)

    @property
    def weak_probability(self) -> float:
        """That a random neuron ends at e_2: (2 / pi) arctan(kappa^-1/2)."""
        return 2 / np.pi * float(np.arctan(self.kappa**-0.5))
