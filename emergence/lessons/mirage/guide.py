"""Whether emergence is a mirage, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.mirage.model import blow_up_decades, overlap_decades, time_to
from emergence.lessons.mirage.study import real_starts

D = 10_000


def _widths() -> Mapping[str, float]:
    return {"two": overlap_decades(1 / D, 2), "four": 1e4 * overlap_decades(1 / D, 4)}


def _times() -> Mapping[str, float]:
    tenth, most = time_to([0.1, 0.9], 1 / D, 2)
    return {"tenth": tenth, "most": most, "blown": 1e4 * blow_up_decades(1 / D)}


def _groups() -> Mapping[str, float]:
    starts = real_starts(2, 1).u0, real_starts(2, 8).u0
    one, eight = (float(np.std(np.log(u / (1 - u)))) for u in starts)
    return {"one": one, "eight": eight}


GUIDE = Guide(
    "To keep two kinds of jumps apart: those that a measure makes of a smooth curve, and those of "
    "the network itself. Only the second kind is there in all four measures and on both scales.",
    (
        Misconception(
            "A jump in a score is a jump in the network.",
            "Pass or fail jumps whenever something smooth passes its threshold. Look at a measure "
            "without one, here the overlap.",
        ),
        Misconception(
            "All emergence is an artefact of the measure.",
            "With $J = 4$ all four measures jump, and what share of the time it takes falls like "
            "$1/d$. With $J = 2$ only pass or fail does.",
        ),
    ),
    (
        Exercise(
            "Look at the picture below, for $d = 1024$. Which marks lie left of the dashed line "
            "at $J = 2$, which at $J = 4$? Compute where the marks of the overlap would lie for "
            "$u_0 = 1/d$ and $d = 10{,}000$.",
            {"guess_measures": "none"},
            "At $J = 2$ pass or fail alone, at $J = 4$ all four. For $d = 10{,}000$ the overlap "
            "takes «two:.3f» of a decade at $J = 2$, and «four:.2f» ten-thousandths of one at "
            "$J = 4$.",
            _widths,
        ),
        Exercise(
            "Solve $\\dot u = 4u(1-u)$ from $u_0 = 1/10{,}000$: when is $u = 0.1$, when $0.9$? "
            "And how many decades are between these for $u = 1/(1/u_0 - 8\\tau)$, $J = 4$?",
            {"d": "16384", "guess_measures": "none"},
            "$\\tau = \\frac14\\log\\frac{u(1-u_0)}{(1-u)u_0}$: «tenth:.2f» and «most:.2f». The "
            "other is at $u$ when $8\\tau = 1/u_0 - 1/u$: «blown:.2f» ten-thousandths of a decade.",
            _times,
            6,
        ),
        Exercise(
            "A single neuron at $J = 2$: at the time 1 its seeds form two groups, the best of 8 "
            "neurons never does. Both curves are smooth. What differs?",
            {"view": "Two groups", "J_seeds": "2", "m": "1", "guess_groups": "none"},
            "At $J = 2$ $\\mathrm{logit}\\,u$ grows equally fast for all seeds, so that it stays "
            "as spread as at the start: by «one:.2f» for one neuron (standard deviation), by "
            "«eight:.2f» for the best of eight. $u$ of a widely spread logit is near 0 or near 1. "
            "Two groups show that seeds differ by more than the rise takes; it may be a fast rise, "
            "or starts that differ much.",
            _groups,
            6,
        ),
    ),
)
