"""The numbers of an exercise's answer, held against what knows nothing of how they are computed."""

from __future__ import annotations

import re

import pytest

from emergence.classroom.teaching import NUMBER, Exercise

DECIMAL = re.compile(r"\d[.,]\d")
MANY = re.compile(r"\d[\d.,]*\d")


def check(exercise: Exercise, independent: dict[str, float], rel: float = 1e-6) -> None:
    """Every number that an answer names is computed, is the independent one, and none is typed in.

    Beside one digit the text has what the question has given, and a formula whole numbers. `rel` is
    the relative tolerance.
    """
    assert exercise.named == set(exercise.computed) == set(independent)
    for name, value in independent.items():
        assert exercise.computed[name] == pytest.approx(value, rel=rel), name
    rest = NUMBER.sub("", exercise.answer)
    assert not DECIMAL.search(rest), "typed in"
    assert set(MANY.findall(re.sub(r"\$[^$]*\$", "", rest))) <= set(MANY.findall(exercise.asks))
    assert "«" not in exercise.answered
