"""Which kernels lie on disk: those that Python calls, and only those (`cache=True`).

A kernel that others call is `inline="always"`: it becomes a part of each. LLVM makes slightly other
code of a function in each place it is compiled, and one that several have in common runs in the
version of whichever was loaded first: a result's last bits would depend on what a process had run
before, and on which kernels happened to lie on disk.
"""

from __future__ import annotations

from typing import Any

from numba import njit


def kept(kernel: Any) -> Any:
    """The same kernel for Python, kept on disk, of one that other kernels call too."""
    options = dict(kernel.targetoptions)
    del options["nopython"], options["inline"]
    return njit(cache=True, **options)(kernel.py_func)
