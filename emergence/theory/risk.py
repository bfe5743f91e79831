"""Closed forms of the population loss and of what is captured of the teacher (Model 2.1, 2.5)."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.theory.hermite import LinkFunction

ROWS = 256
"""Rows of a Gram matrix that are held at once: with them it stays in the processor's cache."""


def population_mse(O: Array, units: Array, n2: Array, a: Array, link: LinkFunction) -> float:  # noqa: E741
    """E (f - f*)^2 over x ~ N(0, I_d), without sampling (Model 2.1).

    Parameters
    ----------
    O : overlaps <vbar_k, w_p>, shape (m, P)
    units : student directions vbar_k in any orthonormal coordinates, shape (m, D)
    n2 : squared norms |v_k|^2, shape (m,)
    a : teacher strengths, shape (P,); the w_p are orthonormal
    link : the link function sigma
    """
    # sum_pq a_p a_q K(delta_pq), orthonormal teachers.
    teacher = a @ a * (link.K(1.0) - link.K(0.0)) + a.sum() ** 2 * link.K(0.0)
    return float(teacher - 2 * n2 @ link.K(O) @ a + _between(units, n2, link))


def _between(units: Array, n2: Array, link: LinkFunction) -> float:
    """sum_kl n2_k n2_l K(<vbar_k, vbar_l>): each pair once, a few rows of the Gram at a time."""
    total = 0.0
    for start in range(0, len(units), ROWS):
        stop = min(start + ROWS, len(units))
        kernel = link.K(units[start:stop] @ units[start:].T)
        own = kernel[:, : stop - start]
        total += 2 * float(n2[start:stop] @ (kernel @ n2[start:]))
        total -= float(n2[start:stop] @ (own @ n2[start:stop]))
    return total


def contributions(O: Array, n2: Array, a: Array, link: LinkFunction) -> Array:  # noqa: E741
    """Share of direction p that neuron k supplies, |v_k|^2 K(O_kp) / (a_p K(1)), shape (m, P).

    Its sum over the neurons is the capture R_p (Model 2.5).
    """
    return np.asarray(n2[:, None] * link.K(O) / (a * float(link.K(1.0))))
