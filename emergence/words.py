"""Counted nouns as a sentence has them."""

from __future__ import annotations


def plural(count: int, noun: str, many: str = "") -> str:
    """'1 neuron', '2 neurons', '1,000 neurons'; `many` where the plural is not noun + s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
