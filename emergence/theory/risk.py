"""Closed forms of the population loss and of what is captured of the teacher (Model 2.1, 2.5)."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np

from emergence.arrays import Array
from emergence.theory.hermite import LinkFunction

ROWS = 256
"""Rows of a Gram matrix that are held at once: with them it stays in the processor's cache."""
MANY = 1024
"""Students from which on their Gram matrix is in single precision."""


def population_mse(
    O: Array,  # noqa: E741
    units: Array,
    n2: Array,
    a: Array,
    link: LinkFunction,
    pool: Executor | None = None,
    gram: Array | None = None,
) -> float:
    """E (f - f*)^2 over x ~ N(0, I_d), without sampling (Model 2.1).

    Parameters
    ----------
    O : overlaps <vbar_k, w_p>, shape (m, P)
    units : student directions vbar_k in any orthonormal coordinates, shape (m, D)
    n2 : squared norms |v_k|^2, shape (m,)
    a : teacher strengths, shape (P,)
    link : the link function sigma
    pool : threads that share the work, which is none of the result's business
    gram : inner products <w_p, w_q> of unit w_p, shape (P, P); None where they are orthonormal
    """
    if gram is None:
        # sum_pq a_p a_q K(delta_pq)
        teacher = a @ a * (link.K(1.0) - link.K(0.0)) + a.sum() ** 2 * link.K(0.0)
    else:
        teacher = teacher_power(a, gram, link)
    return float(teacher + _supplied(O, units, n2, a, link, pool))


def teacher_power(a: Array, gram: Array, link: LinkFunction) -> float:
    """E f*^2 = sum_pq a_p a_q K(<w_p, w_q>), `gram` having the inner products."""
    return float(a @ link.K(gram) @ a)


def _supplied(
    O: Array, units: Array, n2: Array, a: Array, link: LinkFunction, pool: Executor | None  # noqa: E741
) -> float:  # fmt: skip
    """sum_kl n2_k n2_l K(<vbar_k, vbar_l>) - 2 sum_kp n2_k a_p K(O_kp), a few k at a time.

    Each pair of students is taken once. Of `MANY` or more the Gram is in single precision, but for
    its diagonal: a part in 10^7 of each pair.
    """
    single = len(units) >= MANY
    rounded = units.astype(np.float32) if single else units

    def some(start: int) -> float:
        stop = min(start + ROWS, len(units))
        gram = rounded[start:stop] @ rounded[start:].T
        if single:
            np.fill_diagonal(gram, 1.0)
        kernel = link.K(gram)
        own = kernel[:, : stop - start] @ n2[start:stop]
        force = 2 * (kernel @ n2[start:]) - own - 2 * (link.K(O[start:stop]) @ a)
        return float(n2[start:stop] @ force)

    starts = range(0, len(units), ROWS)
    return sum(pool.map(some, starts) if pool and single else map(some, starts))


def contributions(
    O: Array, n2: Array, a: Array, link: LinkFunction, rho: float = 0.0  # noqa: E741
) -> Array:  # fmt: skip
    """Share of direction p that neuron k supplies, |v_k|^2 K(O_kp) / (a_p K(1)), shape (m, P).

    Its sum over the neurons is the capture R_p (Model 2.5). Where each two directions overlap by
    rho, 0 < rho < 1, what a neuron has of the others is taken out: the share is that of
    sigma(w_p . x) in the combination of all of these which is nearest to the neuron's function.
    """
    supplied, top, shared = n2[:, None] * link.K(O), float(link.K(1.0)), float(link.K(rho))
    if rho:
        common = shared / (top + (len(a) - 1) * shared) * supplied.sum(axis=1, keepdims=True)
        supplied = (supplied - common) * top / (top - shared)
    return np.asarray(supplied / (a * top))
