"""What we learned, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.experiment import Experiment
from emergence.lessons.takeaways.model import SKILLS, never_learned
from emergence.theory.hermite import hermite
from emergence.theory.scaling import time_exponent
from emergence.theory.times import leading_times


def _rests() -> Mapping[str, float]:
    return {f"author{p}": 100 * never_learned(p) for p in (8, 32, 128)}


def _author() -> Mapping[str, float]:
    enough = next(p for p in range(1, SKILLS + 1) if never_learned(p) <= 0.05)
    return {
        "enough": enough,
        "left": 100 * never_learned(enough),
        "less": 100 * never_learned(enough - 1),
    }


def _dimension() -> Mapping[str, float]:
    def steps(d: int) -> float:
        overlap = np.array([[d**-0.5]])
        return float(leading_times(overlap, np.ones(1), hermite(4))[0, 0]) / Experiment(d=d).eta

    return {"later": steps(2048) / steps(1024), "slope": time_exponent(1.0) or 0.0}


GUIDE = Guide(
    "To gather the lecture into one sentence, with the way back to each picture, and to go one "
    "step further: what happens to a law whose tail is cut.",
    (
        Misconception(
            "So large language models learn by this mechanism.",
            "That is not shown. It is one model in which everything can be computed; it shows "
            "that sharp skills and a smooth law are *compatible*, and by which mechanism here.",
        ),
        Misconception(
            "Model collapse is a matter of bad optimisation.",
            "Not here: the student follows the law as far as its data go. What the author of the "
            "data never learned is not in them.",
        ),
    ),
    (
        Exercise(
            "The picture shows broken laws ($\\beta = 1$); the authors of the data know "
            "8, 32 and 128 skills. On which share of the loss at the start does each student rest?",
            {},
            "On «author8:.1f» %, «author32:.1f» % and «author128:.2f» %: the tail $\\sum_{q>p} "
            "q^{-2}$ over the whole sum, about $6/(\\pi^2 p)$.",
            _rests,
        ),
        Exercise(
            "How many skills must the author know for the student to lose at most 5 % for ever? "
            "Use that the whole sum is $\\pi^2/6$ and the tail beyond $p$ about $1/(p + "
            "\\frac12)$.",
            {},
            "$1/(p + \\frac12) \\le \\pi^2/120$, so $p$ = «enough:g»: there «left:.2f» % is left, "
            "with one skill less «less:.2f» %.",
            _author,
        ),
        Exercise(
            "One neuron for each direction, $J = 4$, $\\eta = c\\,d^{-2}$, $\\beta = 1$. The "
            "dimension doubles. What happens to the emergence times in steps, to the slope of the "
            "law, and to the plateau of a narrow student?",
            {},
            "$T_p \\propto d^{J/2-1}/\\eta$, here $d \\cdot d^2$: every jump is «later:g» times "
            "as late. In log–log that *moves* the law and leaves its slope, $(1-2\\beta)/\\beta$ "
            "= «slope:g»: $\\beta$ alone decides it. The plateau $m^{1-2\\beta}$ does not depend "
            "on $d$ either, for large $d$; one only reaches it later.",
            _dimension,
            6,
        ),
    ),
)
