"""Counted nouns and rounded numbers as a sentence has them, and what a file of text is about."""

from __future__ import annotations

import json
from collections.abc import Mapping

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


def remarks(version: str, about: Mapping[str, object]) -> str:
    """Lines '# name: value' for the beginning of a file: this software's version, what it is about.

    Of a list a line each; what is no text is JSON.
    """
    return f"# emergence-lab: {version}\n" + "".join(
        f"# {name}: {' '.join(each.split()) if isinstance(each, str) else json.dumps(each)}\n"
        for name, values in about.items()
        for each in (values if isinstance(values, list) else [values])
    )
