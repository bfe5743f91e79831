"""When directions emerge: T_{p,k} of every pair, from the start alone (Model 3.2, 3.3).

Times are in units of tau = eta * steps.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import NDArray
from scipy.special import logit

from emergence.arrays import Array
from emergence.theory.hermite import LinkFunction
from emergence.theory.thresholds import EMERGED

HALF = float(np.sqrt(EMERGED))
"""Overlap at which u = 1/2."""
RATIO = 1.15
"""Distances of neighbouring grid points to a root of K': three Gauss points are right to 1e-5."""
NEAREST = 1e-12
POLISH = 3
"""Steps of Newton's method."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)


def inverse_time_constant(J: int) -> int:
    """J (J - 2): what 1 / (a_p T_p o^(J-2)) is for a pure link, J > 2 (Model 3.2)."""
    return J * (J - 2)


def leading_times(overlaps: Array, a: Array, link: LinkFunction) -> Array:
    """Emergence times of the leading Hermite term alone, shape (m, P).

    For J > 2 the paper's blow-up time 1 / (J (J-2) c_J^2 a_p <vbar_k, w_p>^(J-2)) (Model 3.2), with
    the 8 of the slides for J = 4. J = 1 and 2 do not blow up: there it is the time at which
    u = 1/2. For odd J > 2 a neuron on the wrong side (overlap < 0) never arrives: infinite.

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
            times = np.arctanh(HALF) - np.arctanh(np.clip(start, -1, 1))
        elif J == 2:
            times = -logit(np.minimum(start**2, 1.0)) / 4
        else:
            times = 1 / (inverse_time_constant(J) * np.maximum(start, 0.0) ** (J - 2))
        return np.asarray(np.maximum(times, 0.0) / rate)


def pair_times(overlaps: Array, a: Array, link: LinkFunction) -> Array:
    """Emergence times of every pair alone, shape (m, P), as if no other direction pulled.

    A pure h_J has the paper's formula (`leading_times`). A mixture has the time at which the pair
    of the full link passes u = 1/2 (`half_times`): its leading term alone may be wrong by any
    factor. The two are not one formula: the half time of a pure h_J, J > 2, is the blow-up time but
    for a factor that tends to 1 for small starts (at u = 0.08 it is 0.77, 1.04, 1.14 and 1.13 for
    J = 3, 4, 6, 8): T jumps by this factor where a tiny second coefficient is added.

    Parameters
    ----------
    overlaps : initial <vbar_k, w_p>, shape (m, P)
    a : teacher strengths, shape (P,)
    """
    if np.count_nonzero(link.c[1:]) == 1:
        return leading_times(overlaps, a, link)
    return np.asarray(half_times(overlaps, link) / a)


def emergence_times(overlaps: Array, a: Array, link: LinkFunction) -> Array:
    """T_{p,k} of every pair, shape (m, P); infinite where it is not known ever to meet.

    The times of pairs alone, but where the link has a linear part (J = 1) and P > 1: the linear
    part of the teacher is c_1 <A, x> with A = sum_p a_p w_p, one direction for all. It pulls every
    neuron towards A, do_A/dtau = c_1^2 |A| (1 - o_A^2), and of the single directions only one
    with a_p^2 > |A|^2 / 2, if there is one, has u > 1/2 there. So for sigma = h_1 the time is that
    of the neuron's way to A, infinite for all other directions, which never emerge. In a mixture a
    pair is alone only until the neuron is half-way to A: its own time counts where it is sooner.
    (The others may emerge once the linear part is learned; of that nothing is predicted.)

    Parameters
    ----------
    overlaps : initial <vbar_k, w_p>, shape (m, P)
    a : teacher strengths, shape (P,)
    """
    if len(a) == 1 or not link.c[1]:
        return pair_times(overlaps, a, link)
    strength = float(np.linalg.norm(a))
    share = a / strength
    along = np.clip(overlaps @ share, -1 + NEAREST, 1 - NEAREST)[:, None]
    way, rate = np.arctanh(along), link.c[1] ** 2 * strength
    # In the plane of A and the start o_p = share tanh(s) + across / cosh(s), s = way + rate tau.
    across = (overlaps - along * share) / np.sqrt(1 - along**2)
    excess = share**2 - EMERGED
    there = excess > NEAREST
    together = np.full(overlaps.shape, np.inf)
    share, across = share[there], across[:, there]
    # o_p = HALF is (share - HALF) e^2s + 2 across e^s = share + HALF.
    root = np.sqrt(across**2 + excess[there])
    s = np.log(np.where(across > 0, (share + HALF) / (across + root),
                        (root - across) / (share - HALF)))  # fmt: skip
    together[:, there] = np.maximum(s - way, 0.0) / rate
    together[:, there] *= np.abs(overlaps[:, there]) < HALF
    if np.count_nonzero(link.c[1:]) == 1:
        return together
    alone = pair_times(overlaps, a, link)
    half_way = np.maximum(np.arctanh(HALF) - way, 0.0) / rate
    return np.asarray(np.minimum(np.where(alone <= half_way, alone, np.inf), together))


def linear_time(a: Array, s0: float, link: LinkFunction) -> float:
    """Time in which the linear part of the link (c_1 not 0) finds the sum of all (Model 3.4).

    Half-way from a right angle, and the growth of the norm from s0^2 to |A|.
    """
    strength = float(np.linalg.norm(a))
    growth = max(np.log(strength / s0**2), 0.0) / 4
    return float((np.arctanh(HALF) + growth) / (link.c[1] ** 2 * strength))


def half_times(o: Array, link: LinkFunction) -> Array:
    """theta = a tau at which u = o^2 passes 1/2 in do/dtau = a K'(o) (1 - o^2), shape of o.

    Started from every overlap o of an array; one quadrature serves all. K' has non-negative
    coefficients: all its roots are at o <= 0. Above the largest, overlaps grow. Below the
    smallest they may fall, to u > 1/2 on the negative side. In between, and where links with odd
    terms end on a root from the left, a neuron rests: infinite.
    """
    # An even link's K' is odd: both sides are one.
    start = np.asarray(o, dtype=float) if link.c[1::2].any() else np.abs(o)
    theta = np.full(start.shape, np.inf)
    roots = resting_overlaps(link)
    roots = roots[np.abs(roots) < HALF]
    for side in (1.0, -1.0):
        rest = side * float(np.max(side * roots)) if roots.size else -side * HALF
        if side * float(link.K_prime((rest + side * HALF) / 2)) > 0:
            moving = side * (start - rest) > 0
            theta[moving] = _travel(start[moving], rest, side, link)
    theta[np.abs(start) >= HALF] = 0.0
    return theta


def _travel(start: Array, rest: float, side: float, link: LinkFunction) -> Array:
    """theta from `start` to the overlap side * HALF, shape of start; it slows down at `rest`."""
    ahead = graded_overlaps(rest, side * HALF, link)

    def spent(begin: Array, end: Array) -> Array:
        middle, half = (end + begin) / 2, (end - begin) / 2
        total = np.zeros_like(middle)
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            o = middle + half * node
            total += weight / (link.K_prime(o) * (1 - o**2))
        return total * half

    left = np.append(np.cumsum(spent(ahead[:-1], ahead[1:])[::-1])[::-1], 0.0)
    after = np.minimum(np.searchsorted(side * ahead, side * start), len(ahead) - 1)
    return np.asarray(left[after] + spent(start, ahead[after]))


def resting_overlaps(link: LinkFunction) -> Array:
    """Real overlaps at which K' is 0, increasing, shape (roots,); none is positive."""
    roots = slow_overlaps(link)
    return np.sort(roots.real[np.abs(roots.imag) <= 1e-9 * np.abs(roots)])


def slow_overlaps(link: LinkFunction) -> NDArray[np.complex128]:
    """All roots of K', a multiple one at 0 once, shape (roots,): overlaps near them move slowly."""
    slope = polynomial.polyder(link.c**2)
    lowest = int(np.flatnonzero(slope)[0])
    slope = slope[lowest:]
    roots = polynomial.polyroots(slope).astype(complex)
    for _ in range(POLISH):  # small roots beside large ones come out rough
        steep = polynomial.polyval(roots, polynomial.polyder(slope))
        there = steep != 0
        roots[there] -= polynomial.polyval(roots[there], slope) / steep[there]
    return np.append(roots, 0.0) if lowest else roots


def graded_overlaps(begin: float, end: float, link: LinkFunction) -> Array:
    """Overlaps from just after `begin` to `end`, in this order, dense where K' is small; (n,).

    Their distances to each root of K' grow by RATIO, from where it is felt.
    """
    side = np.sign(end - begin)
    points = [np.array([end])]
    for root in np.append(slow_overlaps(link), begin):
        near = max(abs(root.imag) / 8, NEAREST * max(abs(root.real), 1e-6))
        count = max(2, int(np.log(4 / near) / np.log(RATIO)))
        distances = np.append(0.0, np.geomspace(near, 4.0, count))
        points += [root.real + distances, root.real - distances]
    ordered = side * np.unique(side * np.concatenate(points))
    ahead, within = side * (ordered - begin) > 0, side * (end - ordered) >= 0
    return np.asarray(ordered[ahead & within])
