"""Link functions in the normalised Hermite basis (Model 1.3).

sigma = sum_i c_i h_i with h_i = He_i / sqrt(i!), so that E[h_i(v.x) h_j(w.x)] = 1{i=j} <v,w>^i.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import factorial, sqrt

import numpy as np
from numpy.polynomial import hermite_e, polynomial
from numpy.typing import ArrayLike

from emergence.arrays import Array


class LinkFunction:
    """A link function sigma = sum_i c_i h_i with finitely many Hermite coefficients.

    Parameters
    ----------
    coefficients : pairs (degree, c_i), degrees >= 0 and distinct, at least one non-zero of
        degree >= 1. Raises ValueError otherwise.
    """

    def __init__(self, coefficients: Iterable[tuple[int, float]]) -> None:
        pairs = dict(coefficients)
        if not any(value for degree, value in pairs.items() if degree >= 1):
            raise ValueError("a link function needs a non-zero coefficient of degree 1 or more")
        self.c: Array = np.zeros(1 + max(degree for degree, value in pairs.items() if value))
        """Hermite coefficients c_i, shape (degree + 1,)."""
        for degree, value in pairs.items():
            self.c[degree] = value

    @property
    def information_exponent(self) -> int:
        """J = min{i > 0 : c_i != 0} (Model 1.5)."""
        return int(np.flatnonzero(self.c[1:])[0]) + 1

    @property
    def polynomial(self) -> Array:
        """Monomial coefficients of sigma, lowest degree first, shape (degree + 1,)."""
        scale = np.array([sqrt(factorial(i)) for i in range(len(self.c))])
        return np.asarray(hermite_e.herme2poly(self.c / scale))

    def sigma(self, z: ArrayLike) -> Array:
        """sigma(z), elementwise."""
        return np.asarray(polynomial.polyval(np.asarray(z, float), self.polynomial))

    def sigma_prime(self, z: ArrayLike) -> Array:
        """sigma'(z) = sum_i c_i sqrt(i) h_{i-1}(z), elementwise."""
        derivative = polynomial.polyder(self.polynomial)
        return np.asarray(polynomial.polyval(np.asarray(z, float), derivative))

    def K(self, s: ArrayLike) -> Array:  # noqa: N802 (the name in the paper)
        """K(s) = sum_i c_i^2 s^i = E[sigma(v.x) sigma(w.x)], s = <v,w>, elementwise (Model 1.4)."""
        s = np.asarray(s, float)
        degrees = [*np.flatnonzero(self.c[1:])[::-1].tolist(), -1]
        value: Array = np.asarray(self.c[-1] ** 2)
        for above, below in pairwise(degrees):  # Horner's rule, over the terms there are
            value = value * _power(s, above - below)
            if c := self.c[below + 1]:
                value += c * c
        return value

    def K_prime(self, s: ArrayLike) -> Array:  # noqa: N802
        """K'(s), elementwise."""
        return np.asarray(polynomial.polyval(np.asarray(s, float), polynomial.polyder(self.c**2)))

    def K_second(self, s: ArrayLike) -> Array:  # noqa: N802
        """K''(s), elementwise."""
        return np.asarray(
            polynomial.polyval(np.asarray(s, float), polynomial.polyder(self.c**2, 2))
        )

    def slope_kurtosis(self) -> float:
        """E[sigma'(z)^4] / E[sigma'(z)^2]^2 for z ~ N(0, 1), by Gauss-Hermite quadrature."""
        nodes, weights = gauss_hermite(2 * len(self.c))
        squares = self.sigma_prime(nodes) ** 2
        return float(weights @ squares**2 / (weights @ squares) ** 2)


def _power(s: Array, n: int) -> Array:
    """s^n by squaring, elementwise: every measurement takes it of a whole Gram matrix."""
    if n <= 1:
        return s if n else np.ones_like(s)
    half = _power(s * s, n // 2)
    return half * s if n % 2 else half


@cache
def gauss_hermite(points: int) -> tuple[Array, Array]:
    """Nodes and weights, shape (points,), with sum_i weights_i g(nodes_i) = E[g(z)], z ~ N(0, 1).

    Exact for polynomials of degree below 2 * points.
    """
    nodes, weights = hermite_e.hermegauss(points)
    return nodes, weights / weights.sum()


def hermite(degree: int) -> LinkFunction:
    """The normalised Hermite polynomial h_degree as a link function."""
    return LinkFunction([(degree, 1.0)])
