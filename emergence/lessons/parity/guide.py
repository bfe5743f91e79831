"""Skills that are late because they are rare, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.parity.model import Skills, half_time

ALPHA = 0.6


def _rare() -> Mapping[str, float]:
    skills = Skills(ALPHA)
    first, tenth = half_time(skills.frequency([1.0, 10.0]))
    return {"later": tenth / first, "left": 100 * float(skills.beyond(10))}


def _budget() -> Mapping[str, float]:
    width = 1000 ** (1 / (ALPHA + 2))
    return {"width": width, "time": 1000 / width, "left": 100 * width**-ALPHA}


def _seen() -> Mapping[str, float]:
    frequency, samples = 0.001, 1000
    return {
        "unseen": 100 * (1 - frequency) ** samples,
        "later": 100 * (1 - frequency) ** (3 * samples),
    }


GUIDE = Guide(
    "To see where the additive hypothesis comes from: skills that are learned apart from each "
    "other, each in a time that its frequency decides.",
    (
        Misconception(
            "More data teaches the same skills better.",
            "In this model what has been seen once is learned to the end; more data brings rarer "
            "skills.",
        ),
        Misconception(
            "Time, data, width and compute must have one exponent, since one list of skills is "
            "behind them.",
            "They pay for skills at different prices: skill k costs one place in the model, but "
            "$k^{\\alpha+1}$ samples or steps.",
        ),
    ),
    (
        Exercise(
            "For $\\alpha = 0.6$: how many times as late as skill 1 is skill 10, and which share "
            "of the loss is left when 10 skills are known? Find both in the picture.",
            {"guess_solved": "none"},
            "$10^{\\alpha+1}$: «later:.1f» times as late. What is left is the sum of all $p_q$ "
            "with $q > 10$: «left:.1f» %.",
            _rare,
        ),
        Exercise(
            "A budget grows by the factor 1000, at $\\alpha = 0.6$. By which factors do the best "
            "width and the best time grow, and what is left of the loss?",
            {"resource": "compute", "guess_solved": "none"},
            "$N \\propto C^{1/(\\alpha+2)}$ and $t = C/N$: «width:.1f» times the width, "
            "«time:.1f» times the time. «left:.1f» % of the loss is left.",
            _budget,
            6,
        ),
        Exercise(
            "A skill is asked for by one of 1000 samples. With which probability has nobody asked "
            "for it among 1000 samples, among 3000? Why does the loss fall with data by the same "
            "power as with time?",
            {"resource": "data", "guess_solved": "none"},
            "$(1-p)^D$: «unseen:.1f» % and «later:.1f» %. It depends on $p_kD$ alone, as what is "
            "learned in a time depends on $p_kt$: skill k comes at a multiple of $1/p_k$ in both.",
            _seen,
            6,
        ),
    ),
)
