"""The theorem's pictures show the runs they are given."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.experiment import Experiment
from emergence.lessons.theorem.figure import times, unused
from emergence.lessons.theorem.study import Emergence, median_ends
from tests.unit.traces import named


def run(d: int, seed: int, end: float) -> Emergence:
    """Two directions, the first found in time and the second never; one neuron is left out."""
    return Emergence(
        experiment=Experiment(d=d, P=2, m=3, s0=0.01, engine="flow", seed=seed),
        a=np.array([1.0, 0.5]), T=np.array([10.0, 20.0]), iota=np.array([0, 1]),
        crossing=np.array([11.0, np.nan]), winner=np.array([0, -1]), start=np.array([0.1, 0.1]),
        unused_norm=np.array([0.02]), end=end, diverged=False,
    )  # fmt: skip


RUNS = [run(64, 1, 30.0), run(64, 2, 40.0), run(64, 3, 80.0), run(256, 1, 50.0)]


def test_unused_norms_are_drawn_in_units_of_the_start() -> None:
    drawn = named(unused(RUNS, 64, (32, 512)), "a neuron that ι leaves out")
    assert list(drawn.x) == [64, 64, 64, 256]
    assert drawn.y == pytest.approx([2.0] * 4)


def test_the_lone_neuron_shrinks_until_the_median_end() -> None:
    d, ends = median_ends(RUNS)
    assert (d.tolist(), ends.tolist()) == ([64, 256], [40, 50])
    alone = named(unused(RUNS, 64, (32, 512)), "a neuron that nothing pulls")
    assert list(alone.x) == [64, 256]
    assert 1 > alone.y[0] > alone.y[1], "the longer a neuron is alone, the shorter it is"


def test_what_never_emerged_is_drawn_as_such() -> None:
    never = named(times(RUNS, 64, None, (32, 512)), "did not emerge")
    assert len(never.x) == 4
