"""Kernels are compiled before pages are tested, as they are before a reader opens them."""

from __future__ import annotations

import time

import pytest

from emergence.ui.server.warming import WarmUp


@pytest.fixture(scope="session", autouse=True)
def kernels() -> None:
    """Numba and Streamlit both parse Python, which CPython 3.11 cannot do in two threads at once.

    (It then raises "AST constructor recursion depth mismatch".)
    """
    warm_up = WarmUp()
    warm_up.start()
    while not warm_up.ready:
        time.sleep(0.1)
