"""Power laws of the loss in time, and how a slope is measured (SCIENCE 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

NO_TIME = 1e-300
"""Stands for T_1 = 0: for J = 1, 2 neurons may start beyond u = 1/2."""


def time_exponent(beta: float) -> float | None:
    """(1 - 2 beta) / beta, the slope of log L against log t; None where no power law exists."""
    return (1 - 2 * beta) / beta if beta > 0.5 else None


def reference_time(T: Array, a: Array) -> float:
    """Emergence time of direction 1 for a typical overlap: the median of T_p a_p / a_1.

    T_p is proportional to 1/a_p times a power of a random overlap; the median takes the
    randomness out. `T`, `a`: shape (P,); infinite times are left out. NaN where none is finite.
    """
    found = np.isfinite(T)
    return float(np.median(T[found] * a[found]) / a[0]) if found.any() else float("nan")


def _emerged(t: Array, T1: float, beta: float) -> Array:
    """Continuous number p of the direction emerging at time t: T_p = T_1 p^beta."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray((t / max(T1, NO_TIME)) ** np.divide(1.0, beta))


def finite_prediction(t: Array, T1: float, a: Array, beta: float, top: float = 1.0) -> Array:
    """Loss sum_{q >= p(t)} a_q^2 K(1) of P directions with typical overlaps.

    Here p(t) = (t/T_1)^(1/beta), the sum interpolated linearly between whole p; `top` is K(1).
    """
    left = top * np.concatenate([np.cumsum(a[::-1] ** 2)[::-1], [0.0]])
    p = np.clip(_emerged(t, T1, beta), 1.0, len(a) + 1.0)
    return np.interp(p, np.arange(1, len(a) + 2), left)


def power_law(t: Array, T1: float, a: Array, beta: float, top: float = 1.0) -> Array:
    """Loss of infinitely many directions, a_1^2 p^(1-2 beta) / (2 beta - 1).

    With p = (t/T_1)^(1/beta): a line of slope (1-2 beta)/beta in log-log (SCIENCE 4). Raises
    ValueError for beta <= 1/2, where the sum over directions diverges.
    """
    exponent = time_exponent(beta)
    if exponent is None:
        raise ValueError(f"beta = {beta:g}: the power law needs beta > 1/2")
    return np.asarray(top * a[0] ** 2 / (2 * beta - 1) * (t / max(T1, NO_TIME)) ** exponent)


def tail(a: Array, beta: float, top: float = 1.0) -> float:
    """Loss sum_{q > P} a_1^2 q^(-2 beta) K(1) of the directions a finite teacher lacks."""
    return float(top * a[0] ** 2 * special.zeta(2 * beta, len(a) + 1)) if beta > 0.5 else 0.0


@dataclass(frozen=True)
class Slope:
    """A fitted exponent: `value`, its 95 % confidence interval `ci`, and the window in t."""

    value: float
    ci: tuple[float, float]
    window: tuple[float, float]


def window_directions(P: int) -> tuple[int, int]:
    """The stated fit window in directions: [P/200, P/2], widened to three jumps for small P.

    P directions, or as many as there are neurons: width limits the loss beyond.

    SCIENCE 4 ends at P/4; ending at P/2 the slope scatters a third less from seed to seed and is
    no more biased (random starts, P = 64 and 128, m = 3 P to 6 P).
    """
    low = max(1, round(P / 200))
    return low, min(P, max(round(P / 2), low + 2))


def fit_slope(
    t: Array, loss: Array, T1: float, a: Array, beta: float, top: float, m: float = np.inf
) -> Slope | None:
    """Tail-corrected slope of log(loss) against log(t) by least squares (SCIENCE 4).

    The window runs from the middle of the step that follows direction P/200 to the typical
    emergence time of P/2 (see `window_directions`): beginning at the jump itself would count the
    longest steps by their late halves and bias the slope (-6 % at P = 64). Neighbouring points of
    a staircase are not independent, so the confidence interval counts one independent observation
    for each direction in the window (Student t with that number minus 2 degrees of freedom, not
    below 1).

    With m < P neurons the window is that of m directions: later the loss rests on its plateau.
    Returns None for beta <= 1/2, or when the run does not cover the window.
    """
    if time_exponent(beta) is None or not 0 < T1 < np.inf:
        return None
    low, high = window_directions(int(min(m, len(a))))
    window = (T1 * (low + 0.5) ** beta, T1 * float(high) ** beta)
    usable = (t > 0) & (loss > 0)
    if not usable.any() or high - low < 2 or t[-1] < window[1]:
        return None
    x = np.linspace(np.log(window[0]), np.log(window[1]), 400)
    y = np.interp(x, np.log(t[usable]), np.log(loss[usable] + tail(a, beta, top)))
    x -= x.mean()
    slope = float(x @ y / (x @ x))
    residual = y - y.mean() - slope * x
    independent = high - low + 1
    freedom = max(independent - 2, 1)
    error = np.sqrt(np.sum(residual**2) / len(x) * independent / freedom)
    error /= np.std(x) * np.sqrt(independent)
    # Student's quantile from special: scipy.stats would be a third of the app's import time.
    half = float(special.stdtrit(freedom, 0.975) * error)
    return Slope(slope, (slope - half, slope + half), window)


def local_slope(t: Array, loss: Array, beta: float, a: Array, top: float) -> float:
    """Slope of log(tail-corrected loss) against log(t) over the trailing factor 2 in t.

    NaN until that window holds three points.
    """
    recent = (t >= t[-1] / 2) & (t > 0) & (loss > 0)
    if np.count_nonzero(recent) < 3:
        return float("nan")
    x, y = np.log(t[recent]), np.log(loss[recent] + tail(a, beta, top))
    x = x - x.mean()
    return float(x @ y / (x @ x))
