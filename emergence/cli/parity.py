"""Command line: `python -m emergence parity --alpha 0.4,0.6 --width 64,128 --seeds 4`."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from typing import Any, TypeVar

from emergence.engines.sparse_parity import ParitySettings
from emergence.parameters import CORES, SEEDS, THREADS, quote
from emergence.runs.sparse_parity import HEAD, Seeds
from emergence.sweeps.execute import executor, scheduler_address
from emergence.sweeps.parity import grouped, sweep
from emergence.sweeps.points import ExecutionError
from emergence.theory.fits import Slope

REFUSED, FAILED = 2, 4
N = TypeVar("N", int, float)


def parity(given: argparse.Namespace) -> int:
    """Train networks on sparse parity. Exit status 0, 2 refused (one line on stderr), 4 failed."""
    try:
        alphas = _values("alpha", given.alpha, 0.05, 5.0)
        widths = _values("width", given.width, 1, 2048)
        [steps] = _values("steps", given.steps, 100, 100_000_000, most=1)
        seeds = range(1, int(SEEDS.parse(given.seeds)) + 1)
        threads = CORES if given.threads is None else int(THREADS.parse(given.threads))
        where = executor(scheduler_address(given.scheduler), threads)
    except ValueError as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    settings = [ParitySettings(*each) for each in itertools.product(alphas, widths, seeds)]
    try:
        found = grouped(sweep(settings, steps, where))
    except ExecutionError as error:
        print(error, file=sys.stderr)
        return FAILED
    rows = [_row(alpha, width, each) for (alpha, width), each in found.items()]
    if given.json:
        print(json.dumps({"steps": steps, "seeds": len(seeds), "groups": rows}))
        return 0
    for row in rows:
        print(_line(row))
    return 0


def _values(name: str, text: str, low: N, high: N, most: int = 20) -> list[N]:
    """Different numbers, separated by commas. Raises ValueError with a sentence."""
    kind = type(low)
    whole = "whole " if kind is int else ""
    what = f"a {whole}number" if most == 1 else f"1 to {most} {whole}numbers"
    try:
        values = list(dict.fromkeys(kind(each) for each in text.split(",")))
    except ValueError:
        values = []
    if not 1 <= len(values) <= most or not all(low <= each <= high for each in values):
        raise ValueError(f"{name}: {quote(text)} is not {what} from {low} to {high:,}")
    return values


def _row(alpha: float, width: int, seeds: Seeds) -> dict[str, Any]:
    return {
        "alpha": alpha, "width": width, "learned": list(seeds.learned), "diverged": seeds.diverged,
        "delay": _fit(seeds.delay, alpha + 1) | {"seeds": seeds.delays},
        "loss": _fit(seeds.slope, -alpha / (alpha + 1)),
    }  # fmt: skip


def _fit(slope: Slope | None, model: float) -> dict[str, Any]:
    """The measured exponent, its interval over seeds, and the solvable model's."""
    measured = None if slope is None else slope.value
    return {"measured": measured, "ci": slope.ci if slope else None, "model": model}


def _line(row: dict[str, Any]) -> str:
    learned = ", ".join(map(str, row["learned"]))
    lost = f" ({row['diverged']} diverged)" if row["diverged"] else ""
    return (
        f"alpha = {row['alpha']:g}, width = {row['width']}: learned {learned}{lost}; "
        f"times of skills 1 to {HEAD} in rank {_said(row['delay'])}; loss in steps "
        f"{_said(row['loss'])}"
    )


def _said(fit: dict[str, Any]) -> str:
    if fit["measured"] is None:
        return f"without exponent (model {fit['model']:.3f})"
    ci = "{:.3f} to {:.3f}".format(*fit["ci"]) if fit["ci"] else "one seed: no interval"
    return f"{fit['measured']:.3f} ({ci}; model {fit['model']:.3f})"
