"""The study of real networks and its picture; the solvable model calibrated on skill 1."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.lessons.parity.model import calibrated, half_time, strength
from emergence.lessons.parity.network import study
from emergence.lessons.parity.network.figure import trained
from emergence.lessons.parity.network.study import Trained, Trainings
from tests.unit.traces import named, names


def test_calibrated_on_skill_1_the_model_is_the_solvable_one_in_other_units() -> None:
    ranks, alpha, p1, start = np.array([1.0, 2.0, 7.0]), 0.6, 0.3, 1e-3
    t = np.geomspace(1, 1000, 50)
    p = p1 * ranks**-1.6
    fine = np.linspace(0, 100, 200_001)
    first = strength(fine, p1, start)
    begun, over = (float(np.interp(level, first, fine)) for level in (0.1, 0.9))
    np.testing.assert_allclose(
        calibrated(t, ranks, alpha, float(half_time(p1, start)), over - begun),
        strength(t[:, None], p, start), atol=1e-5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pieces() -> list[Trained]:
    """A short study: two seeds of a narrow network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "STEPS", 5000)
        patch.setattr(study, "SEEDS", 2)
        found = list(Trainings(1.0, 64).results())
    shares = [each.done for each in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return [each.value for each in found if each.value]


def test_the_first_seed_is_seen_as_it_is_trained_and_then_the_others(pieces: list[Trained]) -> None:
    lengths = [len(each.first.steps) for each in pieces]
    assert lengths[0] < lengths[-1] / 2
    assert pieces[0].seeds is None
    last = pieces[-1]
    assert [each.settings.seed for each in last.done] == [1, 2]
    assert last.first is last.done[0]
    seeds = last.seeds
    assert seeds
    assert len(seeds.learned) == 2
    assert seeds.learned[0] == last.first.learned >= 1
    assert seeds.delays == 0, "eight skills take longer: no exponent is made up"
    assert seeds.delay is None


def test_the_picture_has_every_skill_every_seed_and_the_model(pieces: list[Trained]) -> None:
    assert not names(trained(None))
    last = pieces[-1]
    drawn = trained(last)
    np.testing.assert_allclose(named(drawn, "skill 3").y, last.first.loss[:, 2])
    np.testing.assert_allclose(named(drawn, "loss of 20").y, last.first.corrected)
    np.testing.assert_allclose(named(drawn, "other seeds").y, last.done[1].corrected)
    diamonds = named(drawn, "the model's half-way")
    np.testing.assert_allclose(diamonds.x, last.first.emerged[0] * np.arange(1, 21) ** 2.0)
    model = named(drawn, "solvable model")
    assert model.y[0] == pytest.approx(1, abs=0.1)
    assert "solvable model" not in names(trained(pieces[0])), "skill 1 is not learned yet"
