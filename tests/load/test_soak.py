"""Random use of a real server: an hour, and five minutes for CI."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.browser.conftest import free_port, serving
from tests.load.soak import soak

HOUR, MINUTES = 3600.0, 300.0


def flat(seconds: float, results: Path) -> None:
    """Fails where memory, threads or descriptors grow, or visitors are not served."""
    port = free_port()
    with serving(port, results) as process:
        found = asyncio.run(soak(f"http://127.0.0.1:{port}", process.pid, seconds))
    assert found["flat"], found
    assert found["delivered"] > 0.99, found


@pytest.mark.soak
@pytest.mark.timeout(MINUTES + 300)
def test_five_minutes_of_random_use_leave_nothing_behind(tmp_path: Path) -> None:
    flat(MINUTES, tmp_path)


@pytest.mark.soak_hour
@pytest.mark.timeout(HOUR + 300)
def test_an_hour_of_random_use_leaves_nothing_behind(tmp_path: Path) -> None:
    flat(HOUR, tmp_path)
