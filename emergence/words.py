"""Counted nouns and rounded numbers as a sentence has them."""

from __future__ import annotations

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plural(count: int, noun: str, many: str = "") -> str:
    """'1 neuron', '2 neurons', '1,000 neurons'; `many` where the plural is not noun + s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def short(value: float, digits: int = 3) -> str:
    """A number of a few digits, without an e: '0.025', '43,700', '1.2 × 10⁻⁵'."""
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= 1e15 or 0 < abs(rounded) < 1e-4:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g} × 10{str(int(power)).translate(RAISED)}"
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,}"
