"""The toy losses' exact flow against integrators and closed forms, and what the lesson claims."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import logit

from emergence.lessons.sharp_transitions.integration import escape_time
from emergence.lessons.sharp_transitions.model import (
    LAST,
    ProductFlow,
    ToyLoss,
    escape_curves,
    neuron_waiting,
    neuron_waits,
    spread,
    toy_losses,
    waits,
)
from emergence.theory.hermite import hermite
from emergence.theory.predictions import travel_time
from emergence.theory.times import emergence_times
from tests import naive

Array = np.ndarray

FLOWS = [
    ProductFlow((0.01,)),
    ProductFlow((0.05,), 2),
    ProductFlow((0.2,), 4),
    ProductFlow((0.05,), 8),
    ProductFlow((0.1, 0.1, 0.1)),
    ProductFlow((0.3, 0.02, 1.4)),
    ProductFlow(spread(0.05, 4, 1e4)),
    ProductFlow(spread(0.3, 8, 1e4)),
]


def gradient(w: Array, power: int) -> Array:
    """dL/dw_i of L = (1 - (prod w)^power)^2 by differences of the loss itself."""
    out = np.zeros_like(w)
    for i in range(len(w)):
        step = 1e-6 * w[i]
        high, low = w.copy(), w.copy()
        high[i] += step
        low[i] -= step
        loss_high, loss_low = ((1 - np.prod(x) ** power) ** 2 for x in (high, low))
        out[i] = (loss_high - loss_low) / (2 * step)
    return out


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_the_exact_flow_is_the_integrated_one(flow: ProductFlow) -> None:
    shares = (0.02, 0.1, 0.5, 0.9)
    for learned in shares:
        if np.prod(flow.start) ** flow.power < learned:
            measured = escape_time(flow.start, flow.power, learned)
            assert flow.time(learned) == pytest.approx(measured, rel=2e-6)


@pytest.mark.parametrize("flow", [FLOWS[1], FLOWS[5]], ids=str)
def test_the_flow_goes_down_the_gradient(flow: ProductFlow) -> None:
    path = solve_ivp(
        lambda _, w: -gradient(w, flow.power), (0, flow.time(0.9)), flow.start, rtol=1e-7,
        atol=1e-10, dense_output=True,
    )  # fmt: skip
    for share in (0.3, 0.6, 0.9):
        w = path.sol(flow.time(share))
        assert np.prod(w) ** flow.power == pytest.approx(share, rel=1e-4)
        assert flow.at(flow.time(share)) == pytest.approx(share, rel=1e-2)
        if flow.power == 1:
            np.testing.assert_allclose(np.sort(w), flow.weights(share), rtol=1e-4)


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_layers_multiply_to_what_is_learned_and_keep_their_differences(flow: ProductFlow) -> None:
    w = flow.weights(flow.learned)
    np.testing.assert_allclose(np.prod(w, axis=-1), flow.learned, rtol=1e-9)
    squares = w**2 - w[:, :1] ** 2
    np.testing.assert_allclose(squares - squares[0], 0, atol=1e-9)
    assert flow.learned[-1] == pytest.approx(LAST)
    assert np.all(np.diff(flow.t) > 0)


def test_one_and_two_factors_have_closed_forms() -> None:
    w0, share = 0.03, np.array([0.1, 0.5, 0.97])
    one, two = ProductFlow((w0,)), ProductFlow((w0,), 2)
    assert [one.time(s) for s in share] == pytest.approx(np.log((1 - w0) / (1 - share)) / 2)
    assert [two.time(s) for s in share] == pytest.approx((logit(share) - logit(w0**2)) / 8)


def test_three_equal_layers_flow_as_the_cube_three_times_slower() -> None:
    layers, cube = ToyLoss(layers=3), ToyLoss(power=3)
    assert layers.flow(0.04).escape == pytest.approx(3 * cube.flow(0.04).escape, rel=1e-12)
    assert layers.along(0.4) == cube.along(0.4) == pytest.approx((1 - 0.4**3) ** 2)


@pytest.mark.parametrize("start", [((0.9,), 1), ((0.1, 0.0), 1), ((-0.1,), 2), ((0.1, 0.1), 2)])
def test_a_flow_refuses_other_starts(start: tuple[tuple[float, ...], int]) -> None:
    with pytest.raises(ValueError, match=r"flow starts|single w"):
        ProductFlow(*start)


@pytest.mark.parametrize("k", [3, 4, 6, 8])
def test_the_escape_time_is_a_power_of_the_start(k: int) -> None:
    curves = escape_curves(k, 0.02, 0.002)
    for loss, exact, leading in zip(toy_losses(k), curves.exact, curves.leading, strict=True):
        fit = loss.fitted(curves.w0, exact)
        assert fit is not None
        assert fit.slope.value == pytest.approx(loss.expected, abs=0.01)
        assert fit.slope.window == pytest.approx((0.002, 0.02))
        assert abs(fit.last - loss.expected) <= abs(fit.slope.value - loss.expected) + 1e-9
        assert exact[-1] == pytest.approx(leading[-1], rel=0.01)
    assert [loss.expected for loss in toy_losses(k)] == [0, 0.25, -1, 2 - k]


def test_ten_times_smaller_waits_as_the_lesson_says() -> None:
    times = [[loss.flow(w0).escape for w0 in (0.01, 0.001)] for loss in toy_losses(4)]
    ratio = [b / a for a, b in times]
    assert ratio[0] == pytest.approx(1, abs=0.02)
    assert times[1][1] - times[1][0] == pytest.approx(np.log(10) / 4, rel=1e-3)
    assert ratio[2] == pytest.approx(10, rel=0.02)
    assert ratio[3] == pytest.approx(100, rel=0.001)
    assert toy_losses(4)[3].tenfold == pytest.approx(ratio[3], rel=0.001)


def test_only_three_factors_and_more_jump() -> None:
    start = 0.01
    waiting = [loss.flow(start).waiting for loss in toy_losses(4)]
    assert waiting[0] < 0.05
    assert 0.5 < waiting[1] < 0.7
    assert min(waiting[2:]) > 0.97
    # What has been learned at half the time: a third, a few per cent, next to nothing.
    half = [loss.flow(start).half[0] for loss in toy_losses(4)]
    assert half[0] > 0.25
    assert half[3] < 1e-6
    assert half[0] == pytest.approx(1 - np.sqrt(0.5 * (1 - start)), abs=1e-3)
    # The transition of w^2 in units of its escape time narrows with log(1/w0) only.
    widths = [1 - ToyLoss(power=2).flow(w0).waiting for w0 in (1e-2, 1e-4)]
    assert 1.6 < widths[0] / widths[1] < 2


@pytest.mark.parametrize("J", [1, 2, 3, 4, 8])
def test_a_neuron_waits_as_its_decoupled_dynamics_say(J: int) -> None:
    o0 = 0.05
    rhs = naive.decoupled_rhs(1.0, [0.0] * J + [1.0])
    crossings = []
    for share in (0.1, 0.9):

        def arrived(_: float, state: Array, share: float = share) -> float:
            return float(state[0] - share ** (2 / J))

        arrived.terminal = True  # type: ignore[attr-defined]
        path = solve_ivp(rhs, (0, 1e12), [o0**2, 1e-3], method="LSODA", rtol=1e-9, atol=1e-13,
                         events=arrived)  # fmt: skip
        crossings.append(path.t[-1])
    assert neuron_waiting(o0, J) == pytest.approx(crossings[0] / crossings[1], rel=1e-5)


@pytest.mark.parametrize("J", [3, 4, 6, 8])
def test_a_neuron_searches_twice_as_long_as_the_loss_of_as_many_factors(J: int) -> None:
    """For its loss has a factor 1/2: do/dtau = J o^(J-1) (1 - o^2) beside 2 k w^(k-1) (1 - w^k)."""
    d = 10**6 if J < 8 else 10**4
    toy = toy_losses(J)[-1].flow(d**-0.5).escape
    neuron = float(travel_time(J, 1 / d, 0.5))
    assert neuron / toy == pytest.approx(2, rel=0.02)
    blow_up = float(emergence_times(np.array([[d**-0.5]]), np.ones(1), hermite(J))[0, 0])
    assert blow_up == pytest.approx(float(d) ** (J / 2 - 1) / (J * (J - 2)))
    assert neuron == pytest.approx(blow_up, rel=0.02)


@pytest.mark.parametrize("k", [2, 3, 8])
def test_the_integrand_of_the_wait_is_largest_at_the_start(k: int) -> None:
    """For one factor it is not: there the slope is full at once."""
    w = np.linspace(0.25, 0.5 ** (1 / k), 100)
    assert np.argmin(w ** (k - 1) * (1 - w**k)) == 0
    one = np.linspace(0.25, 0.5, 100)
    assert np.argmin(1 - one) > 0


def test_depth_jumps_as_a_high_information_exponent_does() -> None:
    even, neurons = waits(0.05), neuron_waits(0.05)
    assert np.all(np.diff(even) > 0)
    assert even[0] < 0.05
    assert even[3] > 0.99
    np.testing.assert_allclose(even, neurons, atol=0.03)


def test_a_large_layer_takes_the_jump_away() -> None:
    even, uneven = waits(0.05), waits(0.05, 1000.0)
    assert uneven[0] == even[0]
    assert np.all(uneven[1:] < even[1:])
    assert uneven[2] < 0.6 < 0.85 < even[2]
    # A pair with one large layer behaves as a single factor does, without a wait.
    assert uneven[1] < 0.06
    fast, slow = ProductFlow(spread(0.05, 3, 1000.0)), ProductFlow(spread(0.05, 3, 1.0))
    assert fast.learned[0] == pytest.approx(slow.learned[0])
    assert fast.escape < slow.escape / 5


def test_nothing_to_wait_for_if_a_tenth_is_there_from_the_start() -> None:
    assert ProductFlow((0.3,)).waiting == 0.0
    assert neuron_waiting(0.4, 2) == 0.0
