"""Link functions and the information exponent, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.link_functions.model import expand, typical_overlap

D = 1024
LINEAR = 0.05


def _tanh() -> Mapping[str, float]:
    link = expand("tanh")
    return {"J": link.J, "c1": float(link.c[1]), "c3": float(link.c[3])}


def _square() -> Mapping[str, float]:
    link = expand("z²")
    return {
        "c0": float(link.c[0]),
        "c2": float(link.c[2]),
        "J": link.J,
        "share": float(link.risen(typical_overlap(D))),
    }


def _mixture() -> Mapping[str, float]:
    link = expand("mixture", ((1, LINEAR), (2, 0.0), (3, 0.0)))
    s, (linear, fourth) = typical_overlap(D), link.function.c[[1, 4]] ** 2
    balance = (linear / (4 * fourth)) ** (1 / 3)
    return {
        "J": link.J,
        "ratio": float(linear / (4 * fourth * s**3)),
        "balance": float(balance),
        "d": float(balance**-2),
    }


GUIDE = Guide(
    "To read the information exponent $J$ off a link function, and to see what it means: near "
    "zero overlap the correlation with the teacher rises like $s^J$, so that for $J \\ge 3$ a "
    "random neuron feels almost nothing.",
    (
        Misconception(
            "A link with $J = 3$ has no use for the terms above degree 3.",
            "They may hold most of $\\mathbb E\\sigma^2$, and they decide once the overlap "
            "is large. $J$ is about the start alone, where every higher power is smaller still.",
        ),
        Misconception(
            "With $J = 2$ there is a jump as well.",
            "The slope grows in proportion to the overlap, so that it grows *exponentially*: that "
            "takes a time of order $\\log d$, and nothing blows up. The sharp transition begins "
            "at $J = 3$.",
        ),
    ),
    (
        Exercise(
            "The link is tanh. Which bars after degree 0 are not zero, and why? What is its "
            "information exponent, and how large is the first coefficient?",
            {"link": "tanh", "guess_exponent": "none"},
            "Those of odd degree: tanh is odd, and $\\mathbb E[\\sigma h_i] = 0$ where $\\sigma "
            "h_i$ is odd. The first is $c_1$ = «c1:.3f», so $J$ = «J»; the next, $c_3$, is "
            "«c3:.3f».",
            _tanh,
        ),
        Exercise(
            "Write $z^2$ as a sum of $h_0 = 1$, $h_1 = z$ and $h_2 = (z^2-1)/\\sqrt 2$. What is "
            "$J$? At a random start in $d = 1024$ dimensions, $s = 1/\\sqrt d$: which share of "
            "the rise $K(1) - K(0)$ does the neuron have?",
            {"step": "Correlation landscape", "link": "z²", "d": "1024", "guess_rise": "none"},
            "$z^2 = 1 + \\sqrt 2\\,h_2$: $c_0$ = «c0:.4g», $c_2$ = «c2:.4g», so $J$ = «J». Then "
            "$K(s) - K(0) = 2 s^2$, and the share is $s^2 = 1/d$ = «share:.2g».",
            _square,
            5,
        ),
        Exercise(
            "Add a little of $h_1$ to $h_4$: $\\sigma = h_4 + 0.05\\,h_1$. What is $J$ now? In $d "
            "= 1024$ dimensions, does the small term matter at a random start? In which dimension "
            "would both pull alike?",
            {"step": "Correlation landscape", "link": "mixture", "c1": "0.05", "c3": "0.0",
             "d": "1024", "c2": "0.0", "guess_rise": "none"},
            "$J$ = «J», however small the term. It adds $c_1^2$ to the slope $K'(s)$, $h_4$ adds "
            "$4s^3$: at $s = 1/\\sqrt d$ the linear term pulls «ratio:.0f» times as hard. They "
            "are alike at $s$ = «balance:.3f», a random start in about «d:.0f» dimensions; in "
            "fewer, $h_4$ pulls harder at once. (With several directions the linear term is no "
            "help to find them: it pulls all neurons to the one direction $\\sum_p a_p w_p$.)",
            _mixture,
            6,
        ),
    ),
)  # fmt: skip
