"""Escape times of the toy losses over the size of the start, measured by integrating the flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array
from emergence.lessons.sharp_transitions.integration import escape_time
from emergence.lessons.sharp_transitions.model import Line, toy_losses
from emergence.serving.study import Partial

LARGEST = 0.25
STARTS = 7


@dataclass(frozen=True)
class MeasuredEscapes:
    """What is measured so far: `times`, shape (losses, n), from the first n of `starts`."""

    starts: Array
    times: Array
    fits: tuple[Line, ...] = ()
    """Fitted slopes of the losses (`ToyLoss.fitted`), once there are three starts."""


NOTHING = MeasuredEscapes(np.empty(0), np.empty((0, 0)))


@dataclass(frozen=True)
class EscapeTimes:
    """Escape times of `toy_losses(k)` from starts between a quarter and `smallest`, in ratio."""

    k: int
    smallest: float

    def results(self) -> Iterator[Partial[MeasuredEscapes]]:
        """One start after another, the largest first: it is the fastest."""
        starts = np.geomspace(LARGEST, self.smallest, STARTS)
        losses = toy_losses(self.k)
        rows: list[list[float]] = []
        for w0 in starts:
            rows.append([escape_time((w0,) * loss.layers, loss.power) for loss in losses])
            sizes, times = starts[: len(rows)], np.array(rows).T
            lines = [loss.fitted(sizes, row) for loss, row in zip(losses, times, strict=True)
                     if len(rows) > 2]  # fmt: skip
            fits = tuple(each for each in lines if each)
            yield Partial(len(rows) / STARTS, MeasuredEscapes(sizes, times, fits))
