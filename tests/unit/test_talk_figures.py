"""The pictures of recursion, claims, chain and collapse show what they are given."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go

from emergence.lessons.many_neurons.claims.figure import NEVER, decoupling
from emergence.lessons.many_neurons.claims.study import Coupled
from emergence.lessons.one_neuron.figure import left_after_search
from emergence.lessons.one_neuron.model import share_left
from emergence.lessons.one_neuron.recursion.figure import books, noise_sizes
from emergence.lessons.one_neuron.recursion.model import Recursion
from emergence.lessons.one_neuron.recursion.study import Books, NoiseSizes, Spread
from emergence.lessons.one_neuron.study import DELTAS, Left
from emergence.lessons.takeaways.figure import broken_laws
from emergence.lessons.why_not_exp_kappa.chain import figure as chain_figures
from emergence.lessons.why_not_exp_kappa.chain.study import Chain
from emergence.theory.additive import AdditiveModel


def named(figure: go.Figure, start: str) -> go.Scatter:
    json.loads(figure.to_json())
    return next(t for t in figure.data if t.name and t.name.startswith(start))


def names(figure: go.Figure) -> set[str]:
    """Names of the traces that draw something."""
    return {t.name for t in figure.data if list(t.x) != [None]}


def test_the_books_are_drawn_in_units_of_1_over_d() -> None:
    rng, rule = np.random.default_rng(0), Recursion(4, 32, 0.001)
    u, signal, mean = (np.abs(rng.standard_normal((5, 3))) for _ in range(3))
    known = Books(np.arange(5.0), u, signal, mean, np.zeros((5, 3)))
    drawn, one = books(rule, known, 10.0), known.middle
    np.testing.assert_allclose(named(drawn, "u of one").y, u[:, one])
    np.testing.assert_allclose(named(drawn, "ζ: drift").y, 32 * (mean - signal)[:, one])
    parts = [named(drawn, name).y for name in ("signal", "ζ: drift", "ζ: martingale")]
    np.testing.assert_allclose(np.sum(parts, axis=0), 32 * (u - u[0])[:, one], atol=1e-12)
    assert names(books(rule, None, 10.0)) == {"flow (ODE), without noise"}


def test_sizes_are_hidden_until_the_guess() -> None:
    study = NoiseSizes(4, (16, 64))
    lines, largest = study.lines(5), study.largest()
    found = (Spread(16, 1e-6, 0.5, 0.1), Spread(64, 1e-7, 0.7, 0.1))
    before, after = (noise_sizes(4, lines, found, largest, shown, -1.0) for shown in (False, True))
    assert "martingale, d = 64" not in names(before)
    wander = [size.wander for size in lines[64][1]]
    np.testing.assert_allclose(named(after, "martingale, d = 64").y, wander)
    assert named(after, "measured, d = 64").y[0] == 0.7
    guess = named(after, "your guess, d^-1").x
    np.testing.assert_allclose(guess, [largest[16], largest[16] / 4])


def test_what_is_left_is_drawn_at_its_delta() -> None:
    rows = np.linspace(0.9, 0.0, len(DELTAS))[:, None] * np.ones(2)
    found = {4: Left(np.array([16.0, 32.0]), rows)}
    assert names(left_after_search(0.1, found, None, False)) == set()
    drawn = left_after_search(0.1, found, 0.5, True)
    np.testing.assert_array_equal(named(drawn, "J = 4, SGD").y, rows[DELTAS.index(0.1)])
    line = named(drawn, "J = 4: as d^−0.2")
    np.testing.assert_allclose(line.y, share_left(4, np.asarray(line.x), 0.1))
    assert named(drawn, "your guess").y[0] == 0.5


def test_never_is_drawn_and_counts_in_the_median() -> None:
    off = np.array([1e-3, 2e-3, np.inf, np.inf])
    drawn = decoupling([Coupled(64, 2, off, off)])
    np.testing.assert_array_equal(named(drawn, "J = 2, one").y, [1e-3, 2e-3, NEVER, NEVER])
    assert named(drawn, "J = 2, median").y[0] == np.median([1e-3, 2e-3, NEVER, NEVER])
    assert "J = 4, median" not in names(drawn)


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


def test_laws_break_off_where_the_author_stopped() -> None:
    model = AdditiveModel(64, 1.0, 16.0)
    drawn = broken_laws(model, (8,))
    np.testing.assert_array_equal(named(drawn, "author knows 8").y, model.taught(8))
    np.testing.assert_array_equal(named(drawn, "data with all").y, model.corrected)
