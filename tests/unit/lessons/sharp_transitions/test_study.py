"""The measured escape times are the exact ones, and their fits those of the times."""

from __future__ import annotations

import numpy as np
import pytest

from emergence.lessons.sharp_transitions.model import escape_curves
from emergence.lessons.sharp_transitions.study import LARGEST, STARTS, EscapeTimes


def test_the_fit_is_that_of_the_measured_times() -> None:
    pieces = list(EscapeTimes(4, 0.02).results())
    assert [piece.done for piece in pieces] == pytest.approx(np.arange(1, STARTS + 1) / STARTS)
    assert pieces[1].value.fits == ()
    escapes = pieces[-1].value
    assert (escapes.starts[0], escapes.starts[-1]) == pytest.approx((LARGEST, 0.02))
    exact = escape_curves(4, LARGEST, 0.02, STARTS)
    np.testing.assert_allclose(escapes.times, exact.exact, rtol=1e-5)
    slope, _ = np.polyfit(np.log(escapes.starts), np.log(escapes.times[3]), 1)
    assert escapes.fits[3].slope.value == pytest.approx(slope, rel=1e-9)
    assert escapes.fits[3].slope.value == pytest.approx(-2, abs=0.05)
    last = np.diff(np.log(escapes.times[3]))[-1] / np.diff(np.log(escapes.starts))[-1]
    assert escapes.fits[3].last == pytest.approx(last, rel=1e-9)
    assert abs(last + 2) < abs(slope + 2), "the last two are nearer to the limit of small starts"
