"""A run before its first step: the predictions, its length, when to look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from emergence.arrays import Array, BoolArray, IntArray
from emergence.engines.initial import forget_start, initial_directions
from emergence.experiment import Experiment, ExperimentError, ExperimentValues
from emergence.parameters import PARAMETERS
from emergence.recent import Recent, remembering
from emergence.runs import cost, speed
from emergence.runs.auto import PATIENCE, Auto
from emergence.runs.limits import (
    STANDARD,
    Limits,
    refuse_memory,
    refuse_work,
    server_limits,
)
from emergence.theory import predictions, scaling, stability, times
from emergence.theory.fits import Slope
from emergence.theory.hermite import LinkFunction
from emergence.theory.scatter import USABLE, RandomStarts, slope_margin
from emergence.theory.teacher import directions as teacher_directions
from emergence.theory.teacher import link_function, strengths
from emergence.words import plural, short

CROSSING_RESOLUTION = 0.005
"""Relative spacing of the moments at which a crossing of u = 1/2 is looked for."""
EARLIEST_LOOK = 0.02
EARLIEST_SNAPSHOT = 0.05
"""First look and first snapshot, in units of the earliest T_p."""
ROOM = 16e6
"""Bytes of the plans that are kept, and of the starts: a server keeps no more of what has been."""


class WrongSideError(ExperimentError):
    """Nothing will ever be learned from this start: it is the seed's fault, not the sizes'."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Predictions and schedule of an experiment. All times are in units of tau = eta * steps.

    Attributes
    ----------
    experiment : what is run, its engine settled
    a : strengths, shape (P,)
    overlaps : initial <vbar_k, w_p>, shape (m, P)
    T : predicted emergence time of each direction, infinite where it has no neuron, shape (P,)
    iota : the neuron of each direction, -1 where none, shape (P,)
    T1 : emergence time of direction 1 at a typical overlap (`scaling.reference_time`), NaN where
        there is none: nothing is matched, or the linear part of the link (J = 1) takes neurons to
        the sum of the directions before they find single ones
    end : last moment
    snapshots, checkpoints : moments to keep and moments to look for crossings, increasing, the
        first of snapshots 0; every snapshot but the first is a checkpoint
    neurons, directions : those whose overlaps are kept, matched neurons first in the order of
        iota; all of them unless there are more than 512 or 64
    auto : which engine `engine = auto` took and why, None where the engine was given
    """

    experiment: Experiment
    link: LinkFunction
    a: Array
    overlaps: Array
    T: Array
    iota: IntArray
    T1: float
    end: float
    snapshots: Array
    checkpoints: Array
    neurons: IntArray
    directions: IntArray
    auto: Auto | None = None

    @property
    def asked(self) -> Experiment:
        """The experiment as it was asked for."""
        return self.experiment.replace(engine="auto") if self.auto else self.experiment

    @property
    def jumps(self) -> Array | None:
        """The predicted times in increasing order; None for J = 1, 2, where nothing jumps."""
        return np.sort(self.T[np.isfinite(self.T)]) if self.experiment.J > 2 else None

    @property
    def seconds(self) -> float:
        """Seconds that the run takes on one core, by estimate."""
        return speed.seconds(self.experiment, self.end, self.jumps)

    def share(self, tau: float) -> float:
        """Share (0 to 1) of these seconds that the run has taken to time tau."""
        return float(np.interp(tau, *self._course))

    @cached_property
    def _course(self) -> tuple[Array, Array]:
        if self.experiment.is_sgd:  # all its steps are alike
            return np.array([0.0, self.end]), np.array([0.0, 1.0])
        return speed.course(self.experiment, self.end, float(self.checkpoints[0]), self.jumps)

    @property
    def top(self) -> float:
        """K(1) = E sigma^2."""
        return float(self.link.K(1.0))

    def steps(self, tau: Array) -> Array:
        """Times tau in steps, tau / eta, shape of tau: whole ones for SGD."""
        steps = np.asarray(tau) / self.experiment.eta
        return np.round(steps) if self.experiment.is_sgd else steps

    def nearest(self, tau: float) -> float:
        """The time of the whole step nearest to time tau, for engines that take whole steps."""
        return round(tau / self.experiment.eta) * self.experiment.eta

    @property
    def unused(self) -> BoolArray:
        """Neurons that iota matches to no direction, shape (m,)."""
        free = np.ones(self.experiment.m, dtype=bool)
        free[self.iota[self.iota >= 0]] = False
        return free

    @property
    def unpredicted(self) -> str:
        """Why some directions have no T_p, in a sentence; empty where all have one."""
        e, missing = self.experiment, int(np.count_nonzero(self.iota < 0))
        if not missing:
            return ""
        if self.link.c[1] and e.P > 1 and not e.mixture:
            return (
                "With a linear σ only the sum Σ aₚ wₚ is learned: a single direction emerges where "
                f"aₚ² is more than half of Σ a², so {missing} of {e.P} never do."
            )
        if self.link.c[1] and e.P > 1:
            return (
                f"The linear part of σ turns neurons to the sum Σ aₚ wₚ before they find {missing} "
                f"of {e.P} directions: when these emerge is not predicted."
            )
        if e.m < e.P:
            return f"{missing} of {e.P} directions have no neuron of their own: m = {e.m}."
        of = plural(e.P, "direction")
        return f"For {missing} of {of} no neuron is left that starts on the right side."

    @property
    def bound_c(self) -> float:
        """c from which on SGD is unstable in the mean square around the fitted student."""
        e = self.experiment
        eta = stability.mean_square_bound(e.d, self.a, self.link, e.B)
        return float(eta * float(e.d) ** (e.J / 2))

    @property
    def remedy(self) -> str:
        """What to try where the step size is too large, and what runs with it did: a sentence."""
        e, c = self.experiment, stability.MARGIN * self.bound_c
        bad, runs = stability.MEASURED
        measured = (
            f": at {stability.MARGIN:g} times the mean-square bound {bad:,} of {runs:,} runs of "
            f"{stability.KINDS} kinds diverged within {stability.LONGEST:,} steps"
        )
        if c > e.c / 2:
            c, measured = e.c / 2, ""
        try:
            PARAMETERS["c"].parse(c)
        except ValueError:
            return "Try a larger batch size B"
        eta = c * float(e.d) ** (-e.J / 2)
        return f"Try c = {short(c, 2)}, that is η = {eta:.2g}{measured}; or a larger batch size B"

    def staircase(self, tau: Array) -> Array:
        """Indicator staircase at times tau, shape of tau (Model 3.7)."""
        return predictions.staircase(tau, self.T, self.a, self.link)

    def decoupled(self, tau: Array) -> Array:
        """Loss of the decoupled ODEs at times tau, shape of tau (Model 3.8)."""
        matched = self.iota >= 0
        pairs = _pairs(self.overlaps, self.iota, self.a, self.experiment.s0, self.link)
        return predictions.decoupled_mse(tau, pairs, self.a, matched, self.link)

    def finite(self, tau: Array) -> Array:
        """Loss of P directions with typical overlaps at times tau, shape of tau (Model 4.2)."""
        return scaling.finite_prediction(tau, self.T1, self.a, self.experiment.beta, self.top)

    @property
    def why_no_law(self) -> str | None:
        """Why theory has no power law for this experiment, in a sentence; None where it has one."""
        e = self.experiment
        if e.engine == "correlation":
            return (
                "the engine correlation turns directions only: the norms stay as they are, so the "
                "loss cannot fall"
            )
        if not self.link.c[2:].any() and e.P > 1:
            return "for σ = h₁ all directions add up to one, learned at once"
        if scaling.time_exponent(e.beta) is None:
            return f"the power law needs β above 1/2, and β is {e.beta:g}"
        return None

    @property
    def theory_slope(self) -> float | None:
        """(1 - 2 beta) / beta, the exponent of the loss in time; None where `why_no_law`."""
        return None if self.why_no_law else scaling.time_exponent(self.experiment.beta)

    def why_no_slope(self, tau: Array, mse: Array) -> str | None:
        """Why a loss `mse` at times `tau`, both (n,), has no slope, in a sentence; else None."""
        e = self.experiment
        if self.why_no_law:
            return self.why_no_law
        if np.count_nonzero(np.isfinite(self.T)) < min(3, e.P, e.m):
            return "fewer than three directions ever emerge: a slope takes three jumps or more"
        return scaling.why_no_slope(tau, mse, self.T1, self.a, e.beta, self.top, e.m)

    def slope(self, tau: Array, mse: Array) -> Slope | None:
        """Tail-corrected slope of a loss `mse` at times `tau`, both (n,); its window is one of tau.

        Its 95 % interval covers the scatter over starts and the bias of finitely many directions
        (`theory.scatter`), which knows nothing of how a linear part of the link turns neurons to
        the sum of all directions: no interval there. None where `why_no_slope` has a reason.
        """
        e = self.experiment
        if self.why_no_slope(tau, mse):
            return None
        slope = scaling.fit_slope(tau, mse, self.T1, self.a, e.beta, self.top, e.m)
        if slope is None:
            return None
        if self.link.c[1] and e.P > 1:
            return replace(slope, ci_reason="nothing is known of starts with a linear link's part")
        starts = RandomStarts(tuple(self.a.tolist()), e.beta, e.coefficients, e.d, e.m, e.s0)
        margin = slope_margin(starts)
        if margin is None:
            return replace(slope, ci_reason=f"too few of all starts like this have a slope: less "
                           f"than {USABLE:.0%}")  # fmt: skip
        return slope.within(margin)


class _Forecast(NamedTuple):
    """What theory says of an experiment, whatever the engine. See `Plan`.

    unit : time in which the strongest direction's norm grows
    end : the last moment, for engines that take no whole steps
    """

    link: LinkFunction
    a: Array
    overlaps: Array
    T: Array
    iota: IntArray
    summed: bool
    unit: float
    end: float


def make_plan(experiment: Experiment, limits: Limits | None = None) -> Plan:
    """Predict and schedule. Raises ExperimentError for what is beyond the limits, the server's by
    default.

    The only place where `engine = auto` is settled: by an estimate that has nothing of the machine
    it is made on, so that an address opens the same engine everywhere.
    """
    return _plan(experiment, limits or server_limits())


_plans: Recent[object, Plan] = Recent(16, lambda plan: plan.overlaps.nbytes, ROOM)


@remembering(_plans)
def _plan(experiment: Experiment, limits: Limits) -> Plan:
    if experiment.engine == "auto":
        return _chosen(experiment, limits)
    refuse_memory(experiment, limits)
    link, a, overlaps, T, iota, summed, unit, end = _forecast(experiment)
    if experiment.is_sgd:
        # Given steps are taken as they are: steps * eta / eta may round to one more.
        whole = experiment.steps or max(np.ceil(end / experiment.eta), 1.0)
        end = float(whole) * experiment.eta
    refuse_work(experiment, end, limits)
    neurons, directions = _shown(experiment, iota)
    met = T[np.isfinite(T)]
    earliest = max(float(met.min()), 0.01 * unit) if met.size else end
    count = cost.snapshot_count(experiment)
    snapshots = _moments(experiment, earliest * EARLIEST_SNAPSHOT, end, count)
    looks = int(np.log(max(end / earliest, 1.0) / EARLIEST_LOOK) / CROSSING_RESOLUTION) + 2
    checkpoints = _moments(experiment, earliest * EARLIEST_LOOK, end, looks)
    return Plan(
        experiment=experiment,
        link=link,
        a=a,
        overlaps=overlaps,
        T=T,
        iota=iota,
        T1=np.nan if summed else scaling.reference_time(T, a),
        end=end,
        snapshots=np.concatenate([[0.0], snapshots]),
        checkpoints=np.union1d(checkpoints, snapshots),
        neurons=neurons,
        directions=directions,
    )


def settled(experiment: Experiment, limits: Limits | None = None) -> Experiment:
    """The experiment with the engine that `auto` stands for. Raises ExperimentError for `auto`."""
    return make_plan(experiment, limits).experiment if experiment.engine == "auto" else experiment


def _chosen(experiment: Experiment, limits: Limits) -> Plan:
    """The plan with SGD where that is quick and stable, else the flow; with what is not refused:
    by the standard limits, and by those given only where these refuse both, or allow less."""
    try:
        plan = _quicker(experiment, STANDARD)
    except ExperimentError:
        return _quicker(experiment, limits)
    _plan(plan.experiment, limits)
    return plan


def _quicker(experiment: Experiment, limits: Limits) -> Plan:
    plans: dict[str, Plan] = {}
    refusals: dict[str, ExperimentError] = {}
    for engine in ("sgd", "flow"):
        try:
            plans[engine] = _plan(experiment.replace(engine=engine), limits)
        except ExperimentError as error:
            refusals[engine] = error
    if not plans:
        raise refusals["sgd" if experiment.broken else "flow"]
    sgd, flow = (plans[name].seconds if name in plans else None for name in ("sgd", "flow"))
    quick = sgd is not None and sgd < PATIENCE
    slower = sgd is not None and flow is not None and PATIENCE <= sgd < flow
    bound = plans["sgd"].bound_c if "sgd" in plans else np.inf
    wild = experiment.c > bound
    taken = "sgd" if ((quick or slower) and not wild) or flow is None else "flow"
    refusal = "; ".join(map(str, refusals.values()))
    why = bound if wild and taken == "flow" else None
    return replace(plans[taken], auto=Auto(taken, sgd, flow, refusal, why))


def _forecast(experiment: Experiment) -> _Forecast:
    """The start, its predictions, and the end. Raises WrongSideError."""
    same: ExperimentValues = {
        "engine": "sgd", "c": 1.0, "B": 1, "s0": 1.0, "horizon": 1.0, "steps": 0,
        "noise": 0.0, "samples": 0, "second": "tied", "optimizer": "sgd",
    }  # fmt: skip
    return _until(_start(experiment.replace(**same)), experiment)


def forget() -> None:
    """Keep nothing of what has been planned."""
    for recent in (_plans, _starts):
        recent.clear()
    forget_start()


_starts: Recent[object, _Forecast] = Recent(16, lambda start: start.overlaps.nbytes, ROOM)


@remembering(_starts)
def _start(experiment: Experiment) -> _Forecast:
    """The same, whatever step size, norm and end (which is NaN): once for all of a slider's."""
    link, a = link_function(experiment), strengths(experiment)
    # A copy: a view would keep all coordinates of the start in memory as long as the plan.
    overlaps = initial_directions(experiment)[:, : experiment.P].copy()
    if experiment.rho:
        overlaps = overlaps @ teacher_directions(experiment.P, experiment.rho)
    pairs = times.emergence_times(overlaps, a, link)
    iota = predictions.greedy_matching(pairs)
    T = np.where(iota >= 0, pairs[iota, np.arange(experiment.P)], np.inf)
    met = T[np.isfinite(T)]
    # The linear part of the link leads to the sum of all directions, not to one after the other.
    summed = bool(link.c[1]) and experiment.P > 1 and len(met) < min(experiment.m, experiment.P)
    # Where T_p is a half time a neuron may start beyond, T_p = 0: its norm still has to grow.
    unit = 1 / (a[0] * float(link.K(1.0)))
    return _Forecast(link, a, overlaps, T, iota, summed, unit, np.nan)


def _until(start: _Forecast, experiment: Experiment) -> _Forecast:
    """With the end of a run."""
    link, a, met = start.link, start.a, start.T[np.isfinite(start.T)]
    least = start.unit if experiment.J <= 2 or experiment.mixture else 0.0
    if experiment.steps:
        end = experiment.steps * experiment.eta
    elif met.size:
        end = experiment.horizon * max(float(met.max()), least)
    elif link.c[1]:
        end = experiment.horizon * times.linear_time(a, experiment.s0, link)
    else:
        raise WrongSideError(
            {"m": "every neuron starts on the wrong side of every direction (J is odd), so none "
                  "is ever learned: raise m, change the seed, or give steps"}
        )  # fmt: skip
    return start._replace(end=end)


def _pairs(
    overlaps: Array, iota: IntArray, a: Array, s0: float, link: LinkFunction
) -> predictions.Pair:
    """Decoupled trajectories of the matched pairs."""
    matched = np.flatnonzero(iota >= 0)
    start = overlaps[iota[matched], matched]
    return predictions.decoupled_pairs(start, a[matched], s0, link)


def _moments(experiment: Experiment, first: float, end: float, count: int) -> Array:
    """Log-spaced times up to `end`; whole steps, each once, where time is discrete."""
    first = min(first, end / 2)
    if not experiment.is_sgd:
        return np.geomspace(first, end, count)
    last = round(end / experiment.eta)
    steps = np.geomspace(min(max(first / experiment.eta, 1.0), last), last, count)
    return np.asarray(np.unique(np.round(steps)) * experiment.eta)


def _shown(experiment: Experiment, iota: IntArray) -> tuple[IntArray, IntArray]:
    matched = iota[iota >= 0]
    rest = np.setdiff1d(np.arange(experiment.m), matched)
    neurons, directions = cost.shown(experiment)
    return np.concatenate([matched, rest])[:neurons], np.arange(directions)
