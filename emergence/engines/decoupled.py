"""Engine `decoupled`: one neuron for each direction, no interaction (Model 3.1)."""

from __future__ import annotations

import time

import numpy as np
from scipy.integrate import BDF
from scipy.sparse import bmat, diags

from emergence.arrays import Array, BoolArray
from emergence.engines.base import DivergedError, Measurement, emerged
from emergence.experiment import Experiment
from emergence.theory.hermite import LinkFunction
from emergence.theory.teacher import link_function, strengths

TOLERANCE = 1e-7


class DecoupledDynamics:
    """The two ODEs of every matched pair, integrated together. Implements `Engine`.

    do/dtau = a K'(o) (1 - o^2) of the overlap o and dn2/dtau = 4 n2 (a K(o) - n2 K(1)), in the
    variables w = artanh(o) and log n2, in which neither saturates; an implicit method, for the
    fastest and the slowest direction differ by kappa. A neuron matched to a direction turns
    towards it in the plane it starts in; all others stay where they are.

    Parameters
    ----------
    start : initial overlaps <vbar_k, w_p>, shape (m, P)
    iota : the neuron of each direction, -1 where it has none, shape (P,)
    """

    def __init__(
        self, experiment: Experiment, start: Array, iota: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> None:
        self.tau = 0.0
        self._start = start
        self._a = strengths(experiment)
        self._link = link_function(experiment)
        self._n2 = np.full(experiment.m, experiment.s0**2)
        self._p = np.flatnonzero(iota >= 0)
        self._k = iota[self._p]
        own = self._a[self._p]
        overlap = np.clip(start[self._k, self._p], -1 + 1e-12, 1 - 1e-12)
        state = np.concatenate([np.arctanh(overlap), np.full(len(own), 2 * np.log(experiment.s0))])
        link = self._link

        def field(_: float, state: Array) -> Array:
            w, log_n2 = np.split(state, 2)
            o = np.tanh(w)
            growth = 4 * (own * link.K(o) - np.exp(log_n2) * float(link.K(1.0)))
            return np.concatenate([own * link.K_prime(o), growth])

        def begin(state: Array) -> BDF:
            return BDF(
                field, 0.0, state, np.inf, rtol=TOLERANCE, atol=TOLERANCE / 1e3,
                jac=lambda _, state: _jacobian(state, own, link),
            )  # fmt: skip

        self._begin = begin
        self._origin, self._solver = 0.0, begin(state)

    @property
    def _reached(self) -> float:
        """Time up to which the equations are solved."""
        return self._origin + float(self._solver.t)

    def _step(self) -> None:
        """One step. Where a jump is shorter than the spacing of doubles at the time it comes, which
        may be 1e19, the solver fails; the equations know no time, and go on with a clock at 0."""
        self._solver.step()
        if self._solver.status == "failed":
            if self._solver.t == 0:
                raise DivergedError
            self._origin, self._solver = self._reached, self._begin(self._solver.y)

    def advance(self, tau: float, seconds: float) -> None:
        started = time.perf_counter()
        while self._reached < tau:
            if time.perf_counter() - started >= seconds:
                self.tau = self._reached
                return
            self._step()
        self.tau = tau

    def _pairs(self) -> tuple[Array, Array]:
        """(o, n2) of the matched pairs at the present time."""
        if self.tau >= self._reached:
            state = self._solver.y
        else:
            state = self._solver.dense_output()(self.tau - self._origin)
        w, log_n2 = np.split(state, 2)
        return np.tanh(w), np.exp(log_n2)

    def overlaps(self) -> Array:
        return self._turned(self._pairs()[0])

    def _turned(self, o: Array) -> Array:
        O = self._start.copy()  # noqa: E741
        own = self._start[self._k, self._p]
        O[self._k] *= np.sqrt((1 - o**2) / (1 - own**2))[:, None]
        O[self._k, self._p] = o
        return O

    def emerged(self) -> BoolArray:
        return emerged(self.overlaps())

    def measure(self) -> Measurement:
        o, n2 = self._pairs()
        a, top = self._a, float(self._link.K(1.0))
        each = -2 * a[self._p] * n2 * self._link.K(o) + n2**2 * top
        norms = self._n2.copy()
        norms[self._k] = n2
        return Measurement(self._turned(o), norms, float(top * a @ a + each.sum()))


def _jacobian(state: Array, a: Array, link: LinkFunction) -> object:
    """Sparse Jacobian of the field, two diagonals and one below, shape (2P, 2P)."""
    w, log_n2 = np.split(state, 2)
    o = np.tanh(w)
    do = 1 - o**2
    corner = diags(a * link.K_second(o) * do)
    below = diags(4 * a * link.K_prime(o) * do)
    decay = diags(-4 * np.exp(log_n2) * float(link.K(1.0)))
    return bmat([[corner, None], [below, decay]], format="csc")
