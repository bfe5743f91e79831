"""Where the tensor power method without deflation ends (Model 6.2).

T = sum_p a_p w_p^(x J), J > 2: a neuron's coordinates along the teachers go v_p <- a_p v_p^(J-1),
so that of the weighted overlaps b_p |v_p|, b_p = a_p^(1/(J-2)), the largest wins. Gradient flow on
the correlation loss -E[f f*] ends at the same direction.
"""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array, IntArray


def winners(overlaps: Array, a: Array, J: int) -> IntArray:
    """argmax_q a_q |o_kq|^(J-2), the direction each neuron ends at, shape overlaps.shape[:-1].

    Parameters
    ----------
    overlaps : <vbar_k, w_q>, up to a factor for each neuron, shape (..., P)
    a : teacher strengths, shape (P,)
    J : information exponent, above 2
    """
    return np.asarray(np.argmax(a ** (1 / (J - 2)) * np.abs(overlaps), axis=-1))
