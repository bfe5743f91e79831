"""The theorem's assumptions as numbers: each against its own definition, computed plainly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emergence.experiment import Experiment
from emergence.lessons.theorem.model import Check, assumptions, search_noise
from emergence.runs.plan import make_plan
from emergence.theory.hermite import gauss_hermite
from emergence.theory.teacher import strengths
from tests import naive

GOOD = Experiment(J=4, P=8, m=32, d=4096, c=0.1, s0=0.01)


def by_name(experiment: Experiment) -> dict[str, Check]:
    return {check.name: check for check in assumptions(experiment)}


def test_a_good_experiment_passes_all() -> None:
    assert all(check.holds for check in assumptions(GOOD))


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        ({"J": 2, "c": 0.02}, {"sharp", "search"}),
        ({"J": 3}, {"even"}),
        ({"m": 16}, {"width"}),
        ({"d": 256}, {"dimension"}),
        ({"c": 0.5}, {"search"}),
        ({"c": 0.5, "d": 64}, {"search", "stable", "dimension"}),
        ({"s0": 0.1}, {"small"}),
    ],
)
def test_each_assumption_fails_where_it_should(change: dict[str, float], fails: set[str]) -> None:
    checks = by_name(GOOD.changed(change))
    assert {name for name, check in checks.items() if not check.holds} == fails


def test_the_numbers() -> None:
    checks, a = by_name(GOOD), strengths(GOOD)
    assert checks["width"].value == pytest.approx(32 / (8 * math.log(8)))
    assert checks["dimension"].value == 64
    assert checks["small"].value == pytest.approx(32 * 1e-4 / a[7])
    assert checks["stable"].value == pytest.approx(
        0.1 / make_plan(GOOD.replace(engine="flow")).bound_c
    )
    assert by_name(GOOD.replace(P=1))["width"].value == 32


def test_the_noise_of_the_search_by_quadrature() -> None:
    """Variance of one step's change of an overlap, summed over T_P, over the overlap squared.

    Two teachers, the neuron and w: four coordinates, a tensor quadrature exact for the square.
    """
    e = Experiment(J=4, P=2, d=64, m=1, c=0.1)
    a, c = strengths(e), [0.0] * 4 + [1.0]
    nodes, weights = gauss_hermite(6)
    x1, x2, z, w = np.meshgrid(nodes, nodes, nodes, nodes)
    density = np.einsum("i,j,k,l->ijkl", weights, weights, weights, weights)
    error = -a[0] * naive.h(4, x1) - a[1] * naive.h(4, x2)
    moves = e.eta * error * naive.sigma_prime(c, z) * w
    steps = 1 / (8 * a[1] / e.d) / e.eta  # T_P at the overlap 1/sqrt(d)
    gathered = float(np.sum(density * moves**2)) * steps
    assert search_noise(e) == pytest.approx(gathered * e.d)
    assert search_noise(e.replace(B=4)) == pytest.approx(search_noise(e) / 4)
    assert search_noise(e.replace(J=2)) == np.inf
