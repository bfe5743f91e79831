"""From Hermite polynomials to tensors to the power method: one chain (Model 6.1), sigma = h_J.

E[h_J(w.x) h_J(v.x)] = <w, v>^J for unit w and v, the inner product of the tensors w^(x J) and
v^(x J). So the teacher is known to the loss only as the symmetric tensor T = sum_p a_p w_p^(x J):

    E[f* sigma(v.x)] = T(v, ..., v),    E(f - f*)^2 = |T - sum_k |v_k|^2 vbar_k^(x J)|^2,

and the gradient of the first is J T(I, v, ..., v). To go there and back to length 1, again and
again, is the tensor power method.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from emergence.arrays import Array
from emergence.theory.hermite import gauss_hermite, hermite


def symmetric_tensor(W: Array, a: Array, J: int) -> Array:
    """sum_p a_p w_p^(x J), shape (d, ..., d) with J axes; W has shape (P, d), a shape (P,)."""
    terms = [
        strength * reduce(np.multiply.outer, [w] * J) for w, strength in zip(W, a, strict=True)
    ]
    return np.asarray(sum(terms))


def contracted(T: Array, v: Array) -> Array:
    """T(I, v, ..., v), shape (d,): all axes of T but the first contracted with v, shape (d,)."""
    while T.ndim > 1:
        T = T @ v
    return T


def on_circle(angles: ArrayLike) -> Array:
    """Unit vectors of the plane at these angles from w_1 (w_2 is at 90 degrees), shape (n, 2)."""
    angles = np.asarray(angles, dtype=float)
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def sampled_correlation(W: Array, a: Array, J: int, v: Array) -> float:
    """E[f*(x) sigma(v.x)] by Gauss-Hermite quadrature over x in the plane; W of shape (P, 2)."""
    link = hermite(J)
    z, weights = gauss_hermite(J + 1)  # the integrand has degree 2 J
    x = np.stack(np.meshgrid(z, z), axis=-1)
    teacher = link.sigma(x @ W.T) @ a
    return float(weights @ (teacher * link.sigma(x @ v)) @ weights)


def power_path(T: Array, v: Array, rounds: int) -> Array:
    """v, then `rounds` times v <- T(I, v, ..., v) / |.|, shape (rounds + 1, d); v not at rest."""
    path = [v]
    for _ in range(rounds):
        v = contracted(T, v)
        v = v / np.linalg.norm(v)
        path.append(v)
    return np.array(path)


def watershed(a: Array, J: int) -> float:
    """Angle from w_1 at which a_1 cos^(J-2) = a_2 sin^(J-2), J > 2: beyond it w_2 wins."""
    return float(np.arctan((a[0] / a[1]) ** (1 / (J - 2))))
