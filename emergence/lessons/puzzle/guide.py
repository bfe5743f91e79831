"""The puzzle, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from scipy.optimize import brentq

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.puzzle.model import MANY, slope_of_many
from emergence.theory.additive import AdditiveModel
from emergence.theory.scaling import law_times, time_exponent
from emergence.theory.teacher import power_strengths

FEW = 3


def _steps() -> Mapping[str, float]:
    weights = power_strengths(FEW, 2.0)
    return {
        **{f"T{p}": law_times(float(p), 1.0, 1.0) for p in range(1, FEW + 1)},
        "first": 100 * float(weights[0] / weights.sum()),
    }


def _slope() -> Mapping[str, float]:
    def excess(beta: float) -> float:
        return (time_exponent(beta) or 0.0) + 1

    return {
        "theory": time_exponent(1.5) or 0.0,
        "fitted": slope_of_many(1.5),
        "beta": float(brentq(excess, 0.6, 2.0)),
        "most": MANY,
    }


def _unseen() -> Mapping[str, float]:
    soft, sharp = (AdditiveModel(MANY, 1.0, each).fitted.value for each in (2.0, 64.0))
    return {"soft": soft, "sharp": sharp, "least": -(time_exponent(1.0) or 0.0)}


GUIDE = Guide(
    "To see that emergence and scaling laws do not contradict one another: a sum of many jumps "
    "is smooth, and its slope is computed from how strengths and times depend on $p$.",
    (
        Misconception(
            "The slope of the loss says how sharply a skill is learned.",
            "It says how weights and times of *different* skills are spread. A skill's own "
            "sharpness can be changed a lot without a trace in the slope.",
        ),
        Misconception(
            "A skill is late because its data are rare.",
            "That is so in other models (Michaud et al. 2023, Nam et al. 2024). Here every sample "
            "asks for all skills, and a late skill is a *weak* one.",
        ),
    ),
    (
        Exercise(
            "Three skills, $\\beta = 1$, very sharp curves. At which times "
            "are the three skills half learned? And from the weights $p^{-2\\beta}$: which share "
            "of the loss of these three does the first step take away?",
            {"P": "3", "beta": "1.0", "sharpness": "64"},
            "At $T_p = p^\\beta$: «T1», «T2» and «T3». The first step takes $1/(1 + 2^{-2} + "
            "3^{-2})$, that is «first:.0f» % of the loss of the three.",
            _steps,
        ),
        Exercise(
            "Let $\\beta = 1.5$. Which slope does theory give the loss of infinitely many skills? "
            "Compare it with the picture's. For which $\\beta$ is the slope $-1$?",
            {"P": str(MANY), "beta": "1.5", "guess": "none"},
            "After skill $p$ what is missing is $\\sum_{q>p} q^{-2\\beta} \\approx "
            "p^{1-2\\beta}/(2\\beta-1)$, and $p = t^{1/\\beta}$. So the slope is "
            "$(1-2\\beta)/\\beta$, here «theory:.3f»; fitted to «most» skills (with the sum of "
            "all later ones added) it is «fitted:.3f». It is $-1$ where $1 - 2\\beta = -\\beta$: "
            "$\\beta$ = «beta:g».",
            _slope,
            5,
        ),
        Exercise(
            "Somebody measures only the total loss, and finds a smooth power law. May he conclude "
            "that every skill is learned smoothly? Move the sharpness from 2 to 64, then say what "
            "he would have to measure.",
            {"P": str(MANY), "beta": "1.0", "guess": "none"},
            "No. With curves of sharpness 2 the fitted slope is «soft:.3f», with sharpness 64 "
            "«sharp:.3f»: the sum hardly tells them apart. He has to measure single skills. (Only "
            "curves less sharp than $k = (2\\beta-1)/\\beta$ = «least:g» would be seen: the first "
            "skill's own end, like $t^{-k}$, is then slower than the law.)",
            _unseen,
            6,
        ),
    ),
)
