"""Lesson 3's pictures show what they are given: the recursion's parts and noise, what is left."""

from __future__ import annotations

import numpy as np

from emergence.lessons.one_neuron.figure import left_after_search
from emergence.lessons.one_neuron.model import share_left
from emergence.lessons.one_neuron.recursion.figure import decomposed, noise_sizes
from emergence.lessons.one_neuron.recursion.model import Recursion
from emergence.lessons.one_neuron.recursion.study import Decomposition, NoiseSizes, NoiseSpread
from emergence.lessons.one_neuron.study import DELTAS, RemainingShare
from tests.unit.traces import named, names


def test_the_decomposition_is_drawn_in_units_of_1_over_d() -> None:
    rng, rule = np.random.default_rng(0), Recursion(4, 32, 0.001)
    u, signal, mean = (np.abs(rng.standard_normal((5, 3))) for _ in range(3))
    decomposition = Decomposition(np.arange(5.0), u, signal, mean, np.zeros((5, 3)))
    drawn, one = decomposed(rule, decomposition, 10.0), decomposition.middle
    np.testing.assert_allclose(named(drawn, "u of one").y, u[:, one])
    np.testing.assert_allclose(named(drawn, "ζ: drift").y, 32 * (mean - signal)[:, one])
    parts = [named(drawn, name).y for name in ("signal", "ζ: drift", "ζ: martingale")]
    np.testing.assert_allclose(np.sum(parts, axis=0), 32 * (u - u[0])[:, one], atol=1e-12)
    assert names(decomposed(rule, None, 10.0)) == {"flow (ODE), without noise"}


def test_sizes_are_hidden_until_the_guess() -> None:
    study = NoiseSizes(4, (16, 64))
    lines, largest = study.lines(), study.largest()
    measured = (NoiseSpread(16, 1e-6, 0.5, 0.1), NoiseSpread(64, 1e-7, 0.7, 0.1))
    before, after = (noise_sizes(study, measured, -1.0, shown) for shown in (False, True))
    assert "martingale, d = 64" not in names(before)
    wander = [size.wander for size in lines[64][1]]
    np.testing.assert_allclose(named(after, "martingale, d = 64").y, wander)
    assert named(after, "measured, d = 64").y[0] == 0.7
    guess = named(after, "your guess, d^-1").x
    np.testing.assert_allclose(guess, [largest[16], largest[16] / 4])


def test_what_is_left_is_drawn_at_its_delta() -> None:
    rows = np.linspace(0.9, 0.0, len(DELTAS))[:, None] * np.ones(2)
    measured = {4: RemainingShare(np.array([16.0, 32.0]), rows)}
    assert names(left_after_search(0.1, measured, None, False)) == set()
    drawn = left_after_search(0.1, measured, 0.5, True)
    np.testing.assert_array_equal(named(drawn, "J = 4, SGD").y, rows[DELTAS.index(0.1)])
    line = named(drawn, "J = 4: as d^−0.2")
    np.testing.assert_allclose(line.y, share_left(4, np.asarray(line.x), 0.1))
    assert named(drawn, "your guess").y[0] == 0.5
