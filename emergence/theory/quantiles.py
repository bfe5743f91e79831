"""Quantiles of times some of which never came: a failure is later than everything that was seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from emergence.arrays import Array


def quantiles(values: ArrayLike, shares: ArrayLike) -> Array:
    """Quantiles of `values` (shape (n,), infinite for never), linear between neighbours.

    Infinite where a neighbour is; shape of `shares`. Raises ValueError for no values, or for NaN:
    what is not known must be left out, and said, by the caller.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    if not ordered.size or np.isnan(ordered).any():
        raise ValueError("quantiles need values, none of them NaN")
    place = np.asarray(shares) * (len(ordered) - 1)
    below, above = ordered[np.floor(place).astype(int)], ordered[np.ceil(place).astype(int)]
    with np.errstate(invalid="ignore"):
        between = below + (above - below) * (place - np.floor(place))
    return np.asarray(np.where(np.isinf(above), above, between))
