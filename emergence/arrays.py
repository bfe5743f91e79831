"""Names for the types of arrays, whose shapes stand in docstrings; how kernels' arrays lie."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Float32 = NDArray[np.float32]
FAR = 1024
"""Bytes from which on two arrays are far apart for any loop over vectors of numbers."""


def apart(*shape: int) -> Float32:
    """Zeros, far from every other array in memory.

    A compiled loop over arrays that lie close to each other takes their numbers one by one, and
    then rounds otherwise: a run's last bits must not depend on where the system puts its arrays.
    """
    numbers, around = math.prod(shape), FAR // 4
    return np.zeros(numbers + 2 * around, np.float32)[around : around + numbers].reshape(shape)
