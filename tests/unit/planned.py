"""Plans in tests that draw their experiments."""

from __future__ import annotations

from hypothesis import assume

from emergence.experiment import Experiment, ExperimentError
from emergence.runs.plan import Plan, make_plan


def planned(e: Experiment) -> Plan:
    """The plan of an experiment; one that is refused is drawn anew."""
    try:
        return make_plan(e)
    except ExperimentError:
        assume(False)
        raise
