"""What the theory predicts of a run before it starts: iota, the staircases (Model 3.1, 3.5, 3.7).

T_p itself is in `theory.times`. Times are in units of tau = eta * steps. Nothing here integrates
the dynamics step by step: the decoupled pair is solved by quadrature, so that comparing it with
the engines is a cross-check.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.special import expit, logit

from emergence.arrays import Array, BoolArray, IntArray
from emergence.theory.hermite import LinkFunction
from emergence.theory.times import graded_overlaps, resting_overlaps

GRID = 1_600
"""Points of the quadrature of a pair's trajectory: u is right to 1e-4, |v|^2 to 1e-3 (tested)."""
LATEST_LOGIT = 30.0
LARGEST = 1e300


def greedy_matching(times: Array) -> IntArray:
    """The injective map iota, shape (P,): the neuron of each direction, -1 where none is left.

    Over all pairs not yet used take the smallest T_{p,k}; assign; strike out its row and its
    column; repeat (Model 3.5). Pairs with an infinite time are never assigned.
    """
    m, P = times.shape
    left = times.T.copy()
    nearest = left.argmin(axis=1)
    iota = np.full(P, -1, dtype=np.int64)
    used = np.zeros(m, dtype=bool)
    # The earliest meeting of each direction with a neuron that was free when last looked at.
    heap = list(zip(left[range(P), nearest].tolist(), range(P), strict=True))
    heapify(heap)
    while heap and np.isfinite(heap[0][0]):
        _, p = heap[0]
        k = nearest[p]
        if used[k]:
            nearest[p] = left[p].argmin()
            heapreplace(heap, (float(left[p, nearest[p]]), p))
            continue
        iota[p] = k
        used[k] = True
        left[:, k] = np.inf
        heappop(heap)
    return iota


def neurons_enough(P: ArrayLike) -> Array:
    """P log P, the number of random neurons that is enough up to a constant, shape of P.

    (Model 6.3); 0 for P = 1.
    """
    P = np.asarray(P, dtype=float)
    return np.asarray(P * np.log(P))


def norm_growth_delay(a: Array, s0: float, link: LinkFunction) -> Array:
    """Time log(a_p / s0^2) / (4 a_p K(1)) of the norm, after emergence, shape of a (Model 3.6)."""
    return np.asarray(np.maximum(np.log(a / s0**2), 0.0) / (4 * a * float(link.K(1.0))))


def lone_norm(tau: Array, s0: float, link: LinkFunction) -> Array:
    """Norm s0 / sqrt(1 + 4 K(1) s0^2 tau) of a neuron that nothing pulls, at times tau.

    Its own part in the error shrinks it: dn2/dtau = -4 K(1) n2^2 (Model 2.6).
    """
    return np.asarray(s0 / np.sqrt(1 + 4 * float(link.K(1.0)) * s0**2 * tau))


def staircase(tau: Array, T: Array, a: Array, link: LinkFunction) -> Array:
    """Indicator staircase sum_p a_p^2 K(1) 1{tau < T_p}, shape of tau (Model 3.7)."""
    height = a**2 * float(link.K(1.0))
    order = np.argsort(T)
    left = np.concatenate([np.cumsum(height[order][::-1])[::-1], [0.0]])
    return np.asarray(left[np.searchsorted(T[order], tau, side="right")])


@dataclass(frozen=True)
class Pair:
    """Decoupled trajectories of P pairs on grids in time, each array of shape (P, grid).

    `theta` = a_p tau; `w` = artanh of the overlap o; `log_rho` = log(|v|^2 / a_p).
    """

    theta: Array
    w: Array
    log_rho: Array

    def at(self, theta: Array) -> tuple[Array, Array]:
        """(o, |v|^2 / a_p) at times theta = a_p tau, shape (P, times)."""
        rows = range(len(self.theta))
        w = np.array([np.interp(theta[p], self.theta[p], self.w[p]) for p in rows])
        log_rho = np.array([np.interp(theta[p], self.theta[p], self.log_rho[p]) for p in rows])
        return np.tanh(w), np.exp(log_rho)


def decoupled_pairs(overlap: Array, a: Array, s0: float, link: LinkFunction) -> Pair:
    """Solve do/dtau = a K'(o) (1 - o^2), dn2/dtau = 4 n2 (a K(o) - n2 K(1)) of every pair.

    For sigma = h_J and u = o^2 these are the two equations of (Model 3.1). With w = artanh(o) the
    first is d theta = dw / K'(o), a quadrature; the second is linear in 1/n2.

    Parameters
    ----------
    overlap : initial <vbar, w_p> of each pair, shape (P,), in (-1, 1) and not 0
    a : teacher strengths, shape (P,)
    s0 : initial norm
    """
    w = np.array([_way(float(o), link) for o in overlap]).reshape(len(a), GRID)
    step = np.diff(w, axis=1)
    middle = (w[:, 1:] + w[:, :-1]) / 2
    # Gauss's two points in every step.
    before, after = (link.K_prime(np.tanh(middle + side * step / np.sqrt(12))) for side in (-1, 1))
    d_theta = step / 2 * (1 / before + 1 / after)
    theta = _running(d_theta)
    # d(1/rho)/d theta = 4 K(1) - 4 K / rho, exact over a step of constant K: with X the integral
    # of 4 K, e^X / rho grows by 4 K(1) times the integral of e^X.
    top = float(link.K(1.0))
    x = 4 * link.K(np.tanh(middle)) * d_theta
    X = _running(x)
    with np.errstate(over="ignore", under="ignore"):
        gained = _running(4 * top * d_theta * np.exp(X[:, :-1]) * special.exprel(x))
        inverse = np.minimum(((a / s0**2)[:, None] + gained) * np.exp(-X), LARGEST)
    # Past the grid the overlap stands still and the norm relaxes on: one more, long stretch.
    tail = np.geomspace(1e-2, 1e9, GRID // 2)
    there = np.tanh(w[:, -1:])
    y = 4 * link.K(there) * tail
    with np.errstate(over="ignore", under="ignore"):
        late = inverse[:, -1:] * np.exp(-y) + 4 * top * tail * special.exprel(-y)
    late = np.minimum(late, LARGEST)
    return Pair(
        theta=np.concatenate([theta, theta[:, -1:] + tail], axis=1),
        w=np.concatenate([w, w[:, -1:] + link.K_prime(there) * tail], axis=1),
        log_rho=-np.log(np.concatenate([inverse, late], axis=1)),
    )


def _running(steps: Array) -> Array:
    """Running sums from 0 along each row: shape (P, n) gives (P, n + 1)."""
    return np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)


def _way(o: float, link: LinkFunction) -> Array:
    """Values of artanh(overlap) that a pair passes on its way from overlap o, shape (GRID,)."""
    even = not link.c[1::2].any()
    o = float(np.clip(abs(o) if even else o, -1 + 1e-12, 1 - 1e-12))
    if o >= 0:
        start = float(logit(max(o, 1e-12) ** 2))
        # The blow-up takes nearly all its time near the start: grade the grid towards it.
        share = np.linspace(0.0, 1.0, GRID) ** 2
        y = start + (max(LATEST_LOGIT, start + 1.0) - start) * share
        return np.asarray(np.log1p(np.sqrt(expit(y))) - np.log(expit(-y)) / 2)
    # From the wrong side of a link that sees the sign: on to the next overlap at which K' = 0.
    w, side = np.arctanh(o), np.sign(float(link.K_prime(o)))
    roots = resting_overlaps(link)
    ahead = roots[(np.abs(roots) < 1) & (side * (roots - o) > 0)]
    if ahead.size:
        rest = np.arctanh(side * np.min(side * ahead))
        return np.asarray(rest + (w - rest) * np.exp(-LATEST_LOGIT * np.linspace(0, 1, GRID) ** 2))
    # No rest ahead: half of the points lie dense where it is slow on the way.
    last = side * max(abs(w) + 1, LATEST_LOGIT / 2)
    turn = side * max(side * (w + side * 1e-3), np.arctanh(0.9))
    on_way = np.concatenate([[w], np.arctanh(graded_overlaps(o, float(np.tanh(turn)), link))])
    dense = np.interp(np.linspace(0, len(on_way) - 1, GRID // 2), np.arange(len(on_way)), on_way)
    return np.asarray(np.concatenate([dense, np.linspace(turn, last, GRID // 2 + 1)[1:]]))


def decoupled_mse(
    tau: Array, pairs: Pair, a: Array, matched: BoolArray, link: LinkFunction
) -> Array:
    """Population MSE of the pairs alone, each with its direction, shape of tau (Model 3.8).

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
    o, rho = pairs.at(own[:, None] * tau)
    each = top - 2 * rho * link.K(o) + rho**2 * top
    return np.asarray(lost + own**2 @ each)


def travel_time(J: int, u0: ArrayLike, u: ArrayLike) -> Array:
    """Time a tau in which h_J's flow takes u from u0 to u, both in (0, 1); shapes broadcast."""
    return _antiderivative(J, np.sqrt(u)) - _antiderivative(J, np.sqrt(u0))


def _antiderivative(J: int, o: Array) -> Array:
    """Integral of do / (J o^(J-1) (1 - o^2)), by o^-n / (1 - o^2) = o^-n + o^(2-n) / (1 - o^2)."""
    odd = (J - 1) % 2
    total = np.log(o) - np.log1p(-(o**2)) / 2 if odd else np.arctanh(o)
    for n in range(odd + 2, J, 2):
        total = total - o ** (1.0 - n) / (n - 1)
    return np.asarray(total / J)
