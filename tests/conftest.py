"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from loky import reusable_executor


@pytest.fixture(scope="session", autouse=True)
def processes() -> Iterator[None]:
    """Sweeps of all tests are computed by the same processes, which take seconds to start.

    loky keeps them for each thread that asks; a command and a page ask in a new one for each sweep.
    """
    with pytest.MonkeyPatch.context() as patch:
        shared = SimpleNamespace(executor=None, executor_kwargs=None)
        patch.setattr(reusable_executor, "_executor_storage", shared)
        yield
