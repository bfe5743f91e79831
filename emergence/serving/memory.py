"""Memory that is free goes back to the system, not only to the next array."""

from __future__ import annotations

import ctypes
import os
from time import monotonic

EVERY = 20.0
"""Seconds between two times at which memory is given back."""
WORTH = 16e6
"""Bytes that this process has more than after the last time."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
LARGE = 4 << 20
"""Bytes of an array from which on it has pages of its own, given back with it."""
ARENAS = 4
"""Heaps between which threads are spread: each keeps what is free in it."""


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libc.so.6")
        return library if hasattr(library, "malloc_trim") else None
    except OSError:  # another system, or another C library
        return None


_library = _glibc()
_last = (-EVERY, 0.0)


def settle() -> None:
    """Have large arrays in pages of their own, and few heaps; by itself glibc raises the bound."""
    if _library is not None:
        _library.mallopt(_M_MMAP_THRESHOLD, LARGE)
        _library.mallopt(_M_ARENA_MAX, ARENAS)


def resident() -> float:
    """Bytes of memory that this process has; 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as file:
            return float(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0.0


def give_back(dropped: bool = False) -> bool:
    """Give what is free back to the system, if it is long ago and there may be something: much has
    been taken since, or something was dropped, which by itself is free for the next array only.

    Returns whether it was done.
    """
    global _last
    since, after = _last
    if _library is None or monotonic() - since < EVERY:
        return False
    if not dropped and resident() < after + WORTH:
        return False
    _library.malloc_trim(0)
    _last = monotonic(), resident()
    return True
