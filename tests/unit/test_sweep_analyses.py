"""The analyses on outcomes made by hand, whose exponents are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from emergence import Experiment
from emergence.arrays import Array, IntArray
from emergence.runs.plan import make_plan
from emergence.sweeps.analyses import ANALYSES, Estimate
from emergence.sweeps.analyses.base import groups, named
from emergence.sweeps.analyses.thresholds import neurons_needed_fit
from emergence.sweeps.outcome import Outcome
from emergence.theory.fits import bootstrap
from emergence.theory.teacher import strengths
from tests.unit.sweeps import BLANK

RNG = np.random.default_rng(0)


def made(
    change: Callable[[Experiment], Mapping[str, object]], **axes: Sequence[object]
) -> list[Outcome]:
    """An outcome for every corner of the axes, changed by what `change` says of it."""
    experiments = [Experiment(P=1, d=64)]
    for name, values in axes.items():
        experiments = [e.changed({name: value}) for e in experiments for value in values]
    return [replace(BLANK, experiment=e, **dict[str, Any](change(e))) for e in experiments]


SEEDS = list(range(12))


def estimates(
    name: str, change: Callable[[Experiment], Mapping[str, object]], **axes: Sequence[object]
) -> list[Estimate]:
    """What an analysis makes of the outcomes of a sweep over the axes."""
    swept = [axis for axis in axes if axis != "seed"]
    return ANALYSES[name].estimates(made(change, **axes), swept)


def test_time_exponents_are_means_over_seeds() -> None:
    def change(e: Experiment) -> dict[str, object]:
        return {"slope": -1 / e.beta + 0.1 * RNG.standard_normal(), "window": (1.0, 2.0)}

    found = estimates("time", change, beta=[0.75, 1.0, 1.5], seed=SEEDS)
    assert [each.of for each in found] == [{"beta": 0.75}, {"beta": 1.0}, {"beta": 1.5}]
    for each in found:
        beta = each.of["beta"]
        assert each.theory == pytest.approx((1 - 2 * beta) / beta)
        assert each.slope.value == pytest.approx(-1 / beta, abs=0.1)
        assert each.slope.ci is not None
        assert each.slope.ci[0] < -1 / beta < each.slope.ci[1]
        assert "12 seeds" in each.basis
        assert "^" not in each.basis, "a power is written as one"


def test_width_exponents_use_only_what_is_under_parametrised() -> None:
    def change(e: Experiment) -> dict[str, object]:
        return {"loss": e.m ** (1 - 2 * e.beta) if e.m < 64 else 1.0, "crossing": (1.0,) * e.m}

    found = estimates("width", change,
             P=[64], beta=[1.0, 1.5], m=[2, 4, 8, 64, 128], seed=SEEDS[:3])  # fmt: skip
    assert [each.slope.value for each in found] == pytest.approx([-1.0, -2.0])
    assert [each.theory for each in found] == [-1.0, -2.0]
    assert found[0].x == (2, 4, 8)


def test_a_diverged_run_has_no_plateau() -> None:
    def change(e: Experiment) -> dict[str, object]:
        broken = e.seed == 1
        state, loss = ("diverged", 99.0) if broken else ("finished", 1 / e.m)
        return {"state": state, "loss": loss, "crossing": (1.0,) * e.m}

    [found] = estimates("width", change, P=[64], m=[2, 4, 8], seed=[0, 1, 2])
    assert found.slope.value == pytest.approx(-1.0)


@pytest.mark.parametrize(("J", "law"), [(1, lambda d: d), (2, lambda d: d * np.log(d)),
                                        (3, lambda d: d**2), (4, lambda d: d**3)])  # fmt: skip
def test_recovery_times(J: int, law: Callable[[float], float]) -> None:
    luck = RNG.uniform(0.5, 20, size=12)

    def change(e: Experiment) -> dict[str, object]:
        late = luck[e.seed] > np.sort(luck)[-3]  # two are not there by the end of their runs
        crossing = None if late else law(e.d) * luck[e.seed]
        return {"crossing": (crossing,), "T": (1.0 if e.seed else None,)}

    outcomes = made(change, J=[J], d=[32, 64, 128], seed=SEEDS)
    scaled = [
        replace(o, experiment=o.experiment.replace(eta=0.1 * o.experiment.d ** -max(J / 2, 1)))
        for o in outcomes
    ]
    [found] = ANALYSES["recovery"].estimates(scaled, ["J", "d", "eta"])
    assert found.slope.value == pytest.approx(max(J - 1, 1))
    assert found.theory == pytest.approx(max(J - 1, 1))
    assert "medians of 11 of 12 seeds" in found.basis
    scale = np.log(32) if J == 2 else 1.0
    assert found.y[0] == pytest.approx(law(32) * np.median(luck[1:]) / scale)


def test_recovery_theory_is_for_the_step_sizes_of_the_sweep() -> None:
    """Gradient flow's time in units of eta: with a constant eta J = 4 takes d, not d^3, steps."""
    change = {"crossing": (1.0,)}
    for J, exponent in ((1, 0.0), (3, 0.5), (4, 1.0)):
        [found] = estimates(
            "recovery", lambda e: change, J=[J], d=[32, 64], eta=[1e-4], seed=[0, 1]
        )
        assert found.theory == pytest.approx(exponent)


def test_length_of_a_run_is_no_group() -> None:
    outcomes = made(lambda e: {"crossing": (float(e.d),)}, J=[4], d=[64, 128], seed=[0, 1])
    longer = [
        replace(o, experiment=o.experiment.replace(steps=o.experiment.d * 100)) for o in outcomes
    ]
    [found] = ANALYSES["recovery"].estimates(longer, ["J", "d", "steps"])
    assert found.of == {"J": 4}


def test_no_recovery_time_where_most_seeds_are_not_there() -> None:
    def change(e: Experiment) -> dict[str, object]:
        return {"crossing": (None if e.d == 128 and e.seed > 3 else float(e.d),)}

    assert estimates("recovery", change, d=[32, 64, 128], seed=SEEDS) == []


def test_emergence_ratios() -> None:
    T = tuple(float(t) for t in RNG.uniform(1, 100, size=6))
    slow = tuple(T[0] * (t / T[0]) ** 0.9 for t in T[:5])
    [found] = estimates(
        "emergence", lambda e: {"T": T, "crossing": (*slow, None)}, P=[6], seed=SEEDS
    )
    assert found.slope.value == pytest.approx(0.9)
    assert found.theory == 1.0


def test_largest_step_size() -> None:
    thresholds = 10 ** RNG.normal(0, 0.1, size=12)

    def change(e: Experiment) -> dict[str, object]:
        stable = e.eta < 0.3 * thresholds[e.seed] * e.d**-1.7
        return {"state": "finished" if stable else "diverged"}

    c = [float(value) for value in np.geomspace(0.02, 3, 30)]
    [found] = estimates("step_size", change, d=[32, 64, 128], c=c, seed=SEEDS)
    assert found.slope.value == pytest.approx(-1.7, abs=0.1)
    assert found.theory == -2.0


def test_neurons_needed() -> None:
    """The crossing is in time with 2 P log P neurons or more, and much too late with fewer."""

    def change(e: Experiment) -> dict[str, object]:
        typical = e.d / 8 / strengths(e)[-1] / e.eta  # J = 4 at the overlap 1/sqrt(d)
        late = typical * (0.99 if e.m >= 2 * e.P * np.log(e.P) else 1.01)
        return {"crossing": (1.0,) * (e.P - 1) + (late,)}

    m = [int(value) for value in np.unique(np.round(np.geomspace(2, 400, 60)))]
    [found] = estimates("neurons", change, P=[4, 8, 16, 32], m=m,
                        seed=SEEDS[:3])  # fmt: skip
    assert found.slope.value == pytest.approx(1.0, abs=0.06)
    assert found.theory == 1.0


def test_one_direction_is_no_point_of_p_log_p() -> None:
    def change(e: Experiment) -> dict[str, object]:
        return {"crossing": (1.0,) * (e.P - 1) + (1.0 if e.m >= 2 * e.P else 1e30,)}

    axes: dict[str, list[object]] = {"m": [1, 2, 4, 7, 8, 15, 16], "seed": [0, 1]}
    [with_one] = estimates("neurons", change, P=[1, 4, 8], **axes)
    [without] = estimates("neurons", change, P=[4, 8], **axes)
    assert with_one.slope.value == without.slope.value
    assert with_one.slope.ci == without.slope.ci is not None


def test_a_run_that_ends_too_early_says_nothing_of_the_neurons_needed() -> None:
    """Its last direction may still come in time; only the other seed counts."""

    def change(e: Experiment) -> dict[str, object]:
        enough = e.m >= 2 * e.P
        if e.seed:
            return {"crossing": (1.0,) * (e.P - 1) + (None,), "steps": (1.0,)}
        return {"crossing": (1.0,) * (e.P - 1) + (1.0 if enough else 1e30,)}

    [found] = estimates("neurons", change, P=[4, 8], m=[4, 6, 8, 12, 16], seed=[0, 1])
    assert found.y == pytest.approx((np.sqrt(6 * 8), np.sqrt(12 * 16)))


def test_neurons_needed_are_those_that_the_greedy_map_needs() -> None:
    """Crossings at the predicted T_p, against Gaussian starts matched by brute force."""
    rng = np.random.default_rng(1)
    widths, seeds = [4, 5, 6, 7, 8, 10], list(range(200))
    a = 1 / np.arange(1, 5)
    late = [[_latest(a * rng.standard_normal((m, 4)) ** 2) for _ in range(2_000)] for m in widths]
    share = (np.array(late) <= 4).mean(axis=1)
    needed = np.exp(np.interp(0.5, share, np.log(widths)))

    def change(e: Experiment) -> dict[str, object]:
        return {"crossing": tuple((make_plan(e).T / e.eta).tolist())}

    def second(e: Experiment) -> dict[str, object]:
        return {"crossing": (1.0 if e.m > 6 else 1e30,) * e.P}

    real = made(change, P=[4], d=[10_000], engine=["flow"], m=widths, seed=seeds)
    fit = neurons_needed_fit([*real, *made(second, P=[3], m=widths)])  # a slope takes two P
    assert fit is not None
    assert fit.y[1] == pytest.approx(needed, rel=0.08)


def _latest(rates: Array) -> float:
    """1 / rate of the last pair of the greedy matching of (m, P) rates, by brute force."""
    rates = rates.copy()
    for _ in range(rates.shape[1]):
        k, p = np.unravel_index(np.argmax(rates), rates.shape)
        last = rates[k, p]
        rates[k], rates[:, p] = 0.0, 0.0
    return float(1 / last)


def test_a_thresholds_interval_is_not_narrower_than_its_grid() -> None:
    """Seeds that agree say nothing of where between two step sizes the threshold is."""
    found = estimates(
        "step_size", lambda e: {"state": "finished" if e.eta < 0.3 / e.d else "diverged"},
        J=[2], d=[32, 128], c=[0.1, 0.2, 0.4], seed=SEEDS,
    )  # fmt: skip
    [low], [high] = zip(*(each.slope.ci for each in found), strict=True)
    # Both ends of the line are anywhere within a factor of 2: sd log(2) / sqrt(12) each.
    # Their difference is within 1 - sqrt(0.05) = 0.776 of that in 95 % (a triangle); and Student's.
    half = (1 - np.sqrt(0.05)) * np.log(2) / np.log(4)
    known = stats.t.ppf(0.975, 22) / stats.norm.ppf(0.975)
    assert high - low == pytest.approx(2 * half * known, rel=0.03)


@pytest.mark.parametrize("name", ANALYSES)
def test_too_little_gives_no_estimate_and_no_error(name: str) -> None:
    assert ANALYSES[name].estimates([], ()) == []
    diverged = replace(BLANK, state="diverged", crossing=(None,), loss=float("nan"), T=(None,))
    assert ANALYSES[name].estimates([diverged], ()) == []


def test_values_are_named_in_words() -> None:
    mixture = ((2, 0.5), (4, 1.0))
    values = [("beta", 0.75), ("d", 1_000_000), ("eta", 9.9990000001e-05), ("mixture", mixture)]
    assert named(values) == "β = 0.75, d = 1,000,000, η = 9.999e-05, c_i = 0.5 He2 + 1 He4"


def test_groups_are_by_what_is_swept() -> None:
    outcomes = made(lambda e: {}, beta=[1.5, 1.0], m=[2, 4], seed=[0, 1])
    assert list(groups(outcomes, ["beta"])) == [(("beta", 1.0),), (("beta", 1.5),)]
    assert all(len(members) == 4 for members in groups(outcomes, ["beta"]).values())
    assert list(groups(outcomes, ["eta"])) == [(("eta", outcomes[0].experiment.eta),)]


def test_the_step_size_is_fitted_over_by_both_its_names() -> None:
    outcomes = made(lambda e: {"crossing": (float(e.d),)}, J=[1], d=[64, 128], seed=[0, 1])
    for name in ("c", "eta"):
        scaled = [
            replace(o, experiment=o.experiment.changed({name: 1 / o.experiment.d}))
            for o in outcomes
        ]
        found = ANALYSES["recovery"].estimates(scaled, ["J", "d", name])
        assert [each.of for each in found] == [{"J": 1}]


def test_several_step_sizes_at_one_dimension_are_no_recovery_time() -> None:
    """A seed would have several times at one d: which of them is no question of chance."""
    change = {"crossing": (1.0,)}
    assert estimates("recovery", lambda e: change, d=[64, 128], c=[0.1, 0.2], seed=[0, 1]) == []


def test_widths_are_compared_over_the_same_seeds() -> None:
    """A width whose seeds are not all there yet does not bend the slope."""
    outcomes = made(
        lambda e: {"loss": (1.0 + 9 * e.seed) / e.m, "crossing": (1.0,) * e.m},
        P=[64], m=[2, 4, 8], seed=[0, 1],
    )  # fmt: skip
    [found] = ANALYSES["width"].estimates(outcomes[:-1], ["m"])
    assert found.slope.value == pytest.approx(-1.0)
    assert "1 of 2 seeds" in found.basis


def test_a_run_that_has_not_used_its_neurons_has_no_plateau() -> None:
    change = {"loss": 1.0, "crossing": (1.0, None, None, None)}
    assert estimates("width", lambda e: change, P=[64], m=[4, 8], seed=[0, 1]) == []


def test_a_window_names_what_was_found() -> None:
    """At d = 128 everything is learned at every c: the threshold is beyond the grid."""
    found = estimates(
        "step_size", lambda e: {"state": "finished" if e.d == 128 or e.c < 1 else "diverged"},
        J=[4], d=[32, 64, 128], c=[0.5, 2.0], seed=[0, 1],
    )  # fmt: skip
    assert "d: 32, 64 (no threshold in the grid at 128)" in found[0].basis


def test_a_width_of_which_nothing_is_known_is_no_failure() -> None:
    def change(e: Experiment) -> dict[str, object]:
        if e.m == 6:  # ended too early, every seed of it
            return {"crossing": (1.0,) * (e.P - 1) + (None,), "steps": (1.0,)}
        return {"crossing": (1.0,) * (e.P - 1) + (1.0 if e.m >= 8 else 1e30,)}

    fit = neurons_needed_fit(made(change, P=[3, 4], m=[4, 6, 8], seed=[0, 1]))
    assert fit is not None
    assert fit.y == pytest.approx(np.full(2, np.sqrt(4 * 8)))


def test_the_bootstrap_of_a_mean_is_about_students_interval() -> None:
    rng = np.random.default_rng(5)
    for n in (2, 3, 8, 30):
        values = rng.standard_normal(n)

        def mean(i: IntArray, v: Array = values) -> Array:
            return np.asarray(v[i].mean(axis=1))

        half = bootstrap(mean, n)
        student = stats.t.ppf(0.975, n - 1) * stats.sem(values)
        assert half == pytest.approx(student, rel=0.1)
    # No value in a tenth of the resamples.
    assert bootstrap(lambda i: np.where(i[:, 0] < 4, np.nan, 0.0), 40) is None
    assert bootstrap(lambda i: np.asarray(i[:, 0] * 0.0, float), 1) is None
