"""Quantiles in which failures count: finite ones are NumPy's, never is infinitely late."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.theory.quantiles import quantiles

SHARES = [0.0, 0.1, 0.25, 0.5, 0.8, 1.0]


def test_without_failures_they_are_the_usual_ones() -> None:
    for count in (1, 2, 7, 10):
        values = np.random.default_rng(count).exponential(size=count)
        np.testing.assert_allclose(quantiles(values, SHARES), np.quantile(values, SHARES))


def test_failures_are_later_than_everything_seen() -> None:
    seen = [3.0, 1.0, 2.0, 4.0]
    np.testing.assert_allclose(quantiles([*seen, np.inf], SHARES[:-2]), [1, 1.4, 2, 3])
    assert quantiles([*seen, np.inf], 0.75) == 4
    assert quantiles([*seen, np.inf], 0.8) == np.inf
    assert quantiles([1.0, np.inf, np.inf], 0.5) == np.inf
    # A large number in the place of never gives the same where it plays no part.
    np.testing.assert_allclose(
        quantiles([*seen, np.inf, np.inf], [0.2, 0.6]), np.quantile([*seen, 1e9, 1e9], [0.2, 0.6])
    )


@pytest.mark.parametrize("values", [[], [1.0, np.nan]])
def test_what_is_not_known_is_no_value(values: list[float]) -> None:
    with pytest.raises(ValueError, match="none of them NaN"):
        quantiles(values, 0.5)
