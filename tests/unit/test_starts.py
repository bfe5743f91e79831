"""Lesson 7's claims, measured: times, unused neurons, iota, the constant J (J - 2)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence import simulate
from emergence.experiment import Experiment
from emergence.runs import starts
from emergence.runs.starts import (
    Emergence,
    Starts,
    affordable,
    agreement,
    constant,
    emergence,
    largest_unused,
    spreads,
)
from emergence.theory.predictions import lone_norm
from tests import naive
from tests.unit.conftest import PURE

BASE = Experiment(P=5, m=16, s0=0.01, engine="flow", horizon=2.0)
DIMENSIONS = (64, 1024, 16384)


def found(*experiments: Experiment) -> tuple[Emergence, ...]:
    pieces = list(Starts(experiments).results())
    assert pieces[-1].done == 1.0
    return pieces[-1].value


@lru_cache
def runs() -> tuple[Emergence, ...]:
    return found(*(BASE.replace(d=d, seed=seed) for d in DIMENSIONS for seed in (1, 2, 3)))


def test_emergence_comes_to_its_predicted_time_as_d_grows() -> None:
    rows = spreads(runs())
    assert [row.d for row in rows] == list(DIMENSIONS)
    widths = [row.high - row.low for row in rows]
    assert widths[0] > 3 * widths[1] > 6 * widths[2]
    assert rows[0].within > 2 * rows[1].within > 4 * rows[2].within
    assert rows[1].median == pytest.approx(1.02, abs=0.015)
    assert rows[2].median == pytest.approx(1.0, abs=0.006)


def test_the_neuron_that_finds_a_direction_is_iotas() -> None:
    at = {d: tuple(each for each in runs() if each.experiment.d == d) for d in DIMENSIONS}
    assert agreement(at[16384]) == (15, 15)
    small, of = agreement(at[64])
    assert of == 15 >= small >= 10


def test_neurons_left_out_stay_small_and_shrink_alone() -> None:
    large = tuple(each for each in runs() if each.experiment.d == 16384)
    small = tuple(each for each in runs() if each.experiment.d == 64)
    assert largest_unused(large) < 1 < largest_unused(small)
    for each in large:
        alone = lone_norm(np.array(each.end), 0.01, PURE["J=4"])
        np.testing.assert_allclose(each.unused_norm, alone, rtol=0.02)


def test_a_lone_norm_solves_its_equation() -> None:
    for link in PURE.values():
        top = naive.K(link.c, 1.0)
        solution = solve_ivp(
            lambda _, n2, top=top: -4 * top * n2**2, (0, 300), [0.09], rtol=1e-10, atol=1e-14
        )
        assert lone_norm(np.array(300.0), 0.3, link) == pytest.approx(
            float(np.sqrt(solution.y[0, -1])), rel=1e-6
        )


def test_without_a_sharp_transition_times_do_not_settle() -> None:
    smooth = found(*(BASE.replace(P=8, m=32, J=2, d=d, seed=1, horizon=8.0) for d in (64, 16384)))
    rows = spreads(smooth)
    assert min(row.within for row in rows) > 0.3
    agree, named = agreement(smooth)
    assert agree < named / 2


def test_crossings_are_those_of_a_simulation() -> None:
    each = found(BASE.replace(d=64, seed=1))[0]
    result = simulate(each.experiment)
    np.testing.assert_allclose(each.crossing, result.crossing * each.experiment.eta, rtol=0.007)
    np.testing.assert_array_equal(each.iota, result.iota)
    np.testing.assert_allclose(each.T, result.T * each.experiment.eta)


def test_the_constant_is_j_times_j_minus_2() -> None:
    pairs = found(
        *(Experiment(J=J, P=1, m=1, d=d, seed=seed, s0=0.01, engine="flow")
          for J in (4, 6, 8) for d in (256, 1024) for seed in range(1, 6))
    )  # fmt: skip
    for J in (4, 6, 8):
        assert constant(pairs, J) == pytest.approx(J * (J - 2), rel=0.015)
    assert constant((), 4) is None


def test_the_constant_of_many_is_that_of_one() -> None:
    assert constant(runs()[-3:], 4) == pytest.approx(8, rel=0.01)


def test_sgd_takes_part_and_may_diverge() -> None:
    sgd = Experiment(P=2, m=8, d=32, seed=1, s0=0.05, c=0.2, horizon=4.0)
    calm, wild = found(sgd, sgd.replace(c=20.0))
    assert not calm.diverged
    assert np.all(np.abs(calm.ratio - 1) < 1)
    assert wild.diverged
    assert np.isnan(wild.unused_norm).all()


def test_runs_that_would_last_hours_are_left_out() -> None:
    short, long = BASE.replace(d=64, seed=1), BASE.replace(d=10**6, J=6, seed=1)
    assert affordable(short)
    assert not affordable(long)
    assert not affordable(BASE.replace(engine="sgd", d=4096))
    assert [each.experiment for each in found(short, long)] == [short]


def test_what_is_known_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = found(BASE.replace(d=64, seed=2))
    monkeypatch.setattr(starts, "emergence", lambda _: pytest.fail("run again"))
    assert found(BASE.replace(d=64, seed=2))[0] is first[0]


def test_directions_without_a_neuron_are_not_waited_for() -> None:
    last = list(emergence(Experiment(P=4, m=2, d=256, seed=1, s0=0.01, engine="flow")))[-1]
    assert isinstance(last, Emergence)
    assert np.isnan(last.ratio).sum() == 2
    assert last.unused_norm.size == 0
    assert np.isnan(last.start).sum() == 2
