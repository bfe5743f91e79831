"""Spherical online SGD of one neuron on one direction (Model 5.1), many seeds side by side."""

from __future__ import annotations

import time

import numpy as np
from numpy.polynomial import polynomial

from emergence.arrays import Array, IntArray
from emergence.engines.kernels.single_index import (
    DEGREE,
    Decomposition,
    Neuron,
    Samples,
    advance,
    advance_decomposed,
)
from emergence.theory.hermite import LinkFunction, hermite

ROWS = 64
"""Samples of a seed drawn at once."""


class SphericalSGD:
    """v <- v - eta grad 1/2 (sigma(v.x) - sigma(w.x))^2 on the sphere, then v / |v|.

    The gradient is that part of the full one that is orthogonal to v (Ben Arous, Gheissari and
    Jagannath, JMLR 2021). Seed s and its sample t are pure functions of (seed, s, t), however
    the steps are cut.

    Parameters
    ----------
    link : sigma, of degree 6 at most
    d : dimension, 4 or more
    eta : step size
    start : overlaps <v, w> at the start, shape (seeds,)
    levels : thresholds of the squared overlap, shape (levels,)

    Attributes
    ----------
    step : steps taken
    overlaps : <v, w> now, shape (seeds,)
    crossed : steps after which the squared overlap first exceeded each level, -1 before, shape
        (levels, seeds)
    """

    def __init__(
        self, link: LinkFunction, d: int, eta: float, start: Array, levels: Array, seed: int
    ) -> None:
        seeds = len(start)
        self.step = 0
        self.overlaps = start.astype(float)
        self.crossed: IntArray = np.full((len(levels), seeds), -1, dtype=np.int64)
        self._levels = np.asarray(levels, dtype=float)
        sigma = np.zeros(DEGREE + 1)
        sigma[: len(link.polynomial)] = link.polynomial
        streams = np.random.SeedSequence([seed, 2]).spawn(seeds)
        self._neuron = Neuron(
            sigma=sigma,
            slope=np.append(polynomial.polyder(sigma), 0.0),
            eta=eta,
            freedom=d - 2,
            keys=np.array([stream.generate_state(2, np.uint32) for stream in streams]),
        )
        self._samples = Samples(
            X=np.zeros((ROWS, 3, seeds)),
            normals=np.zeros(4 * ROWS, dtype=np.float32),
            uniform=np.zeros(2 * ROWS, dtype=np.float32),
            angle=np.zeros(2 * ROWS, dtype=np.int32),
        )

    def advance(self, steps: int) -> None:
        """Take `steps` steps, about 20 ns each and seed."""
        counted = (self.overlaps, self.crossed, self._levels)
        advance(*counted, self._samples, self._neuron, np.int64(self.step), steps)
        self.step += steps


class DecomposedSGD(SphericalSGD):
    """`SphericalSGD` that sums up what its steps are made of: the same overlaps, bit for bit.

    Parameters
    ----------
    table : signal and mean of a step of u = o^2 at overlaps evenly spaced over [-1, 1], shape
        (2, points)

    Attributes
    ----------
    sums : over the steps: signal, mean of the step, square of what it was beyond its mean, shape
        (3, seeds)
    """

    def __init__(
        self, link: LinkFunction, d: int, eta: float, start: Array, table: Array, seed: int
    ) -> None:
        super().__init__(link, d, eta, start, np.empty(0), seed)
        self.sums: Array = np.zeros((3, len(start)))
        table = np.ascontiguousarray(table)
        self._decomposition = Decomposition(self.sums, table, np.zeros(len(start)))

    def advance(self, steps: int) -> None:
        """Take `steps` steps."""
        given = (self._samples, self._neuron, np.int64(self.step), steps)
        advance_decomposed(self.overlaps, self._decomposition, *given)
        self.step += steps


def compile_spherical_sgd() -> float:
    """Have the kernel of `SphericalSGD` compiled or loaded; returns the seconds taken."""
    started = time.perf_counter()
    SphericalSGD(hermite(2), 8, 0.01, np.full(2, 0.5), np.array([0.5]), seed=0).advance(1)
    return time.perf_counter() - started
