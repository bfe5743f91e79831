"""Every interval that the project prints as 95 % holds the truth in 95 % of synthetic data sets."""

from __future__ import annotations

import pytest

from tests.benchmarks.coverage import CASES, coverage

SETS = 300
"""Data sets of each kind, always the same: the share has a standard error of 1.3 %."""


@pytest.mark.parametrize("name", CASES)
def test_95_percent_intervals_cover_95_percent(name: str) -> None:
    share, count = coverage(CASES[name], SETS)
    assert count >= SETS / 2, "most data sets must have an interval"
    assert share == pytest.approx(0.95, abs=0.03)
