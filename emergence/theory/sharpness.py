"""How sharp a transition is: which share of a neuron's time it takes (Model 3.1)."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre

from emergence.theory.hermite import LinkFunction
from emergence.theory.thresholds import TRANSITION_BEGUN, TRANSITION_OVER

NODES, WEIGHTS = legendre.leggauss(200)


def transition_share(link: LinkFunction, start: float) -> float:
    """Share of the time in which a pair's u goes from start^2 to 0.9 that u takes from 0.1 on.

    By do/dtau = a K'(o) (1 - o^2), a quadrature in log o. `start` is an overlap above 0, its
    square below 0.1.
    """
    begun, over = TRANSITION_BEGUN**0.5, TRANSITION_OVER**0.5
    before, after = _time(link, start, begun), _time(link, begun, over)
    return after / (before + after)


def without_higher(link: LinkFunction) -> LinkFunction:
    """The terms of degree 1 and 2 alone, which make no plateau; J is at most 2."""
    return LinkFunction([(i, float(c)) for i, c in enumerate(link.c[:3]) if i and c])


def _time(link: LinkFunction, low: float, high: float) -> float:
    """Time, in units of 1/a, from overlap `low` to `high`."""
    half = np.log(high / low) / 2
    o = low * np.exp(half * (1 + NODES))
    return float(half * (WEIGHTS @ (o / (link.K_prime(o) * (1 - o**2)))))
