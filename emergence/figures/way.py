"""The way along which a guess is dragged in a figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emergence.arrays import Array


@dataclass(frozen=True)
class Way:
    """Where in a figure each thing that may be guessed is marked.

    x, y : coordinates of the figure, shape (stops,)
    start : where the line begins that ends at the mark, where there is one
    upright : whether a line stands at the mark from the bottom of the axes to their top
    axes : which of the figure's, "" for the first, "2" for the second
    """

    x: Array
    y: Array
    start: tuple[float, float] | None = None
    upright: bool = False
    axes: str = ""

    @classmethod
    def up(cls, x: float, y: Array, axes: str = "") -> Way:
        """Upwards at an x."""
        return cls(np.full(len(y), x), y, axes=axes)

    @classmethod
    def along(cls, x: Array, y: float, axes: str = "") -> Way:
        """To the right at a y, a line standing there."""
        return cls(x, np.full(len(x), y), upright=True, axes=axes)

    @classmethod
    def fan(
        cls, slopes: Array, start: tuple[float, float], right: float, bottom: float,
        axes: str = "",
    ) -> Way:  # fmt: skip
        """Along the edges of log-log axes, to where the lines of these slopes leave them.

        All fall, or are level, from `start` on, which is left of `right` and above `bottom`.
        """
        x0, y0 = start
        with np.errstate(divide="ignore", over="ignore"):
            reach = (bottom / y0) ** (1 / np.minimum(slopes, 0.0))  # infinite for a level line
            x = np.minimum(right, x0 * np.where(slopes < 0, reach, np.inf))
        return cls(x, y0 * (x / x0) ** slopes, start, axes=axes)
