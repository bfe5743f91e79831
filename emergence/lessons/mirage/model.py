"""One skill alone, P = 1 and a = 1, at J = 2 and J = 4: its squared overlap over time, exactly.

du/dtau = 2 J u^(J/2) (1 - u) (Model 3.1). J = 2 is a logistic curve, as in deep linear networks
(Saxe, McClelland, Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear
networks*, 2014). J = 4 blows up like 1 / (1/u0 - 8 tau) until it saturates.

What a measure makes of it: Schaeffer, Miranda, Koyejo, *Are emergent abilities of large language
models a mirage?*, 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, wrightomega

from emergence.arrays import Array
from emergence.theory.thresholds import CAPTURED, TRANSITION_BEGUN, TRANSITION_OVER

DEGREES = (2, 4)
JUMP = 0.05
"""Decades of time: what goes from 10 % to 90 % in less is called a jump (12 % of the time)."""
LOSS, OVERLAP, CAPTURE, ACCURACY = MEASURES = (
    "loss learned", "overlap u", "capture R", "pass or fail",
)  # fmt: skip


def overlap(tau: ArrayLike, u0: ArrayLike, J: int) -> Array:
    """u at times tau from u0 at 0, 0 < u0 < 1; the two broadcast.

    J = 4: with w = 1/u - 1, w + log w falls by 8 a unit of time: w is Wright's omega function.
    """
    tau, u0 = np.asarray(tau, dtype=float), np.asarray(u0, dtype=float)
    if J == 2:
        return np.asarray(expit(logit(u0) + 4 * tau))
    return np.asarray(1 / (1 + wrightomega(1 / u0 - 1 - logit(u0) - 8 * tau)))


def time_to(u: ArrayLike, u0: ArrayLike, J: int) -> Array:
    """The time at which u0 has grown to u, the inverse of `overlap`; the two broadcast."""
    return _clock(u, J) - _clock(u0, J)


def _clock(u: ArrayLike, J: int) -> Array:
    """What grows by 1 a unit of time."""
    u = np.asarray(u, dtype=float)
    return np.asarray(logit(u) / 4 if J == 2 else (logit(u) - 1 / u) / 8)


def captured_time(R: ArrayLike, u0: float, s0: float) -> Array:
    """When the capture R = |v|^2 u is reached at J = 2, shape of R.

    For J = 2 it is the student's matrix sum |v|^2 vbar vbar^T along w: a logistic curve of its
    own, from s0^2 u0, at the rate 4.
    """
    return np.asarray((logit(R) - logit(s0**2 * u0)) / 4)


def decades(t: tuple[float, float] | Array) -> float:
    """log10 of the later time over the earlier one."""
    return float(np.log10(t[1] / t[0]))


def overlap_decades(u0: float, J: int) -> float:
    """Decades of time that u takes from 10 % to 90 %."""
    return decades(time_to([TRANSITION_BEGUN, TRANSITION_OVER], u0, J))


def capture_decades(u0: float, s0: float) -> float:
    """Decades of time that the capture takes from 10 % to 90 % at J = 2."""
    return decades(captured_time([TRANSITION_BEGUN, TRANSITION_OVER], u0, s0))


def blow_up_decades(u0: float) -> float:
    """Decades from u = 10 % to 90 % of u = 1 / (1/u0 - 8 tau): J = 4 without saturation."""
    return decades(1 / u0 - 1 / np.array([TRANSITION_BEGUN, TRANSITION_OVER]))


@dataclass(frozen=True, eq=False)
class FourMeasures:
    """One run, looked at in four ways.

    Attributes
    ----------
    J : information exponent, 2 or 4
    tau : moments, increasing, the first above 0, shape (n,)
    u, R : squared overlap and capture, shape (n,)
    loss : population MSE over that of a student that knows nothing, shape (n,)
    u0 : squared overlap at the start
    """

    J: int
    tau: Array
    u: Array
    R: Array
    loss: Array
    u0: float

    @property
    def curves(self) -> dict[str, Array]:
        """What each measure says is learned, from 0 to 1, shape (n,) each."""
        passed = (self.R > CAPTURED).astype(float)
        return dict(zip(MEASURES, (1 - self.loss, self.u, self.R, passed), strict=True))

    def decades(self, measure: str) -> float:
        """Decades of time from 10 % to 90 % in this measure; of pass or fail it is 0.

        Where a curve passes a level is found between two moments, on a straight line.
        """
        if measure == ACCURACY:
            return 0.0
        curve = self.curves[measure]
        found = []
        for level in (TRANSITION_BEGUN, TRANSITION_OVER):
            i = max(int(np.argmax(curve > level)), 1)
            found.append(np.interp(level, curve[i - 1 : i + 1], self.tau[i - 1 : i + 1]))
        return decades(np.array(found))

    @property
    def jumps(self) -> list[str]:
        """The measures that jump."""
        return [measure for measure in MEASURES if self.decades(measure) < JUMP]
