"""Numbers in texts say what they are."""

from __future__ import annotations

import pytest

from emergence.ui.formatting import scientific


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 1, "0"),
        (3e-12, 1, r"3 \times 10^{-12}"),
        (9.6e-9, 1, "10^{-8}"),
        (1e-8, 1, "10^{-8}"),
        (9.54e-7, 2, r"9.5 \times 10^{-7}"),
        (0.0547, 2, "0.0547"),
        (1024, 1, "1024"),
        (100, 1, "100"),
        (99.99999999, 1, "100"),
        (9.57, 2, "9.57"),
        (49.57, 2, "49.6"),
        (1.5e9, 2, r"1.5 \times 10^{9}"),
        (99_999.7, 1, "100000"),
    ],
)
def test_scientific(value: float, digits: int, text: str) -> None:
    assert scientific(value, digits) == text
