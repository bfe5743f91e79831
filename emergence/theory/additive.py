"""The additive model: many sharp learning curves, weighted, make a power law (Model 4.8).

Michaud, Liu, Girit, Tegmark, *The quantization model of neural scaling* (2023); Nam, Fonseca, Lee,
Mingard, Louis, *An exactly solvable model for emergence and scaling laws* (2024): there a skill is
late because it is rare in the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from emergence.arrays import Array
from emergence.theory.fits import Slope, fit_power, secant_slopes
from emergence.theory.scaling import fit_window, law_times, power_tail, time_exponent
from emergence.theory.teacher import power_strengths

POINTS_PER_DECADE = 100


@dataclass(frozen=True)
class AdditiveModel:
    """P skills of weight a_p^2 = p^(-2 beta), half learned at T_p = p^beta; beta > 1/2.

    In log t a skill's curve is logistic with slope `sharpness`.
    """

    P: int
    beta: float
    sharpness: float

    @cached_property
    def t(self) -> Array:
        """Times, evenly spaced in log t from well before T_1 to T_P (at least 10), shape (n,)."""
        last = max(law_times(float(self.P), 1.0, self.beta), 10.0)
        return np.geomspace(0.2, last, round(POINTS_PER_DECADE * np.log10(last / 0.2)))

    @cached_property
    def missing(self) -> Array:
        """Share of each skill that is still missing, shape (P, n), falling from 1 to 0."""
        late = np.log(self.t) - self.beta * np.log(np.arange(1, self.P + 1))[:, None]
        return np.asarray(expit(-self.sharpness * late))

    @cached_property
    def loss(self) -> Array:
        """L(t) = sum_p a_p^2 (missing share of skill p), shape (n,)."""
        return np.asarray(power_strengths(self.P, 2 * self.beta) @ self.missing)

    @cached_property
    def corrected(self) -> Array:
        """The loss with the sum_{q > P} q^(-2 beta) of all skills beyond P added, shape (n,)."""
        return np.asarray(self.loss + power_tail(self.P, self.beta))

    @cached_property
    def slope(self) -> Array:
        """Local slope of log(corrected) against log(t), shape (n,)."""
        return secant_slopes(self.t, self.corrected)

    def taught(self, skills: int) -> Array:
        """Loss on all skills if the data come from a model that knows the first `skills` of them.

        What they do not show is never learned: those skills are learned as before, and the rest,
        sum_{q > skills} q^(-2 beta), stays. Shape (n,); skills from 1 to P.
        """
        weights = power_strengths(skills, 2 * self.beta)
        return np.asarray(weights @ self.missing[:skills] + power_tail(skills, self.beta))

    @property
    def exponent(self) -> float:
        """(1 - 2 beta) / beta."""
        return float(time_exponent(self.beta) or np.nan)

    @property
    def fitted(self) -> Slope:
        """Slope of the corrected loss from the middle of the first step, 1.5^beta, to the end."""
        inside = self.t >= min(fit_window(1.0, self.P, 1, self.beta)[0], self.t[-1] / 2)
        fit = fit_power(self.t[inside], self.corrected[inside])
        assert fit is not None, "t spans more than a decade"
        return fit
