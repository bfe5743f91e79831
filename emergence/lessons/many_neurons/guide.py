"""Many neurons at once, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.experiment import Experiment
from emergence.lessons.many_neurons.model import grown
from emergence.lessons.many_neurons.study import at_start
from emergence.runs.plan import make_plan
from emergence.theory.teacher import power_strengths

D, P, M = 1024, 8, 32


def _hardest() -> Mapping[str, float]:
    first, third = (
        at_start(make_plan(Experiment(d=D, P=P, m=M, s0=0.02, seed=seed, engine="flow")))
        for seed in (1, 3)
    )
    return {"first": first[0], "third": third[0], "most_third": third.max()}


def _growth() -> Mapping[str, float]:
    a = power_strengths(P, 1.0)
    return {"four": grown(1.0), "two": float(D ** (a[1] / a[0]))}


def _signal() -> Mapping[str, float]:
    a = power_strengths(P, 1.0)
    return {"second": 100 * float(1 - a[1] / a[0]), "last": 100 * float(1 - a[-1] / a[0])}


GUIDE = Guide(
    "To see why real neurons may be treated as if each were alone: transitions are sharp, so that "
    "until a direction is found all other overlaps have hardly moved, and then its signal is gone.",
    (
        Misconception(
            "Every neuron ends at some direction of its own.",
            "Neurons beyond the first $P$ mostly end nowhere: $\\iota$ leaves them out, and one "
            "that nothing pulls *shrinks*, $|v| = s_0/\\sqrt{1 + 4s_0^2\\tau}$. A few share a "
            "direction.",
        ),
        Misconception(
            "With $J = 2$ the student learns nothing.",
            "It learns all the same. But neurons turn while the first direction is still being "
            "found, several share it, and it is no more a story of single neurons: only the "
            "matrix $\\sum_k v_k v_k^\\top$ counts.",
        ),
    ),
    (
        Exercise(
            "At how many of the 32 neurons does the strongest direction pull hardest at the first "
            "start (the text says it)? Take the start 3 as well. Why is it not at all 32?",
            {"start": "1", "d": "1024"},
            "At «first» at the first start; at «third» at the third, where another direction has "
            "«most_third». Direction $p$ pulls an overlap with $a_p\\,|K'(o)|$, at $J = 4$ with "
            "$4a_p|o|^3$: a lucky overlap outweighs strength.",
            _hardest,
        ),
        Exercise(
            "$a_p = p^{-1}$, and a neuron with the same small overlap $u_0$ with directions 1 and "
            "2. By which factor has its $u$ with direction 2 grown when direction 1 is found at "
            "$T_1 = 1/(8u_0)$, with $J = 4$? And with $J = 2$, from $u_0 = 1/d$, $d = 1024$?",
            {"d": "1024", "guess": "none"},
            "$J = 4$: $1/u = 1/u_0 - 8a_2\\tau$, at $T_1$ a factor $1/(1 - a_2/a_1)$ = «four:g», "
            "whatever the dimension. $J = 2$: $u$ grows like $e^{4a_2\\tau}$ while "
            "$e^{4a_1\\tau}$ grows by about $d$: a factor of about $d^{a_2/a_1}$ = «two:g», which "
            "grows with the dimension without bound.",
            _growth,
            5,
        ),
        Exercise(
            "The strongest direction pulls hardest at many neurons. Why do they not all end "
            "there? Use that direction $p$ pulls with $a_p(1 - R_p)|K'(o)|$, where $R_p$ is the "
            "share of it that is captured: at equal overlaps, from which $R_1$ on does direction "
            "1 pull less than direction 2, from which on less than direction 8?",
            {"act": "Signal gone", "guess": "none"},
            "From $R_1$ = «second:g» % on less than direction 2 ($1 - R_1 < a_2/a_1$), from "
            "«last:g» % on less than any other of the 8. $R_1$ rises from nearly 0 to nearly 1 "
            "while the norm of *one* neuron grows, and the others have hardly turned by then. So "
            "they keep the luck of their start, for what is left of the signal.",
            _signal,
            6,
        ),
    ),
)
