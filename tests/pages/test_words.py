"""Sentences that hold at some controls only are said there only; numbers in them are computed."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from emergence.experiment import Experiment
from emergence.lessons.many_neurons.study import at_start
from emergence.lessons.scaling_law.model import equal_widths, random_widths
from emergence.lessons.why_not_exp_kappa.model import PowerMethod
from emergence.runs.plan import make_plan
from emergence.theory.additive import AdditiveModel
from tests.pages.opened import open_lesson, reveal


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


def answer(slug: str, **query: str) -> str:
    return text(reveal(open_lesson(slug, **query)))


@pytest.mark.parametrize(("P", "beta"), [(32, 0.6), (512, 1.0)])
def test_the_puzzle_says_what_sharpness_does(P: int, beta: float) -> None:
    app = reveal(open_lesson("puzzle", beta=str(beta)))
    app.select_slider(key="P").set_value(P).run()
    for sharpness in (2, 64):
        assert f"{AdditiveModel(P, beta, sharpness).fitted.value:.3f}" in text(app)
    assert "hardly notices" not in text(app)


@pytest.mark.parametrize("seed", [1, 3])
def test_many_neurons_counts_what_the_strongest_pulls_hardest(seed: int) -> None:
    """At seed 3 another direction pulls hardest at more neurons."""
    plan = make_plan(Experiment(d=1024, P=8, m=32, s0=0.02, seed=seed, engine="flow", horizon=1.3))
    first, *others = at_start(plan).tolist()
    words = text(open_lesson("many_neurons", d="1024", start=str(seed)))
    assert f"the strongest pulls hardest at {first} of them" in words
    assert ("more than any other" in words) == (first > max(others))
    assert (first > max(others)) == (seed == 1)


def test_at_equal_strengths_nobody_is_crowded() -> None:
    equal = answer("why_not_exp_kappa", view="Who goes where", P="4", beta="0.0")
    assert "crowd the strong" not in equal
    assert "crowd the strong" in answer("why_not_exp_kappa", view="Who goes where", P="4")
    assert "grows like $P\\log P$ only" in answer("why_not_exp_kappa", view="Needed", beta="0.0")
    needed = [PowerMethod(P, 0.0, 4).needed() for P in (64, 256)]
    assert needed[1] / needed[0] == pytest.approx(256 * 8 / (64 * 6), rel=0.05)


@pytest.mark.parametrize("imbalance", ["1", "1000"])
def test_layers_that_are_equal_change_nothing(imbalance: str) -> None:
    words = answer("sharp_transitions", step="Depth: open questions", imbalance=imbalance)
    assert ("nothing has changed" in words) == (imbalance == "1")
    assert ("instead of" in words) == (imbalance != "1")


@pytest.mark.parametrize("J", ["1", "2", "4"])
def test_only_an_explosion_is_called_a_plateau(J: str) -> None:
    words = answer("idealised_dynamics", J=J)
    assert ("A plateau, then a jump" in words) == (J == "4")


@pytest.mark.parametrize("J", [4, 6])
@pytest.mark.parametrize("beta", [0.6, 0.8, 1.0, 1.5, 2.0])
def test_what_the_scaling_law_says_of_random_starts(beta: float, J: int) -> None:
    """At every control: above the m strongest, steeper than gamma, steeper over the budget."""
    chance, equal = random_widths(256, beta, J, 6), equal_widths(256, beta, J)
    assert chance.excess(8) > 1 < chance.excess(64)
    assert chance.plateau_slope.value < 1 - 2 * beta  # type: ignore[union-attr]
    assert chance.compute_slope.value < equal.compute_slope.value  # type: ignore[union-attr]
    exponent = (1 - 2 * beta) / (1 + beta)
    assert equal.compute_slope.value == pytest.approx(exponent, rel=0.05)  # type: ignore[union-attr]


def test_no_legend_is_said_to_have_a_top() -> None:
    for step in ("The jump", "Escape time", "Depth: open questions"):
        assert not re.search("top to bottom", answer("sharp_transitions", step=step))
