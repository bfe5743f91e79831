"""One neuron and one direction on the sphere (Model 5.1), for sigma = h_J.

With |v| = 1 the loss 1/2 E (sigma(v.x) - sigma(w.x))^2 is 1 - o^J, o = <v, w>, and its spherical
gradient flow is do/dtau = J o^(J-1) (1 - o^2), tau = eta * steps. Ben Arous, Gheissari, Jagannath,
*Online stochastic gradient descent on non-convex losses from high-dimensional inference*, JMLR
2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from emergence.arrays import Array
from emergence.theory.fits import (
    Seeds,
    Slope,
    bootstrap_apart,
    fit_line,
    median_interval,
    slopes,
)
from emergence.theory.hermite import gauss_hermite, hermite
from emergence.theory.predictions import travel_time
from emergence.theory.thresholds import EMERGED
from emergence.theory.times import inverse_time_constant


def step_power(J: int) -> float:
    """The power of 1/d in the step size of one neuron, max(J/2, 1)."""
    return max(J / 2, 1.0)


@dataclass(frozen=True)
class Flow:
    """What the flow does from u = 1/d on, in steps of size eta = c d^(-max(J/2, 1))."""

    J: int
    d: int
    c: float

    @property
    def eta(self) -> float:
        """The step size."""
        return float(self.c * float(self.d) ** -step_power(self.J))

    @property
    def start(self) -> float:
        """The squared overlap at the start, the mean of a random start."""
        return 1 / self.d

    @property
    def border(self) -> float:
        """The squared overlap d^(-(1-2 delta)) at which search ends, for delta = 1/4."""
        return float(self.d**-0.5)

    @property
    def arrival(self) -> float:
        """Steps until u = 1/2."""
        return float(travel_time(self.J, self.start, EMERGED)) / self.eta

    @property
    def blow_up(self) -> float:
        """Steps until u would be infinite if it did not saturate; infinite for J = 1, 2."""
        if self.J <= 2:
            return float("inf")
        return float(self.start ** (1 - self.J / 2) / inverse_time_constant(self.J) / self.eta)

    @property
    def search_share(self) -> float:
        """Share of the steps until u = 1/2 that pass before u = 1/sqrt(d)."""
        return float(travel_time(self.J, self.start, self.border)) / self.eta / self.arrival

    def path(self, points: int = 300) -> tuple[Array, Array]:
        """Steps, beginning with 0, and squared overlaps up to 1 - 1e-6, shape (points,).

        Exact; the points are evenly spaced in log(u / (1 - u)).
        """
        u = np.asarray(expit(np.linspace(logit(self.start), logit(1 - 1e-6), points)))
        u[0] = self.start
        return travel_time(self.J, self.start, u) / self.eta, u

    def law(self, points: int = 300) -> tuple[Array, Array]:
        """Steps and squared overlaps of du/dtau = 2 J u^(J/2), which lacks 1 - u, shape (points,).

        u^(1-J/2) = u0^(1-J/2) - J (J-2) tau, for J = 4 the 1/u = 1/u0 - 8 tau of (Model 3.2), and
        u = u0 exp(4 tau) for J = 2; up to u = 1.
        """
        u = np.geomspace(self.start, 1.0, points)
        if self.J == 2:
            tau = np.log(u / self.start) / 4
        else:
            power = 1 - self.J / 2
            tau = (self.start**power - u**power) / inverse_time_constant(self.J)
        return tau / self.eta, u

    @property
    def shrinking(self) -> float:
        """The mean shrinking of the overlap by noise over its growth by the signal, at the start.

        A step lengthens v by the factor 1 + eta^2 C_J d / 2 on average (`noise`), and bringing it
        back to length 1 shrinks the overlap by as much.
        """
        o = self.start**0.5
        return float(self.eta * noise(self.J) * self.d * o / (2 * self.J * o ** (self.J - 1)))


def share_left(J: int, d: ArrayLike, delta: float) -> Array:
    """Share of the flow's steps from u = 1/d to 1/2 that come after o = d^(-1/2 + delta).

    The others are the search of Ben Arous, Gheissari and Jagannath, at any delta in (0, 1/2). For
    J >= 3 the share falls as d^(-delta (J - 2)); it tends to 1 - 2 delta for J = 2 and to 1 for
    J = 1. Shape of d.
    """
    d = np.asarray(d, dtype=float)
    left = travel_time(J, search_end(d, delta), EMERGED)
    return np.asarray(left / travel_time(J, 1 / d, EMERGED))


def share_exponent(J: int, delta: float) -> float:
    """-delta (J - 2): the exponent of d in `share_left` for J >= 3."""
    return -delta * (J - 2)


def search_end(d: ArrayLike, delta: float) -> Array:
    """The squared overlap d^(-1 + 2 delta) at which search ends, 1/2 at most; shape of d."""
    return np.minimum(np.asarray(d, dtype=float) ** (2 * delta - 1), EMERGED)


def noise(J: int) -> float:
    """C_J = E[(h_J(z) - h_J(y))^2 h_J'(z)^2] for independent z and y: the mean square of a push.

    (Model 5.3)
    """
    link = hermite(J)
    z, weights = gauss_hermite(2 * J + 2)
    slope = link.sigma_prime(z) ** 2
    return float(weights @ (link.sigma(z) ** 2 * slope) + weights @ slope)


def growth(J: int, d: ArrayLike) -> Array:
    """The theorem's number of samples up to a constant: d, d log d, d^(J-1) for J = 1, 2, >= 3.

    (Model 5.2)
    """
    d = np.asarray(d, dtype=float)
    return np.asarray(d * np.log(d) if J == 2 else d ** max(J - 1, 1))


def _logs(J: int, d: Array, times: Array) -> tuple[Array, Array]:
    """log(d), shape (n,), and log(times), shape (..., n), the times divided by log(d) for J = 2."""
    x = np.log(d)
    return x, np.log(times) - (np.log(x) if J == 2 else 0.0)


def recovery_exponent(J: int, d: Array, times: Array) -> Slope | None:
    """The exponent of d (n,) in times (n,), for J = 2 beside a log(d)."""
    return fit_line(*_logs(J, d, times), over=d)


@dataclass(frozen=True)
class Scaling:
    """Measured recovery times over d, and the exponent fitted to their medians.

    Attributes
    ----------
    d : dimensions, increasing, shape (n,)
    median, low, high : steps, with a 95 % interval from order statistics, shape (n,)
    fitted : exponent with its 95 % bootstrap interval; None for n < 2
    flow : exponent of the flow over the same d, from the same start; None for n < 2
    late : how many seeds of all d were not seen to arrive; they count as slower than all others
    """

    d: Array
    median: Array
    low: Array
    high: Array
    fitted: Slope | None
    flow: Slope | None
    late: int

    @property
    def factor(self) -> float | None:
        """By which the time grows when d doubles, by the fit (J not 2); None for n < 2."""
        return None if self.fitted is None else float(2.0**self.fitted.value)


def scaling(J: int, times: dict[int, Array]) -> Scaling:
    """What the seeds' recovery times (infinite where not seen, shape (seeds,)) say, by d.

    More than half of them must be finite at every d. Raises ValueError for no d at all.
    """
    d = np.array(sorted(times), dtype=float)
    each = [times[int(size)] for size in d]
    median = np.array([np.median(one) for one in each])
    low, high = np.array([median_interval(one) for one in each]).T
    late = sum(int(np.isinf(one).sum()) for one in each)
    flow = recovery_exponent(J, d, np.array([Flow(J, int(size), 1.0).arrival for size in d]))
    fitted = recovery_exponent(J, d, median)
    if fitted:

        def statistic(seeds: list[Seeds]) -> Array:
            """Slopes through the medians; NaN where too many unseen times were drawn."""
            medians = [np.median(one[i], axis=1) for one, i in zip(each, seeds, strict=True)]
            drawn = np.stack(medians, axis=1)
            return slopes(*_logs(J, d, np.where(np.isfinite(drawn), drawn, np.nan)))

        fitted = fitted.within(bootstrap_apart(statistic, [len(one) for one in each]))
    return Scaling(d, median, low, high, fitted, flow, late)


def noise_over_signal(c: float) -> float:
    """`Flow.shrinking` of J = 4 in 96 dimensions at a step constant."""
    return Flow(4, 96, c).shrinking
