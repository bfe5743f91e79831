"""The picture of claim 2 shows what it is given."""

from __future__ import annotations

import numpy as np

from emergence.lessons.many_neurons.claims.figure import NEVER, decoupling
from emergence.lessons.many_neurons.claims.model import Coupled
from tests.unit.traces import named, names


def test_never_is_drawn_and_counts_in_the_median() -> None:
    off = np.array([1e-3, 2e-3, np.inf, np.inf])
    drawn = decoupling([Coupled(64, 2, off, off)])
    np.testing.assert_array_equal(named(drawn, "J = 2, one").y, [1e-3, 2e-3, NEVER, NEVER])
    assert named(drawn, "J = 2, median").y[0] == np.median([1e-3, 2e-3, NEVER, NEVER])
    assert "J = 4, median" not in names(drawn)
