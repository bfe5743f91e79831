"""The teacher of an experiment: its strengths and its link function (Model 1.1)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.parameters import Mixture
from emergence.theory.hermite import LinkFunction


def power_strengths(P: int, beta: float) -> Array:
    """p^-beta, shape (P,): the slides' strengths (Model 1.2)."""
    return np.asarray(np.arange(1.0, P + 1) ** -beta)


def strengths(experiment: Experiment) -> Array:
    """Teacher strengths a_p proportional to p^-beta, shape (P,), decreasing (Model 1.2)."""
    a = power_strengths(experiment.P, experiment.beta)
    if experiment.normalisation == "paper":
        a /= np.sqrt(np.sum(a**2))
    return np.asarray(a)


def gram(P: int, rho: float) -> Array:
    """Inner products <w_p, w_q> of teacher directions that overlap by rho, shape (P, P)."""
    return np.asarray(np.full((P, P), rho) + (1 - rho) * np.eye(P))


def directions(P: int, rho: float) -> Array:
    """Unit directions with that Gram matrix, in the first P coordinates, shape (P, P).

    The symmetric root of the Gram matrix, so that none of them is special: for rho = 0 the axes.
    """
    inside, apart = np.sqrt(1 + (P - 1) * rho), np.sqrt(1 - rho)
    return np.asarray(apart * np.eye(P) + (inside - apart) / P)


def link_function(experiment: Experiment) -> LinkFunction:
    """The link function sigma of the experiment."""
    return _link_function(experiment.coefficients)


@lru_cache(maxsize=64)
def _link_function(coefficients: Mixture) -> LinkFunction:
    return LinkFunction(coefficients)
