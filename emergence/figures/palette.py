"""One colour for each direction: eight chosen ones, then as far apart as there is room."""

from __future__ import annotations

from functools import cache

import numpy as np

from emergence.arrays import Array

CHOSEN = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8855FF", "#AA3366",
)  # fmt: skip
"""Okabe and Ito's colours, safe for colour-blind readers, less black and yellow (neither shows on
both a dark and a light ground), with a violet and a wine that such readers tell from them."""
UNUSED = "#8A8F98"
"""The grey of neurons that serve no direction: no direction's colour is near it."""
GROUNDS = {0.0056: 2.9, 1.0: 2.1}
"""Luminance of a dark and a light page, and the least contrast with it, as WCAG counts it: about
what `CHOSEN` have."""
NARROW, MIDDLE, WIDE = (230, 159, 0), (204, 121, 167), (0, 114, 178)
"""Of students, from few neurons to many."""
VIVID = 0.23
"""Most chroma (OKLab): beyond it single lines shine out of a picture."""
FEW, MOST = 64, 1024
"""Directions in a picture of all overlaps, and in an experiment."""
STEP = 9
"""Distance of two colours that are considered, in 8-bit steps."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip
"""Linear sRGB to OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab), in which equal
distances look about equal."""


def colour(p: int) -> str:
    """Colour of direction p (from 0), the same in every figure; no two of them are the same."""
    return CHOSEN[p] if p < len(CHOSEN) else _colours(FEW if p < FEW else MOST)[p]


def width_colour(i: int, count: int) -> str:
    """Colour of the i-th of `count` widths, from orange (narrow) to blue (wide)."""
    x = 2 * i / max(count - 1, 1)
    low, high = (NARROW, MIDDLE) if x <= 1 else (MIDDLE, WIDE)
    mixed = [round(a + (b - a) * (x if x <= 1 else x - 1)) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{value:02X}" for value in mixed)


@cache
def _colours(count: int) -> tuple[str, ...]:
    """The first `count`: each after `CHOSEN` is the one whose nearest before it is farthest."""
    levels = np.arange(0.0, 256, STEP)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
    grid = grid[np.hypot(*_lab(grid).T[1:]) <= VIVID]
    for ground, least in GROUNDS.items():
        grid = grid[_contrast(_linear(grid) @ LUMINANCE, ground) >= least]
    place = _lab(grid)
    taken = [*CHOSEN]
    known = _lab(np.array([_levels(each) for each in (*CHOSEN, UNUSED)]))
    near = np.min(np.linalg.norm(place[:, None] - known, axis=-1), axis=1)
    while len(taken) < count:
        best = int(np.argmax(near))
        taken.append("#" + "".join(f"{int(level):02X}" for level in grid[best]))
        near = np.minimum(near, np.linalg.norm(place - place[best], axis=1))
    return tuple(taken)


def letters_on(code: str) -> str:
    """Black or white: letters in it on a ground of this colour have a contrast of 4.5 at least."""
    bright = _linear(np.array(_levels(code))) @ LUMINANCE
    return max(("black", "white"), key=lambda ink: _contrast(bright, float(ink == "white")))


def _levels(code: str) -> list[float]:
    return [int(code[i : i + 2], 16) for i in (1, 3, 5)]


def _linear(levels: Array) -> Array:
    """8-bit sRGB to linear, shape (n, 3)."""
    share = np.asarray(levels) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _lab(levels: Array) -> Array:
    return np.asarray(np.cbrt(_linear(levels) @ TO_CONES.T) @ TO_LAB.T)


def _contrast(one: Array, other: float) -> Array:
    bright, faint = np.maximum(one, other), np.minimum(one, other)
    return np.asarray((bright + 0.05) / (faint + 0.05))
