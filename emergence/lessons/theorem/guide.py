"""The theorem, checked, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.experiment import Experiment
from emergence.lessons.theorem.model import assumptions
from emergence.runs.plan import make_plan
from emergence.theory.hermite import hermite
from emergence.theory.times import leading_times

OVERLAP, STRENGTH = 0.1, 0.5


def _asked(d: int, m: int) -> tuple[Mapping[str, float], Experiment]:
    """What the theorem asks of the page's experiment, by name, and the experiment."""
    experiment = Experiment(J=4, P=8, m=m, d=d, c=0.1, s0=0.01, engine="sgd")
    return {check.name: check.value for check in assumptions(experiment)}, experiment


def _checklist() -> Mapping[str, float]:
    here, small = _asked(4096, 32)[0], _asked(64, 32)[0]
    return {"width": here["width"], "large": here["dimension"], "small": small["dimension"]}


def _constants() -> Mapping[str, float]:
    start, a = np.array([[OVERLAP]]), np.array([STRENGTH])
    return {f"J{J}": float(leading_times(start, a, hermite(J))[0, 0]) for J in (4, 6)}


def _narrow() -> Mapping[str, float]:
    asked, experiment = _asked(4096, 4)
    iota = make_plan(experiment.replace(engine="flow", c=1.0)).iota
    return {
        "width": asked["width"],
        "matched": int(np.count_nonzero(iota >= 0)),
        "left": int(np.count_nonzero(iota < 0)),
    }


GUIDE = Guide(
    "To say what is proved under the assumptions listed: from the start alone one knows which "
    "neuron finds which direction, and when, up to a factor that tends to 1; and to see how near "
    "that is at sizes that can be run.",
    (
        Misconception(
            "$\\iota$ gives each direction the neuron with the largest overlap.",
            "It is greedy over *all pairs*: the earliest $T_{p,k}$ of all is taken, its neuron "
            "and its direction are struck out, and so on. A neuron that is nearest to two "
            "directions goes to the one that is earlier.",
        ),
        Misconception(
            "The neurons that $\\iota$ leaves out vanish.",
            "They stay small. One that nothing pulls shrinks slowly, $|v| = s_0/\\sqrt{1 + "
            "4s_0^2\\tau}$; at classroom size a few share in a direction, and grow.",
        ),
    ),
    (
        Exercise(
            "From the list of assumptions: what are $m/(P\\log P)$ and $d/P^2$ at $d = 4096$, $P "
            "= 8$, $m = 32$? Then set d to 64: what does the list say of $d/P^2$ now, and is that "
            "the theorem's own limit?",
            {"J": "4", "P": "8", "m": "32", "d": "4096", "c": "0.1", "guess": "none"},
            "«width:.2f» and «large:g», both large enough; at $d = 64$ it is «small:g», and "
            "crossed out. The limits on the page are rules of thumb: the theorem is about $d \\to "
            "\\infty$ and names none.",
            _checklist,
        ),
        Exercise(
            "A neuron starts at the overlap $o = 0.1$ with a direction of strength $a = 1/2$. "
            "Compute $T = 1/(J(J-2)\\,a\\,o^{J-2})$ for $J = 4$ and $J = 6$ (in units of "
            "$1/\\eta$). What does the picture measure of this formula?",
            {"view": "constant", "guess_constant": "none"},
            "$J = 4$: $1/(8 \\cdot a\\,o^2)$ = «J4:g». $J = 6$: $1/(24 \\cdot a\\,o^4)$ = "
            "«J6:.0f». The picture measures $1/(a\\,T\\,o^{J-2})$, which should be $J(J-2)$: the "
            "slides' 8 is that of $J = 4$.",
            _constants,
        ),
        Exercise(
            "Now the student has 4 neurons for 8 directions. Which assumption fails, and by how "
            "much? How many directions does $\\iota$ match, how many have no time $T_p$? Does the "
            "theorem say that those are never learned?",
            {"m": "4", "J": "4", "P": "8", "d": "4096", "guess": "none"},
            "The width: $m/(P\\log P)$ = «width:.2f» instead of 1. $\\iota$ is injective and "
            "matches «matched:g» directions; «left:g» have no neuron and no $T_p$. The theorem "
            "says nothing here, for its assumptions do not hold. (In the runs each neuron ends at "
            "one direction, so that at most 4 are learned; and the width asked for is enough, not "
            "necessary: $m = P$ finds all, if there is time.)",
            _narrow,
            6,
        ),
    ),
)
