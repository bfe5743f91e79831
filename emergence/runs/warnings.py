"""What a user should know of an experiment that is allowed but hopeless, or unlike the theorem."""

from __future__ import annotations

import math

from emergence.runs import speed
from emergence.runs.auto import PATIENCE
from emergence.runs.plan import Plan
from emergence.runs.stable import has_bound
from emergence.theory import power_method
from emergence.theory.predictions import neurons_enough
from emergence.theory.scaling import has_power_law
from emergence.theory.sharpness import transition_share, without_higher
from emergence.theory.stability import MARGIN
from emergence.theory.thresholds import TRANSITION_BEGUN, TRANSITION_OVER
from emergence.words import plural, short

SLOW_SECONDS = PATIENCE
"""Estimated seconds from which on a run is called long."""


def warnings_of(plan: Plan) -> dict[str, str]:
    """Sentences by the name of the parameter they are about; empty where all is well."""
    sentences = {
        "engine": _of_engine(plan),
        "c": _of_step_size(plan),
        "m": _of_width(plan),
        "beta": _of_decay(plan),
        "J": _of_exponent(plan),
        "mixture": _of_mixture(plan),
        "s0": _of_start(plan),
        "d": _of_length(plan),
    }
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _of_engine(plan: Plan) -> str:
    e, winners = plan.experiment, ""
    if e.engine != "correlation":
        return ""
    if e.J > 2 and not e.mixture:
        ends = power_method.winners(plan.overlaps, plan.a, e.J)
        directions = plural(e.P, "direction")
        winners = f" By the power method they end at {len(set(ends))} of {directions}."
    return (
        f"Deflation is off: each neuron goes its own way.{winners} Their norms stay s₀, "
        "so the loss does not fall and nothing counts as captured."
    )


def _of_step_size(plan: Plan) -> str:
    e = plan.experiment
    if not has_bound(e):
        return ""
    if e.c > plan.bound_c:
        return (
            f"Around the fitted student SGD is unstable in the mean square from c ≈ "
            f"{short(plan.bound_c, 2)} on with batches of {e.B}. Expect noise, or divergence. "
            f"{plan.remedy}."
        )
    if e.c > MARGIN * plan.bound_c:
        return (
            f"Rather large: some runs diverge below the mean-square bound, here c ≈ "
            f"{short(plan.bound_c, 2)}. {plan.remedy}."
        )
    return ""


def _of_width(plan: Plan) -> str:
    e = plan.experiment
    enough = max(math.ceil(float(neurons_enough(e.P))), 1)
    if e.m < e.P and e.engine == "correlation":
        return f"m < P: at most {e.m:,} of the {e.P:,} directions can be found."
    if e.m < e.P and (e.J > 1 or len(e.coefficients) > 1):
        left = float(plan.a[e.m :] @ plan.a[e.m :] / (plan.a @ plan.a))
        return (
            f"m < P: at most {e.m:,} of the {e.P:,} directions can be learned. With the "
            f"strongest learned the loss stays on a plateau: {short(100 * left, 2)} % of that of a "
            "student that knows nothing."
        )
    if e.m < enough and e.engine not in ("decoupled", "correlation"):
        return (
            f"Below P log P ≈ {enough}: some directions may start without a well-placed neuron "
            f"and take very long."
        )
    return ""


def _of_decay(plan: Plan) -> str:
    if has_power_law(plan.experiment.beta):
        return ""
    return "β ≤ 1/2: the strengths do not sum to a power law, so none is drawn."


def _of_exponent(plan: Plan) -> str:
    e = plan.experiment
    if e.J > 2:
        return ""
    if len(e.coefficients) > 1:
        return f"J = {e.J}, {_sharpness(plan)}"
    if e.J == 1 and e.P > 1:
        return (
            "J = 1: the teacher is one linear function of x, so only the direction Σ aₚ wₚ can be "
            "learned, whatever P is. Take P = 1."
        )
    return f"J = {e.J}: no sharp transition. Tₚ is the half-time of the idealised dynamics."


def _of_mixture(plan: Plan) -> str:
    e = plan.experiment
    if len(e.coefficients) == 1:
        return ""
    half_time = (
        "Tₚ is the half-time, u = 1/2, of the idealised dynamics with all terms of the link."
    )
    return f"{half_time} {plan.unpredicted}" if e.J == 1 and plan.unpredicted else half_time


def _of_start(plan: Plan) -> str:
    e = plan.experiment
    if e.m * e.s0**2 <= plan.a[-1]:
        return ""
    return (
        f"Large: together the neurons start with norm m·s₀² = {short(e.m * e.s0**2, 2)}, above "
        f"the weakest strength, {short(plan.a[-1], 2)}. They disturb one another "
        "from the start."
    )


def _of_length(plan: Plan) -> str:
    if plan.seconds <= SLOW_SECONDS:
        return ""
    return f"A long run: about {speed.duration(plan.seconds)} on one core."


def _sharpness(plan: Plan) -> str:
    """Whether the higher terms of a mixture with J of 1 or 2 make its transition sharp."""
    start, low = plan.experiment.d**-0.5, without_higher(plan.link)
    if start**2 >= TRANSITION_BEGUN:
        return "and d so small that a typical start is already far on its way."
    mixed, alone = (transition_share(link, start) for link in (plan.link, low))
    return (
        "but the higher terms make the transition sharp: " if mixed < alone / 2
        else "and no sharp transition: "
    ) + (
        f"from a typical start u goes from {TRANSITION_BEGUN} to {TRANSITION_OVER} in "
        f"{100 * mixed:.2g} % of the time to {TRANSITION_OVER}, without the terms above "
        f"degree 2 in {100 * alone:.2g} %."
    )  # fmt: skip
