"""Who needs exp(kappa) neurons, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.tensor_power.chain import Plane
from emergence.lessons.tensor_power.model import abs_coefficient, captures, loss

KAPPA = 16
ONE = np.ones(1)


def _alone() -> Mapping[str, float]:
    p = Plane(KAPPA).weak_probability
    return {"p": 100 * p, "m": np.log(0.1) / np.log1p(-p)}


def _degrees() -> Mapping[str, float]:
    parts = [abs_coefficient(i) ** 2 for i in (0, 2, 4)]
    rest = 1 - parts[0]
    return {
        "two": parts[1],
        "four": parts[2],
        "share": 100 * parts[1] / rest,
        "higher": 100 * parts[2] / rest,
    }


def _pair() -> Mapping[str, float]:
    lone, pair = np.array([[1.0]]), np.array([[1.0], [-1.0]])
    return {
        "lone": float(loss(lone, ONE)),
        "captured": float(captures(lone, ONE)[0]),
        "pair": float(loss(pair, ONE)),
        "both": float(captures(pair, ONE)[0]),
    }


GUIDE = Guide(
    "To meet the network that the talk argues with: neurons left to themselves need many more than "
    "there are directions, and the more the larger $\\kappa$ is; trained together they do not.",
    (
        Misconception(
            "The theorem of Li, Ma and Zhang is wrong, as far fewer neurons are enough.",
            "A theorem says what is enough, not what is needed. This one holds for every large "
            "$d$, and has its price from letting neurons run nearly alone.",
        ),
        Misconception(
            "Jointly trained neurons run the power method, one after the other.",
            "They are turned by degree 2 of the loss long before degree 4 is felt; many end "
            "elsewhere. What they share with deflation is that what is found pulls no more.",
        ),
    ),
    (
        Exercise(
            "Two directions of strengths 1 and $1/\\kappa$, $\\kappa = 16$. With which probability "
            "does a random neuron end at the weak one, by the power method? How many neurons make "
            "it 90 % certain that one does?",
            {"kappa": "16", "guess": "none"},
            "It must have $v_2^2 > \\kappa v_1^2$: $\\frac2\\pi\\arctan\\kappa^{-1/2}$ = «p:.1f» "
            "%. So $-\\log 10/\\log(1-p)$ = «m:.1f» neurons, rounded up. With deflation two find "
            "both.",
            _alone,
        ),
        Exercise(
            "From $c_2$ and $c_4$ on the page: which shares of the variance of $|z|$, "
            "$1 - 2/\\pi$, have degrees 2 and 4? Which of the two is fitted first in the picture "
            "of the stages?",
            {"view": "Two stages", "kappa": "1", "guess_stages": "none"},
            "$c_2^2 = 1/\\pi$ = «two:.3f» and $c_4^2 = 1/(12\\pi)$ = «four:.4f»: «share:.1f» % and "
            "«higher:.1f» %. Degree 2 has nearly all and comes first: it finds the space of the "
            "directions, degree 4 the directions in it.",
            _degrees,
        ),
        Exercise(
            "One direction, $a_1 = 1$, and one neuron, $w = e_1$. What is left of the loss "
            "$\\mathbb E(f-f^*)^2$, and what is $R_1$? And with a second neuron, $w = -e_1$? What "
            "does that say about fewer than $2P$ neurons?",
            {"view": "Needed", "kappa": "16", "guess_needed": "none"},
            "$\\mathrm{ReLU}(x) - |x|$ is 0 or $x$: «lone:g», half of $\\mathbb E x^2$, and $R_1$ "
            "= «captured:g». With its partner «pair:g» and «both:g». A direction counts as found "
            "above one half: with fewer than $2P$ neurons all can be found, but not fitted.",
            _pair,
        ),
    ),
)
