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


APART = ":small[]"
"""Markdown of nothing, which what stands before and after it do not reach over."""
MARKS = re.compile(  # what becomes a link or a sign; what is that and Markdown; what is Markdown
    r"(?P<apart>(?i:https?)(?=:)|(?i:www)(?=\.)|(?=@)|(?<=[<>~])(?==)|-(?=[->]))"
    r"|(?P<both><(?=-)|:(?=\S))"
    r"|(?P<escape>[\\`*_{}\[\]$~|<>&!#^]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])"
)


def plain(text: str) -> str:
    """Markdown that shows a text as it is, in one line: it quotes what an address or a file says.

    A backslash is enough where Markdown is parsed; addresses, icons and arrows are found in what
    has been parsed, and have to be taken apart.
    """

    def mark(found: re.Match[str]) -> str:
        escape = "" if found["apart"] is not None else "\\"
        return escape + found[0] + ("" if found["escape"] is not None else APART)

    return MARKS.sub(mark, " ".join(text.splitlines()).strip())
