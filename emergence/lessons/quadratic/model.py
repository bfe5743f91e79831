"""J = 2: a quadratic network under gradient flow, solved exactly, and its power law.

With sigma = h_2 the student is the matrix M = sum_k v_k v_k^T, the teacher A = sum_p a_p w_p w_p^T
and the loss |A - M|^2. The flow is dv_k/dtau = 2 (A - M) v_k, so that dM/dtau =
2 (A - M) M + 2 M (A - M), a matrix Riccati equation (Ben Arous, Erdogdu, Vural, Wu, *Learning
quadratic neural networks in high dimensions: SGD dynamics and scaling laws*, 2025). For P = 1 it is
the logistic curve of Saxe, McClelland, Ganguli, 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, zeta

from emergence.arrays import Array
from emergence.theory.scaling import time_exponent


@dataclass(frozen=True, eq=False)
class QuadraticFlow:
    """The exact flow of m >= P neurons.

    Attributes
    ----------
    X : the neurons' coordinates v_k along the teachers at the start, shape (m, P)
    W : inner products of what is left of them, shape (m, m)
    a : strengths, shape (P,)
    """

    X: Array
    W: Array
    a: Array

    def at(self, tau: float) -> tuple[Array, float]:
        """Captures M_pp / a_p, shape (P,), and the loss |A - M|^2 at a time tau > 0.

        By Woodbury's identity from M = e^(2 A tau) V^T (1 + 4 V (int e^(4 A s) ds) V^T)^-1 V
        e^(2 A tau), with V the neurons at the start; nothing in it grows with tau.
        """
        X, a = self.X, self.a
        solved = np.linalg.solve(np.eye(len(X)) + 4 * tau * self.W, np.hstack([X, self.W]))
        left, rest = solved[:, : len(a)], solved[:, len(a) :]
        decay = np.exp(-2 * a * tau)
        inverse = a * decay**2 / (1 - decay**2)  # of (e^(4 a tau) - 1) / a
        kernel = np.linalg.inv(X.T @ left + np.diag(inverse))
        along = a * decay / (1 - decay**2)
        # Between the teachers: M = e^2At (Y - Y (1/D + Y)^-1 Y) e^2At, D = (e^4At - 1) / A.
        M = np.diag(a / (1 - decay**2)) - along[:, None] * kernel * along
        # Across: half of it on the way out of the span; and outside it.
        half = along[:, None] * (kernel @ left.T)
        across = float(np.sum((half @ self.W) * half))
        outside = rest - left @ kernel @ (left.T @ self.W)
        missing = np.diag(a) - M
        loss = float(np.sum(missing**2)) + 2 * across + float(np.sum(outside * outside.T))
        return np.diag(M) / a, loss


@dataclass(frozen=True)
class Logistic:
    """Infinitely many directions a_p = p^-beta, each alone: dR_p/dtau = 4 a_p R_p (1 - R_p).

    R_p begins at y / a_p, y = m s0^2 / d: the sum over the neurons of |v|^2 u.
    """

    beta: float
    y: float

    def capture(self, tau: Array, p: Array) -> Array:
        """R_p at times tau, shape (n, p)."""
        a = p**-self.beta
        return np.asarray(expit(np.log(self.y / a) + 4 * a * tau[:, None]))

    def time(self, p: Array | float) -> Array:
        """T_p = log(a_p / y) / (4 a_p), when half is captured, shape of p."""
        a = np.asarray(p, dtype=float) ** -self.beta
        return np.asarray(np.log(a / self.y) / (4 * a))

    @property
    def overlapping(self) -> int:
        """The first direction that has not risen to 90 % when the next one is at 10 %."""
        p = np.arange(1.0, 1000.0)
        half = np.log(9) / (4 * p**-self.beta)  # from 10 % to 50 %, as from there to 90 %
        begun, over = self.time(p) - half, self.time(p) + half
        return int(p[:-1][begun[1:] < over[:-1]][0])

    def loss(self, tau: Array, P: int) -> Array:
        """sum_p a_p^2 (1 - R_p)^2, with all directions beyond P unlearned, shape (n,)."""
        p = np.arange(1.0, P + 1)
        left = (1 - self.capture(tau, p)) ** 2
        return np.asarray(left @ p ** (-2 * self.beta) + zeta(2 * self.beta, P + 1))

    def exponent(self, p: float) -> float:
        """d log L / d log tau where direction p is being learned.

        L ~ p^(1 - 2 beta), and T_p ~ p^beta log(a_p / y): its logarithm falls as p grows, so that
        log T_p grows by beta (1 - 1 / log(a_p / y)) a unit of log p, less than beta.
        """
        return local_exponent(self.beta, p**-self.beta / self.y)


def local_exponent(beta: float, ratio: float) -> float:
    """The law (1 - 2 beta) / beta over 1 - 1 / log(a_p / y), `ratio` being a_p / y."""
    return (time_exponent(beta) or 0.0) / (1 - 1 / float(np.log(ratio)))
