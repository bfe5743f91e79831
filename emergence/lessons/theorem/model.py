"""What the theorem asks of an experiment, as numbers with a threshold (Model 9.1, 7.2).

Ren, Nichani, Wu, Lee (2025) prove their theorem for d large and eta, s_0 small "up to polynomials
in P and kappa". The thresholds below are rules of thumb at classroom size, not the theorem's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.experiment import Experiment
from emergence.theory.predictions import neurons_enough
from emergence.theory.stability import MARGIN, mean_square_bound
from emergence.theory.teacher import link_function, strengths
from emergence.theory.times import pair_times

ROOM = 10.0
"""d counts as large against P when d is at least so many times P^2."""
SMALL = 0.1
"""The students' joint norm counts as small when m s_0^2 is at most this share of a_P."""


@dataclass(frozen=True)
class Check:
    """One assumption: it holds where `value` is at most (`least`: at least) the `limit`."""

    name: str
    value: float
    limit: float
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


def search_noise(experiment: Experiment) -> float:
    """Squared noise gathered until T_P over the squared overlap 1/d of a typical start.

    While nothing is learned e = -f*, so a step of SGD moves an overlap by eta e sigma'(z) x_w, of
    variance eta^2 K(1) K'(1) sum_p a_p^2 / B; there are T_P / eta of them, with the overlap
    1/sqrt(d) in T_P. In terms of eta = c d^(-J/2) no d is left where sigma = h_J. Infinite for
    J <= 2, which have no such search.
    """
    e, a, link = experiment, strengths(experiment), link_function(experiment)
    if e.J <= 2:
        return float("inf")
    variance = float(link.K(1.0) * link.K_prime(1.0) * np.sum(a**2)) / e.B
    T = float(pair_times(np.full((1, 1), e.d**-0.5), a[-1:], link)[0, 0])
    return float(e.eta * variance * T * e.d)


def assumptions(experiment: Experiment) -> tuple[Check, ...]:
    """The theorem's assumptions about link, width, dimension, step size and initial norm."""
    e, a, link = experiment, strengths(experiment), link_function(experiment)
    return (
        Check("sharp", float(e.J), 3.0, least=True),
        Check("even", float(np.count_nonzero(link.c[1::2])), 0.0),
        Check("orthonormal", float(e.P), float(e.d)),
        Check("width", e.m / max(float(neurons_enough(e.P)), 1.0), 1.0, least=True),
        Check("dimension", e.d / e.P**2, ROOM, least=True),
        Check("search", search_noise(e), 1.0),
        Check("stable", e.eta / mean_square_bound(e.d, a, link, e.B), MARGIN),
        Check("small", e.m * e.s0**2 / float(a[-1]), SMALL),
    )
