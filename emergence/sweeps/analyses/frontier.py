"""The compute frontier: the least loss for a budget C = m t over the widths m (Model 4.7).

C counts neurons times steps, which at a given d and batch is proportional to the operations of SGD
(a sample costs a student about 4 m d). It is not the work of the flow's own numerical method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emergence.arrays import Array, BoolArray, IntArray
from emergence.sweeps.analyses.base import Fit, counted
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import Slope, bootstrap, slopes

GRID = 600
"""Budgets at which it is looked which width is the best."""
MOMENTS = 120
"""Budgets of a fit, evenly spaced in log C."""
LEAST_WIDTHS = 2
"""Widths that must each be the best somewhere in the window."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """Losses of w widths over the budget, from S seeds that have all of the widths.

    Attributes
    ----------
    m : widths, increasing, shape (w,)
    P : number of directions
    runs : (log steps, log of the loss with the tail beyond P) of each seed and width
    """

    m: IntArray
    P: int
    runs: tuple[tuple[tuple[Array, Array], ...], ...]

    @classmethod
    def of(cls, members: Sequence[Outcome]) -> Frontier | None:
        """Of finished runs that differ in width and seed; None where there is no law, or no seed
        with two widths."""
        found = {
            (o.experiment.seed, o.experiment.m): o
            for o in members if o.state == "finished" and o.missing is not None
        }  # fmt: skip
        widths = sorted({o.experiment.m for o in members})
        seeds = [s for s in sorted({s for s, _ in found}) if all((s, m) in found for m in widths)]
        if len(widths) < 2 or not seeds:
            return None
        runs = tuple(tuple(_logs(found[seed, m]) for m in widths) for seed in seeds)
        return cls(np.array(widths), members[0].experiment.P, runs)

    @cached_property
    def C(self) -> Array:  # noqa: N802
        """All budgets that some run knows something of, shape (GRID,)."""
        ends = [np.log(m) + each[0][[0, -1]]
                for seed in self.runs for m, each in zip(self.m, seed, strict=True)]  # fmt: skip
        low, high = np.array(ends).T
        return np.geomspace(np.exp(low.min()), np.exp(high.max()), GRID)

    def logs(self, C: Array) -> Array:
        """Log of the loss that each student has for a budget, shape (S, w, n).

        A run that is over keeps its last loss: the rest of the budget is left over.
        """
        x = np.log(C)
        return np.array([
            [np.interp(x - np.log(m), *each) for m, each in zip(self.m, seed, strict=True)]
            for seed in self.runs
        ])  # fmt: skip

    def over(self, C: Array) -> BoolArray:
        """Whether a run of this width was over before the budget was, (w, n)."""
        last = np.array([[each[0][-1] for each in seed] for seed in self.runs]).min(axis=0)
        return np.asarray(np.log(C / self.m[:, None]) > last[:, None] + 1e-9)

    def envelope(self, C: Array) -> Array:
        """Log of the least loss over the widths of each seed, shape (S, n)."""
        return np.asarray(self.logs(C).min(axis=1))

    def best(self, C: Array) -> IntArray:
        """Number of the width that is best on average over the seeds, shape (n,)."""
        return np.asarray(self.logs(C).mean(axis=0).argmin(axis=0))

    @cached_property
    def window(self) -> tuple[float, float] | None:
        """Budgets in which the widths compete; None where they do not.

        From where the narrowest is the best for the last time to where the widest, or one of P
        neurons and more, which no plateau limits, is so for the first time. Before and after one
        width's own curve is the envelope. None, too, where the best or a wider run ended too early.
        """
        C, best = self.C, self.best(self.C)
        start = np.flatnonzero(best == 0)
        if not start.size:
            return None
        closing = np.flatnonzero(self.m >= self.P)
        last = closing[0] if closing.size else len(self.m) - 1
        end = np.flatnonzero(best[start[-1] :] >= last)
        if not end.size:
            return None
        inside = start[-1] + np.arange(1, end[0])
        unknown = self.over(C) & (np.arange(len(self.m))[:, None] >= best)
        if unknown[:, inside].any() or len(np.unique(best[inside])) < LEAST_WIDTHS:
            return None
        return float(C[inside[0]]), float(C[inside[-1]])


def frontier_fit(members: list[Outcome]) -> Fit | None:
    """Mean over seeds of the slope of the least loss against the budget in its window."""
    frontier = Frontier.of(members)
    if frontier is None or frontier.window is None:
        return None
    C = np.geomspace(*frontier.window, MOMENTS)
    logs = frontier.envelope(C)
    each = slopes(np.log(C), logs)
    used = frontier.m[np.unique(frontier.best(C))]
    margin = bootstrap(lambda seeds: np.asarray(each[seeds].mean(axis=1)), len(each))
    seeds = len({o.experiment.seed for o in members})
    return Fit(
        Slope(float(each.mean()), None, frontier.window, MOMENTS).within(margin),
        basis=f"C from {C[0]:.2g} to {C[-1]:.2g}, best m from {used[0]} to {used[-1]}, "
        f"tail-corrected; {counted(len(each), seeds)}",
        x=C,
        y=np.exp(logs.mean(axis=0)),
    )


def _logs(outcome: Outcome) -> tuple[Array, Array]:
    loss = np.array(outcome.mse) + (outcome.missing or 0.0)
    return np.log(outcome.steps), np.log(loss)
