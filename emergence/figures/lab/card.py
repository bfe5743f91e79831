"""A run at a glance: a small drawing (SVG) without axes, the overlaps and beside them the loss."""

from __future__ import annotations

import numpy as np

from emergence.arrays import Array
from emergence.figures.style import GRID, MEASURED, colour

WIDTH, HEIGHT, GAP, EDGE = 118.0, 62.0, 8.0, 4.0
"""Of one of the two panels, between them, and around their curves."""
MOMENTS = 80
"""Moments that a curve is drawn of, evenly spaced in log t."""


def card(steps: Array, peak: Array, mse: Array) -> str:
    """Largest overlap of each direction (left) and loss (right, log) over log time.

    Parameters
    ----------
    steps : moments above 0, shape (n,)
    peak : max_k u_kp, shape (n, P)
    mse : population loss above 0, shape (n,)
    """
    time = np.log(steps)
    at = np.linspace(time[0], time[-1], min(MOMENTS, len(time)))
    x = (at - at[0]) / max(float(at[-1] - at[0]), 1e-9)
    lines = [_line(x, np.interp(at, time, peak[:, p]), 0.0, colour(p), 1.6)
             for p in reversed(range(peak.shape[1]))]  # fmt: skip
    loss = np.log(mse)
    low, high = float(loss.min()), float(loss.max())
    fallen = (np.interp(at, time, loss) - low) / max(high - low, 1e-9)
    lines.append(_line(x, fallen, WIDTH + GAP, MEASURED, 2.4))
    frames = "".join(
        f'<rect x="{left:g}" y="0" width="{WIDTH:g}" height="{HEIGHT:g}" fill="none" '
        f'stroke="{GRID}"/>' for left in (0.0, WIDTH + GAP)
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="-1 -1 {2 * WIDTH + GAP + 2:g} {HEIGHT + 2:g}">{frames}{"".join(lines)}</svg>'
    )


def _line(x: Array, y: Array, left: float, stroke: str, width: float) -> str:
    """A curve of shares of a panel's width and height."""
    points = " ".join(
        f"{left + EDGE + a * (WIDTH - 2 * EDGE):.1f},{HEIGHT - EDGE - b * (HEIGHT - 2 * EDGE):.1f}"
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    )
    return f'<polyline points="{points}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>'
