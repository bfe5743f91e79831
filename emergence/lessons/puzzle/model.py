"""The slope of a loss of many skills."""

from __future__ import annotations

from functools import lru_cache

from emergence.theory.additive import AdditiveModel

MANY = 512
"""Skills that drown the steps."""
SHARPNESS = 16.0


@lru_cache(maxsize=256)
def slope_of_many(beta: float) -> float:
    """The slope fitted to the loss of `MANY` skills."""
    return AdditiveModel(MANY, beta, SHARPNESS).fitted.value
