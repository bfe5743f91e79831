"""How far the slope of one run is from theory's: the scatter over starts, simulated (Model 4.5).

The loss of one run is a staircase, and its residuals about a line are not independent: an interval
from them covers theory's exponent in 50 to 70 % of all starts. What scatters is the start. So many
starts are drawn, matched by the greedy map iota, and each one's loss is fitted just as the run's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from scipy import special

from emergence.arrays import Array
from emergence.theory.fits import CONFIDENCE, slopes
from emergence.theory.hermite import LinkFunction
from emergence.theory.scaling import (
    FLAT,
    fit_window,
    tail,
    time_exponent,
    window_directions,
)
from emergence.theory.times import HALF, half_times, inverse_time_constant, pair_times

MOST_DRAWS, WORK = 999, 200_000
"""Most starts drawn, and most directions in all of them (99 starts are drawn at least)."""
USABLE = 0.9
"""Share of the starts that must have a slope."""
POINTS = 120
"""Points of a fit."""
LARGEST = 1e300
SHAPE = 400
"""Moments at which the fall of a direction's loss is tabulated."""
SIDE, FARTHEST = 400, 34.0
"""Overlaps tabulated on each side of 0, and the log odds of the farthest: beyond it lies 1e-15."""


@dataclass(frozen=True)
class RandomStarts:
    """A kind of random start.

    Attributes
    ----------
    a : strengths of the P directions
    coefficients : degrees and c_i of the link function
    d : dimension
    m : neurons for iota to choose from; None for one random neuron each, and no choice
    s0 : norm at the start; None for norms that are there at once, as in the bare staircase
    """

    a: tuple[float, ...]
    beta: float
    coefficients: tuple[tuple[int, float], ...]
    d: int
    m: int | None
    s0: float | None


@lru_cache(maxsize=256)
def slope_margin(starts: RandomStarts) -> float | None:
    """Half the width of the 95 % interval of one run's slope.

    In 95 % of all starts of this kind the fitted slope is within it of (1 - 2 beta) / beta: it has
    the scatter over starts and the bias of finitely many directions, as far as the staircase at T_p
    and the norms' growth know them; not the noise of SGD, nor what neurons do to one another. The
    same for the same starts: the draws have a fixed seed. None where fewer than 90 % of the starts
    have a slope.
    """
    theory, link = time_exponent(starts.beta), LinkFunction(starts.coefficients)
    P = len(starts.a)
    low, high = window_directions(min(P, starts.m or P))
    if theory is None or high - low < 2:
        return None
    draws = min(MOST_DRAWS, max(WORK // P, 99))
    fitted = _fitted(random_times(starts, link, draws), starts, link)
    errors = np.abs(fitted[np.isfinite(fitted)] - theory)
    if len(errors) < USABLE * draws:
        return None
    # The next start is as likely to have any of the n + 1 ranks among them and itself.
    return float(np.sort(errors)[min(ceil(CONFIDENCE * (len(errors) + 1)), len(errors)) - 1])


def random_times(starts: RandomStarts, link: LinkFunction, draws: int) -> Array:
    """Emergence times of random starts, infinite for directions never met, shape (draws, P).

    Each direction meets the neurons in an order of its own, independent of the others' (overlaps
    are independent but for terms of order 1/d). So of its next neuron only two things count: the
    next order statistic of m times, and whether iota has used it, of which there is a chance of
    (used - passed) / (m - passed). Exact in law, without drawing m P overlaps.
    """
    rng = np.random.default_rng(0)
    a, P = np.array(starts.a), len(starts.a)
    table = _times(starts.d, link)
    m = starts.m or 1
    hazard = rng.exponential(size=(draws, P)) / m
    waiting = _time(hazard, table) / a
    if starts.m is None:
        return np.asarray(waiting)
    T = np.full((draws, P), np.inf)
    passed, used = np.zeros((draws, P)), np.zeros(draws)
    while True:
        p = np.argmin(waiting, axis=1)
        rows = np.flatnonzero((used < m) & np.isfinite(waiting[np.arange(draws), p]))
        if not rows.size:
            return T
        p = p[rows]
        before = passed[rows, p]
        taken = rng.random(len(rows)) * (m - before) < used[rows] - before
        free = ~taken
        T[rows[free], p[free]] = waiting[rows[free], p[free]]
        waiting[rows[free], p[free]] = np.inf
        used[rows[free]] += 1
        at = rows[taken], p[taken]
        passed[at] += 1
        hazard[at] += rng.exponential(size=len(at[0])) / np.maximum(m - passed[at], 1)
        next_one = _time(hazard[at], table) / a[at[1]]
        waiting[at] = np.where(passed[at] < m, next_one, np.inf)


def _times(d: int, link: LinkFunction) -> tuple[Array, Array]:
    """How a_p T is distributed for one random neuron: (log odds of being earlier, log(a_p T)).

    An overlap's square is a Beta(1/2, (d-1)/2) variable. The times of a grid of overlaps are
    sorted, so that nothing is assumed of how they depend on the overlap and its sign.
    """
    odds = np.linspace(-FARTHEST, FARTHEST, 2 * SIDE)
    beyond, edges = special.expit(odds), special.expit((odds[1:] + odds[:-1]) / 2)
    overlap = np.sqrt(1 - special.betaincinv((d - 1) / 2, 0.5, beyond))
    weight = np.diff(np.concatenate([[0.0], edges, [1.0]])) / 2
    signed = np.concatenate([overlap, -overlap])
    theta = pair_times(signed[:, None], np.ones(1), link)[:, 0]
    order = np.argsort(theta, kind="stable")
    weight = np.tile(weight, 2)[order]
    earlier, later = np.cumsum(weight), np.cumsum(weight[::-1])[::-1]
    log_odds = np.log(np.maximum(earlier - weight / 2, 1e-300) / (later - weight / 2))
    return log_odds, np.log(np.clip(theta[order], 1e-300, 1e300))


def _time(hazard: Array, table: tuple[Array, Array]) -> Array:
    """a_p T at -log(1 - U), U the chance of being earlier."""
    log_time = np.interp(np.log(np.expm1(hazard)), *table)
    return np.where(log_time > 600, np.inf, np.exp(log_time))


def _fitted(T: Array, starts: RandomStarts, link: LinkFunction) -> Array:
    """Tail-corrected slope of each start's loss, NaN where there is none, shape (draws,)."""
    a, top = np.array(starts.a), float(link.K(1.0))
    some = np.isfinite(T).any(axis=1)
    T1 = np.full(len(T), np.nan)
    T1[some] = np.nanmedian(np.where(np.isfinite(T), T, np.nan)[some] * a / a[0], axis=1)
    low, high = window_directions(min(len(a), starts.m or len(a)))
    T1 = np.where(T1 > 0, T1, np.nan)
    first, last = (T1 * each for each in fit_window(1.0, high, low, starts.beta))
    part = np.linspace(0.0, 1.0, POINTS)
    x = np.log(first)[:, None] * (1 - part) + np.log(last)[:, None] * part
    t = np.exp(x)
    loss = np.full_like(t, tail(a, starts.beta, top))
    if starts.s0 is not None:
        theta, met, growth = _fall(link)
        T = _half_times(T * a, link) / a
        # While it waits nothing pulls, and a norm shrinks by itself (`predictions.lone_norm`).
        waits = np.median(np.minimum(T * a, LARGEST), axis=0)
        room = a / starts.s0**2 + 4 * top * waits
    for p in range(len(a)):
        since = a[p] * (t - T[:, p, None])
        if starts.s0 is None:
            left = since < 0
        else:
            left = np.interp(since, theta, _left(met, growth, room[p]))
        loss += a[p] ** 2 * top * left
    y = np.log(loss)
    return np.where(y[:, 0] - y[:, -1] > FLAT, slopes(x, y), np.nan)


def _half_times(theta: Array, link: LinkFunction) -> Array:
    """a_p times the moment of u = 1/2, where theta = a_p T_p.

    The blow-up's T_p of h_J is a little later or earlier at small d; T_p of another link is that
    moment.
    """
    J, only = link.information_exponent, np.count_nonzero(link.c[1:]) == 1
    if J <= 2 or not only:
        return theta
    o = (inverse_time_constant(J) * link.c[J] ** 2 * theta) ** (-1 / (J - 2))
    return np.where(np.isfinite(theta), half_times(np.clip(o, 1e-9, HALF), link), np.inf)


def _fall(link: LinkFunction) -> tuple[Array, Array, Array]:
    """A pair on its way: a_p (t - moment of u = 1/2), K(o) / K(1), and 4 a_p int K(o) dt so far.

    All pairs take the same way, d theta = dw / K'(o) with w = artanh(o) (Model 3.1); before its
    beginning at o = 0.02 next to nothing happens, at its end the overlap is 1.
    """
    w = np.linspace(np.arctanh(0.02), 6.0, SHAPE)
    middle = np.tanh((w[1:] + w[:-1]) / 2)
    step = np.diff(w) / link.K_prime(middle)
    theta = np.concatenate([[0.0], np.cumsum(step)])
    growth = np.concatenate([[0.0], np.cumsum(4 * link.K(middle) * step)])
    theta -= np.interp(np.arctanh(HALF), w, theta)
    top = float(link.K(1.0))
    late = np.linspace(0.0, 20.0 / top, SHAPE)[1:]
    return (
        np.concatenate([theta, theta[-1] + late]),
        np.concatenate([link.K(np.tanh(w)) / top, np.ones(len(late))]),
        np.concatenate([growth, growth[-1] + 4 * top * late]),
    )


def _left(met: Array, growth: Array, room: float) -> Array:
    """Share of its loss that a direction still has, 1 - 2 rho K(o)/K(1) + rho^2.

    rho = |v|^2 / a_p grows as exp(growth) from 1 / room and saturates at 1; at 1 too where it
    began above.
    """
    rho = special.expit(growth - np.log(room - 1)) if room > 1 else np.ones(len(growth))
    return np.asarray(1 - 2 * rho * met + rho**2)
