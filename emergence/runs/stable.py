"""Which step sizes of SGD are stable, by theory, and which of them make a run shorter."""

from __future__ import annotations

from emergence.experiment import Experiment
from emergence.parameters import PARAMETERS, Bounded
from emergence.theory.stability import MARGIN, mean_square_bound
from emergence.theory.teacher import link_function, strengths


def has_bound(e: Experiment) -> bool:
    """Whether theory has a bound on the step size: of the engines that take steps on samples, not
    where norms stay as they are, nor where a step is as long whatever the gradient."""
    return e.is_sgd and e.engine != "correlation" and e.optimizer not in ("adam", "sign")


def shortest_c(e: Experiment) -> float:
    """The c up to which a larger one makes a run shorter, and is not warned of; 0 for none."""
    if not e.is_sgd or e.steps:
        return 0.0
    parameter = PARAMETERS["c"]
    assert isinstance(parameter, Bounded)
    if not has_bound(e):
        return parameter.high
    bound = mean_square_bound(e.d, strengths(e), link_function(e), e.B) * float(e.d) ** (e.J / 2)
    return float(min(MARGIN * bound, parameter.high))
