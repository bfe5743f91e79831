"""The recursion of one neuron: what a run's steps are made of, and the noise over eta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from emergence.arrays import Array, IntArray
from emergence.engines.single_index import DecomposedSGD, SphericalSGD
from emergence.lessons.one_neuron.recursion.model import Recursion, Sizes
from emergence.lessons.one_neuron.study import POINTS, SEEDS, Search
from emergence.runs.slices import stepped
from emergence.serving.study import Partial
from emergence.theory.fits import Slope, fit_power
from emergence.theory.hermite import hermite
from emergence.theory.thresholds import EMERGED

TABLE = 4097
"""Overlaps at which a step's signal and mean are kept; between two of them a line."""
WALKERS, WALK = 4096, 512
"""A step's spread is measured on so many neurons, each taking so many steps."""
BATCHES = 16
"""Groups of neurons whose spreads tell how far the measured one may be off."""
SIZES = (16, 64, 256, 1024)
MEASURED_C = (0.0001, 0.001, 0.01)
MEASURED_J = 4
"""Above it a step's tails are so heavy that what is rare, and missing, makes most of its spread."""
RANGE_C = (1e-5, 1.0)
"""Steps c looked at, eta = c d^(-max(J/2, 1)); at the largest the noise wins by far."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Where the squared overlap of each neuron came from, up to now.

    Attributes
    ----------
    steps : moments, the first 0, shape (n,)
    u : squared overlaps, shape (n, seeds)
    signal, mean : sums over the steps of the signal and of a step's mean, shape (n, seeds)
    square : sum of the squares of what the steps were beyond their means, shape (n, seeds)
    """

    steps: Array
    u: Array
    signal: Array
    mean: Array
    square: Array

    @property
    def drift(self) -> Array:
        """Sum of the means of eta^2 zeta, shape (n, seeds)."""
        return np.asarray(self.mean - self.signal)

    @property
    def martingale(self) -> Array:
        """Sum of eta^2 zeta less its means, shape (n, seeds): u = u_0 + signal + drift + this."""
        return np.asarray(self.u - self.u[0] - self.mean)

    @property
    def middle(self) -> int:
        """The neuron whose u is in the middle (the lower of two) when the median first passes 1/2,
        or now."""
        above = np.median(self.u, axis=1) > EMERGED
        moment = int(np.argmax(above)) if above.any() else len(self.steps) - 1
        return int(np.argsort(self.u[moment], kind="stable")[(self.u.shape[1] - 1) // 2])


@dataclass(frozen=True)
class DecomposedSearch:
    """The neurons of `Search`, and what their steps are made of: a study of `Decomposition`."""

    search: Search

    @property
    def recursion(self) -> Recursion:
        """The formulas of a step."""
        return Recursion(self.search.J, self.search.d, self.search.c)

    def results(self) -> Iterator[Partial[Decomposition]]:
        """The decomposition up to later and later moments, evenly spaced."""
        search, flow = self.search, self.search.flow
        table = np.array(self.recursion.table(TABLE))
        start = np.full(SEEDS, flow.start**0.5)
        engine = DecomposedSGD(hermite(flow.J), flow.d, flow.eta, start, table, seed=flow.J)
        moments = np.unique(np.linspace(0, search.last, POINTS + 1).round().astype(int))
        sums = np.zeros((4, len(moments), SEEDS))
        sums[0, 0] = engine.overlaps**2
        for i, moment in enumerate(moments[1:], 1):
            for _ in stepped(engine, int(moment)):
                yield Partial(engine.step / search.last, _decomposition(moments[:i], sums[:, :i]))
            sums[:, i] = [engine.overlaps**2, *engine.sums]
            yield Partial(
                engine.step / search.last, _decomposition(moments[: i + 1], sums[:, : i + 1])
            )


def _decomposition(moments: IntArray, sums: Array) -> Decomposition:
    return Decomposition(moments.astype(float), *sums.copy())


@dataclass(frozen=True)
class NoiseSpread:
    """A measured `wander` at one step size, with its standard error over groups of neurons."""

    d: int
    eta: float
    wander: float
    error: float


@dataclass(frozen=True)
class NoiseSizes:
    """How the noise of the search grows with eta, for several d: a study of `NoiseSpread`s.

    Each is measured on short walks from u = 1/d, and taken to the steps of `Sizes` by the square
    root of their number; none above MEASURED_J.
    """

    J: int
    """2 or more: at J = 1 there is no search."""
    dimensions: tuple[int, ...] = SIZES

    def lines(self, points: int = 25) -> dict[int, tuple[Array, tuple[Sizes, ...]]]:
        """By d: step sizes eta, shape (points,), and what quadrature says there."""
        return {d: _line(self.J, d, points) for d in self.dimensions}

    def largest(self) -> dict[int, float]:
        """By d: the eta at which the martingale is as large as the signal, by quadrature."""
        return {d: _largest(self.J, d) for d in self.dimensions}

    def largest_in_units(self) -> dict[int, float]:
        """`largest` in units of d^(-J/2): the constant in front of the power, by d."""
        return {d: eta * d ** (self.J / 2) for d, eta in self.largest().items()}

    @property
    def power(self) -> Slope:
        """Exponent of d in `largest`, by least squares; -J/2 for J >= 2 up to terms of 1/d."""
        largest = self.largest()
        fit = fit_power(list(largest), list(largest.values()))
        assert fit is not None, "a power needs two dimensions"
        return fit

    @property
    def measured(self) -> bool:
        """Whether a sample can show the spread."""
        return self.J <= MEASURED_J

    def results(self) -> Iterator[Partial[tuple[NoiseSpread, ...]]]:
        """One step size of one dimension after the other."""
        spreads: tuple[NoiseSpread, ...] = ()
        points = [(d, c) for d in self.dimensions for c in MEASURED_C if self.measured]
        if not points:
            yield Partial(1.0, spreads)
        for number, (d, c) in enumerate(points, 1):
            spreads += (_measured(Recursion(self.J, d, c), seed=number),)
            yield Partial(number / len(points), spreads)


@lru_cache(maxsize=64)
def _line(J: int, d: int, points: int) -> tuple[Array, tuple[Sizes, ...]]:
    recursions = [Recursion(J, d, float(c)) for c in np.geomspace(*RANGE_C, points)]
    return np.array([each.eta for each in recursions]), tuple(each.sizes for each in recursions)


@lru_cache(maxsize=64)
def _largest(J: int, d: int) -> float:
    def excess(log_c: float) -> float:
        return float(np.log(Recursion(J, d, float(np.exp(log_c))).sizes.wander))

    return Recursion(J, d, float(np.exp(brentq(excess, *np.log(RANGE_C), xtol=1e-4)))).eta


def _measured(recursion: Recursion, seed: int) -> NoiseSpread:
    start = np.full(WALKERS, recursion.flow.start**0.5)
    engine = SphericalSGD(
        hermite(recursion.J), recursion.d, recursion.eta, start, np.empty(0), seed
    )
    engine.advance(WALK)
    moved = (engine.overlaps**2 - start**2).reshape(BATCHES, -1)
    scale = (1 / (recursion.d * float(recursion.signal(start[0])) * WALK)) ** 0.5 * recursion.d
    each = np.sqrt(moved.var(axis=1))
    return NoiseSpread(recursion.d, recursion.eta, float(moved.std()) * scale,
                  float(each.std(ddof=1)) * scale / BATCHES**0.5)  # fmt: skip
