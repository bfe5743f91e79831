"""The Live Lab's six figures of a record, at its last snapshot."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import plotly.graph_objects as go

from emergence.figures.lab.loss import loss
from emergence.figures.lab.matching import matching
from emergence.figures.lab.neuron_map import neuron_map
from emergence.figures.lab.norms import norms
from emergence.figures.lab.overlaps import heatmap, trajectories
from emergence.runs.facts import Promise
from emergence.runs.plan import Plan
from emergence.runs.record import Record, other_losses
from emergence.runs.titles import titles

Figure: TypeAlias = go.Figure
PICTURES = ("overlaps", "loss", "map", "heatmap", "norms", "matching")
"""Their names, in the order of their keys."""


def lab_figures(plan: Plan, record: Record) -> dict[str, Figure]:
    """overlaps, loss, map, heatmap, norms and matching; an empty record gives the empty pictures.

    Only the predictions are drawn then, and the live page fills in the rest: the titles, too, say
    what is known before the run (see `runs.titles`).
    """
    e, eta = plan.experiment, plan.experiment.eta
    first = plan.snapshots[1] / eta
    limits = (first, plan.end / eta * 1.05)
    steps = plan.steps(record.tau[1 : record.count])
    beside = {name: record.get(name)[1:] for name in other_losses(e)}
    rows = {name: record.get(name)[1:] for name in ("mse", "slope", "n2", "u")}
    place = {int(k): i for i, k in enumerate(plan.neurons)}
    directions = plan.directions
    matched = np.array([place.get(int(k), -1) for k in plan.iota[directions]])
    promise = Promise.of(plan)
    title = titles(promise)
    last = {name: record.get(name)[-1] if record.count else None for name in record.fields}
    P, m = e.P, e.m
    start = plan.overlaps[np.ix_(plan.neurons, directions)] ** 2
    u = start if last["u"] is None else last["u"]
    n2 = np.full(len(u), e.s0**2) if last["n2"] is None else last["n2"][plan.neurons]
    now = record.tau[record.count - 1] if record.count else 0.0
    passed = np.minimum(now / np.maximum(plan.T[directions], 1e-300), 1.0)
    return {
        "overlaps": trajectories(
            steps, rows["u"], matched, plan.T[directions] / eta, plan.neurons, limits,
            title["overlaps"],
        ),
        "loss": loss(
            plan, steps, rows["mse"], rows["slope"], promise.law, limits, title["loss"], beside,
        ),
        "map": neuron_map(
            u, n2, plan.a[directions], passed, plan.iota[directions], plan.neurons, title["map"]
        ),
        "heatmap": heatmap(
            np.zeros((len(plan.neurons), len(directions))) if last["u"] is None else last["u"],
            plan.neurons, int(np.isin(plan.neurons, plan.iota).sum()), title["heatmap"],
        ),
        "norms": norms(steps, rows["n2"], plan.a, plan.iota, e.s0, limits, title["norms"]),
        "matching": matching(
            np.zeros(P) if last["capture"] is None else last["capture"],
            np.zeros(P, int) if last["winner"] is None else last["winner"].astype(int),
            np.zeros(P) if last["share"] is None else last["share"],
            np.full(m, -1) if last["owner"] is None else last["owner"].astype(int),
            np.concatenate([plan.neurons, np.setdiff1d(np.arange(m), plan.neurons)]),
            title["matching"],
        ),
    }  # fmt: skip
