"""The picture of the broken laws shows what it is given."""

from __future__ import annotations

import numpy as np

from emergence.lessons.takeaways.figure import broken_laws
from emergence.theory.additive import AdditiveModel
from tests.unit.traces import named


def test_laws_break_off_where_the_author_stopped() -> None:
    model = AdditiveModel(64, 1.0, 16.0)
    drawn = broken_laws(model, (8,))
    np.testing.assert_array_equal(named(drawn, "author knows 8").y, model.taught(8))
    np.testing.assert_array_equal(named(drawn, "data with all").y, model.corrected)
