"""What a budget buys, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.budget.hoffmann import fit
from emergence.lessons.budget.model import CONDITION, STABLE, Law
from emergence.lessons.budget.study import runs_of

BETA = 0.8


def _short() -> Mapping[str, float]:
    form = fit(runs_of(Law(BETA), 100.0))
    return {"floor": form.E, "a": form.a, "true": Law(BETA).a}


def _hundred() -> Mapping[str, float]:
    one, tuned = Law(BETA), Law(BETA, CONDITION)
    return {
        "a": one.a,
        "wider": 100**one.a,
        "longer": 100 ** (1 - one.a),
        "tuned": tuned.a,
        "tuned_wider": 100**tuned.a,
        "tuned_longer": 100 ** (1 - tuned.a),
        "less": 100**-one.c,
    }


def _stable() -> Mapping[str, float]:
    law = Law(BETA, STABLE)
    return {"limit": law.a, "here": law.local_a(1e4), "share": 100 * float(law.step_size(64))}


GUIDE = Guide(
    "To turn two exponents into a plan for a budget, and to see how far a fit may be trusted "
    "beyond its runs.",
    (
        Misconception(
            "There is one right ratio of data to parameters.",
            "It is a statement about the task's exponents and about how the step size was chosen: "
            "change $\\beta$, or tune $\\eta$, and the best split changes sides.",
        ),
        Misconception(
            "A narrow interval means a safe extrapolation.",
            "It says how the runs scatter around the form, not whether the form is true.",
        ),
    ),
    (
        Exercise(
            "$\\beta = 0.8$, one $\\eta$. Runs up to a budget of 100: which floor $E$ and which "
            "exponent $a$ does Hoffmann's form give? And what are they in truth?",
            {"view": "Too short a range", "beta": "0.8", "guess_range": "none"},
            "$E$ = «floor:.2f» and $a$ = «a:.3f»: longer. In truth the loss falls to 0, and $a$ = "
            "«true:.3f»: wider.",
            _short,
        ),
        Exercise(
            "$\\beta = 0.8$, a budget 100 times as large. How many times as wide and as long is "
            "the best run with one $\\eta$ for all? And with $\\eta \\propto a_p$? Which share of "
            "the loss is left (one $\\eta$, large budgets)?",
            {"beta": "0.8", "guess": "none"},
            "One $\\eta$: $a = 1/(1+\\beta)$ = «a:.3f», «wider:.1f» times as wide and "
            "«longer:.1f» times as long. Tuned: $a = 1/(1+2\\beta)$ = «tuned:.3f», "
            "«tuned_wider:.1f» and «tuned_longer:.1f». The loss is «less:.2f» of what it was.",
            _hundred,
        ),
        Exercise(
            "With the largest stable $\\eta$ and $\\beta < 1$ theory says $a = 1/2$, as Hoffmann "
            "et al. found. Why does a run of $C$ = 10,000 not see it?",
            {"rule": "tuned, largest stable", "beta": "0.8", "guess": "none"},
            "Stability asks for $\\eta$ times ($93\\,a_1$ and the sum of the other strengths) to "
            "be small. The sum grows like $p^{1-\\beta}$, slowly, and has to exceed $93$ first: at "
            "$p = 64$ $\\eta$ is still «share:.0f» % of that of one. The exponent at this "
            "budget is «here:.3f», the limit «limit:.1f».",
            _stable,
        ),
    ),
)
