"""Emergence times: the paper's formula, the full link's half times, a linear teacher's sum.

All against integrations that know nothing of them, and the crossings of the population flow.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from emergence import Experiment, simulate
from emergence.runs.plan import make_plan
from emergence.theory.hermite import LinkFunction, hermite
from emergence.theory.times import (
    HALF,
    emergence_times,
    half_times,
    leading_times,
    linear_time,
    pair_times,
    resting_overlaps,
)
from tests import naive


def predicted(overlap: float, a: float, link: LinkFunction) -> float:
    """T of one pair."""
    return float(pair_times(np.array([[overlap]]), np.array([a]), link)[0, 0])


@pytest.mark.parametrize("J", [3, 4, 6, 8])
@pytest.mark.parametrize(("overlap", "a"), [(0.05, 0.7), (0.3, 0.2)])
def test_blow_up_time(J: int, overlap: float, a: float) -> None:
    """du/dtau = 2 J a u^(J/2) reaches infinity at T: integrated in log u until e^-10 T is left."""

    def nearly_there(_: float, y: np.ndarray) -> float:
        return float(y[0] - 2 * np.log(overlap) - 10 / (J / 2 - 1))

    nearly_there.terminal = True  # type: ignore[attr-defined]  # as SciPy asks for it
    T = predicted(overlap, a, hermite(J))
    solution = solve_ivp(
        lambda _, y: 2 * J * a * np.exp(y * (J / 2 - 1)), (0, 2 * T), [2 * np.log(overlap)],
        events=nearly_there, rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    assert solution.t_events[0][0] == pytest.approx(T * (1 - np.exp(-10)), rel=1e-6)


@pytest.mark.parametrize(("J", "factor"), [(3, 3), (4, 8), (6, 24), (8, 48)])
def test_blow_up_constant(J: int, factor: int) -> None:
    """The closed form 1 / (J (J-2) a o^(J-2)): the 8 of the slides, and 24 for J = 6."""
    assert predicted(0.1, 0.5, hermite(J)) == pytest.approx(1 / (factor * 0.5 * 0.1 ** (J - 2)))


@pytest.mark.parametrize("J", [3, 4, 6, 8])
def test_blow_up_time_is_the_integral_of_the_pace(J: int) -> None:
    u0 = 0.01
    # By quadrature in s = u^(1 - J/2), in which the tail to infinity is finite.
    expected, _ = quad(lambda x: x**-2 / (2 * J * 0.4 * (u0 / x) ** (J / 2)) * u0, 0, 1)
    assert predicted(0.1, 0.4, hermite(J)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("J", [1, 2])
@pytest.mark.parametrize("overlap", [0.02, 0.3])
def test_half_time_without_a_blow_up(J: int, overlap: float) -> None:
    """u = 1/2 of du/dtau = 2 J a u^(J/2) (1 - u), by solve_ivp."""
    a, T = 0.6, predicted(overlap, 0.6, hermite(J))
    solution = solve_ivp(
        lambda _, u: 2 * J * a * u ** (J / 2) * (1 - u),
        (0, T),
        [overlap**2],
        rtol=1e-10,
        atol=1e-12,
    )
    assert solution.y[0, -1] == pytest.approx(0.5, abs=1e-7)


def test_half_time_from_the_wrong_side() -> None:
    """J = 1 pulls every neuron over: do/dtau = a (1 - o^2) from a negative overlap."""
    solution = solve_ivp(
        lambda _, o: 0.6 * (1 - o**2), (0, predicted(-0.4, 0.6, hermite(1))), [-0.4],
        rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    assert solution.y[0, -1] ** 2 == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("J", [2, 4, 6, 8])
def test_even_links_do_not_see_the_sign(J: int) -> None:
    assert predicted(-0.2, 0.5, hermite(J)) == predicted(0.2, 0.5, hermite(J))


def test_a_neuron_on_the_wrong_side_of_an_odd_link_never_arrives() -> None:
    assert predicted(-0.2, 0.5, hermite(3)) == np.inf
    assert predicted(0.0, 0.5, hermite(3)) == np.inf
    assert predicted(0.0, 0.5, hermite(4)) == np.inf


@pytest.mark.parametrize("J", [1, 2])
def test_a_neuron_beyond_half_way_has_arrived(J: int) -> None:
    assert predicted(0.9, 0.5, hermite(J)) == 0.0
    assert predicted(1.0, 0.5, hermite(J)) == 0.0


@pytest.mark.parametrize("J", [1, 2, 3, 4, 6, 8])
def test_a_coefficient_counts_squared(J: int) -> None:
    scaled = LinkFunction([(J, 0.5)])
    assert predicted(0.1, 0.5, scaled) == pytest.approx(4 * predicted(0.1, 0.5, hermite(J)))


def travelled(start: float, link: LinkFunction) -> float:
    """theta from an overlap to |o| = sqrt(1/2) in do/dtheta = K'(o) (1 - o^2), by adaptive
    quadrature; infinite where K' is not positive all the way."""

    def pace(t: float) -> float:  # in t, o = sinh(t) / 10^6: dense around 0
        o = np.sinh(t) / 1e6
        return float(np.cosh(t) / 1e6 / naive.K_prime(link.c, o) / (1 - o**2))

    side = np.sign(naive.K_prime(link.c, start))
    begin, end = np.arcsinh(1e6 * np.array([start, side * HALF]))
    way = [*np.linspace(begin, end, 4001), 0.0 if begin * end < 0 else begin]
    if min(side * naive.K_prime(link.c, np.sinh(t) / 1e6) for t in way) <= 0:
        return np.inf
    return float(quad(pace, begin, end, epsrel=1e-9, epsabs=0, limit=2000)[0])


SEEING = [
    [(3, 0.6), (4, 0.8)], [(2, 0.01), (4, 1.0)], [(2, 0.15), (4, 1.0)], [(2, -0.3), (4, 0.9)],
    [(1, 1e-3), (3, 1.0)], [(1, 1e-6), (8, 10.0)], [(2, 1.0), (3, 0.1)], [(2, 0.3), (3, 0.9)],
    [(1, 0.3), (2, -0.5)], [(1, 0.1), (2, 1.0), (5, 1.0)], [(3, 0.02), (4, 0.3), (6, -2.0)],
    [(4, 1.0), (6, 1e-3)], [(1, 0.02), (2, 0.3), (7, 1.0)], [(6, -10.0), (8, 10.0)],
]  # fmt: skip
"""Mixtures: leading coefficients tiny, large and negative, two and three terms, even and odd,
K' with roots, and with complex ones next to the axis."""
STARTS = (1e-5, 1e-3, 0.03, 0.2, 0.6, 0.7)


@pytest.mark.parametrize("pairs", SEEING, ids=str)
def test_half_times_are_those_of_the_full_link(pairs: list[tuple[int, float]]) -> None:
    """From both sides: to 1e-4, and infinite exactly where the neuron comes to rest first."""
    link = LinkFunction(pairs)
    starts = np.array([side * o for o in STARTS for side in (1, -1)])
    found = half_times(starts, link)
    for start, theta in zip(starts, found, strict=True):
        assert theta == pytest.approx(travelled(float(start), link), rel=1e-4), start


def test_a_root_is_found_beside_a_far_larger_one() -> None:
    """4:1e-6,5:1,6:1e-6 has K' = 0 at -8e-13 and -8e11; from the left a neuron stops at -8e-13."""
    link = LinkFunction([(4, 1e-6), (5, 1.0), (6, 1e-6)])
    np.testing.assert_allclose(resting_overlaps(link), [-5 / 6e-12, -0.8e-12, 0], rtol=1e-9)


def test_at_rest_and_beyond() -> None:
    """Exactly on a root a neuron stays; beyond u = 1/2 it has arrived; at 0 only h_1 moves it."""
    link = LinkFunction([(2, 0.3), (3, 0.9)])
    root = -2 * 0.3**2 / (3 * 0.9**2)
    assert half_times(np.array([0.0, root]), link).tolist() == [np.inf, np.inf]
    assert half_times(np.array([0.8, -0.8, 1.0, -1.0]), link).tolist() == [0, 0, 0, 0]
    assert np.isfinite(half_times(np.zeros(1), LinkFunction([(1, 0.1), (4, 1.0)])))[0]


COEFFICIENTS = st.floats(1e-6, 10) | st.floats(-10, -1e-6)


@given(
    st.dictionaries(st.integers(1, 8), COEFFICIENTS, min_size=2, max_size=4),
    st.lists(st.floats(-1, 1), min_size=2, max_size=9),
)
def test_closer_is_never_later(pairs: dict[int, float], starts: list[float]) -> None:
    """Whatever the link: times are not negative, and fall from the last rest to u = 1/2."""
    link = LinkFunction(pairs.items())
    theta = half_times(np.sort(np.array([0.0, *starts])), link)
    assert np.all(theta >= 0)
    positive = theta[np.sort(np.array([0.0, *starts])) > 0]
    assert np.all(np.diff(positive) <= 1e-9 * positive[:-1])
    assert np.all(np.isfinite(positive))


@pytest.mark.parametrize("J", [3, 4, 6, 8])
def test_a_tiny_second_term_changes_little(J: int) -> None:
    """From the paper's formula to the half time T jumps by a factor 1 + o(1), as is stated."""
    for start, most in ((0.283, 0.3), (0.03, 0.05)):
        pure = pair_times(np.array([[start]]), np.ones(1), hermite(J))[0, 0]
        mixed = pair_times(np.array([[start]]), np.ones(1), LinkFunction([(J, 1), (7, 1e-6)]))[0, 0]
        assert abs(mixed / pure - 1) < most
        whole = half_times(np.array([start]), hermite(J))[0]
        assert mixed == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("J", [1, 2])
def test_half_times_without_a_blow_up_are_the_closed_forms(J: int) -> None:
    o = np.array([[0.01, 0.1, 0.5]])
    np.testing.assert_allclose(
        half_times(o, hermite(J)), leading_times(o, np.ones(3), hermite(J)), rtol=1e-5
    )


# Mixtures against the coupled population flow.


@pytest.mark.parametrize(
    ("mixture", "most"),
    [
        ("2:0.01,4:1", 1.1), ("3:0.6,4:0.8", 1.1), ("3:0.02,4:0.3,6:-2", 1.1), ("4:1,6:0.001", 1.1),
        ("1:0.01,4:1", 1.1), ("2:0.15,4:1", 1.3), ("2:-0.5,4:1", 2.0), ("1:0.1,4:1", 2.0),
        ("2:3,6:10", 2.0), ("2:1,3:1", 2.0),
    ],
)  # fmt: skip
def test_mixtures_emerge_when_their_full_link_says(mixture: str, most: float) -> None:
    """Crossing over T_p of three directions at d = 2048, within 10 % where higher terms do the
    search; where h_1 or h_2 has a part in it, directions disturb one another as for J <= 2.

    The leading term alone is off by up to thousands. The neuron iota names is the one, and the
    run's length and its first snapshot fit.
    """
    e = Experiment(
        d=2048, P=3, m=10, s0=0.003, mixture=mixture, engine="flow", seed=3, horizon=2.5, c=1e-3
    )
    result = simulate(e)
    plan = make_plan(e)
    ratio = result.crossing / result.T
    assert np.all((ratio > 0.95) & (ratio < most)), ratio
    assert plan.end == pytest.approx(2.5 * plan.T.max())
    first = np.nanmin(result.crossing) * e.eta
    assert first / 100 < plan.snapshots[1] < first / 2
    if most < 1.2:
        u = result.record.get("u")[:, np.argsort(plan.neurons)]
        after = [np.searchsorted(result.steps, step) for step in result.crossing]
        winners = [int(u[i, :, p].argmax()) for p, i in enumerate(after)]
        assert winners == result.iota.tolist()


def test_the_issues_mixture() -> None:
    """d = 50, 2:0.01,4:1: by the leading term alone the crossing came at 0.0003 T_p."""
    e = Experiment(d=50, P=5, m=8, mixture="2:0.01,4:1", engine="flow", seed=14)
    result = simulate(e)
    ratio = result.crossing / result.T
    assert np.nanmin(ratio) > 0.8
    assert np.nanmedian(ratio) < 1.6
    assert np.count_nonzero(np.isfinite(ratio)) >= 4, "the run covers the emergence"
    assert result.crossing[np.isfinite(ratio)].max() > result.steps[-1] / 10, "and not much more"
    old = leading_times(make_plan(e).overlaps, make_plan(e).a, make_plan(e).link)
    assert old.min() > 30 * make_plan(e).T.max()


# J = 1: one linear function of x.


def turned(start: np.ndarray, a: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Overlaps with every direction of a neuron that h_1 pulls, shape (times, P), by solve_ivp.

    The whole vector in d = P + 1: dv/dtau = (1 - v v^T) sum_p a_p w_p.
    """
    v = np.append(start, np.sqrt(1 - start @ start))
    pull = np.append(a, 0.0)
    return np.asarray(
        solve_ivp(
            lambda _, v: pull - (pull @ v) * v, (0, tau[-1]), v, t_eval=tau, rtol=1e-10, atol=1e-12
        ).y.T[:, :-1]
    )


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_a_linear_teacher_shows_its_sum_alone(beta: float) -> None:
    """sigma = h_1, P = 5: u > 1/2 at T for a direction with more than half of |A|^2, else never."""
    rng = np.random.default_rng(5)
    a = np.arange(1.0, 6) ** -beta
    starts = rng.standard_normal((8, 5)) / 8
    T = emergence_times(starts, a, hermite(1))
    share = a**2 / (a @ a)
    for k, start in enumerate(starts):
        tau = np.linspace(0, 12 / np.linalg.norm(a), 40_001)
        u = turned(start, a, tau) ** 2
        assert u[-1] == pytest.approx(share, abs=1e-4)
        for p in range(5):
            if share[p] > 0.5:
                assert T[k, p] == pytest.approx(tau[np.argmax(u[:, p] > 0.5)], abs=2 * tau[1])
            else:
                assert T[k, p] == np.inf


def test_one_linear_direction_is_a_pair_alone() -> None:
    starts = np.array([[0.1], [-0.4], [0.9]])
    for link in (hermite(1), LinkFunction([(1, 0.2), (3, 1.0)])):
        found = emergence_times(starts, np.array([0.6]), link)
        np.testing.assert_array_equal(found, pair_times(starts, np.array([0.6]), link))


@pytest.mark.parametrize("sizes", [{"beta": 0.5}, {"beta": 1.0}, {"beta": 2.0, "P": 2}])
def test_h_1_in_the_flow(sizes: dict[str, float]) -> None:
    """What is predicted never to emerge never does, what is predicted to does, about when it is;
    the run lasts until the sum is learned."""
    e = Experiment(d=512, P=4, m=8, J=1, engine="flow", s0=0.01).changed(sizes)
    result = simulate(e.replace(horizon=3))
    assert np.array_equal(np.isfinite(result.T), np.isfinite(result.crossing))
    met = np.isfinite(result.T)
    assert np.array_equal(met, result.iota >= 0)
    assert result.crossing[met] / result.T[met] == pytest.approx(np.ones(met.sum()), abs=0.25)
    assert result.mse[-1] < 0.02
    assert result.slope is None, "there is no power law in one jump"


def test_a_linear_part_takes_over() -> None:
    """1:1,4:1: only the direction that is met before the sum has a prediction, and it holds.

    A weak linear part lets each pair alone.
    """
    e = Experiment(d=1024, P=5, m=12, s0=0.01, mixture="1:1,4:1", engine="flow", c=1e-3, seed=1)
    result = simulate(e)
    assert np.isfinite(result.T).tolist() == [True, False, False, False, False]
    assert result.crossing[0] / result.T[0] == pytest.approx(1, abs=0.1)
    weak = make_plan(e.replace(mixture="1:0.001,4:1"))
    alone = pair_times(weak.overlaps, weak.a, weak.link)
    np.testing.assert_array_equal(weak.T, alone[weak.iota, np.arange(5)])


def test_the_time_of_the_sum() -> None:
    """A student of one neuron, h_1, from a right angle: n2 at |A| / 2 within a tenth of it."""
    a, s0 = np.array([0.8, 0.6, 0.3]), 0.01
    top = np.linalg.norm(a)
    found = solve_ivp(
        lambda _, y: [top * (1 - y[0] ** 2), 4 * y[1] * (top * y[0] - y[1])],
        (0, 30), [0.0, s0**2], rtol=1e-9, atol=1e-14, dense_output=True,
    )  # fmt: skip
    t = np.linspace(0, 30, 30_001)
    half = t[np.argmax(found.sol(t)[1] > top / 2)]
    assert linear_time(a, s0, hermite(1)) == pytest.approx(half, rel=0.2)
    assert linear_time(a, s0, LinkFunction([(1, 0.5), (2, 1)])) == pytest.approx(
        4 * linear_time(a, s0, hermite(1))
    )
