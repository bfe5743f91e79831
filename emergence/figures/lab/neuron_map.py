"""The neuron map: every student neuron between the directions it overlaps with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from emergence.arrays import Array, IntArray
from emergence.figures.style import GRID, UNUSED, colour, figure, line

LARGEST = 0.2
"""Radius of the strongest direction's ring where there is room; the circle's own is 1."""
GAP = 0.03
"""Least distance of two rings."""
CLOUD = 0.2
"""Radius of the disc in which neurons wait that overlap with nothing."""
EDGE = 1.42
"""Half the width of the picture."""
LEAVES = 0.2
"""From this overlap on a neuron has the colour of its direction."""
CORNERS = 48
"""Corners of a ring's polygon."""
LEAST = 2.0
"""Radius in pixels of the smallest dot."""
MOST = 1.5
"""Radius of the largest dot, in those of the largest ring: where a run diverges, norms grow beyond
every picture."""
OPACITY = 0.85
RIM = 1.5
"""How a neuron is filled, and the width of the line around it."""
PIXELS = 160.0
"""Pixels to a unit in a picture of ordinary size: the page, which knows its own, corrects it."""
LEAST_TURN = 0.11
"""Room of a name, in units of the circle's radius: beside another one, and outside its ring."""


@dataclass(frozen=True)
class Places:
    """Where the directions and the waiting neurons are.

    Attributes
    ----------
    x, y : centres of the directions' rings on a circle of radius 1, shape (Q,); the first on top,
        then clockwise
    radius : of each ring, its area proportional to a_p, shape (Q,)
    angle : of each ring from the top, clockwise, shape (Q,)
    cloud_x, cloud_y : where each neuron waits, a sunflower's seeds, shape (n,)
    """

    x: Array
    y: Array
    radius: Array
    angle: Array
    cloud_x: Array
    cloud_y: Array

    @classmethod
    def of(cls, a: Array, neurons: int) -> Places:
        """Room for directions of strengths `a` (shape (Q,)) and so many neurons."""
        size = np.sqrt(a / a[0])
        free = 2 * np.pi - GAP * len(a)
        radius = size * min(LARGEST, max(free, np.pi) / (2 * float(size.sum())))
        # What the rings do not need is divided evenly between them.
        spare = (2 * np.pi - 2 * float(radius.sum())) / len(a)
        half = radius + spare / 2
        angle = np.cumsum(2 * half) - half - half[0]
        k = np.arange(neurons)
        away = CLOUD * np.sqrt((k + 0.5) / max(neurons, 1))
        turn = k * np.pi * (3 - np.sqrt(5))
        return cls(
            np.sin(angle), np.cos(angle), radius, angle, away * np.sin(turn), away * np.cos(turn)
        )

    def of_neurons(self, u: Array) -> tuple[Array, Array]:
        """Where neurons of overlaps `u` (shape (n, Q)) stand: x and y, shape (n,).

        sum_p u_kp times the place of direction p, and the rest of u in the cloud: a neuron that
        overlaps with nothing waits there, one that has found a direction is in its ring.
        """
        rest = np.maximum(1 - u.sum(axis=1), 0)
        return u @ self.x + rest * self.cloud_x, u @ self.y + rest * self.cloud_y


def neuron_map(
    u: Array,
    n2: Array,
    a: Array,
    passed: Array,
    iota: IntArray,
    neurons: IntArray,
    title: str,
) -> go.Figure:
    """Directions as rings on a circle, neurons between them.

    A neuron's area is |v_k|^2 and a ring's a_p on the same scale, so that a neuron which has
    learned its direction fills the ring (none is larger than `MOST` rings); the ring itself closes
    like a clock until the predicted T_p.

    Parameters
    ----------
    u : overlaps squared, shape (neurons, directions)
    n2 : squared norms |v_k|^2 of these neurons, shape (neurons,)
    a : strengths of the directions, shape (directions,)
    passed : share of each predicted time T_p that has passed, in [0, 1], shape (directions,)
    iota : neuron that theory matches to each direction, -1 for none, shape (directions,)
    neurons : names of the neurons, shape (neurons,)
    """
    places = Places.of(a, len(neurons))
    hidden = {"visible": False, "range": [-EDGE, EDGE], "constrain": "domain"}
    return figure(
        [*_rings(places, passed), _dots(places, u, n2, a, iota, neurons), _names(places)], title,
        xaxis=hidden, yaxis=hidden | {"scaleanchor": "x"},
        margin={"l": 4, "r": 4, "t": 40, "b": 4},
    )  # fmt: skip


def _rings(places: Places, passed: Array) -> list[go.Scatter]:
    """The directions' rings, and on each the part of its predicted time that has passed."""
    x, y = _arcs(places, np.ones(len(passed)))
    rings = go.Scatter(
        x=x, y=y, mode="lines", line={"color": GRID, "width": 2}, hoverinfo="skip", name="rings",
        meta={"role": "rings"},
    )  # fmt: skip
    clocks = [
        line(
            f"direction {p + 1}", *_arcs(places, passed, [p]), colour(p), 3,
            hover="its clock closes at Tₚ",
        ).update(meta={"role": "clock", "p": p})
        for p in range(len(passed))
    ]  # fmt: skip
    return [rings, *clocks]


def _dots(
    places: Places, u: Array, n2: Array, a: Array, iota: IntArray, neurons: IntArray
) -> go.Scatter:
    """The neurons, rimmed in the colour of the direction that theory matches them to."""
    x, y = places.of_neurons(u)
    near = np.argmax(u, axis=1)
    most = u[np.arange(len(u)), near]
    unit = float(places.radius[0] / np.sqrt(a[0]))
    largest = MOST * float(places.radius[0])
    matched = {int(k): p for p, k in enumerate(iota)}
    return go.Scatter(
        x=x, y=y, mode="markers", name="neurons",
        customdata=[[int(k), int(p) + 1, float(value)]
                    for k, p, value in zip(neurons, near, most, strict=True)],
        marker={
            "size": 2 * PIXELS * np.minimum(unit * np.sqrt(n2), largest), "sizemin": LEAST,
            "opacity": OPACITY,
            "color": [colour(int(p)) if value >= LEAVES else UNUSED
                      for p, value in zip(near, most, strict=True)],
            "line": {"width": RIM, "color": [colour(matched[int(k)]) if int(k) in matched
                                             else UNUSED for k in neurons]},
        },
        hovertemplate="neuron %{customdata[0]}: u = %{customdata[2]:.2f} with direction "
                      "%{customdata[1]}<extra></extra>",
        meta={"role": "dots", "unit": unit, "edge": EDGE, "leaves": LEAVES, "corners": CORNERS,
              "least": LEAST, "most": largest, "opacity": OPACITY, "rim": RIM,
              "x": places.x.tolist(), "y": places.y.tolist(), "radius": places.radius.tolist(),
              "cloud_x": places.cloud_x.tolist(), "cloud_y": places.cloud_y.tolist()},
    )  # fmt: skip


def _names(places: Places) -> go.Scatter:
    """The directions' numbers outside the circle, as many as have room."""
    named = _with_room(places.angle)
    beyond = 1 + places.radius[named] + LEAST_TURN
    x, y = (beyond * places.x[named]).tolist(), (beyond * places.y[named]).tolist()
    return go.Scatter(
        x=x, y=y, mode="text", text=[str(p + 1) for p in named],
        textfont={"color": [colour(int(p)) for p in named]}, hoverinfo="skip", name="directions",
        meta={"role": "names", "p": named.tolist(), "x": x, "y": y},
    )  # fmt: skip


def _with_room(angle: Array) -> IntArray:
    """The directions whose names have room on the circle, the strongest first: their numbers."""
    named: list[int] = []
    for p, turn in enumerate(angle):
        apart = [abs((turn - angle[q] + np.pi) % (2 * np.pi) - np.pi) for q in named]
        if not apart or min(apart) >= LEAST_TURN:
            named.append(p)
    return np.array(named)


def _arcs(places: Places, share: Array, only: list[int] | None = None) -> tuple[Array, Array]:
    """The rings' first `share` (shape (Q,)) from the top, clockwise, with gaps between them."""
    turn = np.linspace(0, 2 * np.pi, CORNERS + 1)
    x, y = [], []
    for p in range(len(share)) if only is None else only:
        part = turn * share[p]
        x += [places.x[p] + places.radius[p] * np.sin(part), [np.nan]]
        y += [places.y[p] + places.radius[p] * np.cos(part), [np.nan]]
    return np.concatenate(x)[:-1], np.concatenate(y)[:-1]
