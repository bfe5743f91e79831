"""SGD of ReLUs against a plain step by hand, and its mean against the population's field."""

from __future__ import annotations

import numpy as np

from emergence.engines.kernels.relu import relu_steps
from emergence.engines.relu_sgd import ReluSGD
from emergence.lessons.tensor_power.model import field

A = np.array([1.0, 0.5])
W = 0.5 * np.random.default_rng(2).standard_normal((5, 4))


def test_a_step_is_that_of_the_gradient_by_differences() -> None:
    X = np.random.default_rng(3).standard_normal((3, 4))

    def half_square(student: np.ndarray, x: np.ndarray) -> float:
        f = np.linalg.norm(student, axis=1) @ np.maximum(student @ x, 0)
        return 0.5 * float(f - A @ np.abs(x[:2])) ** 2

    by_hand, h = W.copy(), 1e-6
    for x in X:
        gradient = np.empty_like(W)
        for place in np.ndindex(W.shape):
            nudge = np.zeros_like(W)
            nudge[place] = h
            both = half_square(by_hand + nudge, x) - half_square(by_hand - nudge, x)
            gradient[place] = both / (2 * h)
        by_hand = by_hand - 0.1 * gradient
    stepped = W.copy()
    relu_steps(stepped, A, 0.1, X, np.zeros(5), np.zeros(5))
    np.testing.assert_allclose(stepped, by_hand, atol=1e-8)


def test_many_tiny_steps_are_the_flow_and_do_not_depend_on_the_cuts() -> None:
    eta, steps = 1e-9, 300_000
    one, other = ReluSGD(W, A, eta, 4), ReluSGD(W, A, eta, 4)
    one.advance(steps)
    for part in (100, 7, 500, steps - 607):
        other.advance(part)
    np.testing.assert_array_equal(one.W, other.W)
    assert one.tau == steps * eta
    # Standard error of a mean over 300,000 samples of something of size about 1.
    np.testing.assert_allclose((one.W - W) / one.tau, field(W, A), atol=0.02)
    assert not np.array_equal(one.W, W)
    assert np.abs(field(W, A)).max() > 0.2
