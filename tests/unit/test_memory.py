"""Memory that is free goes back to the system."""

from __future__ import annotations

import pytest

from emergence.serving import memory


class Library:
    """Counts how often all is given back."""

    trimmed = 0

    def malloc_trim(self, _: int) -> None:
        self.trimmed += 1


def test_what_was_dropped_is_given_back_though_nothing_has_grown_but_not_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library, clock, held = Library(), [100.0], [300e6]
    monkeypatch.setattr(memory, "_library", library)
    monkeypatch.setattr(memory, "_last", (0.0, 300e6))
    monkeypatch.setattr(memory, "monotonic", lambda: clock[0])
    monkeypatch.setattr(memory, "resident", lambda: held[0])
    assert not memory.give_back()
    assert memory.give_back(dropped=True)
    assert not memory.give_back(dropped=True), "a moment ago"
    clock[0] += memory.EVERY
    held[0] += 2 * memory.WORTH
    assert memory.give_back()
    assert library.trimmed == 2
