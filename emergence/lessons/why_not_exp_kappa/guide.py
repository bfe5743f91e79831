"""Why not exp(kappa) neurons, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.why_not_exp_kappa.model import PowerMethod


def _needed() -> Mapping[str, float]:
    theory = PowerMethod(16, 1.0)
    return {"needed": theory.needed(), "enough": theory.enough}


def _kappa() -> Mapping[str, float]:
    theory = PowerMethod(32, 1.0)
    return {
        "kappa": theory.kappa,
        "power": theory.log10_exp_kappa,
        "enough": theory.enough,
        "needed": theory.needed(),
    }


def _equal() -> Mapping[str, float]:
    equal, unequal = PowerMethod(16, 0.0), PowerMethod(16, 1.0)
    return {
        "kappa": equal.kappa,
        "needed": equal.needed(),
        "enough": equal.enough,
        "last": 100 * float(unequal.probabilities[-1]),
        "share": 100 * float(equal.probabilities[-1]),
    }


GUIDE = Guide(
    "To see what joint training is good for: without the fitted signal vanishing, each neuron "
    "runs the power method alone, the strong directions take nearly all of them, and the number "
    "needed explodes with $\\kappa$.",
    (
        Misconception(
            "The theorem says that $P \\log P$ neurons are necessary.",
            "It says that the order of $P \\log P$ is *enough*. With $m = P$ all directions are "
            "found too, if there is time without limit; a few more are enough in time.",
        ),
        Misconception(
            "The power method needs $\\exp(\\kappa)$ neurons.",
            "That is what proofs ask for. What it needs is on the page: it grows like $\\exp(C "
            "\\kappa^{2/(J-2+2\\beta)})$ with a constant $C$, less than $\\exp(\\kappa)$, and "
            "still far more than $P \\log P$.",
        ),
    ),
    (
        Exercise(
            "16 directions, $\\beta = 1$, $J = 4$. With how many random "
            "neurons does the power method find all directions in half of all trials? How many "
            "are of the order that is enough for joint training?",
            {"P": "16", "beta": "1.0", "J": "4", "guess": "none"},
            "«needed:.0f» neurons for the power method. $P\\log P$ = «enough:.0f» is the order "
            "that is enough for joint training.",
            _needed,
        ),
        Exercise(
            "32 directions, $\\beta = 1$. Compute $\\kappa = a_1/a_P$, the power of ten of "
            "$\\exp(\\kappa)$, and $P \\log P$. Where between the two is what the power method "
            "needs?",
            {"P": "32", "beta": "1.0", "J": "4", "guess": "none"},
            "$\\kappa = P^\\beta$ = «kappa:g»; $\\exp(\\kappa)$ is ten to the power "
            "$\\kappa/\\log 10$ = «power:.1f»; $P \\log P$ = «enough:.0f». The power method needs "
            "«needed:,.0f» (in half of all trials): far fewer than the proofs ask for, far more "
            "than joint training.",
            _kappa,
        ),
        Exercise(
            "Let all 16 directions be equally strong. Does anything explode? How many neurons "
            "does the power method need now, and to which classical problem does it reduce? Then "
            "say what makes the weakest direction so rare at $\\beta = 1$.",
            {"beta": "0.0", "P": "16", "J": "4", "guess": "none"},
            "No: $\\kappa$ = «kappa:g». Each neuron ends at a uniformly random direction, with "
            "probability «share:.2f» %: that is the coupon collector, who needs $-P\\log(1 - "
            "2^{-1/P})$ = «needed:.0f» for an even chance, of the order of $P\\log P$ = "
            "«enough:.0f». At $\\beta = 1$ a neuron ends at the weakest direction only if "
            "$a_{16}|\\langle v,w_{16}\\rangle|^2$ beats all others: with probability «last:.2f» "
            "%. The others' strength has to be made up by luck.",
            _equal,
            6,
        ),
    ),
)
