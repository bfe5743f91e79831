"""Whether two answers are the same, of the browser and of Python: JSON, real numbers nearly."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import orjson

CLOSE = 1e-9
"""Relative difference of two numbers that count as the same."""
SMALL = 1e-12
"""Difference of two small ones."""
FEW, NUMBERS = 16, {int, float, type(None)}
"""Longer lists of numbers are compared as arrays."""


def same(one: Any, other: Any, where: str = "", small: float = SMALL) -> None:
    """Hold that two things of JSON are the same, real numbers nearly."""
    if isinstance(other, dict):
        assert isinstance(one, dict), where
        assert sorted(one) == sorted(other), where
        for key in other:
            same(one[key], other[key], f"{where}.{key}", small)
    elif isinstance(other, list):
        assert isinstance(one, list), where
        assert len(one) == len(other), where
        if len(other) > FEW and NUMBERS.issuperset(map(type, [*one, *other])):
            # A gap is no number, in both.
            got, want = (np.array(each, dtype=float) for each in (one, other))
            assert np.allclose(got, want, CLOSE, small, equal_nan=True), where
            return
        for i, (mine, its) in enumerate(zip(one, other, strict=True)):
            same(mine, its, f"{where}[{i}]", small)
    elif isinstance(other, float) and not isinstance(one, str | None):
        assert math.isclose(one, other, rel_tol=CLOSE, abs_tol=small), f"{where}: {one} {other}"
    else:
        assert one == other, where


def unpacked(figure: Any) -> Any:
    """JSON of a figure with Plotly's packed arrays as lists, null for what is no number."""
    if isinstance(figure, list):
        return [unpacked(each) for each in figure]
    if not isinstance(figure, dict):
        return figure
    if "bdata" not in figure:
        return {key: unpacked(value) for key, value in figure.items()}
    values = np.frombuffer(base64.b64decode(figure["bdata"]), dtype=figure["dtype"])
    shape = figure.get("shape", str(values.size))
    return orjson.loads(
        orjson.dumps(
            np.ascontiguousarray(values.reshape([int(n) for n in shape.split(",")])),
            option=orjson.OPT_SERIALIZE_NUMPY,
        )
    )
