"""The Live Lab's look and words for a page that has no Python: all that no experiment changes.

Pictures of sample experiments, drawn by the same builders as ever and emptied of their numbers. For
another experiment the browser (`browser/alone/figures.js`) takes the traces that it needs of the
smallest sample with as many directions, and fills in what it has computed.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import plotly.graph_objects as go

from emergence.experiment import Experiment
from emergence.figures import style
from emergence.figures.lab.matching import IDLE_OPACITY, NO_DIRECTION
from emergence.figures.lab.overlaps import FEW
from emergence.figures.lab.record import lab_figures
from emergence.parameters import PARAMETERS
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from emergence.runs.titles import MANY
from emergence.serving.computation import HEARTBEAT

MOST_DIRECTIONS, MOST_NEURONS, MOST_DIMENSIONS = 32, 128, 256
"""What a browser computes by itself in a few seconds."""
SAMPLES = tuple(sorted({len(style.PALETTE), FEW, MANY - 1, MANY, MOST_DIRECTIONS}))
"""Directions of the samples: up to each, a picture looks the same."""
NUMBERS = ("x", "y", "z", "customdata", "text")
"""What a trace has of an experiment, besides lists within its marker and its meta."""


def template() -> dict[str, Any]:
    """JSON of the samples, of a loss without a power law, and of the payload's constants."""
    asked = dict(parse_qsl(Experiment().to_query()))
    return {
        "samples": [{"P": P, "figures": _sample(P)} for P in SAMPLES],
        "plain": _sample(SAMPLES[0], beta=0.0)["loss"],
        "colours": [style.colour(p) for p in range(MOST_DIRECTIONS)],
        "frame": style.FRAME,
        "idle": {"colour": style.UNUSED, "opacity": IDLE_OPACITY, "name": NO_DIRECTION},
        "heartbeat": 1000 * HEARTBEAT,
        "parameters": [
            {"name": name, "symbol": parameter.symbol, "label": parameter.label,
             "default": parameter.default, "real": isinstance(parameter.default, float),
             "always": name in asked}
            for name, parameter in PARAMETERS.items()
        ],
    }  # fmt: skip


def _sample(P: int, beta: float = 1.0) -> dict[str, Any]:
    """Empty pictures of P directions, each with a neuron of its own, with all traces there are."""
    plan = make_plan(
        Experiment(d=MOST_DIMENSIONS, P=P, m=MOST_NEURONS, J=4, beta=beta, engine="sgd")
    )
    assert (plan.iota >= 0).all(), "an even link finds a neuron for every direction"
    return {name: _emptied(figure) for name, figure in lab_figures(plan, Record(plan)).items()}


def _emptied(figure: go.Figure) -> dict[str, Any]:
    """A figure without the lists that its traces are drawn of."""
    said: dict[str, Any] = json.loads(figure.to_json(validate=False))
    for trace in said["data"]:
        for name in NUMBERS:
            trace.pop(name, None)
        marker = trace.get("marker", {})
        for part in (trace["meta"], marker, marker.get("line", {})):
            for name in [name for name, value in part.items() if _is_list(value)]:
                del part[name]
    return said


def _is_list(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and "bdata" in value)
