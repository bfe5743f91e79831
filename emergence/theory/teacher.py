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


def link_function(experiment: Experiment) -> LinkFunction:
    """The link function sigma of the experiment."""
    return _link_function(experiment.coefficients)


@lru_cache(maxsize=64)
def _link_function(coefficients: Mixture) -> LinkFunction:
    return LinkFunction(coefficients)
