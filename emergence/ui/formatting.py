"""Computed numbers as a text shows them."""

from __future__ import annotations

import re
from math import floor, log10


def scientific(value: float, digits: int = 1) -> str:
    r"""KaTeX for a number >= 0: plain from 0.001 to 10^5, else as in 3 \times 10^{-12}."""
    if value == 0 or 1e-3 <= value < 1e5:
        rounded = float(f"{value:.{digits + 1}g}")
        return f"{value:.0f}" if rounded >= 10 ** (digits + 1) else f"{rounded:g}"
    exponent = floor(log10(value))
    mantissa = f"{value / 10.0**exponent:.{digits - 1}f}"
    if float(mantissa) == 10:
        mantissa, exponent = f"{1:.{digits - 1}f}", exponent + 1
    return (
        rf"10^{{{exponent}}}" if float(mantissa) == 1 else rf"{mantissa} \times 10^{{{exponent}}}"
    )


def exact(value: float) -> str:
    """A number as short as it can be written without rounding it, with commas where it is whole."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def plain(text: str) -> str:
    """Markdown that shows a text as it is: sentences quote what an address or a file says."""
    return re.sub(r"[\\`*_{}\[\]$~|<>]|:(?=[a-z])", r"\\\g<0>", text)
