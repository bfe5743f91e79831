"""Lesson 7's claims, measured: times, unused neurons, iota, the constant J (J - 2)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from emergence import simulate
from emergence.experiment import Experiment
from emergence.lessons.theorem import study as starts
from emergence.lessons.theorem.study import (
    Emergence,
    EmergenceTimes,
    agreement,
    constant,
    constants,
    emergence,
    spreads,
    unseen,
    unused,
    why_not,
)
from emergence.theory.predictions import lone_norm
from tests import naive
from tests.unit.conftest import PURE

BASE = Experiment(P=5, m=16, s0=0.01, engine="flow", horizon=2.0)
DIMENSIONS = (64, 1024, 16384)


def measure(*experiments: Experiment) -> tuple[Emergence, ...]:
    pieces = list(EmergenceTimes(experiments).results())
    assert pieces[-1].done == 1.0
    return pieces[-1].value.runs


@lru_cache
def runs() -> tuple[Emergence, ...]:
    return measure(*(BASE.replace(d=d, seed=seed) for d in DIMENSIONS for seed in (1, 2, 3)))


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
    assert unused(large).largest < 1 < unused(small).largest
    assert unused(large).grown == 0 < unused(small).grown < unused(small).count == 3 * 11
    assert unused(()).count == 0
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
    smooth = measure(*(BASE.replace(P=8, m=32, J=2, d=d, seed=1, horizon=8.0) for d in (64, 16384)))
    rows = spreads(smooth)
    assert min(row.within for row in rows) > 0.3
    agree, of = agreement(smooth)
    assert agree < of / 2


def test_crossings_are_those_of_a_simulation() -> None:
    each = measure(BASE.replace(d=64, seed=1))[0]
    result = simulate(each.experiment)
    np.testing.assert_allclose(each.crossing, result.crossing * each.experiment.eta, rtol=0.007)
    np.testing.assert_array_equal(each.iota, result.iota)
    np.testing.assert_allclose(each.T, result.T * each.experiment.eta)


def test_the_constant_is_j_times_j_minus_2() -> None:
    pairs = measure(
        *(Experiment(J=J, P=1, m=1, d=d, seed=seed, s0=0.01, engine="flow")
          for J in (4, 6, 8) for d in (256, 1024) for seed in range(1, 6))
    )  # fmt: skip
    for J in (4, 6, 8):
        assert constant(pairs, J) == pytest.approx(J * (J - 2), rel=0.015)
    assert constant((), 4) is None


def test_the_constant_of_many_is_that_of_one() -> None:
    assert constant(runs()[-3:], 4) == pytest.approx(8, rel=0.01)


def test_sgd_takes_part_and_may_diverge() -> None:
    sgd = Experiment(P=2, m=8, d=32, seed=1, s0=0.05, c=0.2, horizon=4.0, engine="sgd")
    calm, wild = measure(sgd, sgd.replace(c=20.0))
    assert not calm.diverged
    assert np.all(np.abs(calm.ratio - 1) < 1)
    assert wild.diverged
    assert np.isinf(wild.unused_norm).all()
    assert np.isinf(wild.ratio).any()


def test_runs_that_would_last_hours_or_are_refused_are_named() -> None:
    short, long = BASE.replace(d=64, seed=1), BASE.replace(d=10**6, J=6, seed=1)
    wrong = Experiment(d=64, P=1, m=1, J=3, engine="flow", seed=0)
    wrong = next(e for seed in range(9) if "wrong side" in why_not(e := wrong.replace(seed=seed)))
    assert not why_not(short)
    assert "more than the" in why_not(BASE.replace(engine="sgd", d=4096))
    *_, last = EmergenceTimes((short, long, wrong)).results()
    assert [each.experiment for each in last.value.runs] == [short]
    assert [e for e, _ in last.value.left_out] == [long, wrong]
    assert "too long" in last.value.left_out[0][1]


def made(crossing: list[float], d: int = 64, winner: list[int] | None = None) -> Emergence:
    """A run made by hand, T_p = 1, 2, ..., iota = 0, 1, ...; NaN: never crossed."""
    P = len(crossing)
    return Emergence(
        experiment=Experiment(d=d, P=P, m=P, engine="sgd"), a=np.ones(P), T=np.arange(1.0, P + 1),
        iota=np.arange(P), crossing=np.array(crossing), start=np.full(P, 0.05),
        winner=np.array(winner or [-1 if np.isnan(c) else p for p, c in enumerate(crossing)]),
        unused_norm=np.zeros(0), end=10.0, diverged=False,
    )  # fmt: skip


NEVER = float("nan")


def test_what_never_emerged_counts_in_every_statistic() -> None:
    """One of ten never: the 80 % quantile is that of ten. Three of ten: there is none."""
    exact = [1.0 * p for p in range(1, 11)]
    late = [*[1.1 * p for p in range(1, 9)], 2 * 9.0, NEVER]
    row = spreads((made(late),))[0]
    assert (row.named, row.never) == (10, 1)
    assert row.within == pytest.approx(0.1)  # eight of ten
    assert row.median == pytest.approx(1.1)
    assert row.high == np.inf  # between the ninth and the tenth
    many = spreads((made([*exact[:7], NEVER, NEVER, NEVER]),))[0]
    assert many.within == np.inf
    assert spreads((made([*exact[:7], 16.0, NEVER, NEVER]),))[0].within == pytest.approx(1.0)
    assert many.median == 1.0
    assert agreement((made(late), made(exact))) == (19, 20)
    assert unseen((made(late), made(exact))) == 1
    assert agreement((made(exact, winner=[1, *range(1, 10)]),)) == (9, 10)
    assert constants((made([NEVER, 2.0]),), 4).tolist() == [0.0, pytest.approx(1 / (0.05**2 * 2))]


@pytest.mark.parametrize(
    ("P", "m", "d", "never", "within"), [(16, 32, 64, 8, 0.670), (8, 8, 256, 4, 2.079)]
)
def test_directions_that_failed_are_not_lost(
    P: int, m: int, d: int, never: int, within: float
) -> None:
    """Issue 12: far less was shown, of those that emerged."""
    base = Experiment(P=P, m=m, d=d, s0=0.01, engine="flow", horizon=2.0)
    row = spreads(measure(*(base.replace(seed=seed) for seed in (1, 2, 3, 4))))[0]
    assert (row.named, row.never) == (4 * P, never)
    assert row.within == pytest.approx(within, abs=0.005)


def test_unused_norms_are_those_at_the_end_of_the_run() -> None:
    each = measure(BASE.replace(d=64, seed=1))[0]
    assert each.end == pytest.approx(2 * each.T.max(), rel=1e-9)
    result = simulate(each.experiment)
    assert each.unused_norm.max() == pytest.approx(result.unused_norm_max, rel=0.02)


def test_what_is_known_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = measure(BASE.replace(d=64, seed=2))
    monkeypatch.setattr(starts, "emergence", lambda _: pytest.fail("run again"))
    assert measure(BASE.replace(d=64, seed=2))[0] is first[0]


def test_directions_without_a_neuron_are_not_waited_for() -> None:
    last = list(emergence(Experiment(P=4, m=2, d=256, seed=1, s0=0.01, engine="flow")))[-1]
    assert isinstance(last, Emergence)
    assert np.isnan(last.ratio).sum() == 2
    assert last.unused_norm.size == 0
    assert np.isnan(last.start).sum() == 2
