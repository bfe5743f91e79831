"""The idealised dynamics, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.idealised_dynamics.model import Idealised

D, FARTHER = 1024, 4096
SHARE = 0.9


def _later() -> Mapping[str, float]:
    T = Idealised(64, 1.5, 4, D).T
    return {"fourth": float(T[3] / T[0]), "sixteenth": float(T[15] / T[0])}


def _pair() -> Mapping[str, float]:
    one = Idealised(1, 1.5, 4, D)
    T = float(one.typical[0])
    exploding = one.explosion(np.array([SHARE * T]))
    return {
        "T": T,
        "u": float("nan") if exploding is None else float(exploding[0]),
        "wait": one.wait,
        "exact": one.u_after(SHARE),
    }


def _smooth() -> Mapping[str, float]:
    two, four = ([Idealised(1, 1.5, J, d).wait for d in (D, FARTHER)] for J in (2, 4))
    return {
        "near": two[0],
        "far": two[1],
        "added": two[1] - two[0],
        "factor": four[1] / four[0],
        "half": Idealised(1, 1.5, 2, D).u_after(SHARE),
    }


GUIDE = Guide(
    "To derive the power law with pencil and paper: one pair's equation, its time $T_p$, the sum "
    "of jumps, and the change of variables $p \\to t$.",
    (
        Misconception(
            "$T_p$ is when direction $p$ is learned.",
            "It is when its *direction* is found. The norm has still to grow from $s_0^2$ to "
            "$a_p$, which takes about $\\log(a_p/s_0^2)/(4a_p)$ more; in the limit of large $d$ "
            "that is short against $T_p$, in a classroom it is not.",
        ),
        Misconception(
            "One neuron for each direction is enough for the law.",
            "It depends on who chooses. A random neuron assigned to each direction beforehand "
            "breaks the law (at $J = 4$ for $\\beta > 2/3$): some start near $u = 0$ and wait "
            "very long. Where $\\iota$ chooses greedily among the same $P$ neurons, it holds "
            "nearly.",
        ),
    ),
    (
        Exercise(
            "64 directions, $\\beta = 1.5$, equal starts. How many times as "
            "late as direction 1 are directions 4 and 16 learned? Which law is that?",
            {"step": "its time", "P": "64", "beta": "1.5", "J": "4", "guess_idealised": "none"},
            "«fourth:g» and «sixteenth:g» times as late: $T_p/T_1 = a_1/a_p = p^\\beta$. The "
            "starts are equal, so that only the strengths differ.",
            _later,
        ),
        Exercise(
            "$J = 4$, $a_1 = 1$, $u_0 = 1/1024$. Leave out $1 - u$ and solve $du/d\\tau = 8u^2$: "
            "when does $u$ explode, and how large is it when 90 % of that time is over? Compare "
            "with the picture.",
            {"J": "4", "d": "1024", "guess_idealised": "none"},
            "$1/u = 1/u_0 - 8\\tau$, so $T_1 = 1/(8u_0)$ = «T:g», and at 90 % $u = 10\\,u_0$ = "
            "«u:.2g». With $1 - u$ it has $u = 1/2$ at «wait:.1f», and $u$ = «exact:.3g» when 90 "
            "% of *that* is over.",
            _pair,
            5,
        ),
        Exercise(
            "Now $J = 2$. Is there a plateau that grows with $d$ like that of $J = 4$? Solve "
            "$du/d\\tau = 4u(1-u)$ from $1/d$ to $1/2$, and go from $d = 1024$ to $4096$. How "
            "large is $u$ when 90 % of the wait is over?",
            {"J": "2", "d": "1024", "guess_idealised": "none"},
            "No: $u/(1-u)$ grows like $e^{4\\tau}$, which takes $\\log(d-1)/4$, «near:.2f» and "
            "«far:.2f». Four times the dimension *adds* «added:.2f»; at $J = 4$ it *multiplies* "
            "the wait by «factor:.2f». There is no blow-up at $J = 2$, and $u$ is «half:.2f» "
            "already when 90 % of the wait is over.",
            _smooth,
            6,
        ),
    ),
)
