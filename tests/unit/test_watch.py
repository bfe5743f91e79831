"""How often a page looks at what is being computed."""

from __future__ import annotations

import pytest

from emergence.serving.registry import Registry
from emergence.ui import watch


@pytest.mark.parametrize(("waiting", "seconds"), [(0, 0.4), (4, 0.4), (10, 1.0), (40, 2.0)])
def test_looks_less_often_where_many_are_computed(
    monkeypatch: pytest.MonkeyPatch, waiting: int, seconds: float
) -> None:
    registry = Registry()
    monkeypatch.setattr(registry, "waiting", lambda: waiting)
    monkeypatch.setattr(watch, "registry", lambda: registry)
    assert watch.pause() == pytest.approx(seconds)
