"""Gradient flow on toy losses (w* - product of powers of w)^2, solved exactly (Model 8.1); w* = 1.

The flow is dw_i/dt = -dL/dw_i. A product of layers conserves every w_i^2 - w_j^2 (Saxe, McClelland,
Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear networks*, 2014), so
that the whole flow is one integral over lambda = logit of the product. Nothing here takes steps in
time: comparing it with an integrator is a cross-check.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log10

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from emergence.arrays import Array
from emergence.theory.fits import Slope, fit_line
from emergence.theory.thresholds import ESCAPED, TRANSITION_BEGUN, TRANSITION_OVER

CELL = 0.1
"""Width in lambda of a cell of the quadrature, with four Gauss-Legendre nodes each."""
LAST = 0.999
"""The product at which a flow is taken to be over."""
NODES, WEIGHTS = legendre.leggauss(4)
NEWTON = 60


def loss_of(learned: Array) -> Array:
    """The loss where the product is `learned`, (1 - learned)^2, elementwise."""
    return np.asarray((1 - learned) ** 2)


@dataclass(frozen=True)
class ProductFlow:
    """L(w) = (1 - (w_1 ... w_L)^power)^2 from a positive start, product^power below 1/2.

    `power` above 1 is for a single w: the loss (1 - w^power)^2.
    """

    start: tuple[float, ...]
    power: int = 1

    def __post_init__(self) -> None:
        if self.power > 1 and len(self.start) > 1:
            raise ValueError("powers are for a single w")
        if not 0 < float(np.prod(self.start)) ** self.power < ESCAPED or min(self.start) <= 0:
            raise ValueError("a flow starts at positive w with less than half learned")

    @cached_property
    def _layers(self) -> Array:
        """w^k flows as a product of k equal layers does, k times as fast; shape (L,), ascending."""
        return np.sort(np.repeat(self.start, self.power))

    def _smallest(self, learned: Array) -> Array:
        """Square of the smallest layer where the product is `learned`, by Newton's method.

        log(product) is convex and increasing in the log of that square, so that from above the
        iterates fall monotonically.
        """
        beyond = self._layers**2 - self._layers[0] ** 2
        target = np.log(learned)
        log_x = 2 * target / len(beyond)
        for _ in range(NEWTON):
            squares = np.exp(log_x)[..., None] + beyond
            excess = np.log(squares).sum(axis=-1) / 2 - target
            log_x = log_x - excess / (np.exp(log_x)[..., None] / squares).sum(axis=-1) * 2
            if np.all(np.abs(excess) < 1e-13 * np.abs(target)):
                break
        return np.asarray(np.exp(log_x))

    def weights(self, learned: ArrayLike) -> Array:
        """The layers where the product is `learned`, ascending, shape (*learned.shape, L)."""
        x = self._smallest(np.asarray(learned, float))
        return np.asarray(np.sqrt(x[..., None] + self._layers**2 - self._layers[0] ** 2))

    def _pace(self, logits: Array) -> Array:
        """dt/dlambda: dlambda/dt = 2 product sum_i w_i^-2, times the power; shape of `logits`."""
        learned = expit(logits)
        w = self.weights(learned)
        return np.asarray(1 / (2 * self.power * learned * np.sum(w**-2.0, axis=-1)))

    @cached_property
    def _clock(self) -> tuple[Array, Array]:
        """(lambda, t) from the start to `LAST`, shape (n,) each."""
        edges = self._edges
        middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
        pieces = self._pace(middle[:, None] + half[:, None] * NODES) @ WEIGHTS * half
        return edges, np.concatenate([[0.0], np.cumsum(pieces)])

    @cached_property
    def _edges(self) -> Array:
        first, last = logit(np.prod(self._layers)), logit(LAST)
        return np.linspace(first, last, int((last - first) / CELL) + 2)

    @property
    def learned(self) -> Array:
        """Product over w*, from the start to nearly 1, shape (n,)."""
        return np.asarray(expit(self._clock[0]))

    @property
    def t(self) -> Array:
        """Time at which `learned` is reached, shape (n,)."""
        return self._clock[1]

    def time(self, learned: float) -> float:
        """Time at which this share of w* is learned, by a quadrature that ends there."""
        edges, times = self._clock
        end = logit(learned)
        cell = max(int(np.searchsorted(edges, end)) - 1, 0)
        half = (end - edges[cell]) / 2
        return float(times[cell] + self._pace(edges[cell] + half * (1 + NODES)) @ WEIGHTS * half)

    def at(self, t: float) -> float:
        """Share learned at time t."""
        return float(expit(np.interp(t, self.t, self._clock[0])))

    @property
    def escape(self) -> float:
        """Time until half of w* is learned."""
        return self.time(ESCAPED)

    @property
    def half(self) -> tuple[float, float]:
        """Share learned, and the smallest w, when half the escape time has gone by."""
        learned = self.at(self.escape / 2)
        return learned, float(self.weights(learned)[0])

    @property
    def waiting(self) -> float:
        """Share of the time to learn 90 % that has gone by before 10 % are learned."""
        start = float(np.prod(self._layers))
        if start >= TRANSITION_BEGUN:
            return 0.0
        return self.time(TRANSITION_BEGUN) / self.time(TRANSITION_OVER)


@dataclass(frozen=True)
class Line:
    """A least-squares slope, and the slope of the last two points alone.

    Nothing in the times is random: where the points bend, an interval from their residuals would
    say nothing; the last slope says where they bend to.
    """

    slope: Slope
    last: float


def line_over(x: Array, y: Array, over: Array) -> Line | None:
    """The straight line through points, x a logarithm of `over`; None for fewer than two x."""
    slope = fit_line(x, y, over)
    return Line(slope, float((y[-1] - y[-2]) / (x[-1] - x[-2]))) if slope else None


@dataclass(frozen=True)
class ToyLoss:
    """(w* - (w_1 ... w_layers)^power)^2."""

    layers: int = 1
    power: int = 1

    @property
    def factors(self) -> int:
        """How many factors w* is made of."""
        return self.layers * self.power

    def flow(self, w0: float) -> ProductFlow:
        """Gradient flow from all w = w0."""
        return ProductFlow((w0,) * self.layers, self.power)

    def along(self, w: ArrayLike) -> Array:
        """The loss where all w are equal, elementwise."""
        return loss_of(np.asarray(w, float) ** self.factors)

    def leading_escape(self, w0: ArrayLike) -> Array:
        """What the escape time from a small w0 tends to, up to a constant; elementwise (Model 8.2).

        log(2)/2 for one factor, log(1/w0) / (2 power) for two, w0^(2-k) / (2 power (k-2)) for k.
        """
        w0, k = np.asarray(w0, float), self.factors
        if k == 1:
            return np.full_like(w0, np.log(2) / 2)
        if k == 2:
            return np.asarray(-np.log(w0) / (2 * self.power))
        return np.asarray(w0 ** (2.0 - k) / (2 * self.power * (k - 2)))

    @property
    def tenfold(self) -> float:
        """How many times longer the escape takes from a start ten times smaller, both small."""
        small, smaller = self.leading_escape(np.array([1e-3, 1e-4]))
        return float(smaller / small)

    @property
    def tenfold_power(self) -> float:
        """`tenfold` as a power of ten."""
        return log10(self.tenfold)

    @property
    def expected(self) -> float:
        """Slope that `fitted` tends to: 2 - k for k >= 3 factors, 1 / (2 power) for 2, 0 for 1."""
        return 2.0 - self.factors if self.factors > 2 else (self.factors - 1) / (2 * self.power)

    def fitted(self, w0: Array, times: Array) -> Line | None:
        """Slope of log T against log w0 (three factors and more), of T against log(1/w0) (less)."""
        if self.factors > 2:
            return line_over(np.log(w0), np.log(times), w0)
        return line_over(-np.log(w0), times, w0)


def toy_losses(k: int) -> tuple[ToyLoss, ...]:
    """The lesson's losses: one factor, two, three different ones, and w^k."""
    return (
        ToyLoss(),
        ToyLoss(power=2),
        ToyLoss(layers=3),
        ToyLoss(power=k),
    )


@dataclass(frozen=True)
class Jumps:
    """The flows of `toy_losses(k)` from one start."""

    k: int
    w0: float

    @cached_property
    def losses(self) -> tuple[ToyLoss, ...]:
        return toy_losses(self.k)

    @cached_property
    def flows(self) -> tuple[ProductFlow, ...]:
        """One for each loss."""
        return tuple(loss.flow(self.w0) for loss in self.losses)


@dataclass(frozen=True)
class EscapeCurves:
    """Exact escape times and what they tend to, over sizes of the start, largest first.

    Attributes
    ----------
    losses : those that are escaped
    w0 : shape (n,)
    exact, leading : of each loss, shape (losses, n)
    """

    losses: tuple[ToyLoss, ...]
    w0: Array
    exact: Array
    leading: Array


@lru_cache(maxsize=64)
def escape_curves(k: int, largest: float, smallest: float, points: int = 13) -> EscapeCurves:
    """The escape times of `toy_losses(k)` from starts between two sizes."""
    w0 = np.geomspace(largest, smallest, points)
    losses = toy_losses(k)
    exact = np.array([[loss.flow(size).escape for size in w0] for loss in losses])
    return EscapeCurves(losses, w0, exact, np.array([loss.leading_escape(w0) for loss in losses]))


def spread(w0: float, layers: int, imbalance: float) -> tuple[float, ...]:
    """Layers of geometric mean w0, evenly spaced in log, the largest `imbalance` times the least.

    Their product, and so the loss at the start, does not depend on `imbalance`.
    """
    exponents = np.linspace(-0.5, 0.5, layers) if layers > 1 else np.zeros(1)
    return tuple(float(w) for w in w0 * imbalance**exponents)


def neuron_waiting(o0: float, J: int) -> float:
    """`ProductFlow.waiting` of one neuron with sigma = h_J that starts at overlap o0.

    do/dt = J o^(J-1) (1 - o^2) with the share o^J of the correlation learned (Model 5.1, a = 1).
    """

    def time(learned: float) -> float:
        ends = np.log([o0, learned ** (1 / J)])
        edges = np.linspace(ends[0], ends[1], int((ends[1] - ends[0]) / CELL) + 2)
        middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
        o = np.exp(middle[:, None] + half[:, None] * NODES)
        return float(np.sum((o ** (2.0 - J) / (J * (1 - o**2))) @ WEIGHTS * half))

    if o0**J >= TRANSITION_BEGUN:
        return 0.0
    return time(TRANSITION_BEGUN) / time(TRANSITION_OVER)


DEPTHS = np.arange(1, 9)


@lru_cache(maxsize=64)
def waits(w0: float, imbalance: float = 1.0) -> Array:
    """`ProductFlow.waiting` of products of 1 to 8 layers (`spread`), shape (8,)."""
    return np.array([ProductFlow(spread(w0, int(L), imbalance)).waiting for L in DEPTHS])


@lru_cache(maxsize=64)
def neuron_waits(o0: float) -> Array:
    """`neuron_waiting` for J = 1 to 8, shape (8,)."""
    return np.array([neuron_waiting(o0, int(J)) for J in DEPTHS])


@dataclass(frozen=True)
class Layers:
    """A product of L layers of geometric mean w0: all equal, and of unlike size (`spread`)."""

    L: int
    w0: float
    imbalance: float

    @cached_property
    def even(self) -> ProductFlow:
        """The flow of equal layers."""
        return ProductFlow(spread(self.w0, self.L, 1))

    @cached_property
    def uneven(self) -> ProductFlow:
        """The flow of layers whose largest is `imbalance` times the smallest."""
        return ProductFlow(spread(self.w0, self.L, self.imbalance))


def escape_of_fourth_power(w0: float) -> float:
    """Time until (1 - w^4)^2 has learned half, from w0 below 0.8."""
    return ToyLoss(power=4).flow(w0).escape
