"""How many runs diverge at a share of the step size at which a fitted student loses its stability.

`python -m tests.benchmarks.step_size [--share X] [--seeds N] [--json FILE]`, a few minutes on an
idle core.

The bound (`theory.stability`) is one in the mean square, of a student that fits already: runs below
it may diverge, for h_J has heavy tails. `stability.MARGIN` and `stability.MEASURED` come from here.
A run counts as diverged when the engine gives up, or when its loss, looked at LOOKS times, was ever
LARGE times that of the start. No run is longer than `stability.LONGEST` steps.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from emergence import Experiment, engines
from emergence.engines.base import DivergedError
from emergence.runs.plan import WrongSideError, make_plan
from emergence.theory import stability

LARGE, LOOKS = 100.0, 60
SEEDS = 100
BASES: tuple[dict[str, Any], ...] = (
    {"d": 48, "P": 3, "m": 10, "J": 2, "horizon": 20}, {"d": 64, "P": 4, "m": 16, "J": 4},
    {"d": 32, "P": 8, "m": 32, "J": 4}, {"d": 16, "P": 2, "m": 8, "J": 4},
    {"d": 16, "P": 2, "m": 8, "J": 4, "horizon": 20}, {"d": 64, "P": 1, "m": 4, "J": 1},
    {"d": 16, "P": 1, "m": 4, "J": 1, "horizon": 100}, {"d": 32, "P": 4, "m": 8, "J": 1},
    {"d": 16, "P": 2, "m": 8, "J": 2, "horizon": 100}, {"d": 64, "P": 8, "m": 32, "J": 2},
    {"d": 256, "P": 4, "m": 16, "J": 2, "horizon": 5}, {"d": 16, "P": 2, "m": 8, "J": 3},
    {"d": 48, "P": 4, "m": 16, "J": 3}, {"d": 32, "P": 4, "m": 16, "J": 3, "beta": 0.0},
    {"d": 16, "P": 4, "m": 16, "J": 4, "B": 16, "horizon": 4},
    {"d": 32, "P": 4, "m": 16, "J": 2, "B": 64, "horizon": 20},
    {"d": 32, "P": 4, "m": 16, "J": 4, "B": 64, "horizon": 4}, {"d": 12, "P": 2, "m": 8, "J": 6},
    {"d": 24, "P": 3, "m": 12, "J": 4, "beta": 2.0}, {"d": 128, "P": 4, "m": 16, "J": 4},
    {"d": 32, "P": 4, "m": 16, "J": 4, "normalisation": "slides"},
    {"d": 32, "P": 4, "m": 64, "J": 4, "s0": 0.2},
    {"d": 32, "P": 4, "m": 16, "J": 4, "horizon": 10},
    {"d": 32, "P": 4, "m": 16, "mixture": "2:0.6,4:0.8"},
)  # fmt: skip


def diverged(base: dict[str, Any], share: float, seeds: int) -> list[bool]:
    """Of the seeds of a case that can be run, which diverge at `share` of the bound."""
    found = []
    for seed in range(seeds):
        e = Experiment(**base, seed=seed, engine="flow")
        try:
            plan = make_plan(e)
        except WrongSideError:
            continue
        e = e.replace(c=share * plan.bound_c, engine="sgd")
        engine = engines.build(e, plan.overlaps, plan.iota)
        first = engine.measure().mse
        found.append(False)
        for tau in np.linspace(0, min(plan.end, stability.LONGEST * e.eta), LOOKS + 1)[1:]:
            try:
                engine.advance(float(tau), np.inf)
            except DivergedError:
                found[-1] = True
            found[-1] |= not engine.measure().mse <= LARGE * first
            if found[-1]:
                break
    return found


def main() -> None:
    """Measure every case, print the table, and keep it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=stability.MARGIN)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--json", type=Path, help="write the numbers here")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for base in BASES:
        found = diverged(base, given.share, given.seeds)
        bad = sum(found)
        rows.append({"case": base, "diverged": bad, "runs": len(found)})
        print(f"{bad:4} of {len(found)}: {json.dumps(base)}", flush=True)
    bad, runs = (sum(row[name] for row in rows) for name in ("diverged", "runs"))
    print(f"{bad} of {runs} at {given.share:g} times the bound")
    if given.json:
        given.json.write_text(json.dumps({"share": given.share, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
