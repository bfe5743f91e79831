"""Lesson 10's pictures show what they are given: exact and integrated escape times, and waits."""

from __future__ import annotations

import numpy as np

from emergence.lessons.sharp_transitions.figure import depth, escape_times, formula, jumps
from emergence.lessons.sharp_transitions.model import (
    Jumps,
    Layers,
    escape_curves,
    neuron_waits,
    toy_losses,
    waits,
)
from emergence.lessons.sharp_transitions.study import NOTHING, MeasuredEscapes
from tests.unit.traces import named, names


def test_each_loss_has_its_curve_and_its_integrated_times() -> None:
    curves = escape_curves(4, 0.25, 0.02)
    starts = curves.w0[:3]
    lines = [
        loss.fitted(starts, row[:3]) for loss, row in zip(toy_losses(4), curves.exact, strict=True)
    ]
    measured = MeasuredEscapes(starts, curves.exact[:, :3], tuple(each for each in lines if each))
    drawn = escape_times(curves, measured, 2.0, True)
    for loss, exact in zip(curves.losses, curves.exact, strict=True):
        np.testing.assert_array_equal(named(drawn, formula(loss)).y, exact)
    np.testing.assert_array_equal(named(drawn, "integrated").x, starts)
    slope = measured.fits[3].slope.value
    assert any(f"slope {slope:.3f}" in str(each.name) for each in drawn.data)


def test_smaller_starts_wait_for_the_guess() -> None:
    curves = escape_curves(4, 0.25, 0.02)
    assert names(escape_times(curves, NOTHING, None, False)) == {"largest start"}


def test_what_is_learned_is_that_of_the_flows() -> None:
    model = Jumps(4, 0.05)
    drawn = jumps(model, None, True)
    for loss in model.losses:
        curve = named(drawn, formula(loss))
        assert len(curve.x) == len(curve.y) > 10


def test_unlike_layers_and_the_neuron_are_drawn_when_revealed() -> None:
    model = Layers(3, 0.1, 4.0)
    hidden, shown = (depth(model, 0.5, revealed) for revealed in (False, True))
    assert names(hidden) == {"equal layers", None}
    below = [each for each in shown.data if each.name == "equal layers" and each.yaxis == "y2"]
    np.testing.assert_array_equal(below[0].y, waits(0.1))
    np.testing.assert_array_equal(named(shown, "one neuron").y, neuron_waits(0.1))
