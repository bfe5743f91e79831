"""Largest step size at which a fitted student stays fitted (SCIENCE 6a)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emergence.theory.hermite import LinkFunction

Array = NDArray[np.float64]


def stable_step_size(d: int, a: Array, link: LinkFunction, B: int = 1) -> float:
    """Step size below which SGD is stable in mean square around the fitted student.

    Near the optimum e = g . delta with g_p = sqrt(a_p) sigma'(z_p) x, so that the perturbation of
    neuron p grows by eta^2 E[|g|^2 g g^T] / B and shrinks by 2 eta E[g g^T]. With |x|^2 = d and
    independent z_p this is stable while, for every p,

        eta d E[sigma'^2] (a_p kurtosis + sum_{q != p} a_q) / B + eta a_p E[sigma'^2] < 2,

    kurtosis = E[sigma'^4] / E[sigma'^2]^2; direction 1 is the tightest. Measured: at d = 32,
    P = 8, J = 4, beta = 1 the bound is 0.21 d^-2, SGD diverges at 0.5 d^-2 (SCIENCE 6a). Heavy
    tails make mean-square stability cautious: a run somewhat above it may survive.
    """
    power = float(link.K_prime(1.0))  # E[sigma'^2] = sum_i i c_i^2
    noise = d * (a[0] * link.slope_kurtosis() + float(np.sum(a[1:]))) / B
    return float(2 / (power * (noise + a[0])))
