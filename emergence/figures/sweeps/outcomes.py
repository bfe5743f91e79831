"""The pictures of a sweep's outcomes so far: from outcomes to arrays to figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array
from emergence.figures.sweeps.exponents import exponents
from emergence.figures.sweeps.pictures import collapse, fits, frontier, loss_map, loss_surface
from emergence.sweeps.analyses import ANALYSES, Analysis, Estimate
from emergence.sweeps.analyses.base import SYMBOLS, groups, named
from emergence.sweeps.analyses.frontier import Frontier
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome, ordered
from emergence.theory.scaling import directions_learned, law_times, reference_time
from emergence.theory.teacher import link_function, strengths

Draw = Callable[[], go.Figure]
ALL = "all points"
GRID = 120
"""Moments of the common time grid of L(m, t)."""
CURVE = 40
"""Points of theory's line between the swept values."""


def sweep_figures(
    sweep: Sweep, outcomes: Sequence[Outcome], estimates: list[Estimate],
    singles: Sequence[Estimate] = (),
) -> dict[str, dict[str, Draw]]:  # fmt: skip
    """The pictures that the outcomes are enough for, by name and group of points.

    Exponents is always there: before the first outcome it has theory's; `singles` are the
    estimates of each seed alone. Of each group of points that differ in their width there is
    L(m, t), as contours and as a surface, and where it is measured the frontier, which then comes
    first; of the other pictures there is one, of all points.
    """
    outcomes = ordered(outcomes)
    kind = ANALYSES[sweep.analysis]
    pictures: dict[str, dict[str, Draw]] = {}
    frontiers = _frontiers(sweep, outcomes, estimates) if sweep.analysis == "frontier" else {}
    if frontiers:
        pictures["Frontier"] = frontiers
    pictures["Exponents"] = {ALL: lambda: _exponents(sweep, estimates, singles)}
    if estimates:
        pictures["Fits"] = {ALL: lambda: _fits(estimates, kind)}
        if sweep.analysis in ("time", "width", "frontier"):
            pictures["Collapse"] = {ALL: lambda: _collapsed_losses(outcomes, sweep.swept)}
        else:
            pictures["Collapse"] = {ALL: lambda: _collapsed_points(estimates, kind.x, kind.y)}
    maps = _losses_over_width(outcomes, sweep.swept)
    if maps:
        pictures["L(m, t)"], pictures["Surface"] = {}, {}
        for name, (t, m, loss, border) in maps.items():
            of = f", {name}" if len(maps) > 1 else ""
            pictures["L(m, t)"][name] = partial(loss_map, t, m, loss, border, of)
            pictures["Surface"][name] = partial(loss_surface, t, m, loss, border, of)
    return pictures


def _fits(estimates: list[Estimate], kind: Analysis) -> go.Figure:
    curves = [
        (each.name, np.array(each.x), np.array(each.y), each.slope.value, each.theory)
        for each in estimates
    ]
    return fits(curves, kind.x, kind.y)


def _exponents(
    sweep: Sweep, estimates: Sequence[Estimate], singles: Sequence[Estimate]
) -> go.Figure:
    expected, kind = sweep.expected, ANALYSES[sweep.analysis]
    draw = partial(exponents, expected, estimates, kind.title, singles=singles, bound=kind.bound)
    swept = {key for each in expected for key in each.of}
    if len(swept) != 1:
        return draw()
    name = next(iter(swept))
    values = [each.of[name] for each in expected]
    if not all(isinstance(value, int | float) for value in values):
        return draw(x_title=SYMBOLS[name])
    x, between = np.array(values, dtype=float), None
    if isinstance(values[0], float) and np.ptp(x) > 0:
        between = _between(sweep, kind, name, x)
    return draw(x=x, x_title=SYMBOLS[name], between=between)


def _between(sweep: Sweep, kind: Analysis, name: str, x: Array) -> tuple[Array, Array]:
    """Theory's exponent over a field that is swept, (values, exponents), both (CURVE,)."""
    first = sweep.points[0]
    one = [e for e in sweep.points if e.seed == first.seed and getattr(e, name) == x[0]]
    grid = np.linspace(x.min(), x.max(), CURVE)
    theory = [kind.theory([e.changed({name: value}) for e in one]) for value in grid]
    return grid, np.array([np.nan if t is None else t for t in theory])


def _collapsed_points(estimates: list[Estimate], x_title: str, y_title: str) -> go.Figure:
    """Each fit's points by their middle, y to the power 1/theory: all on the diagonal."""
    curves = []
    for each in estimates:
        if each.theory == 0:
            continue  # y does not depend on x: no power of it does
        x, y = np.array(each.x), np.array(each.y)
        usable = (x > 0) & (y > 0) & np.isfinite(x) & np.isfinite(y)
        order = np.argsort(x[usable])
        x, y = x[usable][order], y[usable][order]
        if x.size:
            middle = np.exp(np.log(x).mean()), np.exp(np.log(y).mean())
            curves.append((each.name, x / middle[0], (y / middle[1]) ** (1 / each.theory)))
    of = f" (x: {x_title}, y: {y_title})"
    return collapse(curves, "x / middle", "(y / middle)^(1/theory)", of=of)


def _collapsed_losses(outcomes: Sequence[Outcome], swept: Sequence[str]) -> go.Figure:
    """The loss as the number p of directions learned, over the number that theory says.

    By the loss: a_1^2 K(1) p^(1-2 beta) / (2 beta - 1) = L; by theory: p = (t/T_1)^(1/beta). Both
    in units of the most that can be learned, min(m, P): theory says min(x, 1).
    """
    curves = []
    for key, members in groups(_finished(outcomes), swept).items():
        experiment = members[0].experiment
        if members[0].missing is None:
            continue
        a, beta, most = strengths(experiment), experiment.beta, min(experiment.m, experiment.P)
        first = float(link_function(experiment).K(1.0)) * a[0] ** 2
        timed = [(o, _reference(o)) for o in members]
        timed = [(o, T1) for o, T1 in timed if 0 < T1 < np.inf]
        if not timed:
            continue
        p = np.geomspace(1, max(o.steps[-1] / T1 for o, T1 in timed) ** (1 / beta), GRID)
        losses = [_log_loss(o, law_times(p, T1, beta)) for o, T1 in timed]
        learned = directions_learned(np.exp(np.mean(losses, axis=0)), beta, first)
        there = np.isfinite(learned)
        curves.append((named(key), p[there] / most, learned[there] / most))
    return collapse(
        curves, "(t/T₁)^(1/β) / min(m, P)",
        "directions learned / min(m, P)", ceiling=True, of=" (means over seeds)",
    )  # fmt: skip


def _finished(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that did not diverge, and learn nothing of the law."""
    return [o for o in outcomes if o.state == "finished"]


def _log_loss(outcome: Outcome, t: Array) -> Array:
    """log of the loss, the tail beyond P added, at times t in steps; NaN after the run's end."""
    logs = np.log(np.array(outcome.mse) + (outcome.missing or 0.0))
    return np.interp(np.log(t), np.log(outcome.steps), logs, right=np.nan)


def _reference(outcome: Outcome) -> float:
    return reference_time(np.array(outcome.T, dtype=float), strengths(outcome.experiment))


def _frontiers(
    sweep: Sweep, outcomes: Sequence[Outcome], estimates: Sequence[Estimate]
) -> dict[str, Draw]:
    """The frontier of each group of points, by its name."""
    measured = {each.name: each.slope for each in estimates}
    theory = {each.name: each.theory for each in sweep.expected}
    drawn: dict[str, Draw] = {}
    shared = [n for n in sweep.swept if n not in ANALYSES["frontier"].over]
    for key, members in groups(outcomes, shared).items():
        name = named(key)
        found = Frontier.of(members) if name in theory else None
        if found is None:
            continue
        C, over = found.C, found.over(found.C)
        losses = np.exp(found.logs(C).mean(axis=0))
        ended = over[found.best(C), np.arange(len(C))]
        curves = dict(zip(found.m.tolist(), np.where(over, np.nan, losses), strict=True))
        least = np.where(ended, np.nan, np.exp(found.envelope(C).mean(axis=0)))
        window = found.window or (float(C[0]), float(C[-1]))
        of = f", {name}" if shared else ""
        drawn[name] = partial(
            frontier, C, curves, least, window, measured.get(name), theory[name], of
        )
    return drawn


def _losses_over_width(
    outcomes: Sequence[Outcome], swept: Sequence[str]
) -> dict[str, tuple[Array, Array, Array, Array]]:
    """(t, m, loss, border) of each group of points with several widths, by its name.

    The loss is NaN where a seed's run has ended. The border is where theory says that m neurons are
    used up, t = T_1 min(m, P)^beta.
    """
    maps = {}
    for key, members in groups(_finished(outcomes), [n for n in swept if n != "m"]).items():
        widths = sorted({o.experiment.m for o in members})
        if len(widths) < 2 or members[0].missing is None:
            continue
        T1 = float(np.nanmedian([_reference(o) for o in members]))
        if not 0 < T1 < np.inf:
            continue
        by_width = [[o for o in members if o.experiment.m == m] for m in widths]
        end = max(min(o.steps[-1] for o in each) for each in by_width)
        t = np.geomspace(min(T1, end) / 3, end, GRID)
        rows = [np.exp(np.mean([_log_loss(o, t) for o in each], axis=0)) for each in by_width]
        m = np.array(widths, dtype=float)
        learned = np.minimum(m, members[0].experiment.P)
        border = law_times(learned, T1, members[0].experiment.beta)
        maps[named(key)] = (t, m, np.array(rows), border)
    return maps
