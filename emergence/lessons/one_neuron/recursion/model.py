"""One step of spherical SGD as signal and noise (Model 5.4), for sigma = h_J.

In the squared overlap u = o^2 a step of size eta reads

    u_{t+1} = u_t + eta 2 J o^J (1 - u) + eta^2 zeta_t,

at J = 4 with 8 u^2 (1 - u): the recursion m_{t+1} = m_t + eta a (1 - m_t) m_t^2 + eta^2 zeta_t of
the talk, whose a has the 8 in it. The noise zeta has a mean at every u (a drift, from going back
to the sphere and from the square of the random push) and what is left is a martingale. With z =
v.x, t the part of x along the great circle to w, R the squared length of the rest (chi-square,
d - 2 degrees of freedom), y = w.x = o z + sqrt(1 - u) t and g = (sigma(z) - sigma(y)) sigma'(z),

    u_{t+1} = (o - eta sqrt(1 - u) g t)^2 / (1 + eta^2 g^2 (t^2 + R)),

so that its mean and spread are integrals over three numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh_tridiagonal

from emergence.arrays import Array
from emergence.lessons.one_neuron.model import Flow
from emergence.theory.hermite import hermite

REACH, SPACING = 12.0, 0.1
"""Trapezoid rule for z and t: what h_6 h_6' weighs most lies within 8."""
LENGTHS = 8
"""Gauss nodes for the squared length of the rest."""
PANELS = 128
"""Pieces of the spline in o that stands for the integrals."""


def chi_square_nodes(freedom: int, points: int) -> tuple[Array, Array]:
    """Gauss nodes and weights of the chi-square law, shape (points,); the weights add up to 1.

    Golub and Welsch: eigenvalues of the Laguerre recurrence, at any number of degrees of freedom.
    """
    alpha = freedom / 2 - 1
    i = np.arange(points, dtype=float)
    nodes, vectors = eigh_tridiagonal(2 * i + 1 + alpha, np.sqrt(i[1:] * (i[1:] + alpha)))
    return 2 * nodes, vectors[0] ** 2


@dataclass(frozen=True)
class Recursion:
    """The step of `Flow`'s neuron: sigma = h_J in d dimensions, eta = c d^(-max(J/2, 1))."""

    J: int
    d: int
    c: float

    @property
    def flow(self) -> Flow:
        """The same without noise, in continuous time."""
        return Flow(self.J, self.d, self.c)

    @property
    def eta(self) -> float:
        """The step size."""
        return self.flow.eta

    def signal(self, o: ArrayLike) -> Array:
        """eta 2 J o^J (1 - o^2), what a step adds to u without noise, shape of o."""
        o = np.asarray(o, dtype=float)
        return np.asarray(self.eta * 2 * self.J * o**self.J * (1 - o**2))

    def moments(self, o: ArrayLike) -> tuple[Array, Array]:
        """Mean and standard deviation of a step of u, noise and all, each of shape (n,).

        By quadrature over the sample. `o` : overlaps before the step, shape (n,).
        """
        link, eta = hermite(self.J), self.eta
        # Nothing changes when z and t change their signs together: z >= 0 is enough.
        z = np.arange(0.0, REACH + SPACING / 2, SPACING)[:, None]
        t = np.arange(-REACH, REACH + SPACING / 2, SPACING)
        weights = np.exp(-(z**2 + t**2) / 2)
        weights[1:] *= 2
        weights /= weights.sum()
        rest, shares = chi_square_nodes(self.d - 2, LENGTHS)
        means, spreads = [], []
        for each in np.atleast_1d(np.asarray(o, dtype=float)):
            across = np.sqrt(max(1 - each**2, 0.0))
            g = (link.sigma(z) - link.sigma(each * z + across * t)) * link.sigma_prime(z)
            push = eta * across * g * t
            first = second = 0.0
            for R, share in zip(rest, shares, strict=True):
                longer = (eta * g) ** 2 * (t**2 + R)
                # (o - push)^2 / (1 + longer) - o^2 without the difference of two near numbers
                step = (push * (push - 2 * each) - each**2 * longer) / (1 + longer)
                first += share * float(np.sum(weights * step))
                second += share * float(np.sum(weights * step**2))
            means.append(first)
            spreads.append(np.sqrt(max(second - first**2, 0.0)))
        return np.array(means), np.array(spreads)

    def table(self, points: int) -> tuple[Array, Array]:
        """Signal and mean of a step at `points` overlaps evenly spaced over [-1, 1].

        The mean of the noise is a cubic spline through `moments`, closest near -1 and 1, where a
        large eta bends it most.
        """
        nodes = -np.cos(np.linspace(0.0, np.pi, PANELS + 1))
        noise = CubicSpline(nodes, self.moments(nodes)[0] - self.signal(nodes))
        o = np.linspace(-1.0, 1.0, points)
        return self.signal(o), self.signal(o) + noise(o)

    @property
    def sizes(self) -> Sizes:
        """The noise of the search, at u = 1/d."""
        o = np.array([float(self.d) ** -0.5])
        signal = float(self.signal(o)[0])
        mean, spread = (float(each[0]) for each in self.moments(o))
        steps = 1 / (self.d * signal)
        return Sizes(steps, (mean - signal) / self.eta**2, spread / self.eta**2,
                     abs(mean - signal) / signal, spread * steps**0.5 * self.d)  # fmt: skip


Part = Literal["drift", "martingale", "both"]
ALIKE = 2.0
"""Two sizes count as alike within this factor."""


@dataclass(frozen=True)
class Sizes:
    """How large the noise is while a neuron searches, at u = 1/d.

    Attributes
    ----------
    steps : in which the signal, at its speed there, adds 1/d to u
    mean, spread : of zeta
    drift : what the mean of eta^2 zeta adds to u in these steps, over the signal's 1/d
    wander : standard deviation of what the martingale adds in these steps, over the signal's 1/d
    """

    steps: float
    mean: float
    spread: float
    drift: float
    wander: float

    @property
    def larger(self) -> Part:
        """The part of the noise that moves u more in these steps, or both: they are alike."""
        if self.drift > ALIKE * self.wander:
            return "drift"
        return "martingale" if self.wander > ALIKE * self.drift else "both"
