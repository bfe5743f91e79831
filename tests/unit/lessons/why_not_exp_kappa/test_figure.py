"""The pictures of the chain show what they are given."""

from __future__ import annotations

import numpy as np

from emergence.lessons.why_not_exp_kappa.chain import figure as chain_figures
from emergence.lessons.why_not_exp_kappa.chain.study import Chain
from tests.unit.traces import named


def test_the_chain_s_lines_and_dots_agree() -> None:
    chain = Chain(1.0, 4)
    for figure, line, dots in (
        (chain_figures.one_power(*chain.pair(), 4), "⟨w", "E["),
        (chain_figures.tensor_on_circle(*chain.circle(), 4), "T(", "E["),
    ):
        curve, circles = named(figure, line), named(figure, dots)
        near = np.interp(np.sort(circles.x), curve.x, curve.y)
        np.testing.assert_allclose(near, np.asarray(circles.y)[np.argsort(circles.x)], atol=5e-3)
    paths, border = chain.iterations()
    drawn = chain_figures.iterations(paths, border)
    for trace in drawn.data[:-1]:
        second = trace.name == "ends at w₂"
        assert (trace.y[0] > border) == second
        assert abs(trace.y[-1] - 90 * second) < 1
    assert named(drawn, "watershed").y[0] == border
