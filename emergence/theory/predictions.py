"""What the theory predicts of a run before it starts: T_p, iota, the staircases (SCIENCE 3).

Times are in units of tau = eta * steps. Nothing here integrates the dynamics step by step: the
decoupled pair is solved by quadrature in its logit, so that comparing it with the engines is a
cross-check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from emergence.theory.hermite import LinkFunction

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

GRID = 1_600
"""Points of the quadrature of a pair's trajectory: u is right to 1e-4, |v|^2 to 1e-3 (tested)."""
LATEST_LOGIT = 30.0


def emergence_times(overlaps: Array, a: Array, link: LinkFunction) -> Array:
    """T_{p,k} of every pair in units of tau, shape (m, P); infinite where the pair never meets.

    For J > 2 it is 1 / (J (J-2) c_J^2 a_p <vbar_k, w_p>^(J-2)) (SCIENCE 3). For J = 1, 2, which
    do not blow up, it is the time at which the decoupled dynamics of the leading Hermite term
    pass u = 1/2. For odd J a neuron on the wrong side (overlap < 0) never arrives when J > 2.

    Parameters
    ----------
    overlaps : initial <vbar_k, w_p>, shape (m, P)
    a : teacher strengths, shape (P,)
    """
    J = link.information_exponent
    rate = a * link.c[J] ** 2
    start = overlaps if J % 2 else np.abs(overlaps)
    with np.errstate(divide="ignore", over="ignore"):
        if J == 1:
            times = np.arctanh(np.sqrt(0.5)) - np.arctanh(np.clip(start, -1, 1))
        elif J == 2:
            times = -logit(np.minimum(start**2, 1.0)) / 4
        else:
            times = 1 / (J * (J - 2) * np.maximum(start, 0.0) ** (J - 2))
        return np.asarray(np.maximum(times, 0.0) / rate)


def greedy_matching(times: Array) -> IntArray:
    """The injective map iota, shape (P,): the neuron of each direction, -1 where none is left.

    Over all pairs not yet used take the smallest T_{p,k}; assign; strike out its row and its
    column; repeat (SCIENCE 3). Pairs with an infinite time are never assigned.
    """
    m, P = times.shape
    order = np.argsort(times, axis=0, kind="stable")
    place = np.zeros(P, dtype=np.int64)
    columns = np.arange(P)
    current = times[order[0], columns]
    iota = np.full(P, -1, dtype=np.int64)
    used = np.zeros(m, dtype=bool)
    for _ in range(m * P):
        p = int(np.argmin(current))
        if not np.isfinite(current[p]):
            break
        k = order[place[p], p]
        if not used[k]:
            used[k] = True
            iota[p] = k
            current[p] = np.inf
            continue
        free = np.flatnonzero(~used[order[place[p] :, p]])
        place[p] += free[0] if free.size else 0
        current[p] = times[order[place[p], p], p] if free.size else np.inf
    return iota


def norm_growth_delay(a: Array, s0: float) -> Array:
    """Time log(a_p / s0^2) / (4 a_p) the norm takes once the direction is found (SCIENCE 3)."""
    return np.asarray(np.maximum(np.log(a / s0**2), 0.0) / (4 * a))


def staircase(tau: Array, T: Array, a: Array, link: LinkFunction) -> Array:
    """Indicator staircase sum_p a_p^2 K(1) 1{tau < T_p}, shape of tau (SCIENCE 3)."""
    height = a**2 * float(link.K(1.0))
    order = np.argsort(T)
    left = np.concatenate([np.cumsum(height[order][::-1])[::-1], [0.0]])
    return np.asarray(left[np.searchsorted(T[order], tau, side="right")])


@dataclass(frozen=True)
class Pair:
    """Decoupled trajectories of P pairs: u on a grid of its logit, and the times it is reached.

    `theta` = a_p tau, shape (P, grid); `y` = logit(u), same shape; `log_rho` = log(|v|^2 / a_p).
    """

    theta: Array
    y: Array
    log_rho: Array

    def at(self, theta: Array) -> tuple[Array, Array]:
        """(u, |v|^2 / a_p) at times theta = a_p tau, shape (P, times)."""
        rows = range(len(self.theta))
        y = np.array([np.interp(theta[p], self.theta[p], self.y[p]) for p in rows])
        log_rho = np.array([np.interp(theta[p], self.theta[p], self.log_rho[p]) for p in rows])
        return expit(y), np.exp(log_rho)


def decoupled_pairs(overlap: Array, a: Array, s0: float, link: LinkFunction) -> Pair:
    """Solve du/dtau = 2 a u^(1/2) K'(u^(1/2)) (1 - u), dn2/dtau = 4 n2 (a K(u^(1/2)) - n2 K(1)).

    For sigma = h_J these are the two equations of SCIENCE 3. With y = logit(u) the first is
    d theta = dy / (2 K'(o) / o), o = u^(1/2), a quadrature; the second is linear in 1/n2.

    Parameters
    ----------
    overlap : initial |<vbar, w_p>| of each pair, shape (P,), in (0, 1)
    a : teacher strengths, shape (P,)
    s0 : initial norm
    """
    start = logit(np.clip(overlap, 1e-12, 1 - 1e-12) ** 2)
    end = np.maximum(LATEST_LOGIT, start + 1.0)
    # The blow-up takes nearly all its time near the start: grade the grid towards it.
    graded = np.linspace(0.0, 1.0, GRID) ** 2
    y = start[:, None] + (end - start)[:, None] * graded

    def pace(logits: Array) -> Array:
        o = np.sqrt(expit(logits))
        return np.asarray(2 * link.K_prime(o) / o)

    middle = (y[:, 1:] + y[:, :-1]) / 2
    step = np.diff(y, axis=1)
    d_theta = step / 6 * (1 / pace(y[:, :-1]) + 4 / pace(middle) + 1 / pace(y[:, 1:]))
    zero = np.zeros((len(a), 1))
    theta = np.concatenate([zero, np.cumsum(d_theta, axis=1)], axis=1)
    K = link.K(np.sqrt(expit(middle)))
    top = float(link.K(1.0))
    inverse = np.empty_like(y)
    inverse[:, 0] = a / s0**2
    for i in range(step.shape[1]):
        # d(1/rho)/d theta = 4 K(1) - 4 K / rho, exact over a step of constant K.
        x = 4 * K[:, i] * d_theta[:, i]
        inverse[:, i + 1] = inverse[:, i] * np.exp(-x) - 4 * top * d_theta[:, i] * _ratio(x)
    # Past the grid the direction is found and the norm relaxes on: one more, long stretch.
    tail = np.geomspace(1e-2, 1e9, GRID // 2)
    x = 4 * top * tail
    late = 1 + (inverse[:, -1:] - 1) * np.exp(-x)
    return Pair(
        theta=np.concatenate([theta, theta[:, -1:] + tail], axis=1),
        y=np.concatenate([y, y[:, -1:] + 2 * float(link.K_prime(1.0)) * tail], axis=1),
        log_rho=-np.log(np.concatenate([inverse, late], axis=1)),
    )


def _ratio(x: Array) -> Array:
    """(e^-x - 1) / x, with its limit -1 at 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(x) < 1e-12, -1.0, np.expm1(-x) / x)


def decoupled_mse(
    tau: Array, pairs: Pair, a: Array, matched: NDArray[np.bool_], link: LinkFunction
) -> Array:
    """Population MSE of the pairs alone, each with its direction, shape of tau (SCIENCE 3).

    A matched direction costs a^2 K(1) - 2 a n2 K(o) + n2^2 K(1); one that no neuron is matched
    to costs a^2 K(1) for ever.

    Parameters
    ----------
    tau : times, shape (n,)
    pairs : trajectories of the matched directions only, in the order of `a[matched]`
    a : teacher strengths, shape (P,)
    matched : which directions have a neuron, boolean, shape (P,)
    """
    top = float(link.K(1.0))
    lost = float(top * np.sum(a[~matched] ** 2))
    own = a[matched]
    if not own.size:
        return np.full(np.shape(tau), lost)
    u, rho = pairs.at(own[:, None] * tau)
    each = top - 2 * rho * link.K(np.sqrt(u)) + rho**2 * top
    return np.asarray(lost + own**2 @ each)
