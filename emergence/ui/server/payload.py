"""What the browser needs of an experiment before the first number arrives."""

from __future__ import annotations

from concurrent.futures import Future
from functools import cache
from urllib.parse import parse_qsl

import numpy as np
import orjson

from emergence.classroom.question import Question
from emergence.experiment import Experiment
from emergence.figures import style
from emergence.figures.lab.matching import IDLE_OPACITY, NO_DIRECTION
from emergence.figures.lab.record import lab_figures
from emergence.parameters import PARAMETERS
from emergence.runs.facts import Promise
from emergence.runs.guesses import Guessable, guessables
from emergence.runs.plan import make_plan
from emergence.runs.record import CLASSES, SERVES, Record
from emergence.runs.titles import titles
from emergence.serving.computation import HEARTBEAT
from emergence.serving.orders import Orders
from emergence.theory.predictions import norm_growth_delay
from emergence.theory.thresholds import CAPTURED
from emergence.words import plural


def seconds(experiment: Experiment) -> float:
    """Seconds that `payload` takes, roughly: most of it are the traces of each direction."""
    return 0.05 + 0.0015 * experiment.P


@cache
def orders() -> Orders[Experiment]:
    """The payloads of this server."""
    return Orders(payload, seconds)


def prepare(experiment: Experiment, client: str = "") -> Future[bytes]:
    """Begin an experiment's `payload`, once however many ask: the browser is about to.

    Raises ServerFullError where too much is being asked for.
    """
    return orders().ask(experiment, client)


def payload(experiment: Experiment) -> bytes:
    """JSON of the empty figures, the layout of a row, and the predictions (times in steps).

    Raises ExperimentError for what this machine should not run.
    """
    plan = make_plan(experiment)
    record = Record(plan)
    eta = experiment.eta
    late = plan.T + norm_growth_delay(plan.a, experiment.s0, plan.link)
    return orjson.dumps(
        {
            "figures": {
                name: orjson.Fragment(figure.to_json(validate=False))
                for name, figure in lab_figures(plan, record).items()
            },
            "fields": record.fields,
            "P": experiment.P,
            "m": experiment.m,
            "parameters": _parameters(experiment),
            "a": plan.a,
            "T": _steps(plan.T / eta),
            "late": _steps(late / eta),
            "iota": [int(k) if k >= 0 else None for k in plan.iota],
            "neurons": plan.neurons,
            "directions": plan.directions,
            "unused": np.flatnonzero(plan.unused),
            "snapshots": plan.steps(plan.snapshots),
            "whole": plan.experiment.is_sgd,
            "said": {
                "directions": plural(experiment.P, "direction"),
                "neurons": plural(experiment.m, "neuron"),
                "classes": CLASSES,
            },
            "first": float(plan.snapshots[1] / eta),
            "end": float(plan.end / eta),
            "titles": titles(Promise.of(plan)),
            "questions": [_question(asked, experiment) for asked in guessables(plan)],
            "colours": [style.colour(p) for p in range(experiment.P)],
            "idle": {"colour": style.UNUSED, "opacity": IDLE_OPACITY, "name": NO_DIRECTION},
            "frame": style.FRAME,
            "serves": SERVES,
            "captured": CAPTURED,
            "heartbeat": 1000 * HEARTBEAT,
        },
        option=orjson.OPT_SERIALIZE_NUMPY,
    )


def _parameters(experiment: Experiment) -> list[dict[str, str | bool]]:
    """Every parameter as the page says it, and whether the run's address does."""
    asked = dict(parse_qsl(experiment.to_query()))
    return [
        {"name": name, "symbol": parameter.symbol, "label": parameter.label,
         "value": asked.get(name, str(getattr(experiment, name) or "")), "asked": name in asked}
        for name, parameter in PARAMETERS.items()
    ]  # fmt: skip


def _question(asked: Guessable, experiment: Experiment) -> dict[str, object]:
    values, run = tuple(map(repr, asked.values)), experiment.to_query()
    question = Question("", asked.name, asked.text, asked.options, values, asked.kind, run=run)
    return question.to_json()


def _steps(times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float | None]:
    return [float(t) if np.isfinite(t) else None for t in times]
