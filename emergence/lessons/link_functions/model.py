"""Any link's Hermite series by quadrature, and its information exponent (Model 1.3, 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import log10, sqrt

import numpy as np
from numpy.polynomial import hermite_e, legendre, polynomial
from numpy.typing import ArrayLike
from scipy.special import erf, expit, factorial

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.parameters import DEGREES, LEAST_COEFFICIENT, MAX_DEGREE, Mixture
from emergence.theory.hermite import LinkFunction, gauss_hermite, hermite

DEGREE = 20
"""Highest degree of a series."""
TOLERANCE = 1e-8
"""A coefficient at most this share of sqrt(E sigma^2) counts as zero."""
CONVERGED = 1e-10
MOST_NODES = 256
FAR = 14.0
"""Beyond it sigma h_20 times the normal density is below rounding for every link here."""

MIXTURE = "mixture"
MIXED_WITH = 4
"""A mixture is h_4 and whatever else: so it is never constant."""


@dataclass(frozen=True)
class Link:
    """A link function by its values; `kink` says that its slope jumps at 0."""

    name: str
    sigma: Callable[[Array], Array]
    kink: bool = False


LINKS = {
    link.name: link
    for link in (
        *(Link(f"h{'₀₁₂₃₄₅₆₇₈'[i]}", hermite(i).sigma) for i in range(1, 9)),
        Link("ReLU", lambda z: np.maximum(z, 0.0), kink=True),
        Link("|z|", np.abs, kink=True),
        Link("z²", np.square),
        Link("tanh", np.tanh),
        Link("GELU", lambda z: z * (1 + erf(z / np.sqrt(2))) / 2),
        Link("SiLU", lambda z: z * expit(z)),
        Link("cos", np.cos),
    )
}
NAMES = (*LINKS, MIXTURE)


def mixture_of(coefficients: Mixture) -> Link:
    """The link h_4 + sum_i c_i h_i of some (i, c_i), i < 4."""
    return Link(MIXTURE, LinkFunction([*coefficients, (MIXED_WITH, 1.0)]).sigma)


def typical_overlap(d: int) -> float:
    """1/sqrt(d): root mean square overlap of a random direction with a given one."""
    return 1 / sqrt(d)


@cache
def half_lines(points: int) -> tuple[Array, Array]:
    """As `gauss_hermite`, with points / 2 Gauss-Legendre nodes on each side of 0, shape (points,).

    For functions that are smooth on either side of 0 it converges as fast as if they had no kink.
    """
    x, weight = legendre.leggauss(points // 2)
    z = (x + 1) * FAR / 2
    weight = weight * FAR / 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.concatenate([-z[::-1], z]), np.concatenate([weight[::-1], weight])


def basis(z: Array) -> Array:
    """h_0(z) ... h_20(z), shape (*z.shape, 21)."""
    return np.asarray(hermite_e.hermevander(z, DEGREE) / np.sqrt(factorial(np.arange(DEGREE + 1))))


def _integrate(link: Link, rule: tuple[Array, Array]) -> Array:
    """c_0 ... c_20 by a quadrature rule, shape (21,)."""
    nodes, weights = rule
    return np.asarray((weights * link.sigma(nodes)) @ basis(nodes))


@dataclass(frozen=True)
class HermiteSeries:
    """The Hermite series of a link function up to degree 20.

    Attributes
    ----------
    c : c_i = E[sigma(z) h_i(z)], shape (21,)
    power : E sigma(z)^2, which the whole series adds up to
    nodes : number of nodes of the quadrature, doubled until the coefficients stood still
    change : what the last doubling changed any c_i by, at most, in units of sqrt(E sigma^2)
    given : the coefficients of a mixture, to the last bit
    """

    link: Link
    c: Array
    power: float
    nodes: int
    change: float
    given: Mixture = ()

    @cached_property
    def function(self) -> LinkFunction:
        """The series without the coefficients that count as zero (`TOLERANCE`)."""
        degrees = np.flatnonzero(np.abs(self.c) > TOLERANCE * np.sqrt(self.power))
        return LinkFunction([(int(i), float(self.c[i])) for i in degrees])

    @property
    def J(self) -> int:  # noqa: N802 (the name in the paper)
        """Information exponent: the lowest degree above 0 whose coefficient is not zero."""
        return self.function.information_exponent

    @property
    def below(self) -> float:
        """Largest |c_i| / sqrt(E sigma^2) of 0 < i < J: zeros, as the quadrature sees them."""
        zeros = np.abs(self.c[1 : self.J])
        return float(zeros.max(initial=0.0) / np.sqrt(self.power))

    @property
    def plain(self) -> float:
        """Largest error of a c_i by Gauss-Hermite with as many nodes, over sqrt(E sigma^2)."""
        c = _integrate(self.link, gauss_hermite(self.nodes))
        return float(np.abs(c - self.c).max() / np.sqrt(self.power))

    def held(self, degree: int) -> float:
        """Share of E sigma^2 that the terms up to `degree` hold."""
        return float(np.sum(self.c[: degree + 1] ** 2) / self.power)

    def sums(self, z: Array) -> Array:
        """Partial sums up to degree 0 ... 20, shape (21, *z.shape)."""
        return np.moveaxis(np.cumsum(basis(z) * self.c, axis=-1), -1, 0)

    def risen(self, s: ArrayLike) -> Array:
        """(K(s) - K(0)) / (K(1) - K(0)): share of the correlation's rise from overlap 0 to 1."""
        squares = self.function.c[1:] ** 2
        s = np.asarray(s, float)
        return np.asarray(s * polynomial.polyval(s, squares) / squares.sum())

    def risen_power(self, d: int) -> float:
        """`risen` at the overlap 1/sqrt(d) as a power of ten."""
        return log10(float(self.risen(typical_overlap(d))))

    def pull(self, s: float) -> float:
        """K'(s) / (K(1) - K(0)): the slope at overlap s against the whole rise."""
        return float(self.function.K_prime(s) / (self.function.K(1.0) - self.function.K(0.0)))

    def search(self, d: int) -> float:
        """d^((J-2)/2): order of the time a random neuron searches for in gradient flow, J > 2."""
        return float(typical_overlap(d) ** (2 - self.J))

    @property
    def first(self) -> float:
        """c_J^2 / (K(1) - K(0)): the rise at a small overlap s is this times s^J."""
        squares = self.function.c[1:] ** 2
        return float(squares[self.J - 1] / squares.sum())

    def experiment(self) -> Experiment:
        """A small run with this link up to degree 8, or the next lower J if the lab lacks it."""
        small = Experiment(P=4, m=16, engine="flow")
        coefficients = self.given or tuple(enumerate(self.function.c[: MAX_DEGREE + 1].tolist()))
        mixture = tuple((i, c) for i, c in coefficients if i and abs(c) > LEAST_COEFFICIENT)
        if self.J in DEGREES:
            return small.replace(mixture=mixture)
        return small.replace(J=max(degree for degree in DEGREES if degree < self.J))


@lru_cache(maxsize=256)
def expand(name: str, coefficients: Mixture = ()) -> HermiteSeries:
    """The Hermite series of a link of `NAMES`; `coefficients` are those of the mixture."""
    link = mixture_of(coefficients) if name == MIXTURE else LINKS[name]
    rule = half_lines if link.kink else gauss_hermite
    nodes = 32
    coarse = _integrate(link, rule(nodes))
    while True:
        nodes *= 2
        points, weights = rule(nodes)
        power = float(weights @ link.sigma(points) ** 2)
        fine = _integrate(link, rule(nodes))
        change = float(np.abs(fine - coarse).max() / np.sqrt(power))
        if change < CONVERGED or nodes >= MOST_NODES:
            given = (*coefficients, (4, 1.0)) if name == MIXTURE else ()
            return HermiteSeries(link, fine, power, nodes, change, given)
        coarse = fine


def correlation(link: Link, s: Array) -> Array:
    """E[sigma(w* . x) sigma(w . x)] at overlaps s = <w, w*>, as a double integral, shape of s.

    It knows nothing of Hermite polynomials: w* . x = z and w . x = s z + sqrt(1 - s^2) y.
    """
    nodes, weights = (half_lines if link.kink else gauss_hermite)(64)
    inner = s[:, None, None] * nodes[:, None] + np.sqrt(1 - s**2)[:, None, None] * nodes
    return np.asarray(link.sigma(inner) @ weights @ (weights * link.sigma(nodes)))


def first_coefficient(b: float) -> float:
    """c_1 of the link z^3 - b z, by quadrature."""
    return float(_integrate(Link("z³ − b z", lambda z: z**3 - b * z), gauss_hermite(32))[1])
