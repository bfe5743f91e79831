"""The step size at which a fitted student loses its stability (Model 7.1), and what to try."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.theory.hermite import LinkFunction

MARGIN = 0.2
"""Share of the bound that is worth a try: at the bound itself 163 of 960 runs diverged."""
MEASURED, KINDS, LONGEST = (0, 2_400), 24, 500_000
"""(diverged, runs) at MARGIN, of how many kinds of experiments, 100 seeds each, and how many steps
at most: `python -m tests.benchmarks.step_size`."""


def mean_square_bound(d: int, a: Array, link: LinkFunction, B: int = 1) -> float:
    """Step size from which on SGD is unstable in the mean square around the fitted student.

    Near the optimum e = g . delta with g_p = sqrt(a_p) sigma'(z_p) x, so that the perturbation of
    neuron p grows by eta^2 E[|g|^2 g g^T] / B and shrinks by 2 eta E[g g^T]. With |x|^2 = d and
    independent z_p this is stable while, for every p,

        eta d E[sigma'^2] (a_p kurtosis + sum_{q != p} a_q) / B + eta a_p E[sigma'^2] < 2,

    kurtosis = E[sigma'^4] / E[sigma'^2]^2; direction 1 is the tightest. It is no promise: a run
    has to get there first, and rare samples have large gradients (h_J has heavy tails). Of 16 seeds
    7 diverge at the bound at d = 48, P = 3, J = 2; see MARGIN.
    """
    power = float(link.K_prime(1.0))  # E[sigma'^2] = sum_i i c_i^2
    noise = d * (a[0] * link.slope_kurtosis() + float(np.sum(a[1:]))) / B
    return float(2 / (power * (noise + a[0])))
