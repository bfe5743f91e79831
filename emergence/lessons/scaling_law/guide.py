"""The scaling law, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.scaling_law.model import (
    StepSizes,
    random_widths,
    tuned_exponent,
)
from emergence.theory.scaling import compute_exponent, plateau_exponent, time_exponent

BETA, NEURONS = 0.8, 8
P, SEEDS = 256, 6
"""Of the page's random starts."""


def _holes() -> Mapping[str, float]:
    students = random_widths(P, BETA, 4, SEEDS)
    learned = students.learned_first(NEURONS)
    return {
        "count": len(learned),
        "missed": NEURONS - sum(p <= NEURONS for p in learned),
        "weakest": max(learned),
        "share": 100 * students.missed(NEURONS),
    }


def _exponents() -> Mapping[str, float]:
    gamma = plateau_exponent(BETA)
    return {
        "time": time_exponent(BETA) or 0.0,
        "width": gamma,
        "budget": compute_exponent(BETA),
        "times": 2 ** (-1 / gamma),
    }


def _two() -> Mapping[str, float]:
    slope = StepSizes(BETA).slope
    return {
        "one": time_exponent(BETA) or 0.0,
        "tuned": tuned_exponent(BETA),
        "drawn": slope.value if slope else float("nan"),
    }


GUIDE = Guide(
    "To see one law for time, width and budget together, and to say of every exponent which one "
    "is meant.",
    (
        Misconception(
            "The exponent depends on the information exponent $J$.",
            "Not for $J > 2$: $J$ and $d$ are in the *time*, $T_p \\propto p^\\beta "
            "d^{J/2-1}/\\eta$, which moves the line and leaves its slope. The slope knows "
            "$\\beta$ alone.",
        ),
        Misconception(
            "A measured slope of $-0.9$ instead of $-0.75$ refutes the law.",
            "Ask for the number of directions and the window. A teacher that ends at $P$ bends "
            "the line down; with the missing tail added, and fitted within a stated window, "
            "finite $P$ agrees with theory but for the scatter over starts.",
        ),
    ),
    (
        Exercise(
            "$\\beta = 0.8$, 8 neurons, random starts. Which directions does the first "
            "student learn: how many are they, how many of the 8 strongest are missed, and which "
            "is the weakest that is learned?",
            {
                "view": "holes",
                "beta": "0.8",
                "J": "4",
                "level": "random starts",
                "guess_holes": "none",
            },
            "«count:g» directions, one for each neuron; «missed:g» of the 8 strongest are missed, "
            "and the weakest learned is direction «weakest:g». Over all seeds of the page "
            "«share:.0f» % of the 8 strongest are missed: “the $m$ strongest” is true up to "
            "logarithms only.",
            _holes,
        ),
        Exercise(
            "$\\beta = 0.8$. Compute the exponents of the loss in time (one step size), in width, "
            "and in the budget $C = m\\,t$. How many times as many neurons halve the plateau?",
            {"beta": "0.8", "guess": "none"},
            "Time: $(1-2\\beta)/\\beta$ = «time:.2f». Width: $1-2\\beta$ = «width:.1f». Budget: "
            "$(1-2\\beta)/(1+\\beta)$ = «budget:.3f», for the best width just learns $p = m$ "
            "directions, by $t \\sim m^\\beta$. Half the plateau takes $2^{1/(2\\beta-1)}$ = "
            "«times:.2f» times as many neurons (of the $m$ strongest, $m$ large).",
            _exponents,
            5,
        ),
        Exercise(
            "At $\\beta = 0.8$ one group reports the exponent $-0.75$ over samples, another "
            "$-0.375$. Both are right. What have they done differently? Derive the second.",
            {"view": "step size", "beta": "0.8", "guess_step": "none"},
            "The first used one step size for all: $(1-2\\beta)/\\beta$ = «one:.2f». The second "
            "tuned $\\eta$ to each number of samples. To learn direction $p$ above the noise "
            "takes $\\eta \\lesssim a_p = p^{-\\beta}$, so $t \\sim p^\\beta/\\eta = p^{2\\beta}$ "
            "samples, and $L \\sim p^{1-2\\beta} = t^{(1-2\\beta)/(2\\beta)}$: «tuned:.3f»; the "
            "best of the runs drawn has «drawn:.2f». An exponent is a statement about how $\\eta$ "
            "was chosen, too.",
            _two,
            6,
        ),
    ),
)
