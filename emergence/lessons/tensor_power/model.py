"""The network of Li, Ma and Zhang on Gaussian data, in closed form.

Teacher f*(x) = sum_p a_p |<e_p, x>|, e_p orthonormal; student f(x) = sum_k |w_k| ReLU(<w_k, x>) =
sum_k n_k^2 ReLU(<v_k, x>), v_k = w_k / n_k, n_k = |w_k|. In Hermite polynomials, |z| has the
degrees 0, 2, 4, ..., ReLU(z) = (z + |z|) / 2 the degree 1 beside them, and of two unit vectors
with overlap s (arc-cosine kernels of order 1: Cho, Saul, *Kernel methods for deep learning*, 2009)

    E ReLU(<v, x>) ReLU(<v', x>) = (sqrt(1 - s^2) + (pi - arccos s) s) / (2 pi),
    E ReLU(<v, x>) |<e, x>|      = (sqrt(1 - s^2) + s arcsin s) / pi.

The loss is (1/2) E (f - f*)^2. Of a kernel, the terms c s^i below a degree can be left out: what
remains is the loss of the higher degrees alone.

Y. Li, T. Ma, H. R. Zhang, *Learning over-parametrized two-layer neural networks beyond NTK*, COLT
2020, arXiv 2007.04596.
"""

from __future__ import annotations

from math import factorial, pi, sqrt

import numpy as np
from scipy.special import betaincinv

from emergence.arrays import Array

DEGREES = (0, 1, 2, 4)
"""Degrees whose part of the loss is looked at one by one."""


def abs_coefficient(i: int) -> float:
    """Of the normalised Hermite polynomial h_i in |z|; 0 for odd i."""
    if i % 2:
        return 0.0
    half = i // 2
    size = sqrt(2 * factorial(i) / pi) / (2.0**half * factorial(half) * (i - 1))
    return size if i % 4 == 2 else -size


def relu_coefficient(i: int) -> float:
    """Of the normalised Hermite polynomial h_i in ReLU(z) = (z + |z|) / 2."""
    return (abs_coefficient(i) + (i == 1)) / 2


def relu_relu(s: Array, lowest: int = 0) -> tuple[Array, Array]:
    """E ReLU(<v, x>) ReLU(<v', x>) and its slope in the overlap s, of degrees from `lowest`."""
    angle = np.arcsin(s)
    value = (np.sqrt(1 - s * s) + (pi / 2 + angle) * s) / (2 * pi)
    lower = [relu_coefficient(i) ** 2 for i in range(lowest)]
    return _without(lower, s, value, (pi / 2 + angle) / (2 * pi))


def relu_abs(s: Array, lowest: int = 0) -> tuple[Array, Array]:
    """E ReLU(<v, x>) |<e, x>| and its slope in the overlap s, of degrees from `lowest`."""
    angle = np.arcsin(s)
    value = (np.sqrt(1 - s * s) + s * angle) / pi
    lower = [relu_coefficient(i) * abs_coefficient(i) for i in range(lowest)]
    return _without(lower, s, value, angle / pi)


def _without(lower: list[float], s: Array, value: Array, slope: Array) -> tuple[Array, Array]:
    """A kernel and its slope, less the terms lower_i s^i."""
    for i, c in enumerate(lower):
        value = value - c * s**i
        slope = slope - (c * i * s ** (i - 1) if i else 0.0)
    return value, slope


def polar(W: Array, P: int) -> tuple[Array, Array, Array, Array]:
    """Norms n, directions v, overlaps with one another and with e_1 ... e_P of neurons (..., m, d).

    Shapes (..., m), (..., m, d), (..., m, m) and (..., m, P).
    """
    n = np.linalg.norm(W, axis=-1)
    v = W / n[..., None]
    together = np.clip(v @ np.swapaxes(v, -1, -2), -1, 1)
    return n, v, together, np.clip(v[..., :P], -1, 1)


def field(W: Array, a: Array, lowest: int = 0) -> Array:
    """Minus the gradient of the loss (1/2) E (f - f*)^2 in the neurons, shape of W.

    dw_k/dtau = n_k (2 r_k v_k + (1 - v_k v_k^T) q_k),
    r_k = sum_p a_p B(o_kp) - sum_l n_l^2 K(s_kl),
    q_k = sum_p a_p B'(o_kp) e_p - sum_l n_l^2 K'(s_kl) v_l, K of `relu_relu`, B of `relu_abs`.

    Parameters
    ----------
    W : neurons, shape (..., m, d)
    a : strengths, shape (P,), of the directions e_1 ... e_P, the first axes
    lowest : degrees below are left out
    """
    n, v, together, along = polar(W, len(a))
    mutual, mutual_slope = relu_relu(together, lowest)
    pull, pull_slope = relu_abs(along, lowest)
    weight = n * n
    r = pull @ a - (mutual @ weight[..., None])[..., 0]
    q = -(mutual_slope * weight[..., None, :]) @ v
    q[..., : len(a)] += pull_slope * a
    inside = np.sum(q * v, axis=-1)
    return np.asarray(n[..., None] * ((2 * r - inside)[..., None] * v + q))


def loss(W: Array, a: Array, lowest: int = 0) -> Array:
    """E (f - f*)^2 of the degrees from `lowest`, shape (...) of neurons (..., m, d)."""
    n, _, together, along = polar(W, len(a))
    weight = n * n
    student = np.einsum("...k,...kl,...l", weight, relu_relu(together, lowest)[0], weight)
    both = np.einsum("...k,...kp,p", weight, relu_abs(along, lowest)[0], a)
    teacher = a @ (2 * relu_abs(np.eye(len(a)), lowest)[0]) @ a
    return np.asarray(student - 2 * both + teacher)


def degree_losses(W: Array, a: Array) -> Array:
    """The parts of E (f - f*)^2 of `DEGREES`, shape (..., degrees) of neurons (..., m, d).

    Degree i: |sum_k n_k^2 r_i v_k^(x i) - sum_p a_p c_i e_p^(x i)|^2, r_i of ReLU, c_i of |z|.
    """
    n, _, together, along = polar(W, len(a))
    weight = n * n
    parts = []
    for i in DEGREES:
        r, c = relu_coefficient(i), abs_coefficient(i)
        student = np.einsum("...k,...kl,...l", weight, together**i, weight)
        both = np.einsum("...k,...kp,p", weight, along**i, a)
        teacher = np.sum(a**2) if i else np.sum(a) ** 2
        parts.append(r * r * student - 2 * r * c * both + c * c * teacher)
    return np.stack(parts, axis=-1)


def captures(W: Array, a: Array) -> Array:
    """R_p = sum_k n_k^2 <v_k, e_p>^4 / (2 a_p), shape (..., P): of the teacher's 4th-order tensor.

    The student's entry (p, p, p, p) over the teacher's: 1 where two neurons along +e_p and -e_p
    make a_p |<e_p, x>|.
    """
    n, v, _, _ = polar(W, len(a))
    return np.asarray(np.sum((n * n)[..., None] * v[..., : len(a)] ** 4, axis=-2) / (2 * a))


def higher_share(s: float) -> float:
    """Share of a direction's pull on a neuron at overlap s in (0, 1) that is of degrees above 2."""
    return 1 - s / float(np.arcsin(s))


def share_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a probability by so many successes (Clopper, Pearson, Biometrika 1934)."""
    k, n = successes, trials
    low = float(betaincinv(k, n - k + 1, 0.025)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 0.975)) if k < n else 1.0
    return low, high
