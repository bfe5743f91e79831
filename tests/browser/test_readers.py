"""Readers without a browser, which the benchmark of first answers has many of, see what it does."""

from __future__ import annotations

import time

import pytest

from tests.benchmarks.readers import opened

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("address", "part"), [("theorem?P=4&m=4&d=64&guess=none", True), ("puzzle?guess=none", False)]
)
def test_a_reader_follows_a_study_to_its_end(server: str, address: str, part: bool) -> None:
    deadline = time.monotonic() + 120
    with opened(server, address) as reader:
        while not reader.done:
            assert time.monotonic() < deadline
            reader.read(0.5)
    # The page, its part as long as it is computed, and the page again when it is over.
    assert reader.answers >= 3 if part else reader.answers == 1
