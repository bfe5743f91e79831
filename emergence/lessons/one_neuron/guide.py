"""One neuron, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.one_neuron.model import Flow, growth

D, LARGE = 32, 1024
C = 0.06


def _shares() -> Mapping[str, float]:
    return {f"J{J}": 100 * Flow(J, D, C).search_share for J in (1, 2, 3, 4)}


def _doubled() -> Mapping[str, float]:
    return {f"J{J}": float(growth(J, 2 * LARGE) / growth(J, LARGE)) for J in (1, 2, 3, 4)}


def _step() -> Mapping[str, float]:
    flow, larger = Flow(4, D, C), Flow(4, 2 * D, C)
    return {
        "ratio": flow.shrinking,
        "again": larger.shrinking,
        "alike": C / flow.shrinking,
        "steps": larger.arrival / flow.arrival,
    }


GUIDE = Guide(
    "To see that for $J \\ge 3$ nearly all samples are spent on *finding* the direction, hardly "
    "any on fitting it, and how that number grows with the dimension.",
    (
        Misconception(
            "A larger step size simply makes the search shorter.",
            "Up to a point. At the start a step's signal in $u$ is of order $\\eta\\,d^{-J/2}$, "
            "and what the noise takes away on average of order $\\eta^2$. For $J \\ge 2$, with "
            "$\\eta \\gg d^{-J/2}$ noise wins, and what is found is lost again.",
        ),
        Misconception(
            "The theorem gives the number of samples.",
            "It gives the power of $d$, up to constants and logarithms. The measured exponents "
            "on the page have an interval each, and small $d$ has not yet reached the limit.",
        ),
    ),
    (
        Exercise(
            "Search lasts until $u = 1/\\sqrt d$, fitting until $u = 1/2$. Take from the text "
            "below the question, for $d = 32$: which share of the steps is search at $J = 1, 2, "
            "3, 4$?",
            {"d": "32", "guess_search": "none"},
            "Without noise «J1:.0f» %, «J2:.0f» %, «J3:.0f» % and «J4:.0f» %. It grows with $J$, "
            "and for $J \\ge 3$ with $d$ as well.",
            _shares,
        ),
        Exercise(
            "The number of samples grows like $d$, $d \\log d$, $d^2$, $d^3$ for $J = 1, 2, 3, "
            "4$. By which factor does each grow from $d = 1024$ to $2048$?",
            {"view": "Time over d", "guess_recovery": "none"},
            "«J1:g», «J2:.1f» ($2 \\log 2048/\\log 1024$), «J3:g» and «J4:g». For $J \\ge 3$ that "
            "is $2^{J-1}$, up to logarithms. The page measures these exponents, at smaller $d$.",
            _doubled,
        ),
        Exercise(
            "$J = 4$, $\\eta = c\\,d^{-2}$ with $c = 0.06$. Every push also lengthens $v$, and "
            "bringing it back to length 1 makes the overlap smaller. How does that compare with "
            "the signal at the start, here and in twice the dimension? At which $c$ would they be "
            "alike? And what does $\\eta \\propto d^{-2}$ cost when $d$ doubles?",
            {"c": "0.06", "J": "4", "d": "32", "guess_search": "none"},
            "Noise takes away «ratio:.2g» times what the signal adds, on average and mostly in "
            "rare, large samples; in twice the dimension «again:.2g» times, the same: that is "
            "what $d^{-2}$ is for. It grows in proportion to $c$, and both are alike at $c$ = "
            "«alike:.2g». The price is paid in steps: the time of the flow doubles with $d$, and "
            "$1/\\eta$ grows by the factor 4, in all «steps:.1f» here, and 8 for large $d$.",
            _step,
            6,
        ),
    ),
)
