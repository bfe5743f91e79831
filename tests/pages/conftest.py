"""Kernels are compiled before pages are tested, as they are before a reader opens them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from emergence.ui.server.services import registry
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


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """A server asks once which components its packages bring; `AppTest` would for each page."""
    with pytest.MonkeyPatch.context() as patch:
        scan = manifest_scanner.scan_component_manifests
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        yield


@pytest.fixture(autouse=True)
def left() -> Iterator[None]:
    """All tests are one address to the server: none may fill the share of the next."""
    yield
    for viewer in [*registry()._watching]:
        registry().leave(viewer)
