"""The analyses by name, each against theory."""

from emergence.sweeps.analyses.base import Analysis, Estimate, Expected
from emergence.sweeps.analyses.frontier import frontier_fit
from emergence.sweeps.analyses.laws import time_exponent_fit, width_exponent_fit
from emergence.sweeps.analyses.thresholds import largest_step_size_fit, neurons_needed_fit
from emergence.sweeps.analyses.times import (
    emergence_ratio_fit,
    recovery_exponent,
    recovery_time_fit,
)
from emergence.theory.scaling import (
    compute_exponent,
    has_power_law,
    plateau_exponent,
    time_exponent,
)

STEP = ("c", "eta")
"""The two names of the step size."""
LENGTH = ("steps", "horizon")
"""How long a run is: where a run long enough is asked for, it says nothing about the result."""

ANALYSES = {
    "time": Analysis(
        "Exponent in time", r"L \sim t^{(1-2\beta)/\beta}",
        "β above 1/2, P of 64 or more, several seeds",
        "t / T₁", "loss + tail beyond P", (),
        lambda of: time_exponent(of[0].beta), time_exponent_fit,
    ),
    "width": Analysis(
        "Exponent in width", r"L \sim m^{1-2\beta}\quad(m < P)",
        "β above 1/2, several m well below P, a horizon of 1.5 or more, seeds",
        "m", "last loss + tail beyond P", ("m",),
        lambda of: plateau_exponent(of[0].beta) if has_power_law(of[0].beta) else None,
        width_exponent_fit,
    ),
    "frontier": Analysis(
        "Compute frontier", r"L \sim C^{(1-2\beta)/(1+\beta)},\ C = m\,t\quad(\text{one }\eta)",
        "β above 1/2, four m or more, nearly all below P, runs that go on until the next m is "
        "better, several seeds. C counts neurons times steps: the operations of SGD, but for 4 d",
        "C = m t (neurons × steps)", "least loss over m + tail beyond P", ("m", *LENGTH),
        lambda of: compute_exponent(of[0].beta) if has_power_law(of[0].beta) else None,
        frontier_fit,
    ),
    "recovery": Analysis(
        "Recovery time over d", r"t \sim d,\ d\log d,\ d^{J-1}\quad(J = 1, 2, \ge 3)",
        "P = 1, several d (one step size at each: c as well where it depends on d), several seeds",
        "d", "steps until u > 1/2 (J = 2: / log d)", ("d", *STEP, *LENGTH),
        recovery_exponent, recovery_time_fit,
    ),
    "emergence": Analysis(
        "Emergence times",
        r"T_p/T_1 = (a_1/a_p)\,(\bar v_1/\bar v_p)^{J-2}\quad\text{(overlaps at the start)}",
        "J above 2, several directions, several seeds",
        "predicted T_p / T_1", "measured ratio of crossings", (),
        lambda _: 1.0, emergence_ratio_fit,
    ),
    "step_size": Analysis(
        "Largest step size over d", r"\eta_{\max} \sim d^{-\max(J/2,\,1)}",
        "several d, several c at each, several seeds. For J > 2 and small d the stability of the "
        "fit, of order 1/d, is the tighter bound",
        "d", "largest step size η", ("d", *STEP, *LENGTH),
        lambda of: -max(of[0].J / 2, 1.0), largest_step_size_fit,
    ),
    "neurons": Analysis(
        "Neurons needed over P", r"m = O(P\log P)",
        "several P, several m at each from P upwards, several seeds",
        "P log P", "neurons for all directions", ("P", "m", *LENGTH),
        lambda _: 1.0, neurons_needed_fit, bound=True,
    ),
}  # fmt: skip

__all__ = ["ANALYSES", "Analysis", "Estimate", "Expected"]
