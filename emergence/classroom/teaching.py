"""What a teacher is given of a lesson: aim, misconceptions, exercises with computed answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

GRADES = ("read off", "compute", "think")
"""Of a lesson's three exercises, in this order."""
NUMBER = re.compile("«(\\w+)(?::([^»]*))?»")
"""A number in an answer: its name, and as Python formats it."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """A question that is answered with the lesson's page open, and its worked answer.

    asks : the question, in Markdown
    setting : what the page's address says, by name
    answer : in Markdown, with «name» or «name:.2f» in place of every number that is a result
    numbers : computes these numbers, by name
    lines : room for the answer on paper
    """

    asks: str
    setting: Mapping[str, str]
    answer: str
    numbers: Callable[[], Mapping[str, float]]
    lines: int = 4

    @cached_property
    def computed(self) -> Mapping[str, float]:
        """The numbers of the answer, computed once."""
        return self.numbers()

    @property
    def answered(self) -> str:
        """The answer with its numbers. Raises KeyError for one that is not computed."""
        return NUMBER.sub(self._written, self.answer)

    def _written(self, found: re.Match[str]) -> str:
        return f"{self.computed[found[1]]:{found[2] or 'g'}}".replace("-", "−")

    @property
    def named(self) -> frozenset[str]:
        """The numbers that the answer names."""
        return frozenset(name for name, _ in NUMBER.findall(self.answer))


@dataclass(frozen=True)
class Misconception:
    """What many think, and what to answer; both in Markdown."""

    thought: str
    answer: str


@dataclass(frozen=True, eq=False)
class Guide:
    """What a lesson is for, what else many think, and one exercise of each grade."""

    aim: str
    misconceptions: tuple[Misconception, ...]
    exercises: tuple[Exercise, Exercise, Exercise]
