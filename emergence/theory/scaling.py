"""Power laws of the loss in time, and how a slope is measured (Model 4.1, 4.4)."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from emergence.arrays import Array, IntArray
from emergence.theory.fits import Slope, slopes, trailing_slope
from emergence.theory.thresholds import ALL_LEARNED

NO_TIME = 1e-300
"""Stands for T_1 = 0: for J = 1, 2 neurons may start beyond u = 1/2."""
POINTS = 400
"""Points of a fit, evenly spaced in log t over its window."""
LEAST_MOMENTS = 5
"""Moments of a run that must lie in the window."""
FLAT = 0.05
"""A loss that falls by less than this in its logarithm over the whole window is a plateau."""


def has_power_law(beta: float) -> bool:
    """Whether the loss of infinitely many directions, sum_q q^(-2 beta), is finite."""
    return beta > 0.5


def time_exponent(beta: float) -> float | None:
    """(1 - 2 beta) / beta, the slope of log L against log t; None where no power law exists."""
    return plateau_exponent(beta) / beta if has_power_law(beta) else None


def plateau_exponent(beta: float) -> float:
    """1 - 2 beta, the slope of the log of what m < P neurons leave against log m (Model 4.6)."""
    return 1 - 2 * beta


def compute_exponent(beta: float) -> float:
    """(1 - 2 beta) / (1 + beta), the slope of the log of the least loss against log(m t); one eta.

    The best width has just learned its m directions when the time is up: m t ~ m^(1 + beta), and
    what is left is m^(1 - 2 beta) (Model 4.7).
    """
    return plateau_exponent(beta) / (1 + beta)


@overload
def law_times(p: float, T1: float, beta: float) -> float: ...
@overload
def law_times(p: Array | IntArray, T1: float, beta: float) -> Array: ...
def law_times(p: float | Array | IntArray, T1: float, beta: float) -> Any:
    """T_1 p^beta, when theory expects direction p to emerge (Model 4.1), shape of p."""
    return T1 * p**beta


def remaining_by_integral(p: Array | float, beta: float, first: float = 1.0) -> Array:
    """`first` p^(1 - 2 beta) / (2 beta - 1), the loss of all directions beyond p, shape of p.

    The sum over them as an integral (Model 4.1); `first` is the strongest direction's a_1^2 K(1);
    beta > 1/2.
    """
    return np.asarray(first * p ** plateau_exponent(beta) / (2 * beta - 1))


def directions_learned(loss: Array, beta: float, first: float) -> Array:
    """The p at which `remaining_by_integral` is this loss, shape of loss."""
    alone = remaining_by_integral(1.0, beta, first)
    return np.asarray((loss / alone) ** (1 / plateau_exponent(beta)))


def reference_time(T: Array, a: Array) -> float:
    """Emergence time of direction 1 for a typical overlap: the median of T_p a_p / a_1.

    T_p is proportional to 1/a_p times a power of a random overlap; the median takes the
    randomness out. `T`, `a`: shape (P,); infinite times are left out. NaN where none is finite.
    """
    finite = np.isfinite(T)
    return float(np.median(T[finite] * a[finite]) / a[0]) if finite.any() else float("nan")


def _emerged(t: Array, T1: float, beta: float) -> Array:
    """Continuous number p of the direction emerging at time t: T_p = T_1 p^beta."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray((t / max(T1, NO_TIME)) ** np.divide(1.0, beta))


def finite_prediction(t: Array, T1: float, a: Array, beta: float, top: float = 1.0) -> Array:
    """Loss sum_{q >= p(t)} a_q^2 K(1) of P directions with typical overlaps (Model 4.2).

    Here p(t) = (t/T_1)^(1/beta), the sum interpolated linearly between whole p; `top` is K(1).
    """
    left = top * np.concatenate([np.cumsum(a[::-1] ** 2)[::-1], [0.0]])
    p = np.clip(_emerged(t, T1, beta), 1.0, len(a) + 1.0)
    return np.interp(p, np.arange(1, len(a) + 2), left)


def power_law(t: Array, T1: float, a: Array, beta: float, top: float = 1.0) -> Array:
    """Loss of infinitely many directions, a_1^2 p^(1-2 beta) / (2 beta - 1).

    With p = (t/T_1)^(1/beta): a line of slope (1-2 beta)/beta in log-log (Model 4.1). Raises
    ValueError for beta <= 1/2, where the sum over directions diverges.
    """
    exponent = time_exponent(beta)
    if exponent is None:
        raise ValueError(f"beta = {beta:g}: the power law needs beta > 1/2")
    alone = remaining_by_integral(1.0, beta, top * a[0] ** 2)
    return np.asarray(alone * (t / max(T1, NO_TIME)) ** exponent)


def power_tail(p: ArrayLike, beta: float) -> Array:
    """sum_{q > p} q^(-2 beta), a Hurwitz zeta (Model 4.3), shape of p; beta > 1/2."""
    return np.asarray(special.zeta(2 * beta, np.asarray(p) + 1))


def tail(a: Array, beta: float, top: float = 1.0) -> float:
    """Loss sum_{q > P} a_1^2 q^(-2 beta) K(1) of the directions that P lacks (Model 4.3)."""
    return float(top * a[0] ** 2 * power_tail(len(a), beta)) if has_power_law(beta) else 0.0


def window_directions(P: int) -> tuple[int, int]:
    """The stated fit window in directions: [P/200, P/2], widened to three jumps for small P.

    P directions, or as many as there are neurons: width limits the loss beyond.

    Ending at P/2 instead of P/4 the slope scatters a third less from seed to seed and is
    no more biased (random starts, P = 64 and 128, m = 3 P to 6 P).
    """
    low = max(1, round(P / 200))
    return low, min(P, max(round(P / 2), low + 2))


def fit_window(T1: float, high: float, low: int, beta: float) -> tuple[float, float]:
    """From the middle of the step that follows direction `low` to the typical T_p of `high`.

    Beginning at the jump itself would count the longest steps by their late halves and bias the
    slope (-6 % at P = 64).
    """
    return law_times(low + 0.5, T1, beta), law_times(float(high), T1, beta)


def why_no_slope(
    t: Array, loss: Array, T1: float, a: Array, beta: float, top: float, m: float = np.inf
) -> str | None:
    """Why `fit_slope` finds no slope in this loss, in a sentence; None where it finds one.

    Parameters as there."""
    if time_exponent(beta) is None:
        return f"the power law needs β above 1/2, and beta is {beta:g}"
    low, high = window_directions(int(min(m, len(a))))
    if high - low < 2:
        what = f"m = {m:g}" if m < len(a) else f"P = {len(a)}"
        return f"{what} is too few: a slope takes three jumps or more"
    if not np.isfinite(T1):
        return "no direction emerges, so there is no time to begin at"
    if not T1 > 0:
        return "half of the directions are met at the start, so there is no time to begin at"
    window = fit_window(T1, high, low, beta)
    if not t[-1] >= window[1]:
        return "the run is too short: it ends before the fit's window does; raise horizon or steps"
    inside = (t >= window[0]) & (t <= window[1])
    if np.count_nonzero(inside) < LEAST_MOMENTS:
        return (
            f"fewer than {LEAST_MOMENTS} moments of the run are in the fit's window: lower the "
            "step size, so that more steps are"
        )
    if not (np.isfinite(loss[inside]) & (loss[inside] > 0)).all():
        return "the loss is no positive number everywhere in the fit's window"
    x, y = _points(t, loss + tail(a, beta, top), window)
    if not y[0] - y[-1] > FLAT:
        return (
            "the loss does not fall in the fit's window: no direction emerges in it, so this is a "
            "plateau and not a power law"
        )
    middle = float(np.exp(np.interp(x[len(x) // 2], np.log(t[inside]), np.log(loss[inside]))))
    if middle < ALL_LEARNED * top * a[-1] ** 2:
        return (
            "everything is learned before the middle of the fit's window: the rest of it is a "
            "floor and not a power law"
        )
    return None


def fit_slope(
    t: Array, loss: Array, T1: float, a: Array, beta: float, top: float, m: float = np.inf
) -> Slope | None:
    """Tail-corrected slope of log(loss) against log(t) by least squares (Model 4.4).

    `t` and `loss` have shape (n,), `a` (P,); `T1` is the time of direction 1 and `top` K(1). The
    window (`fit_window`) is that of the directions `window_directions`. With m < P neurons it
    is that of m directions: later the loss rests on its plateau. Returns None where `why_no_slope`
    has a reason. There is no interval: how far the slope is from theory's depends on the start, and
    one staircase does not tell (its residuals are not independent); see `theory.scatter`.
    """
    if why_no_slope(t, loss, T1, a, beta, top, m):
        return None
    low, high = window_directions(int(min(m, len(a))))
    window = fit_window(T1, high, low, beta)
    x, y = _points(t, loss + tail(a, beta, top), window)
    points = int(np.count_nonzero((t >= window[0]) & (t <= window[1])))
    return Slope(float(slopes(x, y)), None, window, points)


def _points(t: Array, loss: Array, window: tuple[float, float]) -> tuple[Array, Array]:
    """log t, evenly spaced over the window, and the log of the loss there."""
    usable = (t > 0) & (loss > 0) & np.isfinite(loss)
    x = np.linspace(np.log(window[0]), np.log(window[1]), POINTS)
    return x, np.interp(x, np.log(t[usable]), np.log(loss[usable]))


def local_slope(t: Array, loss: Array, beta: float, a: Array, top: float) -> Slope | None:
    """Slope of log(tail-corrected loss) against log(t) up to the last moment (`trailing_slope`).

    `t` and `loss` have shape (n,). None, too, for beta <= 1/2, where there is no tail, and where a
    loss is not finite.
    """
    if time_exponent(beta) is None or not np.isfinite(loss).all():
        return None
    return trailing_slope(t, np.where(loss > 0, loss + tail(a, beta, top), np.nan))
