"""The additive model against sums done plainly and against the power law."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.theory.additive import AdditiveModel
from emergence.theory.hermite import hermite
from emergence.theory.risk import population_mse


def test_the_loss_is_the_plain_sum() -> None:
    model = AdditiveModel(P=5, beta=1.3, sharpness=7.0)
    for i in (0, 40, len(model.t) - 1):
        t = model.t[i]
        plain = sum(p ** (-2 * 1.3) / (1 + (t / p**1.3) ** 7) for p in range(1, 6))
        assert model.loss[i] == pytest.approx(plain, rel=1e-10)


def test_a_skill_is_half_learned_at_its_time() -> None:
    model = AdditiveModel(P=4, beta=1.0, sharpness=9.0)
    for p in range(4):
        half = np.interp(-0.5, -model.missing[p], np.log(model.t))
        assert half == pytest.approx(np.log(p + 1), abs=1e-3)


def test_the_skills_beyond_p_complete_the_sum() -> None:
    small, large = AdditiveModel(8, 1.1, 16.0), AdditiveModel(4000, 1.1, 16.0)
    # Long before skill 9 is learned, those beyond P are all missing.
    assert small.corrected[0] == pytest.approx(large.corrected[0], rel=1e-6)
    assert large.corrected[0] > large.loss[0]


@pytest.mark.parametrize("beta", [0.75, 1.0, 1.5])
@pytest.mark.parametrize("sharpness", [8.0, 64.0])
def test_hundreds_of_skills_make_the_power_law(beta: float, sharpness: float) -> None:
    model = AdditiveModel(512, beta, sharpness)
    assert model.fitted.value == pytest.approx((1 - 2 * beta) / beta, rel=0.05)
    middle = (model.t > 10**beta) & (model.t < 200**beta)
    assert np.allclose(model.slope[middle], model.exponent, rtol=0.12)


def test_one_skill_makes_no_power_law() -> None:
    model = AdditiveModel(1, 1.0, 64.0)
    before = model.loss[model.t < 0.8]
    assert np.all(before > 0.99)
    assert model.loss[model.t > 1.25].max() < 0.01


def test_what_a_generator_does_not_know_stays_as_loss() -> None:
    model = AdditiveModel(64, 1.0, 32.0)
    np.testing.assert_allclose(model.taught(64), model.corrected)
    for known in (1, 8):
        loss = model.taught(known)
        late, early = model.t > 3 * known, model.t < known / 3
        rest = np.pi**2 / 6 - sum(q**-2.0 for q in range(1, known + 1))
        assert loss[late] == pytest.approx(rest, rel=1e-3), "it stops at what was never shown"
        np.testing.assert_allclose(loss[early], model.corrected[early], rtol=1e-3)


def test_the_closed_form_risk_of_a_student_that_was_shown_less_is_that_plateau() -> None:
    """It fits the first 3 of 6 skills exactly, and its loss is on all 6."""
    known, a = 3, np.arange(1.0, 7.0) ** -1.2
    O = np.eye(known, 6)  # noqa: E741
    loss = population_mse(O, np.eye(known), a[:known], a, hermite(4))
    model = AdditiveModel(6, 1.2, 64.0)
    beyond = model.corrected[-1] - model.loss[-1]
    late = AdditiveModel(64, 1.2, 64.0).taught(known)[-1]
    assert late - beyond == pytest.approx(loss, rel=1e-6)


@pytest.mark.parametrize(
    ("P", "beta", "soft", "sharp"), [(32, 0.6, -0.257, -0.321), (512, 1.0, -0.965, -1.001)]
)
def test_the_sharpness_of_the_curves_counts_where_there_are_few(
    P: int, beta: float, soft: float, sharp: float
) -> None:
    """Issue 12 measured the first; with hundreds the slope hardly depends on it."""
    found = [AdditiveModel(P, beta, each).fitted.value for each in (2.0, 16.0)]
    assert found == pytest.approx([soft, sharp], abs=0.001)
